package io.github.mccache.jcache;

import io.github.mccache.api.EntryVersion;
import io.github.mccache.node.VersionedEntry;
import javax.cache.Cache;
import org.jspecify.annotations.Nullable;

/** An entry as iterators and writers are given it: a copy of the moment. Immutable. */
final class JCacheEntry<K, V> implements Cache.Entry<K, V> {

  private final K key;
  private final V value;
  private final @Nullable EntryVersion version;

  JCacheEntry(K key, V value) {
    this(key, value, (@Nullable EntryVersion) null);
  }

  JCacheEntry(K key, V value, VersionedEntry record) {
    this(key, value, new EntryVersion(record.time(), record.origin()));
  }

  private JCacheEntry(K key, V value, @Nullable EntryVersion version) {
    this.key = key;
    this.value = value;
    this.version = version;
  }

  @Override
  public K getKey() {
    return key;
  }

  @Override
  public V getValue() {
    return value;
  }

  /** Also unwraps to the {@link EntryVersion} of an entry that came from an iterator. */
  @Override
  public <T> T unwrap(Class<T> type) {
    return Unwrap.unwrap(type, this, version);
  }
}
