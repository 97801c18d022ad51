package io.github.mccache.replication;

import java.util.Collection;

/**
 * The stable time: the hybrid time up to which every member has applied every change of every
 * member. At or below it no older change can still arrive and no member lacks one, so that a
 * tombstone or fence is of no more use. A silent member holds it back until it is forgotten; a
 * second time regards only members that are alive and acknowledge. Confined to the thread of {@link
 * Replica}.
 *
 * @see <a href="https://doi.org/10.1145/323596.323599">Wuu and Bernstein, "Efficient solutions to
 *     the replicated log and dictionary problems", 1984, on when the record of a delete may be
 *     discarded</a>
 */
final class Stability {

  private Stability() {}

  /**
   * Returns that time; {@link Long#MAX_VALUE} if there is no other member.
   *
   * @param aliveOnly whether members that are silent do not count
   */
  static long time(Collection<Peer> peers, boolean aliveOnly) {
    long lowest = Long.MAX_VALUE;
    for (Peer origin : peers) {
      Stream stream = origin.stream();
      if (stream == null || (aliveOnly && !countsAsAlive(origin))) {
        continue;
      }
      lowest = Math.min(lowest, stream.completeTime());
      for (Peer member : peers) {
        if (member != origin && counts(member, aliveOnly)) {
          lowest = Math.min(lowest, appliedBy(member, origin, stream));
        }
      }
    }
    for (Peer member : peers) {
      if (counts(member, aliveOnly)) {
        lowest = Math.min(lowest, member.ownCompleteTime());
      }
    }
    return lowest;
  }

  private static boolean counts(Peer member, boolean aliveOnly) {
    return aliveOnly ? countsAsAlive(member) : member.state() != Member.State.LEFT;
  }

  private static boolean countsAsAlive(Peer member) {
    return member.isAlive() && member.acknowledges();
  }

  /** Who came after an origin had gone need not have heard of it. */
  private static long appliedBy(Peer member, Peer origin, Stream stream) {
    long time = member.appliedTime(stream);
    if (time >= 0) {
      return time;
    }
    return origin.isGone() && member.isVectorKnown() ? Long.MAX_VALUE : 0;
  }
}
