package io.github.mccache.node;

import io.github.mccache.protocol.HybridTime;
import io.github.mccache.replication.ApplyRule;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The time of one member: milliseconds since the epoch, which go back by {@link #rebase} alone, and
 * the hybrid logical clock that stamps versions. The wall clock is read once, at the start; from
 * then on time is what has elapsed since, plus what the members have agreed on. So a step of the
 * wall clock, by hand or by NTP, is not seen. Thread-safe; reading and stamping take no lock.
 */
public final class MemberClock {

  private static final long NANOS_PER_MILLI = 1_000_000;

  /** A correction is spread over this many times its length, so at 5 % of the clock's speed. */
  private static final int SLEW_DIVISOR = 20;

  private final LongSupplier nanoTime;
  private final long originMillis;
  private final AtomicLong last = new AtomicLong();
  private volatile Course course; // replaced by those that are synchronized

  /**
   * How time runs from some moment on.
   *
   * @param sinceNanos the moment, by {@link #nanos}
   * @param baseNanos what had passed since {@link #originMillis} by then
   * @param slewNanos a correction under way: as much is gained, or lost if below zero, in 20 times
   *     that time
   */
  private record Course(long sinceNanos, long baseNanos, long slewNanos) {

    long passedAt(long nanos) {
      long elapsed = nanos - sinceNanos;
      long gained = Math.min(elapsed / SLEW_DIVISOR, Math.abs(slewNanos));
      return baseNanos + elapsed + (slewNanos < 0 ? -gained : gained);
    }
  }

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
    this.course = new Course(nanoTime.getAsLong(), 0, 0);
  }

  /** Returns a clock by the time of this machine. */
  public static MemberClock system() {
    return new MemberClock(InstantSource.system(), System::nanoTime);
  }

  /** Returns the milliseconds since the epoch. */
  public long millis() {
    return millisAt(course, nanoTime.getAsLong());
  }

  private long millisAt(Course at, long nanos) {
    return originMillis + Math.floorDiv(at.passedAt(nanos), NANOS_PER_MILLI);
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
   * Takes note of the hybrid time of a version that is taken over here, so that what is stamped
   * from now on is above it, unless it is more than {@value ApplyRule#MAX_AHEAD_MILLIS} ms ahead of
   * {@link #millis}.
   *
   * @return whether it was taken note of
   */
  public boolean observe(long time) {
    return observe(time, ApplyRule.MAX_AHEAD_MILLIS);
  }

  /**
   * As {@link #observe}, for a time that another member has sent without a version, up to {@value
   * ApplyRule#MERGED_AHEAD_MILLIS} ms ahead: a member must not follow a clock so far that a third
   * one rejects what it stamps then.
   */
  public boolean merge(long time) {
    return observe(time, ApplyRule.MERGED_AHEAD_MILLIS);
  }

  private boolean observe(long time, long limitMillis) {
    if (HybridTime.millis(time) > millis() + limitMillis) {
      return false;
    }
    long before = last.get();
    while (time > before && !last.compareAndSet(before, time)) {
      before = last.get();
    }
    return true;
  }

  // ---- corrections ----

  /**
   * Moves the clock forward at once.
   *
   * @throws IllegalArgumentException if {@code millis} is below zero: see {@link #rebase}
   */
  public synchronized void shift(long millis) {
    if (millis < 0) {
      throw new IllegalArgumentException(
          "a shift of " + millis + " ms would go back; only a rebase may");
    }
    step(millis, 0);
  }

  /**
   * Corrects the clock by some milliseconds, up or down, so slowly that it never goes back: it runs
   * at most 5 % faster or slower. Takes the place of a correction that is under way.
   */
  public synchronized void slew(long millis) {
    step(0, Math.multiplyExact(millis, NANOS_PER_MILLI));
  }

  /**
   * Moves the clock back at once, and the hybrid clock with it. Only for a member that starts anew:
   * versions of its new origin may be below those of its former one.
   *
   * @throws IllegalArgumentException if {@code millis} is above zero: see {@link #shift}
   */
  public synchronized void rebase(long millis) {
    if (millis > 0) {
      throw new IllegalArgumentException(
          "a rebase by " + millis + " ms would go forward; that is a shift");
    }
    step(millis, 0);
    long present = HybridTime.ofMillis(millis());
    last.getAndUpdate(before -> Math.min(before, present));
  }

  private void step(long millis, long slewNanos) {
    long now = nanoTime.getAsLong();
    long passed = course.passedAt(now) + Math.multiplyExact(millis, NANOS_PER_MILLI);
    course = new Course(now, passed, slewNanos);
  }
}
