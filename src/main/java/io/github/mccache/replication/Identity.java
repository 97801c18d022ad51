package io.github.mccache.replication;

import io.github.mccache.protocol.NodeId;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which incarnation this member is. It becomes another one when somebody else is heard who speaks
 * as the same, or has: two copies of one running process, such as a virtual machine that was
 * resumed twice, or one that was set back to a snapshot. Others take the messages of the two for
 * one stream and drop what has a number that they know, so that neither can tell what of its own is
 * known; both begin a new stream and tell all they wrote again, under the new name: who catches up
 * asks for what somebody wrote after a time. Confined to the thread of {@link Replica}.
 */
final class Identity {

  /** How long after a change of identity late datagrams of the former one may be one's own. */
  static final long ECHO_NANOS = 1_000_000_000;

  /**
   * Two changes are so far apart at least; ever further, because copies may be feigned: one message
   * is enough, and must be, since a copy that has crashed leaves no second trace.
   */
  static final long FIRST_PAUSE_NANOS = 1_000_000_000;

  private static final int MOST_DOUBLINGS = 10;

  /**
   * Sending again what was written takes one part in so many of the time at most. It is the same
   * for the receivers, and one message may name every member.
   */
  static final int PAUSE_PER_SENDING = 20;

  /** What takes longer to be sent again is taken for done. */
  static final long LONGEST_SENDING_NANOS = 50_000_000_000L;

  private NodeId id;
  private @Nullable NodeId former;
  private boolean renewing;
  private boolean copyHeard;
  private boolean sendsAgain;
  private int renewals;
  private long renewedNanos;
  private long pauseNanos;

  Identity(NodeId id) {
    this.id = id;
  }

  NodeId id() {
    return id;
  }

  /** Returns the first 64 bits, by which versions and streams are named. */
  long origin() {
    return id.origin();
  }

  /** Returns the incarnation before this one, null if there was none. */
  @Nullable NodeId former() {
    return former;
  }

  boolean isFormer(NodeId other) {
    return other.equals(former);
  }

  /** Returns whether a message of this sender may be one of this member's own, which comes late. */
  boolean mayBeOwn(NodeId from, long nowNanos) {
    return from.equals(id) || (isFormer(from) && nowNanos - renewedNanos < ECHO_NANOS);
  }

  /**
   * Another process sends as this member, or has until now. In the pause after a change this is
   * remembered.
   */
  void copyHeard(long nowNanos, EffectsCollector effects) {
    copyHeard = true;
    renewIfDue(nowNanos, effects);
  }

  /**
   * Time has passed.
   *
   * @param allSent whether nothing waits to be sent
   */
  void onTick(boolean allSent, long nowNanos, EffectsCollector effects) {
    long sending = nowNanos - renewedNanos;
    if (sendsAgain && (allSent || sending >= LONGEST_SENDING_NANOS)) {
      sendsAgain = false;
      pauseNanos = Math.max(pauseNanos, PAUSE_PER_SENDING * sending);
    }
    renewIfDue(nowNanos, effects);
  }

  private void renewIfDue(long nowNanos, EffectsCollector effects) {
    boolean soon = renewals > 0 && (sendsAgain || nowNanos - renewedNanos < pauseNanos);
    if (copyHeard && !renewing && !soon) {
      renewing = true;
      effects.instruct(new Instruction.Renew());
    }
  }

  /**
   * Draws an incarnation that comes after this one: what this member wrote has the same times under
   * it and wins over what it, or its copy, was known to have written.
   */
  NodeId successor(RandomGenerator random) {
    long above = id.high() + 1;
    long room = -above; // unsigned; 0 if this one is the last, and then it begins at the first
    long step = room == 0 ? random.nextLong() : Long.remainderUnsigned(random.nextLong(), room);
    return new NodeId(above + step, random.nextLong());
  }

  void become(NodeId next, long nowNanos) {
    former = id;
    id = next;
    renewing = false;
    copyHeard = false;
    sendsAgain = true;
    pauseNanos = FIRST_PAUSE_NANOS << Math.min(MOST_DOUBLINGS, renewals);
    renewals++;
    renewedNanos = nowNanos;
  }
}
