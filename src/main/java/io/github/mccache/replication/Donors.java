package io.github.mccache.replication;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The peers from which this member can request state. A peer that has just failed to answer is left
 * out until a datagram of it arrives, or for a while. Confined to the thread of {@link Replica}.
 */
final class Donors {

  /** A peer that was not received for so long is not asked: it may not answer. */
  private static final long RECEIVED_WITHIN_NANOS = 2_100_000_000;

  private static final long AVOIDED_NANOS = 5_000_000_000L;

  private final Membership membership;
  private final RandomGenerator random;
  private long silent;
  private long silentSinceNanos;

  Donors(Membership membership, RandomGenerator random) {
    this.membership = membership;
    this.random = random;
  }

  /** A donor has not answered. */
  void onSilent(long donor, long nowNanos) {
    silent = donor;
    silentSinceNanos = nowNanos;
  }

  /** Returns every peer that can give state and is likely to answer. */
  List<Peer> all(long nowNanos) {
    List<Peer> donors = new ArrayList<>();
    for (Peer peer : membership.peers()) {
      if (peer.isJoined() && answers(peer, nowNanos)) {
        donors.add(peer);
      }
    }
    return donors;
  }

  boolean isDonor(long origin, long nowNanos) {
    Peer peer = membership.find(origin);
    return peer != null && peer.isJoined() && answers(peer, nowNanos);
  }

  /** Returns whether a peer is likely to answer. */
  boolean answers(@Nullable Peer peer, long nowNanos) {
    return peer != null
        && peer.mayLive()
        && peer.silentNanos(nowNanos) < RECEIVED_WITHIN_NANOS
        && (peer.origin() != silent
            || nowNanos - silentSinceNanos > AVOIDED_NANOS
            || peer.silentNanos(nowNanos) < nowNanos - silentSinceNanos);
  }

  Peer anyOf(List<Peer> peers) {
    return peers.get(random.nextInt(peers.size()));
  }
}
