package io.github.mccache.store;

import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which thread waits for which key lock, over all stores. Thread-safe.
 *
 * <p>A thread waits for one lock at most and a lock has one owner at most, so the graph is a set of
 * chains, and a cycle is closed by the thread that begins to wait last. It is that thread that
 * looks, under one monitor with having announced itself, so exactly one thread of a cycle sees it.
 * Owners that change meanwhile do no harm: the owner of a lock in a cycle is itself blocked, and an
 * owner that is not blocked ends the walk. Reference: Holt, Some Deadlock Properties of Computer
 * Systems, 1972.
 */
final class WaitGraph {
  private static final IdentityHashMap<Thread, KeyLock> WAITING = new IdentityHashMap<>();

  private WaitGraph() {}

  /**
   * Announces that the thread is about to wait.
   *
   * @throws KeyDeadlockException if that wait would never end; nothing is announced then
   */
  static synchronized void enter(Thread thread, KeyLock wanted) {
    if (wouldNeverEnd(thread, wanted)) {
      throw new KeyDeadlockException();
    }
    WAITING.put(thread, wanted);
  }

  static synchronized void leave(Thread thread) {
    WAITING.remove(thread);
  }

  /** Returns how many threads wait. */
  static synchronized int size() {
    return WAITING.size();
  }

  private static boolean wouldNeverEnd(Thread thread, KeyLock wanted) {
    @Nullable Thread owner = wanted.owner();
    // A chain without a cycle is no longer than the number of those that wait. One that runs on
    // has met a thread that was just given its lock and has not left yet: it is not blocked.
    for (int steps = 0; owner != null && steps <= WAITING.size(); steps++) {
      if (owner == thread) {
        return true;
      }
      KeyLock next = WAITING.get(owner);
      owner = next == null ? null : next.owner();
    }
    return false;
  }
}
