package io.github.mccache.api;

/**
 * Says how much an entry counts against {@link McCacheConfiguration#setMaximumWeight}. Called once
 * per write, on the writing thread; for changes of other members on the thread {@code mccache-keys}
 * of this one, or on that of the next operation, and perhaps twice. It must be thread-safe and free
 * of side effects, and a slow one makes the operations of its cache slow.
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
