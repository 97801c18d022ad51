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

  /** Two changes are so far apart at least; ever further, for somebody may feign copies. */
  static final long FIRST_PAUSE_NANOS = 1_000_000_000;

  private static final int MOST_DOUBLINGS = 10;

  private NodeId id;
  private @Nullable NodeId former;
  private boolean renewing;
  private int renewals;
  private long renewedNanos;

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

  /** Somebody else speaks as this member, or has until now. */
  void copyHeard(long nowNanos, EffectsCollector effects) {
    long pause = FIRST_PAUSE_NANOS << Math.min(MOST_DOUBLINGS, Math.max(0, renewals - 1));
    boolean soon = renewals > 0 && nowNanos - renewedNanos < pause;
    if (!renewing && !soon) {
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
    renewals++;
    renewedNanos = nowNanos;
  }
}
