package io.github.mccache.store;

/**
 * Told of every entry that leaves a store because of a bound; never of a removal.
 *
 * <p>Called on the thread whose operation made the store too full, under the lock of the evicted
 * key and atomically with its removal: readers miss already, and no step of that key runs between.
 * It must be short, since operations on that key wait for it, and should not use the store. What it
 * throws goes to the store's handler of uncaught exceptions; the entry is gone all the same.
 */
@FunctionalInterface
public interface EvictionCallback<K, V> {

  /** Called once for an evicted entry. */
  void onEviction(K key, V value);
}
