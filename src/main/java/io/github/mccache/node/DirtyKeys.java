package io.github.mccache.node;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The keys that changed since they were last sent, each once and in the order of its first change.
 * Its size is bounded by the number of distinct keys, never by traffic. Thread-safe; one thread
 * polls.
 */
final class DirtyKeys<K> {

  private final ConcurrentHashMap<K, Boolean> members = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<K> order = new ConcurrentLinkedQueue<>();

  /** Adds a key after its change has been published; returns whether it was absent. */
  boolean add(K key) {
    // Not putIfAbsent: it may read without the lock that retainIf relies on.
    if (members.put(key, Boolean.TRUE) != null) {
      return false;
    }
    order.add(key);
    return true;
  }

  /**
   * Takes the oldest key, null when there is none. A change that is published from now on adds the
   * key again, so the caller reads the state of the key after this call and misses nothing.
   */
  @Nullable K poll() {
    K key = order.poll();
    if (key != null) {
      members.remove(key);
    }
    return key;
  }

  /**
   * Removes the keys that have nothing to send. A key whose change is published while this runs
   * stays or is added again.
   *
   * @param hasToBeSent reads the published state of a key; must not call this object
   */
  void retainIf(Predicate<? super K> hasToBeSent) {
    order.removeIf(
        key ->
            members.computeIfPresent(key, (k, member) -> hasToBeSent.test(k) ? member : null)
                == null);
  }

  boolean isEmpty() {
    return order.isEmpty();
  }

  int size() {
    return members.size();
  }
}
