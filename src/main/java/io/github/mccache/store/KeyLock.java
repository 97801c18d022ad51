package io.github.mccache.store;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The lock of one key, for as long as some thread holds or wants it: made by the first,
 * <i>closed</i> by the last to leave and then never used again. Reentrant and not fair: a thread
 * that comes while a waiter is being woken may pass it. Steps that shall not wait are left here for
 * the owner.
 *
 * <p>A release needs a few frames of stack. Where even these are missing, the owner marks the lock
 * as abandoned, which takes none, and a thread that has more of them takes it over and releases it.
 */
final class KeyLock {

  /** A waiter looks again after this time, because a thread without stack cannot wake it. */
  private static final long LONGEST_PARK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** What became of a request. */
  enum Admission {
    TAKEN,
    QUEUED,
    CLOSED
  }

  volatile @Nullable Thread owner;
  int depth = 1; // the owner's own

  /** Whether the owner had no memory left to release the lock. */
  volatile boolean abandoned;

  // All below: guarded by this.
  private boolean closed;
  private @Nullable ArrayDeque<Thread> waiters;
  private @Nullable ArrayDeque<Runnable> deferred;

  /** Makes a lock that the thread holds. */
  KeyLock(Thread owner) {
    this.owner = owner;
  }

  @Nullable Thread owner() {
    return owner;
  }

  /** Holds the lock once more; for its owner. */
  void reenter() {
    depth++;
  }

  /** Undoes one {@link #reenter}; returns false, and does nothing, if there is none to undo. */
  boolean leaveNested() {
    if (depth == 1) {
      return false;
    }
    depth--;
    return true;
  }

  /**
   * Waits until the thread, which must not be the owner, holds the lock. An interrupt does not end
   * the wait and is kept.
   *
   * @return false if the lock is closed
   * @throws KeyDeadlockException if the wait would never end
   */
  boolean acquire(Thread thread) {
    WaitGraph.enter(thread, this);
    boolean interrupted = false;
    try {
      Admission admission = takeOrWait(thread, false);
      while (admission == Admission.QUEUED) {
        LockSupport.parkNanos(this, LONGEST_PARK_NANOS);
        interrupted |= Thread.interrupted();
        admission = takeOrWait(thread, true);
      }
      return admission == Admission.TAKEN;
    } finally {
      WaitGraph.leave(thread);
      if (interrupted) {
        thread.interrupt();
      }
    }
  }

  private synchronized Admission takeOrWait(Thread thread, boolean queued) {
    if (closed) {
      return Admission.CLOSED;
    }
    if (waiters == null) {
      waiters = new ArrayDeque<>(2);
    }
    if (owner == null || abandoned) {
      take(thread);
      if (queued) {
        waiters.removeFirstOccurrence(thread);
      }
      return Admission.TAKEN;
    }
    if (!queued) {
      waiters.addLast(thread);
    }
    return Admission.QUEUED;
  }

  /** Takes the lock if no thread holds it, else leaves the step for the one that does. */
  synchronized Admission takeOrDefer(Thread thread, Runnable step) {
    if (closed) {
      return Admission.CLOSED;
    }
    if (owner == null || abandoned) {
      take(thread);
      return Admission.TAKEN;
    }
    if (deferred == null) {
      deferred = new ArrayDeque<>(2);
    }
    deferred.addLast(step);
    return Admission.QUEUED;
  }

  /** Takes the lock for a thread if it was abandoned, with all that was left for its owner. */
  synchronized boolean takeOver(Thread thread) {
    if (!abandoned || closed) {
      return false;
    }
    take(thread);
    return true;
  }

  /** Returns whether the last owner has left for good. */
  synchronized boolean isClosed() {
    return closed;
  }

  private void take(Thread thread) {
    owner = thread;
    depth = 1;
    abandoned = false;
  }

  /** Forgets the step that {@link #nextDeferredOrFree} returned last: it has run. */
  synchronized void deferredHasRun() {
    if (deferred != null) {
      deferred.pollFirst();
    }
  }

  /**
   * Returns the next step that was left for the owner, which stays the next one until {@link
   * #deferredHasRun}; if there is none, frees the lock and returns null. Allocates nothing.
   *
   * @param table of the node
   * @param node whose lock this is; it becomes free, or leaves the table if it is empty, before any
   *     other thread can see that the lock closes
   */
  <K, V> @Nullable Runnable nextDeferredOrFree(NodeTable<K, V> table, Node<K, V> node) {
    Thread woken = null;
    synchronized (this) {
      if (deferred != null && !deferred.isEmpty()) {
        return deferred.peekFirst();
      }
      abandoned = false;
      owner = null;
      if (waiters != null && !waiters.isEmpty()) {
        // It stays in the queue, first, until it has the lock: whoever passes it wakes it again.
        woken = waiters.peekFirst();
      } else {
        closed = true;
        if (node.value != null) {
          node.lock = null;
        } else {
          table.remove(node); // and it keeps its closed lock: dead
        }
      }
    }
    LockSupport.unpark(woken);
    return null;
  }
}
