package io.github.mccache.replication;

import io.github.mccache.protocol.HybridTime;
import java.util.List;

/**
 * Times up to which all members have applied everything, all have applied this member's changes,
 * and this member has applied the others'. Confined to the thread of {@link Replica}.
 */
final class Horizons {

  /** Two heartbeats, and some more. */
  private static final long RECEIVED_WITHIN_NANOS = 1_200_000_000;

  private final Membership membership;
  private final Records records;
  private final OwnProgress own;
  private final SentIndex index;
  private long stableTime = Long.MAX_VALUE;
  private long aliveStableTime = Long.MAX_VALUE;

  Horizons(Membership membership, Records records, OwnProgress own, SentIndex index) {
    this.membership = membership;
    this.records = records;
    this.own = own;
    this.index = index;
  }

  /** Computes the times anew, and discards sent sequences that no peer lacks. */
  void settle() {
    stableTime = Stability.time(membership.peers(), false);
    aliveStableTime = Stability.time(membership.peers(), true);
    long applied = own.sequence();
    for (Peer peer : membership.peers()) {
      if (peer.mayLive()) {
        applied = Math.min(applied, peer.ownSequence());
      }
    }
    if (membership.hasPeers()) {
      index.forgetUpTo(applied);
    }
  }

  /**
   * A member has come of which nothing is known: it may lack anything, so that nothing is stable
   * until this is {@linkplain #settle settled} again. Independent of the number of members, because
   * the first datagram of a member is easily forged.
   */
  void onNewMember() {
    stableTime = 0;
    aliveStableTime = 0;
  }

  /** See {@link Replica#stableTime}; as of when it was {@linkplain #settle settled} last. */
  long stableTime() {
    return stableTime;
  }

  /** See {@link Replica#aliveStableTime}; as of when it was {@linkplain #settle settled} last. */
  long aliveStableTime() {
    return aliveStableTime;
  }

  /** See {@link Replica#acknowledgedTime}. */
  long acknowledgedTime() {
    long lowest = Long.MAX_VALUE;
    for (Peer peer : membership.peers()) {
      if (peer.mayLive() && peer.acknowledges()) {
        lowest = Math.min(lowest, peer.ownCompleteTime());
      }
    }
    return lowest;
  }

  /** See {@link Replica#appliedByAllTime}. */
  long appliedByAllTime() {
    long lowest = Long.MAX_VALUE;
    for (Peer peer : membership.peers()) {
      if (peer.state() != Member.State.LEFT) {
        lowest = Math.min(lowest, peer.ownCompleteTime());
      }
    }
    return lowest;
  }

  /** Returns the number up to which all members that are received just now have applied. */
  long appliedByHeard(long nowNanos) {
    long applied = own.sequence();
    for (Peer peer : membership.peers()) {
      boolean present = peer.isAlive() && peer.silentNanos(nowNanos) < RECEIVED_WITHIN_NANOS;
      if (present && peer.isJoined()) { // a joining member acknowledges nothing
        applied = Math.min(applied, peer.ownSequence());
      }
    }
    return applied;
  }

  /** See {@link Replica#unacknowledged}. */
  List<String> unacknowledged(long time) {
    return membership.peers().stream()
        .filter(peer -> peer.mayLive() && peer.acknowledges() && peer.ownCompleteTime() < time)
        .map(Peer::nodeName)
        .toList();
  }

  /** See {@link Replica#staleMillis}; of a member that has joined. */
  long staleMillis() {
    long oldest = Long.MAX_VALUE;
    for (Peer peer : membership.peers()) {
      Stream stream = peer.stream();
      boolean hasAll =
          peer.state() == Member.State.LEFT && stream != null && !stream.isIncomplete();
      if (!hasAll) {
        oldest = Math.min(oldest, stream == null ? 0 : stream.completeTime());
      }
    }
    if (oldest == 0) {
      return Long.MAX_VALUE; // no change of some peer was received yet: unknown, not since 1970
    }
    return oldest == Long.MAX_VALUE
        ? 0
        : Math.max(
            0, records.clockMillis() - HybridTime.millis(oldest) + ApplyRule.MAX_AHEAD_MILLIS);
  }
}
