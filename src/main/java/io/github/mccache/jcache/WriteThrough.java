package io.github.mccache.jcache;

import io.github.mccache.node.CoherentStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import javax.cache.Cache;
import javax.cache.integration.CacheWriter;
import javax.cache.integration.CacheWriterException;
import org.jspecify.annotations.Nullable;

/**
 * Calls the cache's writer, if writing through is on (JSR-107, section 10.2). Thread-safe as far as
 * the writer is.
 */
final class WriteThrough<K, V> {

  private final CoherentStore<K, V> store;
  private final @Nullable CacheWriter<? super K, ? super V> writer;
  private final Closeables closeables;

  /**
   * Makes one.
   *
   * @param store copies keys for the writer, which could change them
   * @param writer of the cache, null if it has none or does not write through
   * @param closeables with what the writer is closed, so that it is not during a call
   */
  WriteThrough(
      CoherentStore<K, V> store,
      @Nullable CacheWriter<? super K, ? super V> writer,
      Closeables closeables) {
    this.store = store;
    this.writer = writer;
    this.closeables = closeables;
  }

  boolean isEnabled() {
    return writer != null;
  }

  /**
   * Writes an entry.
   *
   * @throws CacheWriterException whatever the writer throws, with the cause
   * @throws IllegalStateException once the cache is closed
   */
  void write(K key, V value) {
    if (writer != null) {
      CacheWriter<? super K, ? super V> present = writer;
      Cache.Entry<K, V> entry = entry(key, value);
      translated(() -> present.write(entry));
    }
  }

  private Cache.Entry<K, V> entry(K key, V value) {
    return new JCacheEntry<>(store.callerKey(key), value);
  }

  /** Deletes an entry. */
  void delete(K key) {
    if (writer != null) {
      CacheWriter<? super K, ? super V> present = writer;
      K given = store.callerKey(key);
      translated(() -> present.delete(given));
    }
  }

  /**
   * Writes entries; the writer takes out of the collection what it wrote.
   *
   * @param unwritten is given the keys of the others
   * @return what went wrong, null if nothing did
   */
  @SuppressWarnings("unchecked") // the API requires a wildcard that its own users cannot produce
  @Nullable CacheWriterException writeAll(Map<K, V> values, Set<K> unwritten) {
    if (writer == null) {
      return null;
    }
    CacheWriter<K, V> present = (CacheWriter<K, V>) writer;
    Collection<Cache.Entry<? extends K, ? extends V>> entries = new ArrayList<>();
    IdentityHashMap<Cache.Entry<? extends K, ? extends V>, K> ownKeys = new IdentityHashMap<>();
    values.forEach(
        (key, value) -> {
          Cache.Entry<K, V> entry = entry(key, value);
          entries.add(entry);
          ownKeys.put(entry, key);
        });
    CacheWriterException failure = failureOf(() -> present.writeAll(entries));
    for (Cache.Entry<? extends K, ? extends V> entry : entries) {
      K key = ownKeys.get(entry);
      if (key != null) { // else the writer has added it
        unwritten.add(key);
      }
    }
    return failure;
  }

  /**
   * Deletes entries; the writer takes out of the collection the keys that it deleted.
   *
   * @param undeleted is given the others
   * @return what went wrong, null if nothing did
   */
  @Nullable CacheWriterException deleteAll(Set<K> keys, Set<K> undeleted) {
    if (writer == null) {
      return null;
    }
    CacheWriter<? super K, ? super V> present = writer;
    Map<K, K> ownKeys = new LinkedHashMap<>(); // by what the writer is given
    keys.forEach(key -> ownKeys.put(store.callerKey(key), key));
    CacheWriterException failure = failureOf(() -> present.deleteAll(ownKeys.keySet()));
    undeleted.addAll(ownKeys.values());
    return failure;
  }

  private @Nullable CacheWriterException failureOf(Runnable call) {
    try {
      translated(call);
      return null;
    } catch (CacheWriterException e) {
      return e;
    }
  }

  private void translated(Runnable call) {
    closeables.<@Nullable Void>call(
        () -> {
          try {
            call.run();
          } catch (CacheWriterException e) {
            throw e;
          } catch (Exception e) {
            throw new CacheWriterException("the cache writer failed", e);
          }
          return null;
        });
  }
}
