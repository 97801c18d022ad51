package io.github.mccache.store;

import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The lock of one key, for as long as some thread holds or wants it: made by the first,
 * <i>closed</i> by the last to leave and then never used again. Reentrant and not fair: a thread
 * that comes while a waiter is being woken may pass it. Steps that shall not wait are left here for
 * the owner.
 */
final class KeyLock {

  /** What became of a request. */
  enum Admission {
    TAKEN,
    QUEUED,
    CLOSED
  }

  private volatile @Nullable Thread owner;
  private int depth = 1; // the owner's own
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
        LockSupport.park(this);
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
    if (owner == null) {
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
    if (owner == null) {
      take(thread);
      return Admission.TAKEN;
    }
    if (deferred == null) {
      deferred = new ArrayDeque<>(2);
    }
    deferred.addLast(step);
    return Admission.QUEUED;
  }

  private void take(Thread thread) {
    owner = thread;
    depth = 1;
  }

  /**
   * Returns the next step that was left for the owner; if there is none, frees the lock and returns
   * null.
   *
   * @param onClosing run, before any other thread can see it, if nobody waits and the lock closes
   */
  @Nullable Runnable nextDeferredOrFree(Runnable onClosing) {
    Thread woken = null;
    synchronized (this) {
      if (deferred != null && !deferred.isEmpty()) {
        return deferred.pollFirst();
      }
      owner = null;
      if (waiters != null && !waiters.isEmpty()) {
        // It stays in the queue, first, until it has the lock: whoever passes it wakes it again.
        woken = waiters.peekFirst();
      } else {
        closed = true;
        onClosing.run();
      }
    }
    LockSupport.unpark(woken);
    return null;
  }
}
