package io.github.mccache.replication;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  /** So long other donors go before one that has refused, if there are any. */
  private static final long REFUSED_NANOS = 2_000_000_000;

  private final Membership membership;
  private final RandomGenerator random;
  private long silent;
  private long silentSinceNanos;

  /** When each donor has refused; only of the last {@link #REFUSED_NANOS}. */
  private final Map<Long, Long> refusedNanos = new HashMap<>();

  Donors(Membership membership, RandomGenerator random) {
    this.membership = membership;
    this.random = random;
  }

  /** A donor has not answered. */
  void onSilent(long donor, long nowNanos) {
    silent = donor;
    silentSinceNanos = nowNanos;
  }

  /** A donor has answered that it cannot give its state. */
  void onRefused(long donor, long nowNanos) {
    refusedNanos.values().removeIf(since -> nowNanos - since >= REFUSED_NANOS);
    refusedNanos.put(donor, nowNanos);
  }

  /**
   * Returns every peer that can give state and is likely to answer; those that have refused a
   * moment ago only if there is no other.
   */
  List<Peer> all(long nowNanos) {
    List<Peer> donors = new ArrayList<>();
    List<Peer> refusing = new ArrayList<>();
    for (Peer peer : membership.peers()) {
      if (peer.isJoined() && answers(peer, nowNanos)) {
        Long refused = refusedNanos.get(peer.origin());
        boolean lately = refused != null && nowNanos - refused < REFUSED_NANOS;
        (lately ? refusing : donors).add(peer);
      }
    }
    return donors.isEmpty() ? refusing : donors;
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
