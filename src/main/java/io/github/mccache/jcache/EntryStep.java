package io.github.mccache.jcache;

import io.github.mccache.api.EntryVersion;
import io.github.mccache.node.ChangeVersion;
import io.github.mccache.node.CoherentStore;
import io.github.mccache.node.KeyState;
import io.github.mccache.node.VersionedEntry;
import javax.cache.event.EventType;
import org.jspecify.annotations.Nullable;

/**
 * One operation on one key while it is held: expire what is due, act, count, notify. Everything
 * that JSR-107 requires of events, statistics, writers and deadlines of an entry is done here once.
 * Confined to the thread that holds the key.
 */
final class EntryStep<K, V> {

  private final CacheParts<K, V> parts;
  private final KeyState<K, V> state;
  private final Outcome<K, V> outcome;

  EntryStep(CacheParts<K, V> parts, KeyState<K, V> state, Outcome<K, V> outcome) {
    this.parts = parts;
    this.state = state;
    this.outcome = outcome;
    VersionedEntry expired = state.expireIfDue();
    if (expired != null
        && parts.dispatcher().hears(EventType.EXPIRED)
        && parts.store().isReadable(state.key(), expired)) {
      publishGone(EventType.EXPIRED, expired, versionOf(expired));
    }
  }

  K key() {
    return state.key();
  }

  Outcome<K, V> outcome() {
    return outcome;
  }

  /** Returns the value as the caller may have it, null if the key is absent; counts nothing. */
  @Nullable V value() {
    VersionedEntry record = state.live();
    return record == null ? null : parts.store().value(state.key(), record);
  }

  boolean exists() {
    return state.live() != null;
  }

  /**
   * Returns the value and counts a hit or a miss; a hit is an access, for what is evicted and for
   * the expiry policy.
   */
  @Nullable V read() {
    V value = value();
    if (value == null) {
      outcome.miss();
    } else {
      outcome.hit();
      access();
    }
    return value;
  }

  /** Notes that the entry, if there is one, was read. */
  void access() {
    VersionedEntry record = state.live();
    if (record != null) {
      state.touch();
      parts.noteAccess(state.key(), record, parts.store().nowMillis());
    }
  }

  /**
   * Puts a value, through the writer; returns whether it was stored or updated, so false when it
   * expired as it was created.
   */
  boolean put(V value, Object held) {
    parts.writer().write(state.key(), value);
    return putWithoutWriter(held);
  }

  private boolean putWithoutWriter(Object held) {
    VersionedEntry before = state.live();
    return before == null
        ? create(held, parts.expiry().forCreation())
        : update(before, held, parts.expiry().forUpdate());
  }

  /** As {@link #put}, with a time to live of the caller's, in milliseconds. */
  void put(V value, Object held, long ttlMillis) {
    parts.writer().write(state.key(), value);
    VersionedEntry before = state.live();
    if (before == null) {
      create(held, ttlMillis);
    } else {
      update(before, held, ttlMillis);
    }
  }

  /** As {@link #put}, of a value that the writer has taken already. */
  boolean putWritten(Object held) {
    return putWithoutWriter(held);
  }

  /**
   * As {@link #put}, with a time to live of the caller's if it has one, of a value that was loaded
   * since this thread missed the key: it is stored unless something newer is here or came in the
   * meantime, and other members wait for nothing and are sent no write.
   */
  void fill(Object held, @Nullable Long ttlMillis, CoherentStore.Load missed) {
    long ttl = ttlMillis == null ? parts.expiry().forCreation() : ttlMillis;
    if (state.live() == null && ttl != ExpiryDeadlines.AT_ONCE) {
      putInPlace(state.store(held, ttl, missed));
    }
  }

  /**
   * As {@link #put} of a key that was absent when the step began, in the place in history of that
   * moment: nothing is stored if the key changed or the cache was cleared since.
   */
  void putSince(Object held, CoherentStore.Load begun) {
    long ttl = parts.expiry().forCreation();
    if (ttl == ExpiryDeadlines.AT_ONCE) {
      create(held, ttl);
      return;
    }
    VersionedEntry after = state.writeSince(held, ttl, begun, parts.placesEarly());
    if (after != null) {
      outcome.written();
    }
    putInPlace(after);
  }

  private void putInPlace(@Nullable VersionedEntry after) {
    if (after != null) {
      publishWritten(null, after);
      outcome.put();
    }
  }

  private boolean create(Object held, long ttlMillis) {
    outcome.written();
    if (ttlMillis == ExpiryDeadlines.AT_ONCE) {
      state.invalidate();
      return false;
    }
    VersionedEntry after = state.write(held, ttlMillis);
    publishWritten(null, after);
    outcome.put();
    return true;
  }

  private boolean update(VersionedEntry before, Object held, long ttlMillis) {
    outcome.written();
    VersionedEntry after =
        ttlMillis == ExpiryDeadlines.UNCHANGED || ttlMillis == ExpiryDeadlines.AT_ONCE
            ? state.writeKeepingDeadline(held)
            : state.write(held, ttlMillis);
    publishWritten(before, after);
    outcome.put();
    if (ttlMillis == ExpiryDeadlines.AT_ONCE) {
      state.invalidate();
      publishGone(EventType.EXPIRED, after, versionOf(after));
    }
    return true;
  }

  /**
   * Loads the value of a key that is absent and stores it, unless it expires as it is created or
   * news of the key came in the meantime; not a put (JSR-107, section 12.4).
   *
   * @return the loaded value, null if there is none
   */
  @Nullable V load() {
    try (CoherentStore.Load load = parts.store().beginLoad(state.key())) {
      V loaded = parts.reader().load(state.key());
      if (loaded != null) {
        storeLoaded(parts.store().holdLoaded(loaded), load);
      }
      return loaded;
    }
  }

  /**
   * Stores a value that was loaded: as a put does, but neither written through nor counted. Returns
   * whether it was stored.
   */
  boolean storeLoaded(Object held, CoherentStore.Load load) {
    VersionedEntry before = state.live();
    long ttl = before == null ? parts.expiry().forCreation() : parts.expiry().forUpdate();
    boolean atOnce = ttl == ExpiryDeadlines.AT_ONCE;
    if (atOnce && before == null) {
      return false;
    }
    VersionedEntry after =
        atOnce || ttl == ExpiryDeadlines.UNCHANGED
            ? state.storeKeepingDeadline(held, load)
            : state.store(held, ttl, load);
    if (after == null) {
      return false;
    }
    publishWritten(before, after);
    if (atOnce) {
      state.expire(after);
      publishGone(EventType.EXPIRED, after, versionOf(after));
    }
    return true;
  }

  /** Removes the key, through the writer; returns whether there was an entry. */
  boolean remove() {
    parts.writer().delete(state.key());
    return removeDeleted();
  }

  /** As {@link #remove}, of a key that the writer has deleted already. */
  boolean removeDeleted() {
    outcome.written();
    VersionedEntry before = state.live();
    ChangeVersion version = state.remove();
    return gone(before, new EntryVersion(version.time(), version.origin()));
  }

  /**
   * As {@link #removeDeleted}, of one key among all that a removeAll is about to remove; what came
   * after it began stays.
   */
  boolean removeForClear(ChangeVersion begun) {
    VersionedEntry before = state.live();
    if (before == null || before.time() > begun.time()) {
      return false;
    }
    state.removeForClear();
    return gone(before, new EntryVersion(begun.time(), begun.origin()));
  }

  private boolean gone(@Nullable VersionedEntry before, EntryVersion version) {
    if (before == null) {
      return false;
    }
    outcome.removal();
    publishGone(EventType.REMOVED, before, version);
    return true;
  }

  private void publishWritten(@Nullable VersionedEntry before, VersionedEntry after) {
    parts.noteDeadline(state.key(), after);
    EventType type = before == null ? EventType.CREATED : EventType.UPDATED;
    if (parts.dispatcher().hears(type)) {
      parts
          .dispatcher()
          .publish(
              JCacheEntryEvent.written(
                  parts.cache(),
                  parts.store(),
                  state.key(),
                  JCacheEntryEvent.Change.local(versionOf(after)),
                  before,
                  after),
              outcome);
    }
  }

  private void publishGone(EventType type, VersionedEntry before, EntryVersion version) {
    if (parts.dispatcher().hears(type)) {
      parts
          .dispatcher()
          .publish(
              JCacheEntryEvent.gone(
                  parts.cache(),
                  parts.store(),
                  type,
                  state.key(),
                  JCacheEntryEvent.Change.local(version),
                  before),
              outcome);
    }
  }

  private static EntryVersion versionOf(VersionedEntry record) {
    return new EntryVersion(record.time(), record.origin());
  }
}
