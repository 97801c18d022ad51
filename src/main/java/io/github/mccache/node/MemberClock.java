package io.github.mccache.node;

import io.github.mccache.protocol.HybridTime;
import io.github.mccache.replication.ApplyRule;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The time of one member: milliseconds since the epoch that never go back, and the hybrid logical
 * clock that stamps versions. The wall clock is read once, at the start; from then on time is what
 * has elapsed since. So a step of the wall clock, by hand or by NTP, is not seen. Thread-safe and
 * free of locks.
 */
public final class MemberClock {

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final LongSupplier nanoTime;
  private final long originMillis;
  private final long originNanos;
  private final AtomicLong last = new AtomicLong();

  /**
   * Makes a clock that starts at the present wall time.
   *
   * @param wallClock read once, here
   * @param nanoTime elapsed nanoseconds of an arbitrary origin, as {@link System#nanoTime}; must
   *     not go back
   */
  public MemberClock(InstantSource wallClock, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.originMillis = wallClock.millis();
    this.originNanos = nanoTime.getAsLong();
  }

  /** Returns a clock by the time of this machine. */
  public static MemberClock system() {
    return new MemberClock(InstantSource.system(), System::nanoTime);
  }

  /** Returns the milliseconds since the epoch. */
  public long millis() {
    return originMillis + (nanoTime.getAsLong() - originNanos) / NANOS_PER_MILLI;
  }

  /** Returns elapsed nanoseconds of an arbitrary origin, for intervals; may be negative. */
  public long nanos() {
    return nanoTime.getAsLong();
  }

  /** Returns a new hybrid time, above all that were returned or {@linkplain #observe observed}. */
  public long next() {
    while (true) {
      long before = last.get();
      long time = HybridTime.next(before, millis());
      if (last.compareAndSet(before, time)) {
        return time;
      }
    }
  }

  /** Returns the highest hybrid time that was returned or observed, 0 at first. */
  public long last() {
    return last.get();
  }

  /**
   * Takes note of another member's hybrid time, so that what is stamped from now on is above it,
   * unless it is more than {@value ApplyRule#MAX_AHEAD_MILLIS} ms ahead of {@link #millis}.
   *
   * @return whether it was taken note of
   */
  public boolean observe(long time) {
    if (HybridTime.millis(time) > millis() + ApplyRule.MAX_AHEAD_MILLIS) {
      return false;
    }
    long before = last.get();
    while (time > before && !last.compareAndSet(before, time)) {
      before = last.get();
    }
    return true;
  }
}
