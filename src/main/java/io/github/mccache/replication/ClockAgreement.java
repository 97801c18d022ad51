package io.github.mccache.replication;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Brings this member's clock to that of the others: to the upper median of the clocks of the
 * members that are alive, this one among them. So one wrong clock of three moves nobody, and of two
 * the one behind follows the one ahead, which loses nothing. Confined to the thread of {@link
 * Replica}.
 *
 * <p>A clock that is far behind is put forward at once. One that is a little off runs faster or
 * slower for a while. One that is so far ahead that others refuse what it stamps is set back, and
 * what it stamped ahead of time is dropped: a miss is safe. That somebody has said so is needed for
 * it: to a member that was paused, or has much to read, all others look behind.
 *
 * @see <a href="https://doi.org/10.1016/0196-6774(88)90017-1">Lundelius Welch and Lynch, "A new
 *     fault-tolerant algorithm for clock synchronization", 1988, for agreement on a middle
 *     value</a>
 */
final class ClockAgreement {

  static final long TOLERATED_MILLIS = 25;

  private static final long INTERVAL_NANOS = 1_000_000_000;
  private static final long SOON_NANOS = 100_000_000;
  private static final long LARGEST_SLEW_MILLIS = 50;
  private static final long REJECTED_NANOS = 5_000_000_000L;

  private long dueNanos;
  private int timesAhead;
  private boolean rejected;
  private long rejectedNanos;

  ClockAgreement(long nowNanos) {
    this.dueNanos = nowNanos + SOON_NANOS;
  }

  long dueNanos() {
    return dueNanos;
  }

  /** Another member says that this one's clock is ahead of its own. */
  void onRejected(long nowNanos) {
    rejected = true;
    rejectedNanos = nowNanos;
    hurry(nowNanos);
  }

  /** A member's clock was heard that is far away: that is looked at soon. */
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
    long target = target(peers);
    rejected = rejected && nowNanos - rejectedNanos < REJECTED_NANOS;
    if (rejected && target < -ApplyRule.MAX_AHEAD_MILLIS) {
      // Twice, for a heartbeat that was late makes a clock look behind.
      timesAhead++;
      if (timesAhead >= 2) {
        timesAhead = 0;
        move(target, true, peers, effects);
        return true;
      }
      dueNanos = nowNanos + INTERVAL_NANOS / 2;
      return false;
    }
    timesAhead = 0;
    if (target > ApplyRule.MAX_AHEAD_MILLIS / 2) {
      move(target, false, peers, effects);
      return true;
    }
    if (Math.abs(target) > TOLERATED_MILLIS) {
      long step = Math.max(-LARGEST_SLEW_MILLIS, Math.min(LARGEST_SLEW_MILLIS, target));
      effects.instruct(new Instruction.ShiftClock(step, false));
      peers.forEach(peer -> peer.clock().onShift(step));
    }
    return false;
  }

  private static void move(
      long millis, boolean rebase, Iterable<Peer> peers, EffectsCollector effects) {
    effects.instruct(new Instruction.ShiftClock(millis, rebase));
    effects.notice(new Notice.ClockMoved(millis, rebase));
    peers.forEach(peer -> peer.clock().onShift(millis));
  }

  private static long target(Iterable<Peer> peers) {
    List<Long> offsets = new ArrayList<>();
    offsets.add(0L);
    for (Peer peer : peers) {
      if (peer.isAlive() && peer.clock().isKnown()) {
        offsets.add(peer.clock().offsetMillis());
      }
    }
    Collections.sort(offsets);
    return offsets.get(offsets.size() / 2);
  }
}
