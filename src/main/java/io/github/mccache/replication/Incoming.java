package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Message.Applied;
import io.github.mccache.protocol.Message.Beginning;
import io.github.mccache.protocol.Message.Beyond;
import io.github.mccache.protocol.Message.ClearFloor;
import io.github.mccache.protocol.Message.Range;
import io.github.mccache.protocol.MessageHandler;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * One message that arrived: what each kind of message does to the parts of a {@link Replica}, and
 * what its node must do. Made for that message alone; confined to the thread of {@link Replica}.
 */
final class Incoming implements MessageHandler<Effects> {

  private static final long GAP_LOOK_NANOS = 10_000_000;

  private final ReplicaParts parts;
  private final NodeId from;
  private final boolean sameApplication;
  private final long nowNanos;
  private final EffectsCollector effects = new EffectsCollector();

  Incoming(ReplicaParts parts, NodeId from, boolean sameApplication, long nowNanos) {
    this.parts = parts;
    this.from = from;
    this.sameApplication = sameApplication;
    this.nowNanos = nowNanos;
  }

  @Override
  public Effects onData(Message.Data data) {
    Peer peer = hear(null);
    Stream stream = peer == null ? null : peer.stream();
    if (stream != null) {
      if (!isPlausible(stream, data.sequence())) {
        return effects.effects();
      }
      if (data.ackWanted()) {
        stream.setAckOwed(true);
      }
      effects.onceApplied((all, then) -> arrived(stream, data, all, then));
      if (!stream.lacks(data.sequence())) {
        parts.duplicates++;
        return effects.effects();
      }
    }
    data.changes().forEach(change -> apply(change, ApplyRule.Path.LIVE));
    return effects.effects();
  }

  private void arrived(Stream stream, Message.Data data, boolean all, EffectsCollector then) {
    long complete = believable(data.completeTime());
    long firstAskNanos = parts.gapRequests.firstAskNanos(nowNanos);
    if (all) {
      stream.onData(data.sequence(), complete, nowNanos, firstAskNanos);
    } else {
      stream.onNotApplied(data.sequence(), complete, nowNanos, firstAskNanos);
    }
    if (stream.isIncomplete()) {
      parts.alarm.wakeAt(nowNanos + GAP_LOOK_NANOS);
    }
    acknowledge(stream, then);
  }

  @Override
  public Effects onHeartbeat(Message.Heartbeat heartbeat) {
    Peer peer = hear(heartbeat.nodeName());
    if (peer != null) {
      learn(peer, heartbeat);
      if (heartbeat.answerWanted()) {
        parts.heartbeats.onWanted(nowNanos);
        parts.alarm.wakeAt(parts.heartbeats.dueNanos());
      }
    }
    for (ClearFloor floor : heartbeat.clearFloors()) {
      if (parts.clearFloors.isNews(floor, parts.records.clockMillis())) {
        effects.apply(Application.clear(floor, from));
      }
    }
    return effects.effects();
  }

  private void learn(Peer peer, Message.Heartbeat heartbeat) {
    peer.meet(heartbeat.joined(), parts.catchup.isJoined());
    if (heartbeat.clockTime() > 0) {
      long ahead = HybridTime.millis(heartbeat.clockTime()) - parts.records.clockMillis();
      peer.clock().add(ahead);
      if (Math.abs(ahead) > ClockAgreement.LEAP_MILLIS) {
        parts.clockAgreement.hurry(nowNanos);
        parts.alarm.wakeAt(parts.clockAgreement.dueNanos());
      }
      if (ahead > ApplyRule.MAX_AHEAD_MILLIS
          && parts.clockRejectsSent.mayPass(peer.origin(), nowNanos)) {
        long time = heartbeat.clockTime();
        effects.send(
            new Message.ClockReject(peer.origin(), time, parts.records.time()), peer.origin());
      }
    }
    boolean believed = believable(heartbeat.collected().time()) > 0;
    Version collected = believed ? heartbeat.collected() : Version.NONE;
    long complete = believable(heartbeat.completeTime());
    parts.catchup.checkForgotten(collected, peer.origin(), complete, effects);
    peer.setJoined(heartbeat.joined());
    peer.addFeedback(heartbeat.feedback());
    Stream stream = peer.stream();
    if (stream != null) {
      announced(stream, heartbeat.sequence(), complete);
      acknowledge(stream, effects);
    }
    for (Applied applied : heartbeat.applied()) {
      learn(peer, applied, collected);
    }
    if (heartbeat.joined() || !heartbeat.applied().isEmpty()) {
      peer.setVectorKnown();
    }
  }

  private void learnOwn(Peer peer, Applied applied) {
    long complete = believable(applied.completeTime());
    if (parts.own.isForeign(applied.sequence(), complete)) {
      effects.instruct(new Instruction.StartAnew(Instruction.Cause.COPY, 0));
    }
    long sequence = Math.min(applied.sequence(), parts.own.sequence());
    boolean further = sequence > peer.ownSequence() || complete > peer.ownCompleteTime();
    peer.appliedOwn(sequence, complete);
    boolean moves = further || peer.ownCompleteTime() >= parts.own.completeTime();
    if (moves && peer.acknowledged(nowNanos)) {
      effects.notice(new Notice.MemberAcknowledges(peer.id(), peer.nodeName()));
    }
  }

  private void learn(Peer peer, Applied applied, Version collected) {
    if (applied.origin() == parts.self.origin()) {
      learnOwn(peer, applied);
      return;
    }
    long complete = believable(applied.completeTime());
    parts.catchup.checkForgotten(collected, applied.origin(), complete, effects);
    Stream stream = parts.streams.find(applied.origin());
    boolean isBehind =
        stream == null
            || applied.sequence() > stream.applied()
            || applied.highest() > stream.highestArrived();
    if (isBehind && parts.catchup.isJoined() && peer.isJoined()) {
      Stream opened = parts.streams.openByHearsay(applied.origin()); // also where it had retired
      stream = opened == null ? stream : opened;
    }
    if (stream == null) {
      return;
    }
    if (!isPlausible(stream, Math.max(applied.sequence(), applied.highest()))) {
      return;
    }
    peer.applied(stream, applied.sequence(), complete, applied.highest());
    if (parts.membership.isSilent(applied.origin())) {
      announced(stream, applied.sequence(), complete);
      announced(stream, applied.highest(), 0);
    }
  }

  private boolean isPlausible(Stream stream, long sequence) {
    boolean plausible = stream.isPlausible(sequence, nowNanos);
    parts.sequencesRefused += plausible ? 0 : 1;
    return plausible;
  }

  private void announced(Stream stream, long theirSequence, long complete) {
    if (!isPlausible(stream, theirSequence)) {
      return;
    }
    stream.onAnnounced(
        theirSequence, complete, nowNanos, parts.gapRequests.firstAskNanos(nowNanos));
    if (stream.isIncomplete()) {
      parts.alarm.wakeAt(nowNanos + GAP_LOOK_NANOS);
    }
  }

  /** What a clock that is ahead has promised is not believed: it may be set back. */
  private long believable(long time) {
    return parts.records.isBelievable(time) ? time : 0;
  }

  @Override
  public Effects onHello(Message.Hello hello) {
    boolean wasKnown = parts.membership.isKnown(from);
    Peer peer = hear(hello.nodeName());
    if (parts.self.equals(hello.former())) {
      effects.instruct(new Instruction.StartAnew(Instruction.Cause.COPY, 0));
    }
    if (peer != null && peer.stream() != null) {
      peer.stream().onStarted(believable(hello.startedTime()));
    }
    if (hello.answerWanted() || !wasKnown) {
      parts.introductions.answer(false, nowNanos);
      parts.heartbeats.onData(nowNanos);
      parts.alarm.wakeAt(nowNanos);
    }
    parts.introductions.compare(from, hello.caches(), effects);
    return effects.effects();
  }

  @Override
  public Effects onBye(Message.Bye bye) {
    parts.membership.left(from, nowNanos, effects);
    Peer peer = parts.membership.find(from.origin());
    if (peer != null && peer.stream() != null) {
      announced(peer.stream(), bye.sequence(), believable(bye.completeTime()));
    }
    return effects.effects();
  }

  @Override
  public Effects onClockReject(Message.ClockReject reject) {
    hear(null);
    if (reject.origin() == parts.self.origin()
        && parts.clockRejectsTold.mayPass(from.origin(), nowNanos)) {
      effects.notice(new Notice.ClockAhead(from, reject.time(), reject.receiverTime()));
      parts.clockAgreement.onRejected(nowNanos);
      parts.alarm.wakeAt(parts.clockAgreement.dueNanos());
    }
    return effects.effects();
  }

  @Override
  public Effects onNak(Message.Nak nak) {
    hear(null);
    if (nak.asked() == parts.self.origin() && nak.stream() == parts.self.origin()) {
      parts.repairAnswers.onNak(
          from.origin(), nak, parts.own.sequence(), parts.fragments, nowNanos);
      parts.alarm.wakeAt(parts.fragments.hasPending() ? nowNanos : parts.repairAnswers.dueNanos());
    }
    return effects.effects();
  }

  @Override
  public Effects onRepair(Message.Repair repair) {
    hear(null);
    Stream stream = parts.streams.find(repair.stream());
    boolean byNumber = !repair.repaired().isEmpty() || !repair.voided().isEmpty();
    boolean foreign = (byNumber || repair.resync()) && repair.stream() != from.origin();
    parts.sequencesRefused += foreign ? 1 : 0;
    boolean nonsense = foreign || (stream != null && !isPlausible(stream, repair.sequence()));
    if (!isForMe(repair.to()) || nonsense) {
      return effects.effects();
    }
    if (repair.resync() && stream != null) {
      stream.breakUp();
      parts.alarm.wakeAt(nowNanos);
    }
    boolean wanted =
        !byNumber || (stream != null && repair.repaired().stream().anyMatch(stream::misses));
    if (wanted) {
      ApplyRule.Path path = byNumber ? ApplyRule.Path.REPAIR : ApplyRule.Path.SCRUB;
      repair.changes().forEach(change -> apply(change, path));
    }
    if (stream != null && byNumber) {
      effects.onceApplied((all, then) -> repaired(stream, repair, all, then));
    }
    return effects.effects();
  }

  private void repaired(Stream stream, Message.Repair repair, boolean all, EffectsCollector then) {
    if (all) { // else: which of the numbers the change belongs to is not known
      repair.repaired().forEach(range -> stream.onRepaired(range, repair.sequence()));
    }
    for (Range range : repair.voided()) {
      stream.onRepaired(range, repair.sequence());
      parts.reassembler.onVoid(from, range);
    }
    acknowledge(stream, then);
  }

  @Override
  public Effects onAck(Message.Ack ack) {
    Peer peer = hear(null);
    for (Applied applied : ack.applied()) {
      if (peer != null && applied.origin() == parts.self.origin()) {
        learnOwn(peer, applied);
      }
    }
    return effects.effects();
  }

  @Override
  public Effects onStateRequest(Message.StateRequest request) {
    hear(null);
    if (isForMe(request.to())) {
      parts.donor.onRequest(
          from.origin(), request, beginning(request), parts.sender, parts.pacer, nowNanos, effects);
      parts.alarm.wakeAt(nowNanos);
    }
    return effects.effects();
  }

  private Beginning beginning(Message.StateRequest request) {
    LongPredicate caches =
        request.caches().isEmpty() ? cache -> true : Set.copyOf(request.caches())::contains;
    List<Applied> applied = new ArrayList<>(parts.streams.told());
    applied.add(new Applied(parts.self.origin(), parts.own.sequence(), parts.own.completeTime()));
    return new Beginning(
        !parts.catchup.isJoined() || parts.catchup.lacksSomeOf(request),
        parts.records.time(),
        parts.records.floor(caches),
        parts.records.forgotten(),
        applied,
        parts.clearFloors.all(),
        beyond());
  }

  /** What this member has beyond the gaps of those that will not fill them. */
  private List<Beyond> beyond() {
    List<Beyond> all = new ArrayList<>();
    int room = Beyond.MAX_RANGES;
    for (Stream stream : parts.streams.all()) {
      if (room > 0 && stream.lacksSomething() && parts.membership.isSilent(stream.origin())) {
        List<Range> ranges = stream.appliedBeyondGap(room);
        room -= ranges.size();
        if (!ranges.isEmpty()) {
          all.add(new Beyond(stream.origin(), ranges));
        }
      }
    }
    return all;
  }

  @Override
  public Effects onStateChunk(Message.StateChunk chunk) {
    hear(null);
    if (isForMe(chunk.to())) {
      parts.catchup.onChunk(
          from, sameApplication ? chunk : withoutValues(chunk), nowNanos, effects);
      parts.alarm.wakeAt(nowNanos);
    }
    return effects.effects();
  }

  @Override
  public Effects onStaleHistory(Message.StaleHistory stale) {
    hear(null);
    if (isForMe(stale.to())) {
      for (Change doubted : stale.doubted()) {
        effects.apply(new Application(doubted, from, ApplyRule.Path.DOUBT));
      }
    }
    return effects.effects();
  }

  @Override
  public Effects onScrub(Message.Scrub scrub) {
    hear(null);
    if (parts.catchup.isJoined()) {
      parts.scrubber.onScrub(
          parts.self.origin(),
          from.origin(),
          sameApplication,
          scrub,
          parts.sender,
          parts.pacer,
          effects);
    }
    return effects.effects();
  }

  @Override
  public Effects onPull(Message.Pull pull) {
    hear(null);
    if (isForMe(pull.to())) {
      parts.scrubber.onPull(
          parts.self.origin(), from.origin(), pull, parts.sender, parts.pacer, nowNanos, effects);
    }
    return effects.effects();
  }

  @Override
  public Effects onTouch(Message.Touch touch) {
    hear(null);
    int taken = Math.min(touch.entries().size(), Touches.MOST_AT_ONCE); // more are not sent at once
    parts.touchesReceived += taken;
    effects.instruct(new Instruction.Prolong(touch.cache(), touch.entries().subList(0, taken)));
    return effects.effects();
  }

  @Override
  public Effects onFragment(Message.Fragment fragment) {
    hear(null);
    byte[] whole = parts.reassembler.onFragment(from, fragment, nowNanos);
    parts.catchup.onPiece(from.origin(), nowNanos);
    parts.alarm.wakeAt(nowNanos + GAP_LOOK_NANOS);
    if (whole == null) {
      return effects.effects();
    }
    Message message = parts.options.bodies().decode(from, whole);
    return message == null || message instanceof Message.Fragment
        ? effects.effects()
        : message.accept(this);
  }

  private boolean isForMe(long to) {
    return to == 0 || to == parts.self.origin();
  }

  private void apply(Change change, ApplyRule.Path path) {
    if (sameApplication) {
      effects.apply(new Application(change, from, path));
    } else if (change.kind() != Change.Kind.FILL) {
      effects.apply(new Application(withoutValue(change), from, path));
    }
  }

  private Message.StateChunk withoutValues(Message.StateChunk chunk) {
    List<Change> changes =
        chunk.changes().stream()
            .filter(change -> change.kind() != Change.Kind.FILL)
            .map(Incoming::withoutValue)
            .toList();
    return new Message.StateChunk(
        chunk.to(), chunk.request(), chunk.number(), chunk.last(), changes, chunk.beginning());
  }

  private static Change withoutValue(Change change) {
    return change.value() == null
        ? change
        : Change.invalidate(change.cache(), change.version(), Objects.requireNonNull(change.key()));
  }

  /**
   * Sends the origin of a stream what this member has applied of it, if the origin waits for that.
   */
  private void acknowledge(Stream stream, EffectsCollector then) {
    if (stream.isAckOwed() && parts.catchup.isJoined() && stream.isTellable()) {
      stream.setAckOwed(stream.isIncomplete());
      Applied applied = Streams.applied(stream);
      parts.pacer.charge(
          parts.sender.send(new Message.Ack(List.of(applied)), stream.origin(), then));
    }
  }

  /** Who is heard for the first time, and not by its own introduction, is asked for one. */
  private @Nullable Peer hear(@Nullable String theirName) {
    boolean wasKnown = parts.membership.isKnown(from);
    Peer before = parts.membership.find(from.origin());
    boolean wasSilent = before != null && !before.isAlive();
    Peer peer = parts.membership.received(from, theirName, nowNanos, effects);
    parts.catchup.onReceived(nowNanos);
    if (wasSilent && peer != null) {
      peer.clock().reset();
    }
    if (!sameApplication && peer != null && peer.setOtherApplication()) {
      effects.notice(new Notice.OtherApplication(from, peer.nodeName()));
    }
    if (!wasKnown && peer != null) {
      effects.instruct(new Instruction.DistrustLost());
      parts.introductions.answer(true, nowNanos);
      parts.heartbeats.onData(nowNanos);
      parts.alarm.wakeAt(nowNanos);
      parts.horizons.onNewMember();
    }
    return peer;
  }
}
