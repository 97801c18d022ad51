package io.github.mccache.node;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * Finds times up to which every writer has marked its changes for sending, without a lock and
 * without making anybody wait.
 *
 * <p>A writer enters, stamps its version, publishes it, marks its key and leaves. The event loop
 * takes a time from the same clock and begins a new epoch: who enters from then on stamps above
 * that time. Once all who entered before have left, everything at or below that time is marked: the
 * time has <em>settled</em>. Two epochs are open at most, so two counters are enough; they are
 * striped, so that writers do not contend, and a writer leaves the stripe that it entered, so that
 * no stripe is below zero and each can be looked at by itself.
 *
 * <p>{@link #enter} and {@link #exit} are thread-safe; {@link #settle} is for one thread.
 *
 * @see <a href="https://docs.kernel.org/RCU/Design/Requirements/Requirements.html">Sleepable RCU,
 *     the same two counters with a grace period that waits</a>
 */
final class StampGate {

  private static final int STRIPES = 32;

  /** In longs: two cache lines, for adjacent lines are fetched in pairs. */
  private static final int STRIDE = 16;

  private static final long NOTHING_PENDING = -1;

  private final LongSupplier nextTime;
  private final AtomicLongArray inside = new AtomicLongArray(2 * STRIPES * STRIDE);
  private volatile long epoch;
  private long currentEpoch; // the same, confined to the thread that settles
  private long pending = NOTHING_PENDING; // confined to the thread that settles
  private long settled; // confined to the thread that settles

  /** Makes a gate whose writers take their times from {@code nextTime}, as {@link #settle} does. */
  StampGate(LongSupplier nextTime) {
    this.nextTime = nextTime;
  }

  /** Begins a write, before its version is stamped; returns a token for {@link #exit}. */
  long enter() {
    int stripe = stripe();
    while (true) {
      long seen = epoch;
      int counter = counter(seen, stripe);
      inside.incrementAndGet(counter);
      if (epoch == seen) {
        return counter;
      }
      inside.decrementAndGet(counter); // a new epoch began in between: it may not have seen us
    }
  }

  /** Ends a write: its change is marked by now. May be called by another thread than entered. */
  void exit(long token) {
    inside.decrementAndGet((int) token);
  }

  /** Returns the highest settled time, 0 if there is none yet. Never waits. */
  long settle() {
    if (pending == NOTHING_PENDING) {
      pending = nextTime.getAsLong();
      currentEpoch++;
      epoch = currentEpoch;
    }
    if (hasEmptied(currentEpoch - 1)) {
      settled = pending;
      pending = NOTHING_PENDING;
    }
    return settled;
  }

  /**
   * The member starts anew, and its clock may have been set back: no time counts as settled that
   * was taken before.
   */
  void restart() {
    settled = 0;
    pending = Math.min(pending, 0);
  }

  private boolean hasEmptied(long ofEpoch) {
    for (int stripe = 0; stripe < STRIPES; stripe++) {
      if (inside.get(counter(ofEpoch, stripe)) != 0) {
        return false;
      }
    }
    return true;
  }

  private static int counter(long ofEpoch, int stripe) {
    return ((int) (ofEpoch & 1) * STRIPES + stripe) * STRIDE;
  }

  /** Spreads threads by their numbers, which are mostly consecutive. */
  private static int stripe() {
    return (int) (Thread.currentThread().getId() & (STRIPES - 1));
  }
}
