package io.github.mccache.node;

import io.github.mccache.replication.Member;
import io.github.mccache.replication.Replica;
import io.github.mccache.replication.ReplicaCounts;
import java.util.List;

/**
 * How a member stood among the others when the event loop last looked. Immutable.
 *
 * @param members the others, see {@link Replica#members}
 * @param counts see {@link Replica#counts}
 * @param stableTime see {@link Replica#stableTime}
 * @param aliveStableTime see {@link Replica#aliveStableTime}
 * @param acknowledgedTime see {@link Replica#acknowledgedTime}
 * @param isolated see {@link Replica#isIsolated} and {@link Solitude#isIsolated}
 * @param joined see {@link Replica#isJoined}
 * @param staleMillis see {@link Replica#staleMillis}, as of {@code nanos}
 * @param nanos when this was
 */
record Standing(
    List<Member> members,
    ReplicaCounts counts,
    long stableTime,
    long aliveStableTime,
    long acknowledgedTime,
    boolean isolated,
    boolean joined,
    long staleMillis,
    long nanos) {

  static Standing of(Replica replica, long nowNanos) {
    return of(replica, replica.members(), replica.counts(), nowNanos);
  }

  /** As the other, with what takes longer to find out taken over from before. */
  static Standing of(Replica replica, Standing before, long nowNanos) {
    return of(replica, before.members, before.counts, nowNanos);
  }

  /** Returns the same, of a member that is isolated though it knows of no other. */
  Standing asIsolated() {
    return new Standing(
        members,
        counts,
        stableTime,
        aliveStableTime,
        acknowledgedTime,
        true,
        joined,
        staleMillis,
        nanos);
  }

  /** Returns the same, of a member that does not know the others again yet. */
  Standing asUnknown() {
    return new Standing(members, counts, 0, 0, 0, isolated, joined, staleMillis, nanos);
  }

  private static Standing of(
      Replica replica, List<Member> members, ReplicaCounts counts, long nowNanos) {
    return new Standing(
        members,
        counts,
        replica.stableTime(),
        replica.aliveStableTime(),
        replica.acknowledgedTime(),
        replica.isIsolated(),
        replica.isJoined(),
        replica.staleMillis(),
        nowNanos);
  }
}
