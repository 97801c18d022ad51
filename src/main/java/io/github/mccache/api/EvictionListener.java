package io.github.mccache.api;

/**
 * Hears of entries that had to go because a bound was reached: not of those that were removed or
 * that expired. Called after the eviction, in no particular order, off the locks of the cache; what
 * it throws is logged and otherwise ignored.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
@FunctionalInterface
public interface EvictionListener<K, V> {

  /**
   * Called once per evicted entry.
   *
   * @param key the key, never null
   * @param value the value, never null
   */
  void onEvicted(K key, V value);
}
