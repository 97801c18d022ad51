package io.github.mccache.replication;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Brings this member's clock to that of the others. Confined to the thread of {@link Replica}.
 *
 * <p>A member that is new adopts the clock of those that were there before, and moves nobody: for
 * {@link #NEW_NANOS} it goes to the upper median of theirs. Members that started together go to the
 * upper median of all their clocks: one wrong clock of three moves nobody, and of two the one
 * behind follows the one ahead, which loses nothing. From then on a member follows only peers that
 * have sent or acknowledged changes and have been known for as long, and by at most {@link
 * #LONGEST_STEP_MILLIS} at a time: members that were invented a moment ago move no clock, however
 * many they are.
 *
 * <p>A clock that is far behind is put forward at once. One that is a little off runs faster or
 * slower for a while. A member whose clock is far ahead sets it back and starts anew when another
 * member has rejected what it stamped. It waits for such a rejection, because to a member that was
 * paused, or has much to read, all others look behind.
 *
 * @see <a href="https://doi.org/10.1016/0196-6774(88)90017-1">Lundelius Welch and Lynch, "A new
 *     fault-tolerant algorithm for clock synchronization", 1988, for agreement on a middle
 *     value</a>
 */
final class ClockAgreement {

  static final long TOLERATED_MILLIS = 25;

  /** A clock that is further off does not slew but leaps. */
  static final long LEAP_MILLIS = 250;

  /** How far a member that is not new moves its clock at once. */
  static final long LONGEST_STEP_MILLIS = 10_000;

  /** How long a member is new, and how long peers must be known that an old one follows. */
  static final long NEW_NANOS = 60_000_000_000L;

  private static final long INTERVAL_NANOS = 1_000_000_000;
  private static final long SOON_NANOS = 100_000_000;
  private static final long LARGEST_SLEW_MILLIS = 50;
  private static final long REJECTED_NANOS = 5_000_000_000L;

  private final long startNanos;
  private long dueNanos;
  private int timesAhead;
  private boolean rejected;
  private long rejectedNanos;

  ClockAgreement(long nowNanos) {
    this.startNanos = nowNanos;
    this.dueNanos = nowNanos + SOON_NANOS;
  }

  long dueNanos() {
    return dueNanos;
  }

  /** Another member has rejected a change because this one's clock is ahead of its own. */
  void onRejected(long nowNanos) {
    rejected = true;
    rejectedNanos = nowNanos;
    hurry(nowNanos);
  }

  /** A heartbeat shows a clock that is far away: the next comparison is due soon. */
  void hurry(long nowNanos) {
    if (dueNanos - (nowNanos + SOON_NANOS) > 0) {
      dueNanos = nowNanos + SOON_NANOS;
    }
  }

  /** Moves the clock if that is due, and returns whether it went by a leap. */
  boolean onTick(Iterable<Peer> peers, long nowNanos, EffectsCollector effects) {
    if (nowNanos - dueNanos < 0) {
      return false;
    }
    dueNanos = nowNanos + INTERVAL_NANOS;
    boolean isNew = nowNanos - startNanos < NEW_NANOS;
    List<Long> elders = isNew ? elders(peers) : List.of();
    long target = elders.isEmpty() ? upperMedian(all(peers, isNew, nowNanos)) : upperMedian(elders);
    target = isNew ? target : Math.max(-LONGEST_STEP_MILLIS, Math.min(LONGEST_STEP_MILLIS, target));
    rejected = rejected && nowNanos - rejectedNanos < REJECTED_NANOS;
    if (rejected && target < -ApplyRule.MAX_AHEAD_MILLIS) {
      // Twice, because a late heartbeat makes a clock look behind.
      timesAhead++;
      if (timesAhead >= 2) {
        timesAhead = 0;
        effects.instruct(new Instruction.StartAnew(Instruction.Cause.CLOCK_AHEAD, target));
        return true;
      }
      dueNanos = nowNanos + INTERVAL_NANOS / 2;
      return false;
    }
    timesAhead = 0;
    if (target > LEAP_MILLIS) {
      move(target, peers, effects);
      return true;
    }
    if (Math.abs(target) > TOLERATED_MILLIS) {
      long step = Math.max(-LARGEST_SLEW_MILLIS, Math.min(LARGEST_SLEW_MILLIS, target));
      effects.instruct(new Instruction.ShiftClock(step));
      peers.forEach(peer -> peer.clock().onShift(step));
    }
    return false;
  }

  private static void move(long millis, Iterable<Peer> peers, EffectsCollector effects) {
    effects.instruct(new Instruction.ShiftClock(millis));
    effects.notice(new Notice.ClockMoved(millis));
    peers.forEach(peer -> peer.clock().onShift(millis));
  }

  /** Returns the clocks of those that were there before this member. */
  private static List<Long> elders(Iterable<Peer> peers) {
    List<Long> offsets = new ArrayList<>();
    for (Peer peer : peers) {
      if (isKnown(peer) && peer.seniority() == Peer.Seniority.ELDER) {
        offsets.add(peer.clock().offsetMillis());
      }
    }
    return offsets;
  }

  /** Returns the clocks that count, this member's own among them. */
  private static List<Long> all(Iterable<Peer> peers, boolean isNew, long nowNanos) {
    List<Long> offsets = new ArrayList<>();
    offsets.add(0L);
    for (Peer peer : peers) {
      boolean counts =
          isNew ? peer.seniority() != Peer.Seniority.YOUNGER : peer.isProven(NEW_NANOS, nowNanos);
      if (isKnown(peer) && counts) {
        offsets.add(peer.clock().offsetMillis());
      }
    }
    return offsets;
  }

  private static boolean isKnown(Peer peer) {
    return peer.isAlive() && peer.clock().isKnown();
  }

  private static long upperMedian(List<Long> offsets) {
    Collections.sort(offsets);
    return offsets.get(offsets.size() / 2);
  }
}
