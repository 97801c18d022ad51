package io.github.mccache.replication;

import io.github.mccache.protocol.Message.Nak;
import io.github.mccache.protocol.Message.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Asks for what is missing of the streams of members that live: after a grace for messages that
 * were overtaken, and then again and again, ever more rarely. A gap that stays open breaks its
 * stream. Confined to the thread of {@link Replica}.
 *
 * <p>The first two times the sender alone is asked, and answers the asker alone. With a handful of
 * members that costs less than a word to all: of N members that each lose a share p of the frames,
 * N·p ask per frame, and each answer is received once; an answer to all is received N times. Later
 * requests, and their answers, go to all, in case that unicast does not pass. So nobody's request
 * needs to be suppressed by another's, and the random back-off of the negative acknowledgements is
 * short.
 *
 * @see <a href="https://datatracker.ietf.org/doc/html/rfc5401">RFC 5401, NACK-oriented reliable
 *     multicast building blocks</a>
 */
final class GapRequests {

  static final int ROUNDS_TO_SENDER_ALONE = 2;
  static final long LAG_NANOS = 2_000_000_000L;

  private static final long GRACE_NANOS = 10_000_000;
  private static final long BACK_OFF_NANOS = 10_000_000;
  private static final long FIRST_RETRY_NANOS = 20_000_000;
  private static final int DOUBLINGS = 5;
  private static final int MAX_ROUNDS = 8;
  private static final int MAX_NAKS_AT_ONCE = 8;

  private final RandomGenerator random;
  private long naks;

  GapRequests(RandomGenerator random) {
    this.random = random;
  }

  /** Returns when something that is now found missing is to be asked for. */
  long firstAskNanos(long nowNanos) {
    return nowNanos + GRACE_NANOS + random.nextLong(BACK_OFF_NANOS);
  }

  /** Returns how many requests were sent. */
  long naks() {
    return naks;
  }

  /** Asks for what is due of one stream. */
  void onTick(
      Stream stream, Peer peer, Reassembler reassembler, long nowNanos, EffectsCollector effects) {
    if (stream.isBroken() || !stream.isIncomplete()) {
      return;
    }
    List<Range> due = new ArrayList<>();
    int lowestRound = MAX_ROUNDS;
    for (Stream.Gap gap : stream.gaps()) {
      if (nowNanos - gap.dueNanos() < 0 || reassembler.isUnderWay(peer.id(), gap.range().first())) {
        continue;
      }
      if (gap.round() >= MAX_ROUNDS || nowNanos - gap.sinceNanos() > LAG_NANOS) {
        stream.breakUp();
        return;
      }
      if (due.size() == Nak.MAX_RANGES * MAX_NAKS_AT_ONCE) {
        break;
      }
      due.add(gap.range());
      lowestRound = Math.min(lowestRound, gap.round());
      long retry = FIRST_RETRY_NANOS << Math.min(DOUBLINGS, gap.round());
      gap.asked(nowNanos + retry + random.nextLong(retry / 4));
    }
    for (int from = 0; from < due.size(); from += Nak.MAX_RANGES) {
      List<Range> some = due.subList(from, Math.min(due.size(), from + Nak.MAX_RANGES));
      Nak nak =
          new Nak(stream.origin(), stream.origin(), some, Math.min(7, lowestRound), List.of());
      effects.send(
          new Outgoing(nak, lowestRound < ROUNDS_TO_SENDER_ALONE ? stream.origin() : null));
      naks++;
    }
  }

  /** Returns how long it takes until something of a stream is due. */
  static long nanosUntilDue(Stream stream, long nowNanos) {
    long soonest = Long.MAX_VALUE;
    if (!stream.isBroken()) {
      for (Stream.Gap gap : stream.gaps()) {
        soonest = Math.min(soonest, gap.dueNanos() - nowNanos);
      }
    }
    return soonest;
  }
}
