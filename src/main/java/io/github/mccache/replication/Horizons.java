package io.github.mccache.replication;

import io.github.mccache.protocol.HybridTime;
import java.util.List;

/**
 * Up to which time something holds that this member's node asks about: everybody has everything,
 * everybody has what this member wrote, this member has what the others wrote. Confined to the
 * thread of {@link Replica}.
 */
final class Horizons {

  /** Two heartbeats, and some more. */
  private static final long HEARD_WITHIN_NANOS = 1_200_000_000;

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

  /** Looks anew what everybody has, and forgets what was kept for those who lacked it. */
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
   * until this is {@linkplain #settle settled} again. Costs the same however many members there
   * are, since anybody can send the first datagram of a member.
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

  /** Returns the number up to which all have applied what was sent that are heard just now. */
  long appliedByHeard(long nowNanos) {
    long applied = own.sequence();
    for (Peer peer : membership.peers()) {
      boolean hears = peer.isAlive() && peer.silentNanos(nowNanos) < HEARD_WITHIN_NANOS;
      if (hears && peer.isJoined()) { // a member that joins says nothing of it
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
      return Long.MAX_VALUE; // nothing of somebody was received yet: unknown, not since 1970
    }
    return oldest == Long.MAX_VALUE
        ? 0
        : Math.max(
            0, records.clockMillis() - HybridTime.millis(oldest) + ApplyRule.MAX_AHEAD_MILLIS);
  }
}
