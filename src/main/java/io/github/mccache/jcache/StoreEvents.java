package io.github.mccache.jcache;

import io.github.mccache.api.EntryVersion;
import io.github.mccache.node.ChangeVersion;
import io.github.mccache.node.StoreObserver;
import io.github.mccache.node.VersionedEntry;
import java.time.Duration;
import java.util.Objects;
import javax.cache.event.EventType;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of what happens to a cache without a caller: changes of other members, evictions,
 * expiry in time. Listeners receive them on a worker. Thread-safe once bound.
 */
final class StoreEvents<K, V> implements StoreObserver<K> {

  private final Evictions<K, V> evictions;
  private final long callbackWindowMillis;
  private volatile @Nullable CacheParts<K, V> bound;

  StoreEvents(Evictions<K, V> evictions, Duration callbackWindow) {
    this.evictions = evictions;
    this.callbackWindowMillis = callbackWindow.toMillis();
  }

  /** Sets the cache of these events, before the first can happen. */
  void bind(CacheParts<K, V> parts) {
    bound = parts;
  }

  private CacheParts<K, V> parts() {
    return Objects.requireNonNull(bound, "bound before the store is used");
  }

  @Override
  public void onRemoteChange(
      K key,
      @Nullable VersionedEntry before,
      @Nullable VersionedEntry after,
      RemoteChange what,
      ChangeVersion version) {
    CacheParts<K, V> parts = parts();
    if (after != null) {
      parts.noteDeadline(key, after);
    }
    EventDispatcher<K, V> dispatcher = parts.dispatcher();
    boolean heard =
        dispatcher.hears(EventType.REMOVED)
            || (after != null
                && (dispatcher.hears(EventType.CREATED) || dispatcher.hears(EventType.UPDATED)));
    if (!heard) {
      return;
    }
    JCacheEntryEvent.Change change =
        new JCacheEntryEvent.Change(
            new EntryVersion(version.time(), version.origin()), true, isRecentlyRead(before));
    dispatcher.publishInBackground(() -> changed(parts, key, before, after, change));
  }

  /**
   * Returns the event of a remote change, null if there is none: an entry whose value cannot be
   * decoded is absent, before and after. Called on a worker, since it may decode.
   */
  private static <K, V> @Nullable JCacheEntryEvent<K, V> changed(
      CacheParts<K, V> parts,
      K key,
      @Nullable VersionedEntry before,
      @Nullable VersionedEntry after,
      JCacheEntryEvent.Change change) {
    VersionedEntry old = readable(parts, key, before);
    VersionedEntry now = readable(parts, key, after);
    if (now != null) {
      return JCacheEntryEvent.written(parts.cache(), parts.store(), key, change, old, now);
    }
    return old == null
        ? null
        : JCacheEntryEvent.gone(parts.cache(), parts.store(), EventType.REMOVED, key, change, old);
  }

  private static <K, V> @Nullable VersionedEntry readable(
      CacheParts<K, V> parts, K key, @Nullable VersionedEntry record) {
    return record != null && parts.store().isReadable(key, record) ? record : null;
  }

  private boolean isRecentlyRead(@Nullable VersionedEntry before) {
    return before != null
        && before.lastReadMillis() != VersionedEntry.NEVER
        && parts().store().nowMillis() - before.lastReadMillis() <= callbackWindowMillis;
  }

  @Override
  public void onEvicted(K key, VersionedEntry record) {
    CacheParts<K, V> parts = parts();
    evictions.evicted(parts.store(), parts.dispatcher(), key, record);
  }

  @Override
  public void onExpired(K key, VersionedEntry record) {
    CacheParts<K, V> parts = parts();
    if (parts.dispatcher().hears(EventType.EXPIRED)) {
      JCacheEntryEvent.Change change =
          JCacheEntryEvent.Change.local(new EntryVersion(record.time(), record.origin()));
      parts
          .dispatcher()
          .publishInBackground(
              () ->
                  parts.store().isReadable(key, record)
                      ? JCacheEntryEvent.gone(
                          parts.cache(), parts.store(), EventType.EXPIRED, key, change, record)
                      : null);
    }
  }

  /** Expires a key if it is due, in the background; looks again later if its deadline has moved. */
  void expireInBackground(K key) {
    CacheParts<K, V> parts = parts();
    parts
        .store()
        .whenFree(
            key,
            state -> {
              VersionedEntry expired = state.expireIfDue();
              if (expired != null) {
                onExpired(key, expired);
                return;
              }
              VersionedEntry live = state.present();
              if (live != null) {
                parts.noteDeadline(key, live);
              }
            });
  }
}
