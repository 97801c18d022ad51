package io.github.mccache.replication;

import io.github.mccache.protocol.Message.Applied;
import io.github.mccache.protocol.Message.Beginning;
import io.github.mccache.protocol.Message.Beyond;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Version;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The transfer of all records that are newer than this member's vector, after which the donor's
 * vector is this member's as well. The origin of a stream is the first choice. While it is not
 * received, the donor is a peer that has more of the stream. When it is suspect or worse, every
 * peer that has anything beyond the first gap here is a donor, once, so that the survivors end with
 * the union of what each of them received. Confined to the thread of {@link Replica}.
 */
final class CatchUpTransfer implements Transfer {

  /** With a receive queue as full as this, other members may only seem silent. */
  private static final int BACKLOG_PER_MILLE = 60;

  /** After so many requests of a gap, other donors than the origin are tried. */
  private static final int REQUESTED_BEFORE_PULL = 3;

  private final NodeId self;
  private final Streams streams;
  private final Membership membership;
  private final Records records;
  private final Donors donors;
  private final DonorsAsked asked;
  private final RequiredVector required;
  private final WarmUpTransfer warmUp;
  private final DiscardedHistory discarded;

  /** The highest number known of the donor's own stream when the transfer was requested. */
  private long highestBefore;

  private boolean hasBacklog;

  CatchUpTransfer(
      NodeId self,
      Streams streams,
      Membership membership,
      Records records,
      Donors donors,
      DonorsAsked asked,
      RequiredVector required,
      WarmUpTransfer warmUp,
      DiscardedHistory discarded) {
    this.self = self;
    this.streams = streams;
    this.membership = membership;
    this.records = records;
    this.donors = donors;
    this.asked = asked;
    this.required = required;
    this.warmUp = warmUp;
    this.discarded = discarded;
  }

  /** See {@link Replica#onQueueDepth}. */
  void onQueueDepth(int perMille) {
    hasBacklog = perMille >= BACKLOG_PER_MILLE;
  }

  /**
   * A peer that has come, or has come back, may have more than it had: any donor is tried again.
   */
  void forgetDonorsIfReunited() {
    for (Peer peer : membership.peers()) {
      if (peer.takeReunited()) {
        asked.forget();
      }
    }
  }

  /** Returns whether a stream has gaps. */
  boolean isWanted() {
    for (Stream stream : streams.all()) {
      if (stream.lacksSomething()) {
        return true;
      }
    }
    return false;
  }

  /** Returns the next attempt; null if nothing is missing, or no donor has it. */
  @Nullable StatePull next(long request, long nowNanos) {
    for (Stream stream : streams.all()) {
      Peer donor = stream.lacksSomething() ? donorOf(stream, nowNanos) : null;
      if (donor != null) {
        highestBefore = donor.stream() == null ? 0 : donor.stream().highest();
        return new StatePull(donor.origin(), request, true, List.of(), streams.vector(), nowNanos);
      }
    }
    return null;
  }

  private @Nullable Peer donorOf(Stream stream, long nowNanos) {
    Peer origin = membership.find(stream.origin());
    boolean answers = donors.answers(origin, nowNanos);
    if (stream.isBroken() && answers && asked.mayAsk(stream.origin(), nowNanos)) {
      return origin;
    }
    if (hasBacklog || (answers && !isUnanswered(stream))) {
      return null;
    }
    Peer better = withMoreOf(stream, nowNanos);
    if (better != null) {
      asked.remember(stream.origin(), better.origin(), has(better, stream));
    }
    return better;
  }

  private static boolean isUnanswered(Stream stream) {
    Iterator<Stream.Gap> gaps = stream.gaps().iterator();
    return gaps.hasNext() && gaps.next().round() >= REQUESTED_BEFORE_PULL;
  }

  private @Nullable Peer withMoreOf(Stream stream, long nowNanos) {
    Peer best = null;
    long most = stream.applied();
    for (Peer peer : donors.all(nowNanos)) {
      long theirs = has(peer, stream);
      if (theirs > Math.max(most, asked.had(stream.origin(), peer.origin()))) {
        most = theirs;
        best = peer;
      }
    }
    return best;
  }

  /**
   * Returns up to which number a peer has something of a stream that this member can request. While
   * the origin answers, it fills the gaps of the peer itself.
   */
  private long has(Peer peer, Stream stream) {
    return membership.isSilent(stream.origin())
        ? peer.highestApplied(stream)
        : peer.appliedSequence(stream);
  }

  @Override
  public ApplyRule.Path path() {
    return ApplyRule.Path.RESYNC;
  }

  @Override
  public boolean accepts(Beginning beginning) {
    return true;
  }

  @Override
  public void begin(StatePull pull, Beginning beginning, EffectsCollector effects) {
    correct(pull.donor(), beginning);
    // Other members can give the rest of what a donor has, but not the donor's own changes.
    Version collected = beginning.collected();
    if (records.isBelievable(collected.time())) {
      long mine = timeOf(pull.donor(), pull.known());
      discarded.checkGap(collected, mine, timeOf(pull.donor(), beginning.applied()), effects);
    }
  }

  /**
   * The answer holds the highest number of the donor's own stream. A higher one that this member
   * knew before its request was forged.
   */
  private void correct(long donor, Beginning beginning) {
    Stream stream = streams.find(donor);
    for (Applied applied : beginning.applied()) {
      if (stream != null && applied.origin() == donor && applied.sequence() < highestBefore) {
        stream.endsAt(applied.sequence());
      }
    }
  }

  @Override
  public void finish(StatePull pull, Beginning beginning, long nowNanos, EffectsCollector effects) {
    Stream own = streams.find(pull.donor());
    long before = own == null ? 0 : own.contiguous();
    boolean wasBroken = own != null && own.isBroken();
    List<Applied> covered = covered(pull, beginning);
    adopt(covered);
    adoptBeyondGaps(covered, beginning.beyond());
    beginning.applied().forEach(applied -> rememberIfLacking(applied, pull.donor()));
    if (warmUp.isWanted()) {
      required.requireOwn(); // the donor of a warm-up must have that as well
    }
    boolean progress = own == null || !own.isBroken() || own.contiguous() > before;
    if (!wasBroken || asked.onAsked(pull.donor(), progress, nowNanos)) {
      effects.notice(new Notice.CaughtUp(pull.records()));
    }
  }

  /**
   * The part of the donor's vector that this member now has too. Left out are streams of which the
   * donor may have left out something that it does not trust or has discarded, unless nothing that
   * old is trusted here either, and streams of which this member has rejected something.
   */
  private List<Applied> covered(StatePull pull, Beginning beginning) {
    long leftOut = Math.max(beginning.floor().time(), beginning.collected().time());
    return beginning.applied().stream()
        .filter(
            applied ->
                !pull.isRefused(applied.origin())
                    && (applied.origin() == pull.donor()
                        || discarded.isDistrusted(applied)
                        || leftOut <= timeOf(applied.origin(), pull.known())))
        .toList();
  }

  /** Takes over a vector whose records have been received. */
  void adopt(List<Applied> vector) {
    for (Applied applied : vector) {
      Stream stream = applied.origin() == self.origin() ? null : streams.open(applied.origin());
      if (stream != null && applied.sequence() <= Stream.MAX_SEQUENCE) {
        boolean believable = records.isBelievable(applied.completeTime());
        stream.advanceTo(applied.sequence(), believable ? applied.completeTime() : 0);
      }
    }
  }

  private void adoptBeyondGaps(List<Applied> vector, List<Beyond> beyond) {
    for (Beyond each : beyond) {
      Stream stream = streams.find(each.origin());
      boolean covered = vector.stream().anyMatch(applied -> applied.origin() == each.origin());
      if (stream != null && covered && membership.isSilent(each.origin())) {
        each.ranges().forEach(stream::onPulled);
      }
    }
  }

  /** A donor that has applied something and has not given it with everything never will. */
  private void rememberIfLacking(Applied applied, long donor) {
    Stream stream = streams.find(applied.origin());
    long theirs = membership.isSilent(applied.origin()) ? applied.highest() : applied.sequence();
    if (stream != null && stream.applied() < theirs) {
      asked.remember(applied.origin(), donor, theirs);
    }
  }

  @Override
  public void fail(StatePull pull, EffectsCollector effects) {
    asked.onFailed(pull.donor());
  }

  private static long timeOf(long origin, List<Applied> vector) {
    for (Applied applied : vector) {
      if (applied.origin() == origin) {
        return applied.completeTime();
      }
    }
    return 0;
  }
}
