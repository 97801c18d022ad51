package io.github.mccache.api;

/**
 * Says how much an entry counts against {@link McCacheConfiguration#setMaximumWeight}. Called once
 * per write, on the writing thread and on the thread that applies remote changes: it must be fast,
 * thread-safe and free of side effects.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
@FunctionalInterface
public interface Weigher<K, V> {

  /**
   * Returns the weight of an entry, 0 or more. What it throws counts as weight 1.
   *
   * @param key the key, never null
   * @param value the value, never null
   */
  long weigh(K key, V value);
}
