package io.github.mccache.replication;

import io.github.mccache.protocol.Message.Applied;
import io.github.mccache.protocol.Message.Beginning;
import io.github.mccache.protocol.NodeId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a donor of all records must have applied: as much of every stream as this member had when it
 * decided to request them, because a donor that has less would not give the records in between.
 * Confined to the thread of {@link Replica}.
 */
final class RequiredVector {

  /** After so many donors that had less, the streams of dead origins are required less. */
  private static final int UNCOVERED_ATTEMPTS = 8;

  private final NodeId self;
  private final Streams streams;
  private final Membership membership;
  private List<Applied> required = List.of();
  private int attempts;

  RequiredVector(NodeId self, Streams streams, Membership membership) {
    this.self = self;
    this.streams = streams;
    this.membership = membership;
  }

  void require(List<Applied> vector) {
    required = vector;
  }

  /** Requires what this member has applied by now. */
  void requireOwn() {
    required = streams.vector();
  }

  /** Returns how many donors in a row could not give all records. */
  int attempts() {
    return attempts;
  }

  void onFailed() {
    attempts++;
  }

  void resetAttempts() {
    attempts = 0;
  }

  boolean isCoveredBy(Beginning beginning) {
    Map<Long, Long> theirs = new HashMap<>();
    beginning.applied().forEach(applied -> theirs.put(applied.origin(), applied.sequence()));
    for (Applied applied : required) {
      Long sequence = theirs.get(applied.origin());
      boolean gone = isGone(applied.origin());
      if (applied.origin() != self.origin()
          && applied.sequence() > 0
          && (sequence == null
              ? !gone
              : sequence < (gone ? neededOfDead(applied) : applied.sequence()))) {
        return false;
      }
    }
    return true;
  }

  boolean isGone(long origin) {
    Peer peer = membership.find(origin);
    return peer == null || peer.isGone();
  }

  /**
   * Returns how much of the stream of a dead origin a donor must have: as much as this member, but
   * after several failed attempts not more than any peer has acknowledged.
   */
  private long neededOfDead(Applied applied) {
    Stream stream = streams.find(applied.origin());
    if (attempts < UNCOVERED_ATTEMPTS || stream == null) {
      return applied.sequence();
    }
    long most = 0;
    for (Peer peer : membership.peers()) {
      if (peer.mayLive()) {
        long theirs = peer.isVectorKnown() ? peer.appliedSequence(stream) : applied.sequence();
        most = Math.max(most, theirs);
      }
    }
    return Math.min(most, applied.sequence());
  }
}
