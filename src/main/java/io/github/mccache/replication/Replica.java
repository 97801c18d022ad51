package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Message.CacheDescription;
import io.github.mccache.protocol.Message.ClearFloor;
import io.github.mccache.protocol.NodeId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One member of the cluster as a state machine: what it hears and what time it is go in, what its
 * node must do comes out. Confined to one thread.
 *
 * <p>{@code nowNanos} is elapsed time of an arbitrary origin, as {@link System#nanoTime} gives it,
 * and never goes back from call to call. {@link #onStart} is the first call and {@link #onStop} the
 * last; {@link #onTick} is wanted at {@link #nextTickNanos}, which every call may change. A tick
 * that comes early does nothing.
 */
public final class Replica {

  private static final long STABILITY_INTERVAL_NANOS = 250_000_000;
  private static final long IDLE_TICK_NANOS = 500_000_000;

  private final ReplicaParts parts;
  private final Records records;
  private final Alarm alarm;
  private final OwnProgress own;
  private final Streams streams;
  private final Membership membership;
  private final Introductions introductions;
  private final ClearFloors clearFloors;
  private final Horizons horizons;
  private final Pacer pacer;
  private final Catchup catchup;
  private final LocalChanges localChanges;
  private final HeartbeatSender heartbeatSender;
  private final Touches touches;
  private final Outcomes outcomes;
  private long stabilityDueNanos;

  /**
   * Makes a member that has not started.
   *
   * @param self its incarnation, new for every start
   * @param nodeName its label
   * @param records what this member's caches hold
   * @param random spreads in time what several members do; need not be hard to guess
   */
  public Replica(
      NodeId self,
      String nodeName,
      ReplicaOptions options,
      Records records,
      RandomGenerator random,
      long nowNanos) {
    this(self, null, nodeName, options, records, random, nowNanos);
  }

  /**
   * As the other, of a member that starts anew.
   *
   * @param former the incarnation that a copy of this process may still have; null if there is none
   */
  public Replica(
      NodeId self,
      @Nullable NodeId former,
      String nodeName,
      ReplicaOptions options,
      Records records,
      RandomGenerator random,
      long nowNanos) {
    this.parts = new ReplicaParts(self, former, nodeName, options, records, random, nowNanos);
    this.records = records;
    this.alarm = parts.alarm;
    this.own = parts.own;
    this.streams = parts.streams;
    this.membership = parts.membership;
    this.introductions = parts.introductions;
    this.clearFloors = parts.clearFloors;
    this.horizons = parts.horizons;
    this.pacer = parts.pacer;
    this.catchup = parts.catchup;
    this.localChanges = new LocalChanges(parts);
    this.heartbeatSender = new HeartbeatSender(parts);
    this.touches = new Touches(parts, nowNanos);
    this.outcomes = new Outcomes(parts);
    this.stabilityDueNanos = nowNanos;
  }

  // ---- what the node tells ----

  /** Introduces this member and asks the others to do the same. */
  public Effects onStart(long nowNanos) {
    EffectsCollector effects = new EffectsCollector();
    own.startedAt(HybridTime.ofMillis(records.clockMillis()));
    introductions.announce(true, nowNanos);
    introductions.onTick(nowNanos, effects);
    return effects.effects();
  }

  /**
   * The clustered caches that are open here are now these. Clears of a newly opened cache that are
   * known already are to be applied.
   *
   * @param warm those of them, by their numbers, that want the records of other members
   */
  public Effects onCaches(List<CacheDescription> caches, Set<Long> warm, long nowNanos) {
    EffectsCollector effects = new EffectsCollector();
    introductions.onCaches(caches);
    introductions.announce(true, nowNanos);
    introductions.onTick(nowNanos, effects);
    List<Long> open = caches.stream().map(CacheDescription::cache).toList();
    for (ClearFloor floor : clearFloors.onOpenCaches(Set.copyOf(open))) {
      effects.apply(Application.clear(floor, parts.self));
    }
    catchup.onCaches(open, warm);
    parts.scrubber.onCaches(open);
    alarm.wakeAt(nowNanos);
    return effects.effects();
  }

  /** A cache was cleared here: the others hear it now, and again with every heartbeat. */
  public Effects onClearFloor(ClearFloor floor, long nowNanos) {
    Change clear = Change.clear(floor.cache(), floor.version());
    return onLocal(List.of(clear), own.completeTime(), nowNanos);
  }

  /** How full the node's queue is of what it has yet to give to this replica, in thousandths. */
  public void onQueueDepth(int perMille) {
    heartbeatSender.onQueueDepth(perMille);
    catchup.onQueueDepth(perMille);
  }

  /** Whether somebody waits until what is sent from now on has been applied everywhere. */
  public void onAckWanted(boolean wanted) {
    localChanges.setAckWanted(wanted);
  }

  /** Whether the node has more changes than it has given to {@link #onLocal}. */
  public void onBacklog(boolean moreWaits) {
    localChanges.setWaiting(moreWaits);
  }

  /**
   * Returns how many changes may be given to {@link #onLocal} now; none while the rate is used up,
   * in which case they are to be left where they are until {@link #nextTickNanos}. There a newer
   * change of the same key replaces an older one, so that however much is written, what waits is
   * bounded by the number of keys.
   */
  public int changesWanted(long nowNanos) {
    pacer.refill(nowNanos);
    return localChanges.wanted(nowNanos);
  }

  /**
   * Keys changed here.
   *
   * @param changes what became of them, in any order; may be empty, to tell of the time alone
   * @param newCompleteTime hybrid time: every change of this member at or below it is among these
   *     or was given before; a lower one than before is taken for the one before
   * @throws IllegalArgumentException if the time is negative
   */
  public Effects onLocal(List<Change> changes, long newCompleteTime, long nowNanos) {
    if (newCompleteTime < 0) {
      throw new IllegalArgumentException("complete time " + newCompleteTime + " is negative");
    }
    EffectsCollector effects = new EffectsCollector();
    for (Change change : changes) {
      if (change.kind().isWholeCache()) {
        clearFloors.raise(new ClearFloor(change.cache(), change.version()));
      }
    }
    localChanges.tell(changes, newCompleteTime, nowNanos, effects);
    return effects.effects();
  }

  /**
   * Somebody waits for a time to be told, of which there are no changes to tell.
   *
   * @param newCompleteTime as in {@link #onLocal}
   */
  public Effects onTimeAwaited(long newCompleteTime, long nowNanos) {
    if (newCompleteTime <= own.completeTime() || parts.isAlone(nowNanos)) {
      return Effects.NONE;
    }
    EffectsCollector effects = new EffectsCollector();
    localChanges.tellTime(newCompleteTime, nowNanos, effects);
    return effects.effects();
  }

  /**
   * A thread waits for {@link #aliveStableTime} to rise: looks whether it has, and has the others
   * answer at once, at {@link #nextTickNanos}. To be called often while the thread waits.
   *
   * @param begins whether it has just begun to wait
   */
  public void onCoherenceAwaited(boolean begins, long nowNanos) {
    horizons.settle();
    if (!parts.isAlone(nowNanos)) {
      heartbeatSender.onCoherenceAwaited(begins, nowNanos);
    }
  }

  /**
   * Returns how many entries may be given to {@link #onTouched} now, in all; if any, none for a
   * while after that.
   */
  public int touchesWanted(long nowNanos) {
    pacer.refill(nowNanos);
    return touches.wanted(localChanges.isWaiting(), nowNanos);
  }

  /** Entries of a cache were used here and live longer for it. */
  public Effects onTouched(long cache, List<Message.Touched> touched, long nowNanos) {
    EffectsCollector effects = new EffectsCollector();
    touches.send(cache, touched, nowNanos, effects);
    return effects.effects();
  }

  /**
   * A message of another member arrived.
   *
   * @param sameApplication whether its sender runs the same version of the application: if not, its
   *     values are applied as invalidations
   */
  public Effects onMessage(NodeId from, boolean sameApplication, Message message, long nowNanos) {
    pacer.refill(nowNanos);
    return message.accept(new Incoming(parts, from, sameApplication, nowNanos));
  }

  /**
   * The changes of a step have been given to the caches. Only now what the step received counts as
   * applied, and may be acknowledged: see the documentation of the package.
   *
   * @param step what a call returned, with changes to apply
   * @param results what the caches did with each of them, in the same order
   * @return what follows, without changes to apply
   * @throws IllegalArgumentException unless there is one result for each change
   */
  public Effects onApplied(Effects step, List<ApplyOutcome> results, long nowNanos) {
    if (results.size() != step.apply().size()) {
      throw new IllegalArgumentException(
          results.size() + " results of " + step.apply().size() + " changes: each has one");
    }
    EffectsCollector effects = new EffectsCollector();
    boolean all = true;
    for (int i = 0; i < results.size(); i++) {
      outcomes.note(step.apply().get(i), results.get(i), nowNanos, effects);
      all &= results.get(i).isDone();
    }
    step.receipt().onApplied(all, effects);
    return effects.effects();
  }

  /** Time has passed: gives signs of life, asks, answers, and looks who is silent. */
  public Effects onTick(long nowNanos) {
    EffectsCollector effects = new EffectsCollector();
    pacer.refill(nowNanos);
    long pausedNanos = parts.health.onTick(nowNanos);
    if (pausedNanos > 0) {
      membership.forgive(pausedNanos, nowNanos);
    }
    membership.onTick(nowNanos, parts.health.stretch(), effects);
    if (parts.clockAgreement.onTick(membership.peers(), nowNanos, effects)) {
      alarm.setTo(nowNanos); // what is said from here on is to be of the time to which it leaps
      return effects.effects();
    }
    heartbeatSender.onTick(nowNanos, effects);
    introductions.onTick(nowNanos, effects);
    askAndTell(nowNanos, effects);
    heartbeatSender.watchIsolation(effects);
    if (nowNanos - stabilityDueNanos >= 0) {
      stabilityDueNanos = nowNanos + STABILITY_INTERVAL_NANOS;
      horizons.settle();
    }
    alarm.setTo(nowNanos + nanosUntilDue(nowNanos));
    return effects.effects();
  }

  /** Returns whether nothing is left to be sent of what was given to {@link #onLocal}. */
  public boolean isSent() {
    return !parts.fragments.hasPending();
  }

  /** Returns whether every member that is heard just now has applied all that was sent. */
  public boolean isApplied(long nowNanos) {
    return horizons.appliedByHeard(nowNanos) == own.sequence();
  }

  /** Returns the caches of which such a member may not have applied something that was sent. */
  public Set<Long> unappliedCaches(long nowNanos) {
    return parts.index.cachesAbove(horizons.appliedByHeard(nowNanos));
  }

  /**
   * There is no time for messages in pieces that are not sent: the keys of their changes go as
   * invalidations instead.
   */
  public Effects giveUpPieces(long nowNanos) {
    EffectsCollector effects = new EffectsCollector();
    List<Change> invalidations = new ArrayList<>();
    List<Long> givenUp = parts.fragments.giveUp();
    for (long sequence : givenUp) {
      for (SentIndex.Sent sent : parts.index.stillLast(sequence)) {
        if (sent.key() != null) {
          invalidations.add(Change.invalidate(sent.cache(), sent.version(), sent.key()));
        }
      }
    }
    if (!invalidations.isEmpty()) {
      localChanges.tell(invalidations, own.completeTime(), nowNanos, effects);
      RangeList voided = new RangeList();
      givenUp.stream().sorted().limit(Message.Nak.MAX_RANGES).forEach(voided::add);
      long self = parts.self.origin();
      long last = parts.index.lastSequence();
      effects.send( // it cannot be requested later
          new Outgoing(
              new Message.Repair(0, self, List.of(), voided.take(), List.of(), false, last), null));
    }
    return effects.effects();
  }

  /** Leaves. */
  public Effects onStop() {
    EffectsCollector effects = new EffectsCollector();
    effects.send(new Message.Bye(own.sequence(), own.completeTime()));
    return effects.effects();
  }

  // ---- what the node asks ----

  /** Returns when {@link #onTick} is wanted: at most a heartbeat interval after the last one. */
  public long nextTickNanos() {
    return alarm.dueNanos();
  }

  /** Returns every member that is remembered, except this one, in the order of joining. */
  public List<Member> members() {
    return membership.view();
  }

  /**
   * Returns the hybrid time at or below which every change of every remembered member was applied
   * by every remembered member, but for those that left; {@link Long#MAX_VALUE} if there is no
   * other.
   */
  public long stableTime() {
    return horizons.stableTime();
  }

  /**
   * As {@link #stableTime}, with regard to the members only that are alive and acknowledge what
   * they receive.
   */
  public long aliveStableTime() {
    return horizons.aliveStableTime();
  }

  /**
   * Returns the hybrid time at or below which every change of this member was applied by every
   * member that may be alive and acknowledges what it receives; {@link Long#MAX_VALUE} if there is
   * none.
   */
  public long acknowledgedTime() {
    return horizons.acknowledgedTime();
  }

  /**
   * Returns the hybrid time at or below which every remembered member, but for those that left, has
   * applied every change of this member; {@link Long#MAX_VALUE} if there is none.
   */
  public long appliedByAllTime() {
    return horizons.appliedByAllTime();
  }

  /** Returns the labels of the members that hold {@link #acknowledgedTime} below a time. */
  public List<String> unacknowledged(long time) {
    return horizons.unacknowledged(time);
  }

  /** Returns whether this member knows of others and hears none of them. */
  public boolean isIsolated() {
    return heartbeatSender.isIsolated();
  }

  /** Returns whether this member has what it takes from others when it starts. */
  public boolean isJoined() {
    return catchup.isJoined();
  }

  /**
   * Returns the age of the oldest change that this member may not have seen, in milliseconds, as an
   * upper bound that allows for clocks that differ by as much as is tolerated; 0 if there is nobody
   * whose change it could be, {@link Long#MAX_VALUE} until this member has joined, and while
   * nothing of a member was received that tells how far it is. A member that was silent for so long
   * that it is forgotten no longer counts.
   */
  public long staleMillis() {
    return catchup.isJoined() ? horizons.staleMillis() : Long.MAX_VALUE;
  }

  /** Returns what is counted. */
  public ReplicaCounts counts() {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("acknowledgementsOwed", streams.all().stream().filter(Stream::isAckOwed).count());
    counts.put("applicationsFailed", outcomes.failures());
    counts.put("catchUps", catchup.pulls());
    counts.put("catchUpsFailed", catchup.pullsFailed());
    counts.put("distrusts", catchup.distrusts());
    counts.put("duplicates", parts.duplicates);
    counts.put("fragmentsRefused", parts.reassembler.refused());
    counts.put("keptBack", own.keptBack());
    counts.put("keysSentForgotten", parts.index.overflows());
    counts.put("keysTooLarge", parts.packer.keysTooLarge());
    counts.put("membersRefused", membership.refused());
    counts.put("messagesDropped", parts.fragments.dropped());
    counts.put("messagesGivenUp", parts.reassembler.givenUp());
    counts.put("missing", membership.missing());
    counts.put("rateBytesPerSecond", pacer.rate());
    counts.put("pullsRefused", parts.scrubber.pullsRefused());
    counts.put("recordsPulled", catchup.recordsPulled());
    counts.put("repairRequests", parts.gapRequests.naks());
    counts.put("repairRequestsDropped", parts.repairAnswers.dropped());
    counts.put("repairsSent", parts.repairAnswers.repairs());
    counts.put("resyncsDemanded", parts.repairAnswers.resyncs());
    counts.put("scrubDifferences", parts.scrubber.differences());
    counts.put("sequencesRefused", parts.sequencesRefused);
    counts.put("staleHistories", outcomes.staleHistories());
    counts.put("stateRefusals", parts.donor.refusals());
    counts.put("touchesReceived", parts.touchesReceived);
    counts.put("touchesSent", touches.sent());
    counts.put("valuesTooLarge", parts.packer.changesTooLarge());
    counts.put("voidsSent", parts.repairAnswers.voids());
    return new ReplicaCounts(counts);
  }

  /** Returns how large each buffer is now; the bound of each is with its class. */
  public Map<String, Long> footprint() {
    Map<String, Long> sizes = new LinkedHashMap<>();
    sizes.put("assemblies", (long) parts.reassembler.assemblies());
    sizes.put("assemblyBytes", parts.reassembler.bytes());
    sizes.put("chunksKept", (long) parts.donor.chunksKept());
    sizes.put("framesSent", (long) parts.index.frames());
    sizes.put("keysSent", (long) parts.index.keys());
    sizes.put("members", (long) membership.peers().size());
    sizes.put("outgoingBytes", parts.fragments.bytes());
    sizes.put("pendingRepairs", (long) parts.repairAnswers.pending());
    sizes.put("sessions", (long) parts.donor.sessions());
    sizes.put("streams", (long) streams.size());
    return sizes;
  }

  private void askAndTell(long nowNanos, EffectsCollector effects) {
    if (catchup.isBased()) {
      for (Stream stream : streams.all()) {
        Peer peer = membership.find(stream.origin());
        if (peer != null && peer.mayLive()) {
          parts.gapRequests.onTick(stream, peer, parts.reassembler, nowNanos, effects);
        }
      }
    }
    parts.reassembler.onTick(nowNanos, effects);
    parts.repairAnswers.onTick(parts.sender, pacer, nowNanos, effects);
    catchup.onTick(parts.sender, nowNanos, effects);
    boolean dataWaits = localChanges.isWaiting();
    parts.fragments.onTick(pacer, ReplicaParts.DATA_OVERHEAD_BYTES, dataWaits, nowNanos, effects);
    parts.donor.onTick(parts.sender, pacer, dataWaits, nowNanos, effects);
    int alive = (int) membership.peers().stream().filter(Peer::isAlive).count();
    parts.scrubber.onTick(alive, parts.sender, pacer, nowNanos, effects);
  }

  private long nanosUntilDue(long nowNanos) {
    long soonest = Math.min(IDLE_TICK_NANOS, parts.heartbeats.dueNanos() - nowNanos);
    if (introductions.isWanted()) {
      soonest = Math.min(soonest, introductions.dueNanos() - nowNanos);
    }
    if (catchup.isBased()) {
      for (Stream stream : streams.all()) {
        Peer peer = membership.find(stream.origin());
        if (stream.isIncomplete() && peer != null && peer.mayLive()) {
          soonest = Math.min(soonest, GapRequests.nanosUntilDue(stream, nowNanos));
        }
      }
    }
    if (parts.repairAnswers.hasPending()) {
      soonest = Math.min(soonest, parts.repairAnswers.dueNanos() - nowNanos);
    }
    if (parts.fragments.hasPending() || parts.donor.nanosUntilDue() != Long.MAX_VALUE) {
      soonest = Math.min(soonest, Math.max(Alarm.LEAST_PAUSE_NANOS, pacer.nanosUntilData()));
    }
    soonest = Math.min(soonest, parts.reassembler.nanosUntilDue(nowNanos));
    soonest = Math.min(soonest, catchup.nanosUntilDue(nowNanos));
    soonest = Math.min(soonest, parts.clockAgreement.dueNanos() - nowNanos);
    soonest = Math.min(soonest, parts.scrubber.dueNanos() - nowNanos);
    return Math.max(Alarm.LEAST_PAUSE_NANOS, soonest);
  }
}
