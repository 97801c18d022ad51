package io.github.mccache.replication;

import io.github.mccache.protocol.Message.Touched;
import io.github.mccache.protocol.Version;
import java.util.List;

/**
 * What the protocol wants done to this member's caches as a whole, or to its clock, rather than to
 * one key. Immutable.
 */
public sealed interface Instruction {

  /**
   * Drop every record at or below a version, in all caches, and trust nothing at or below it from
   * now on: this member was away for so long that others have forgotten what was removed.
   */
  record Distrust(Version upTo) implements Instruction {}

  /**
   * From now on, where a cache has no record of a key, trust nothing that is as old as what the
   * cache has let go of by itself: a member is heard of which nobody knew when that was let go, and
   * which may have something older.
   */
  record DistrustLost() implements Instruction {}

  /**
   * From now on, where a cache has no record of a key, nothing at or below this version may be
   * trusted: it replaces the limit that was set when the cache was opened, also by a lower one, and
   * never goes below what the cache itself has forgotten.
   */
  record TrustAbove(long cache, Version floor) implements Instruction {}

  /**
   * Entries of a cache were used at another member: those that are held here at just these versions
   * live as long as there.
   */
  record Prolong(long cache, List<Touched> entries) implements Instruction {}

  /**
   * Send on, in this member's own stream, what an origin that has fallen silent wrote after a
   * hybrid time and this member received outside of the origin's stream: in the answer to a
   * request, or in a transfer. The origin may have died before it gave that a number; then no other
   * member misses it, and none requests it.
   */
  record Relay(long origin, long aboveTime) implements Instruction {}

  /** Why a member can no longer vouch for its past. */
  enum Cause {
    /** Another process sends as this incarnation. */
    COPY,
    /** The clock is ahead of the other members' clocks, and one of them has rejected changes. */
    CLOCK_AHEAD,
    /** The protocol thread failed with an Error. */
    ERROR
  }

  /**
   * Start anew: a new incarnation, with a new {@link Replica}, that joins like any other.
   *
   * @param clockMillis by how much the clock is set before, at or below 0
   */
  record StartAnew(Cause cause, long clockMillis) implements Instruction {}

  /**
   * Move the clock: forward at once, backward by letting it run slower, so that it never goes back.
   */
  record ShiftClock(long millis) implements Instruction {}
}
