package io.github.mccache.store;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The entries from the least to the most recently used one, and their weights. Thread-safe; changes
 * of one node are for the holder of its key lock.
 *
 * <p>Each change of the list and of the totals is one method that calls no other, so that the end
 * of the stack, which is met at a call, comes before the change or after it.
 */
final class AccessOrder<K, V> {
  private static final long[] NO_WEIGHTS = {};

  private final List<Bound<K, V>> bounds;
  private final long[] maxima;
  private final ReadBuffer<Node<K, V>> reads = new ReadBuffer<>();

  /** A monitor, because the JVM releases it even after a stack overflow. */
  private final Object lock = new Object();

  private final Consumer<Node<K, V>> replay = this::moveToNewest;

  // Guarded by lock.
  private final long[] totals;
  private @Nullable Node<K, V> eldest;
  private @Nullable Node<K, V> newest;
  private long size;
  private volatile boolean tooFull; // may be read without
  private volatile boolean replaying; // may be read without: a reader need not wait then

  AccessOrder(List<Bound<K, V>> bounds) {
    this.bounds = bounds;
    this.maxima = bounds.stream().mapToLong(Bound::maximum).toArray();
    this.totals = new long[maxima.length];
  }

  /** Notes a use. The note may be lost while several threads compete, and only then. */
  void recordUse(Node<K, V> node) {
    if (bounds.isEmpty() || reads.offer(node) != ReadBuffer.Outcome.FULL || replaying) {
      return;
    }
    synchronized (lock) {
      drainReads();
      moveToNewest(node);
    }
  }

  /**
   * Asks every bound for the weight of an entry.
   *
   * @throws IllegalArgumentException if one is negative
   */
  long[] weigh(K key, V value) {
    if (bounds.isEmpty()) {
      return NO_WEIGHTS;
    }
    long[] weights = new long[bounds.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = bounds.get(i).weight().applyAsLong(key, value);
      if (weights[i] < 0) {
        throw new IllegalArgumentException(
            "bound " + i + " weighs an entry at " + weights[i] + "; a weight must be 0 or more");
      }
    }
    return weights;
  }

  /**
   * Gives a node its weights and its place: at the recent end if used or new. A node heavier than a
   * bound gets no place.
   */
  void put(Node<K, V> node, long[] weights, boolean used) {
    boolean fits = fits(weights);
    synchronized (lock) {
      drainReads();
      place(node, fits ? weights : null);
      if (used) {
        moveToNewest(node);
      }
    }
  }

  /** Takes a node out, if it is in. */
  void remove(Node<K, V> node) {
    synchronized (lock) {
      drainReads();
      place(node, null);
    }
  }

  /** Returns whether something should be evicted. */
  boolean isTooFull() {
    return tooFull;
  }

  /**
   * Takes out the least recently used node whose key is free and locks it for the thread; returns
   * null if no bound is exceeded or every key is in use.
   */
  @Nullable Node<K, V> takeVictim(Thread thread) {
    synchronized (lock) {
      drainReads();
      Node<K, V> node = tooFull ? eldest : null;
      while (node != null && !node.tryLock(thread)) {
        node = node.newer;
      }
      if (node != null) {
        place(node, null);
      }
      return node;
    }
  }

  long size() {
    synchronized (lock) {
      return size;
    }
  }

  /**
   * Returns whether a node could have this value, in place of its own, and no bound be exceeded.
   */
  boolean hasRoom(Node<K, V> node, V value) {
    long[] replaced = node.weights;
    for (int i = 0; i < totals.length; i++) {
      long weight = bounds.get(i).weight().applyAsLong(node.key, value);
      long others = total(i) - (replaced == null ? 0 : replaced[i]);
      if (weight > maxima[i] - others) {
        return false;
      }
    }
    return true;
  }

  long total(int bound) {
    synchronized (lock) {
      return totals[bound];
    }
  }

  private boolean fits(long[] weights) {
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > maxima[i]) {
        return false;
      }
    }
    return true;
  }

  private void drainReads() {
    replaying = true;
    try {
      reads.drain(replay);
    } finally {
      replaying = false;
    }
  }

  private void moveToNewest(Node<K, V> node) {
    Node<K, V> last = newest;
    Node<K, V> older = node.older;
    Node<K, V> newer = node.newer;
    if (node.weights == null || last == null || newer == null) { // not in, or the newest already
      return;
    }
    if (older == null) {
      eldest = newer;
    } else {
      older.newer = newer;
    }
    newer.older = older;
    node.older = last;
    node.newer = null;
    last.newer = node;
    newest = node;
  }

  /**
   * Gives a node these weights: it comes in, at the recent end, if it had none, and leaves if it
   * gets none.
   */
  private void place(Node<K, V> node, long @Nullable [] weights) {
    long[] previous = node.weights;
    boolean above = false;
    for (int i = 0; i < totals.length; i++) {
      totals[i] += (weights == null ? 0 : weights[i]) - (previous == null ? 0 : previous[i]);
      above |= totals[i] > maxima[i];
    }
    if (previous == null && weights != null) {
      node.older = newest;
      node.newer = null;
      if (newest == null) {
        eldest = node;
      } else {
        newest.newer = node;
      }
      newest = node;
      size++;
    } else if (previous != null && weights == null) {
      Node<K, V> older = node.older;
      Node<K, V> newer = node.newer;
      if (older == null) {
        eldest = newer;
      } else {
        older.newer = newer;
      }
      if (newer == null) {
        newest = older;
      } else {
        newer.older = older;
      }
      node.older = null;
      node.newer = null;
      size--;
    }
    node.weights = weights;
    tooFull = above;
  }
}
