package io.github.mccache.store;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The entries from the least to the most recently used one, and their weights. Thread-safe; changes
 * of one node are for the holder of its key lock.
 */
final class AccessOrder<K, V> {
  private static final long[] NO_WEIGHTS = {};

  private final List<Bound<K, V>> bounds;
  private final ReadBuffer<Node<K, V>> reads = new ReadBuffer<>();
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by lock.
  private final long[] totals;
  private @Nullable Node<K, V> eldest;
  private @Nullable Node<K, V> newest;
  private long size;
  private volatile boolean tooFull; // may be read without

  AccessOrder(List<Bound<K, V>> bounds) {
    this.bounds = bounds;
    this.totals = new long[bounds.size()];
  }

  /** Notes a use. The note may be lost while several threads compete, and only then. */
  void recordUse(Node<K, V> node) {
    if (bounds.isEmpty() || reads.offer(node) != ReadBuffer.Outcome.FULL || !lock.tryLock()) {
      return;
    }
    try {
      drainReads();
      moveToNewest(node);
    } finally {
      lock.unlock();
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
    lock.lock();
    try {
      drainReads();
      long[] previous = node.weights;
      if (previous != null && !fits) {
        leave(node, previous);
      } else if (previous != null) {
        add(previous, -1);
        add(weights, 1);
        node.weights = weights;
        if (used) {
          moveToNewest(node);
        }
      } else if (fits) {
        add(weights, 1);
        node.weights = weights;
        linkNewest(node);
        size++;
      }
      tooFull = isAboveABound();
    } finally {
      lock.unlock();
    }
  }

  /** Takes a node out, if it is in. */
  void remove(Node<K, V> node) {
    lock.lock();
    try {
      drainReads();
      long[] weights = node.weights;
      if (weights != null) {
        leave(node, weights);
        tooFull = isAboveABound();
      }
    } finally {
      lock.unlock();
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
    lock.lock();
    try {
      drainReads();
      Node<K, V> node = tooFull ? eldest : null;
      while (node != null && !node.tryLock(thread)) {
        node = node.newer;
      }
      if (node != null) {
        leave(node, requireNonNull(node.weights));
        tooFull = isAboveABound();
      }
      return node;
    } finally {
      lock.unlock();
    }
  }

  long size() {
    lock.lock();
    try {
      return size;
    } finally {
      lock.unlock();
    }
  }

  long total(int bound) {
    lock.lock();
    try {
      return totals[bound];
    } finally {
      lock.unlock();
    }
  }

  private boolean fits(long[] weights) {
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > bounds.get(i).maximum()) {
        return false;
      }
    }
    return true;
  }

  private boolean isAboveABound() {
    for (int i = 0; i < totals.length; i++) {
      if (totals[i] > bounds.get(i).maximum()) {
        return true;
      }
    }
    return false;
  }

  private void add(long[] weights, int sign) {
    for (int i = 0; i < weights.length; i++) {
      totals[i] += sign * weights[i];
    }
  }

  private void drainReads() {
    reads.drain(this::moveToNewest);
  }

  private void moveToNewest(Node<K, V> node) {
    if (node.weights != null && node != newest) {
      unlink(node);
      linkNewest(node);
    }
  }

  private void leave(Node<K, V> node, long[] weights) {
    unlink(node);
    add(weights, -1);
    node.weights = null;
    size--;
  }

  private void linkNewest(Node<K, V> node) {
    node.older = newest;
    node.newer = null;
    if (newest == null) {
      eldest = node;
    } else {
      newest.newer = node;
    }
    newest = node;
  }

  private void unlink(Node<K, V> node) {
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
  }
}
