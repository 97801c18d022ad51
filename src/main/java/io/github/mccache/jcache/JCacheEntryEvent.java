package io.github.mccache.jcache;

import io.github.mccache.api.EntryVersion;
import io.github.mccache.api.McCacheEntryEvent;
import io.github.mccache.node.CoherentStore;
import io.github.mccache.node.VersionedEntry;
import javax.cache.Cache;
import javax.cache.event.EventType;
import org.jspecify.annotations.Nullable;

/**
 * What happened to an entry. Values are decoded on demand, and each listener gets its own copy of
 * key and values where it could change one. Immutable.
 */
final class JCacheEntryEvent<K, V> extends McCacheEntryEvent<K, V> {

  private static final long serialVersionUID = 1L;

  private final transient CoherentStore<K, V> store;
  private final transient K key;
  private final transient @Nullable VersionedEntry before;
  private final transient @Nullable VersionedEntry after;
  private final EntryVersion version;
  private final boolean remote;
  private final boolean recentlyRead;

  private JCacheEntryEvent(
      Cache<K, V> source,
      CoherentStore<K, V> store,
      EventType type,
      K key,
      Change change,
      @Nullable VersionedEntry before,
      @Nullable VersionedEntry after) {
    super(source, type);
    this.store = store;
    this.key = key;
    this.before = before;
    this.after = after;
    this.version = change.version();
    this.remote = change.remote();
    this.recentlyRead = change.recentlyRead();
  }

  /** The properties of the change itself. */
  record Change(EntryVersion version, boolean remote, boolean recentlyRead) {

    /** Of a change that was made here. */
    static Change local(EntryVersion version) {
      return new Change(version, false, false);
    }
  }

  /**
   * Makes the event of an entry that was written: created where there was none before, else
   * updated.
   */
  static <K, V> JCacheEntryEvent<K, V> written(
      Cache<K, V> source,
      CoherentStore<K, V> store,
      K key,
      Change change,
      @Nullable VersionedEntry before,
      VersionedEntry after) {
    EventType type = before == null ? EventType.CREATED : EventType.UPDATED;
    return new JCacheEntryEvent<>(source, store, type, key, change, before, after);
  }

  /** Makes the event of an entry that is gone: removed or expired. */
  static <K, V> JCacheEntryEvent<K, V> gone(
      Cache<K, V> source,
      CoherentStore<K, V> store,
      EventType type,
      K key,
      Change change,
      VersionedEntry before) {
    return new JCacheEntryEvent<>(source, store, type, key, change, before, before);
  }

  @Override
  public K getKey() {
    return store.callerKey(key);
  }

  /** Returns the key as it is kept, which listeners must not see. */
  K ownKey() {
    return key;
  }

  @Override
  public @Nullable V getValue() {
    return after == null ? null : store.value(key, after);
  }

  @Override
  public @Nullable V getOldValue() {
    return before == null ? null : store.value(key, before);
  }

  @Override
  public boolean isOldValueAvailable() {
    return getOldValue() != null;
  }

  /**
   * Returns whether listeners can have this event, which must carry a value: what another member
   * wrote may not be decodable here, and then it was never seen here.
   */
  boolean hasValue() {
    boolean writtenHere =
        !remote && (getEventType() == EventType.CREATED || getEventType() == EventType.UPDATED);
    return writtenHere || getValue() != null;
  }

  @Override
  public boolean isRemote() {
    return remote;
  }

  @Override
  public EntryVersion version() {
    return version;
  }

  @Override
  public boolean isRecentlyRead() {
    return recentlyRead;
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    return Unwrap.unwrap(type, this);
  }

  /** Returns the kind of event and its version: never the key or a value. */
  @Override
  public String toString() {
    return (remote ? "remote " : "local ") + getEventType() + " " + version;
  }
}
