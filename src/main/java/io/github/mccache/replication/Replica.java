package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Message.Applied;
import io.github.mccache.protocol.Message.Beginning;
import io.github.mccache.protocol.Message.CacheDescription;
import io.github.mccache.protocol.Message.ClearFloor;
import io.github.mccache.protocol.Message.Feedback;
import io.github.mccache.protocol.Message.Range;
import io.github.mccache.protocol.MessageHandler;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongPredicate;
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

  /** What a clear floor takes in a message. */
  static final int CLEAR_FLOOR_BYTES = 40;

  private static final int APPLIED_BYTES = 32;
  private static final int MOST_APPLIED_TOLD = 40;
  private static final int DATA_OVERHEAD_BYTES = 80;
  private static final int MOST_CHANGES_WANTED = 1_024;
  private static final long STABILITY_INTERVAL_NANOS = 250_000_000;
  private static final long OVERLOADED_AFTER_NANOS = 1_000_000_000;
  private static final long DEAF_AFTER_NANOS = 1_500_000_000;
  private static final long DEAF_AFTER_MILLIS = 2_500;
  private static final int MOST_DEAF_TOLD = 8;
  private static final int DEAD_TOLD_EVERY = 4;
  private static final long IDLE_TICK_NANOS = 500_000_000;
  private static final long LEAST_PAUSE_NANOS = 200_000;
  private static final long GAP_LOOK_NANOS = 10_000_000;
  private static final long AHEAD_TIME = HybridTime.ofMillis(ApplyRule.MAX_AHEAD_MILLIS);

  private final NodeId self;
  private final String nodeName;
  private final ReplicaOptions options;
  private final Records records;
  private final long startNanos;
  private final Streams streams = new Streams();
  private final Membership membership;
  private final ChangePacker packer;
  private final HeartbeatSchedule heartbeats;
  private final Introductions introductions;
  private final ClearFloors clearFloors = new ClearFloors();
  private final OncePerSecond clockRejectsSent = new OncePerSecond();
  private final OncePerSecond clockRejectsTold = new OncePerSecond();
  private final LocalHealth health;
  private final ClockAgreement clockAgreement;
  private final SentIndex index;
  private final OutgoingFragments fragments;
  private final Reassembler reassembler;
  private final Sender sender;
  private final Pacer pacer;
  private final GapRequests gapRequests;
  private final RepairAnswers repairAnswers;
  private final StateDonor donor;
  private final Catchup catchup;
  private final Scrubber scrubber;

  private long sequence;
  private long completeTime;
  private long duplicates;
  private long keptBack;
  private long staleHistories;
  private boolean ackWanted;
  private int queuePerMille;
  private long missedBefore;
  private long arrivedBefore;
  private long stableTime;
  private long aliveStableTime;
  private long stabilityDueNanos;
  private int lastWanted;
  private boolean throttled;
  private long throttledSinceNanos;
  private boolean overloaded;
  private boolean isolated;
  private int nextDeaf;
  private long tickDueNanos;

  /**
   * Makes a member that has not started.
   *
   * @param self its incarnation, new for every start
   * @param nodeName its label
   * @param records what this member's caches hold
   * @param random the only source of chance
   */
  public Replica(
      NodeId self,
      String nodeName,
      ReplicaOptions options,
      Records records,
      RandomGenerator random,
      long nowNanos) {
    this.self = self;
    this.nodeName = nodeName;
    this.options = options;
    this.records = records;
    this.startNanos = nowNanos;
    this.membership = new Membership(options, streams);
    this.packer =
        new ChangePacker(
            options.dataBudgetBytes(),
            options.maximumBodyBytes() - DATA_OVERHEAD_BYTES,
            options.sizeOf());
    this.heartbeats =
        new HeartbeatSchedule(options.heartbeatInterval().toNanos(), random, nowNanos);
    this.introductions = new Introductions(nodeName, random);
    this.health = new LocalHealth(options.heartbeatInterval().toNanos(), nowNanos);
    this.clockAgreement = new ClockAgreement(nowNanos);
    this.index = new SentIndex(options.maximumKeysSent());
    this.fragments = new OutgoingFragments(options.fragmentBytes());
    this.reassembler = new Reassembler(options.maximumBodyBytes());
    this.sender = new Sender(options, fragments);
    this.pacer = new Pacer(nowNanos);
    this.gapRequests = new GapRequests(random);
    this.repairAnswers = new RepairAnswers(self.origin(), options, index, records, clearFloors);
    this.donor = new StateDonor(options, records);
    this.catchup =
        new Catchup(
            self.origin(), options, streams, membership, clearFloors, records, random, nowNanos);
    this.scrubber = new Scrubber(options, records, nowNanos);
    this.stabilityDueNanos = nowNanos;
    this.tickDueNanos = nowNanos;
    this.stableTime = Long.MAX_VALUE;
    this.aliveStableTime = Long.MAX_VALUE;
  }

  // ---- what the node tells ----

  /** Introduces this member and asks the others to do the same. */
  public Effects onStart(long nowNanos) {
    EffectsCollector effects = new EffectsCollector();
    introductions.startedAt(HybridTime.ofMillis(records.clockMillis()));
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
      effects.apply(application(floor, self));
    }
    catchup.onCaches(open, warm);
    scrubber.onCaches(open);
    wakeAt(nowNanos);
    return effects.effects();
  }

  /** A cache was cleared here: the others hear it now, and again with every heartbeat. */
  public Effects onClearFloor(ClearFloor floor, long nowNanos) {
    Change clear = Change.clear(floor.cache(), floor.version());
    return onLocal(List.of(clear), completeTime, nowNanos);
  }

  /** How full the node's queue is of what it has yet to give to this replica, in thousandths. */
  public void onQueueDepth(int perMille) {
    queuePerMille = Math.max(queuePerMille, Math.max(0, Math.min(1_000, perMille)));
  }

  /** Whether somebody waits until what is sent from now on has been applied everywhere. */
  public void onAckWanted(boolean wanted) {
    ackWanted = wanted;
  }

  /**
   * Returns how many changes may be given to {@link #onLocal} now; none while the rate is used up,
   * in which case they are to be left where they are until {@link #nextTickNanos}.
   */
  public int changesWanted(long nowNanos) {
    pacer.refill(nowNanos);
    boolean may = isAlone(nowNanos) || (pacer.mayData() && !fragments.hasPending());
    lastWanted = may ? MOST_CHANGES_WANTED : 0;
    if (!may) {
      wakeAt(nowNanos + Math.max(LEAST_PAUSE_NANOS, pacer.nanosUntilData()));
      if (!throttled) {
        throttled = true;
        throttledSinceNanos = nowNanos;
      }
    }
    return lastWanted;
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
    long complete = Math.max(completeTime, newCompleteTime);
    if (isAlone(nowNanos)) {
      keepBack(changes);
    } else {
      send(changes, complete, nowNanos, effects);
    }
    completeTime = complete;
    if (changes.size() < lastWanted) {
      throttled = false;
    }
    return effects.effects();
  }

  /**
   * Somebody waits for a time to be told, of which there are no changes to tell.
   *
   * @param newCompleteTime as in {@link #onLocal}
   */
  public Effects onTimeAwaited(long newCompleteTime, long nowNanos) {
    if (newCompleteTime <= completeTime || isAlone(nowNanos)) {
      return Effects.NONE;
    }
    EffectsCollector effects = new EffectsCollector();
    completeTime = newCompleteTime;
    sequence++;
    index.onSent(sequence, List.of());
    Message.Data time = new Message.Data(sequence, completeTime, List.of(), ackWanted);
    pacer.charge(sender.send(time, null, effects));
    heartbeats.onData(nowNanos);
    wakeAt(heartbeats.dueNanos());
    return effects.effects();
  }

  /**
   * A message arrived; this member's own are ignored.
   *
   * @param sameApplication whether its sender runs the same version of the application: if not, its
   *     values are taken as invalidations
   */
  public Effects onMessage(NodeId from, boolean sameApplication, Message message, long nowNanos) {
    if (from.equals(self)) {
      return Effects.NONE;
    }
    pacer.refill(nowNanos);
    return message.accept(new Incoming(from, sameApplication, nowNanos));
  }

  /**
   * The node refused a change, or a clear, because its version {@linkplain
   * ApplyRule.Verdict#AHEAD_OF_CLOCK is ahead of its clock}. The writer is told, at most once per
   * second.
   *
   * @param receiverTime this member's hybrid time
   */
  public Effects onClockAhead(Version refused, long receiverTime, long nowNanos) {
    clearFloors.onRefused(refused, receiverTime, nowNanos);
    Stream stream = streams.find(refused.origin());
    if (stream != null) {
      stream.onRefused(nowNanos);
    }
    if (!clockRejectsSent.mayPass(refused.origin(), nowNanos)) {
      return Effects.NONE;
    }
    EffectsCollector effects = new EffectsCollector();
    effects.send(new Message.ClockReject(refused.origin(), refused.time(), receiverTime));
    return effects.effects();
  }

  /**
   * A cache did not take a change because the key {@linkplain ApplyRule.Verdict#STALE_HISTORY may
   * have been removed since}. Who sent it as a part of what it holds is told, so that it drops what
   * it cannot prove either. If nothing that new was ever forgotten here, the cache was but opened
   * later than the change was written, and asks for what others hold.
   */
  public Effects onStaleHistory(Application stale, long nowNanos) {
    staleHistories++;
    Change change = stale.change();
    Payload key = change.key();
    boolean held = stale.path() == ApplyRule.Path.RESYNC;
    boolean forgottenHere = !change.version().isAfter(records.collected());
    if (!forgottenHere) {
      catchup.onTooOldForCache(change.cache(), nowNanos);
    }
    if (!held || key == null || !forgottenHere || !catchup.isJoined()) {
      return Effects.NONE;
    }
    EffectsCollector effects = new EffectsCollector();
    long to = stale.from().origin();
    Change doubt = Change.invalidate(change.cache(), change.version(), key);
    pacer.charge(sender.send(new Message.StaleHistory(to, List.of(doubt)), to, effects));
    return effects.effects();
  }

  /** The clock was set back: what was promised for times to come is void. */
  public void onRebased(long time) {
    completeTime = Math.min(completeTime, time);
    introductions.startedAt(time);
    for (Stream stream : streams.all()) {
      stream.forgetTimesAbove(time + AHEAD_TIME);
    }
    membership.peers().forEach(peer -> peer.forgetTimesAbove(time + AHEAD_TIME));
    settle();
  }

  /** Time has passed: gives signs of life, asks, answers, and looks who is silent. */
  public Effects onTick(long nowNanos) {
    EffectsCollector effects = new EffectsCollector();
    pacer.refill(nowNanos);
    long pausedNanos = health.onTick(nowNanos);
    if (pausedNanos > 0) {
      membership.forgive(pausedNanos, nowNanos);
    }
    membership.onTick(nowNanos, health.stretch(), effects);
    if (clockAgreement.onTick(membership.peers(), nowNanos, effects)) {
      clearFloors.forgetRefusals();
      tickDueNanos = nowNanos; // what is said from here on is to be of the time to which it leaps
      return effects.effects();
    }
    beat(nowNanos, effects);
    introductions.onTick(nowNanos, effects);
    askAndTell(nowNanos, effects);
    watchIsolation(effects);
    watchLoad(nowNanos, effects);
    if (nowNanos - stabilityDueNanos >= 0) {
      stabilityDueNanos = nowNanos + STABILITY_INTERVAL_NANOS;
      settle();
    }
    tickDueNanos = nowNanos + nanosUntilDue(nowNanos);
    return effects.effects();
  }

  /** Leaves. */
  public Effects onStop() {
    EffectsCollector effects = new EffectsCollector();
    effects.send(new Message.Bye(sequence, completeTime));
    return effects.effects();
  }

  // ---- what the node asks ----

  /** Returns when {@link #onTick} is wanted: at most a heartbeat interval after the last one. */
  public long nextTickNanos() {
    return tickDueNanos;
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
    return stableTime;
  }

  /** As {@link #stableTime}, with regard to the members that are alive only. */
  public long aliveStableTime() {
    return aliveStableTime;
  }

  /**
   * Returns the hybrid time at or below which every change of this member was applied by every
   * member that may be alive; {@link Long#MAX_VALUE} if there is none.
   */
  public long acknowledgedTime() {
    long lowest = Long.MAX_VALUE;
    for (Peer peer : membership.peers()) {
      if (peer.mayLive()) {
        lowest = Math.min(lowest, peer.ownCompleteTime());
      }
    }
    return lowest;
  }

  /** Returns the labels of the members that hold {@link #acknowledgedTime} below a time. */
  public List<String> unacknowledged(long time) {
    return membership.peers().stream()
        .filter(peer -> peer.mayLive() && peer.ownCompleteTime() < time)
        .map(Peer::nodeName)
        .toList();
  }

  /** Returns whether values are to be told as invalidations, for they come faster than they go. */
  public boolean isOverloaded() {
    return overloaded;
  }

  /** Returns whether this member knows of others and hears none of them. */
  public boolean isIsolated() {
    return isolated;
  }

  /** Returns whether this member has what it takes from others when it starts. */
  public boolean isJoined() {
    return catchup.isJoined();
  }

  /**
   * Returns the age of the oldest change that this member may not have seen, in milliseconds, as an
   * upper bound that allows for clocks that differ by as much as is tolerated; 0 if there is nobody
   * whose change it could be, {@link Long#MAX_VALUE} until this member has joined. A member that
   * was silent for so long that it is forgotten no longer counts.
   */
  public long staleMillis() {
    if (!catchup.isJoined()) {
      return Long.MAX_VALUE;
    }
    long oldest = Long.MAX_VALUE;
    for (Peer peer : membership.peers()) {
      Stream stream = peer.stream();
      boolean hasAll =
          peer.state() == Member.State.LEFT && stream != null && !stream.isIncomplete();
      if (!hasAll) {
        oldest = Math.min(oldest, stream == null ? 0 : stream.completeTime());
      }
    }
    return oldest == Long.MAX_VALUE
        ? 0
        : Math.max(
            0, records.clockMillis() - HybridTime.millis(oldest) + ApplyRule.MAX_AHEAD_MILLIS);
  }

  /** Returns what is counted. */
  public ReplicaCounts counts() {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("acknowledgementsOwed", streams.all().stream().filter(Stream::isAckOwed).count());
    counts.put("catchUps", catchup.pulls());
    counts.put("catchUpsFailed", catchup.pullsFailed());
    counts.put("distrusts", catchup.distrusts());
    counts.put("duplicates", duplicates);
    counts.put("fragmentsRefused", reassembler.refused());
    counts.put("keptBack", keptBack);
    counts.put("keysSentForgotten", index.overflows());
    counts.put("keysTooLarge", packer.keysTooLarge());
    counts.put("membersRefused", membership.refused());
    counts.put("messagesGivenUp", reassembler.givenUp());
    counts.put("missing", membership.missing());
    counts.put("rateBytesPerSecond", pacer.rate());
    counts.put("recordsPulled", catchup.recordsPulled());
    counts.put("repairRequests", gapRequests.naks());
    counts.put("repairRequestsDropped", repairAnswers.dropped());
    counts.put("repairsSent", repairAnswers.repairs());
    counts.put("resyncsDemanded", repairAnswers.resyncs());
    counts.put("scrubDifferences", scrubber.differences());
    counts.put("staleHistories", staleHistories);
    counts.put("stateRefusals", donor.refusals());
    counts.put("valuesTooLarge", packer.changesTooLarge());
    counts.put("voidsSent", repairAnswers.voids());
    return new ReplicaCounts(counts);
  }

  /** Returns how large each buffer is now; the bound of each is with its class. */
  public Map<String, Long> footprint() {
    Map<String, Long> sizes = new LinkedHashMap<>();
    sizes.put("assemblies", (long) reassembler.assemblies());
    sizes.put("assemblyBytes", reassembler.bytes());
    sizes.put("chunksKept", (long) donor.chunksKept());
    sizes.put("framesSent", (long) index.frames());
    sizes.put("keysSent", (long) index.keys());
    sizes.put("members", (long) membership.peers().size());
    sizes.put("outgoingBytes", fragments.bytes());
    sizes.put("pendingRepairs", (long) repairAnswers.pending());
    sizes.put("sessions", (long) donor.sessions());
    sizes.put("streams", (long) streams.size());
    return sizes;
  }

  // ---- sending ----

  private boolean isAlone(long nowNanos) {
    boolean hadTimeToHear = nowNanos - startNanos >= options.aloneAfter().toNanos();
    return hadTimeToHear && !membership.hasPeers();
  }

  /** The number is taken all the same: see the package's documentation. */
  private void keepBack(List<Change> changes) {
    if (!changes.isEmpty()) {
      sequence++;
      keptBack++;
      index.forgetUpTo(sequence);
    }
  }

  private void send(List<Change> changes, long complete, long nowNanos, EffectsCollector effects) {
    List<List<Change>> messages = packer.pack(changes, effects);
    for (int i = 0; i < messages.size(); i++) {
      boolean last = i == messages.size() - 1;
      sequence++;
      index.onSent(sequence, messages.get(i));
      Message.Data data =
          new Message.Data(
              sequence, last ? complete : completeTime, messages.get(i), last && ackWanted);
      pacer.chargeData(sender.send(data, null, effects));
    }
    if (!messages.isEmpty()) {
      heartbeats.onData(nowNanos);
      wakeAt(fragments.hasPending() ? nowNanos : heartbeats.dueNanos());
    }
  }

  private void beat(long nowNanos, EffectsCollector effects) {
    if (!heartbeats.isDue(nowNanos)) {
      return;
    }
    Message.Heartbeat heartbeat = heartbeat();
    pacer.charge(sender.send(heartbeat, null, effects));
    boolean settled = heartbeats.isSettled();
    heartbeats.onSent(nowNanos);
    if (settled) {
      queuePerMille = 0;
      followReceivers();
      tellDeaf(heartbeat, nowNanos, effects);
    }
  }

  private Message.Heartbeat heartbeat() {
    int room = Math.max(1, options.dataBudgetBytes() / CLEAR_FLOOR_BYTES);
    int told =
        Math.max(1, Math.min(MOST_APPLIED_TOLD, options.frameCapacity() / APPLIED_BYTES - 8));
    return new Message.Heartbeat(
        nodeName,
        sequence,
        completeTime,
        HybridTime.ofMillis(records.clockMillis()),
        catchup.isJoined(),
        clearFloors.next(room),
        catchup.isJoined() ? streams.next(told) : List.of(),
        records.collected(),
        feedback());
  }

  private Feedback feedback() {
    long missed = 0;
    long arrived = 0;
    for (Stream stream : streams.all()) {
      missed += stream.missedInAll();
      arrived += stream.arrivedInAll();
    }
    long newlyMissed = Math.max(0, missed - missedBefore);
    long newlyArrived = Math.max(0, arrived - arrivedBefore);
    missedBefore = missed;
    arrivedBefore = arrived;
    long both = newlyMissed + newlyArrived;
    return new Feedback(both == 0 ? 0 : (int) (1_000 * newlyMissed / both), queuePerMille);
  }

  /** The rate goes by the worst of those who keep up; a laggard slows nobody. */
  private void followReceivers() {
    int loss = 0;
    int queue = 0;
    for (Peer peer : membership.peers()) {
      boolean keepsUp = sequence - peer.ownSequence() <= Stream.MAX_MISSING;
      if (peer.isAlive() && keepsUp) {
        loss = Math.max(loss, peer.feedback().lossPerMille());
        queue = Math.max(queue, peer.feedback().queuePerMille());
      }
    }
    pacer.onFeedback(loss, queue);
  }

  /**
   * Tells the heartbeat by unicast to those who do not seem to hear this member, or are not heard
   * by it, and now and then to one that is taken for dead: multicast may not pass where unicast
   * does.
   */
  private void tellDeaf(Message.Heartbeat heartbeat, long nowNanos, EffectsCollector effects) {
    List<Peer> deaf = new ArrayList<>();
    List<Peer> dead = new ArrayList<>();
    for (Peer peer : membership.peers()) {
      long lagMillis = HybridTime.millis(completeTime) - HybridTime.millis(peer.ownCompleteTime());
      boolean hearsNothing = peer.isVectorKnown() && lagMillis > DEAF_AFTER_MILLIS;
      boolean silent = peer.silentNanos(nowNanos) > DEAF_AFTER_NANOS;
      if (peer.mayLive() && (hearsNothing || silent)) {
        deaf.add(peer);
      } else if (peer.state() == Member.State.DEAD) {
        dead.add(peer);
      }
    }
    nextDeaf++;
    for (int i = 0; i < Math.min(MOST_DEAF_TOLD, deaf.size()); i++) {
      Peer peer = deaf.get((nextDeaf + i) % deaf.size());
      pacer.charge(sender.send(heartbeat, peer.origin(), effects));
    }
    if (!dead.isEmpty() && nextDeaf % DEAD_TOLD_EVERY == 0) {
      Peer peer = dead.get(nextDeaf / DEAD_TOLD_EVERY % dead.size());
      pacer.charge(sender.send(heartbeat, peer.origin(), effects));
    }
  }

  private void askAndTell(long nowNanos, EffectsCollector effects) {
    if (catchup.isBased()) {
      for (Stream stream : streams.all()) {
        Peer peer = membership.find(stream.origin());
        if (peer != null && peer.mayLive()) {
          gapRequests.onTick(stream, peer, reassembler, nowNanos, effects);
        }
        catchup.tellLastWords(stream, sender, pacer, nowNanos, effects);
      }
    }
    reassembler.onTick(nowNanos, effects);
    repairAnswers.onTick(sender, pacer, nowNanos, effects);
    catchup.onTick(sender, nowNanos, effects);
    fragments.onTick(pacer, DATA_OVERHEAD_BYTES, nowNanos, effects);
    donor.onTick(sender, pacer, throttled, nowNanos, effects);
    int alive = (int) membership.peers().stream().filter(Peer::isAlive).count();
    scrubber.onTick(alive, sender, pacer, nowNanos, effects);
  }

  // ---- watching ----

  private void watchIsolation(EffectsCollector effects) {
    boolean knows = false;
    boolean hears = false;
    for (Peer peer : membership.peers()) {
      knows |= peer.state() != Member.State.LEFT;
      hears |= peer.isAlive();
    }
    boolean nowIsolated = knows && !hears;
    if (nowIsolated != isolated) {
      isolated = nowIsolated;
      effects.notice(isolated ? new Notice.Isolated() : new Notice.Reconnected());
    }
  }

  private void watchLoad(long nowNanos, EffectsCollector effects) {
    boolean now = throttled && nowNanos - throttledSinceNanos >= OVERLOADED_AFTER_NANOS;
    if (now != overloaded) {
      overloaded = now;
      effects.notice(new Notice.Overloaded(now));
    }
  }

  private void settle() {
    stableTime = Stability.time(membership.peers(), false);
    aliveStableTime = Stability.time(membership.peers(), true);
    long applied = sequence;
    for (Peer peer : membership.peers()) {
      if (peer.mayLive()) {
        applied = Math.min(applied, peer.ownSequence());
      }
    }
    if (membership.hasPeers()) {
      index.forgetUpTo(applied);
    }
  }

  // ---- time ----

  private void wakeAt(long nanos) {
    if (nanos - tickDueNanos < 0) {
      tickDueNanos = nanos;
    }
  }

  private long nanosUntilDue(long nowNanos) {
    long soonest = Math.min(IDLE_TICK_NANOS, heartbeats.dueNanos() - nowNanos);
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
    if (repairAnswers.hasPending()) {
      soonest = Math.min(soonest, repairAnswers.dueNanos() - nowNanos);
    }
    if (fragments.hasPending() || donor.nanosUntilDue() != Long.MAX_VALUE) {
      soonest = Math.min(soonest, Math.max(LEAST_PAUSE_NANOS, pacer.nanosUntilData()));
    }
    soonest = Math.min(soonest, reassembler.nanosUntilDue(nowNanos));
    soonest = Math.min(soonest, catchup.nanosUntilDue(nowNanos));
    soonest = Math.min(soonest, clockAgreement.dueNanos() - nowNanos);
    soonest = Math.min(soonest, scrubber.dueNanos() - nowNanos);
    return Math.max(LEAST_PAUSE_NANOS, soonest);
  }

  private static Application application(ClearFloor floor, NodeId from) {
    Change clear = Change.clear(floor.cache(), floor.version());
    return new Application(clear, from, ApplyRule.Path.REPAIR);
  }

  /** One message that arrived. */
  private final class Incoming implements MessageHandler<Effects> {

    private final NodeId from;
    private final boolean sameApplication;
    private final long nowNanos;
    private final EffectsCollector effects = new EffectsCollector();

    Incoming(NodeId from, boolean sameApplication, long nowNanos) {
      this.from = from;
      this.sameApplication = sameApplication;
      this.nowNanos = nowNanos;
    }

    @Override
    public Effects onData(Message.Data data) {
      Peer peer = hear(null);
      Stream stream = peer == null ? null : peer.stream();
      if (stream != null) {
        boolean isNew =
            stream.onData(
                data.sequence(),
                believable(data.completeTime()),
                nowNanos,
                gapRequests.firstAskNanos(nowNanos));
        if (stream.isIncomplete()) {
          wakeAt(nowNanos + GAP_LOOK_NANOS);
        }
        if (data.ackWanted()) {
          stream.setAckOwed(true);
        }
        if (!isNew) {
          duplicates++;
          acknowledge(stream);
          return effects.effects();
        }
      }
      for (Change change : data.changes()) {
        if (change.kind().isWholeCache()) {
          clearFloors.learn(new ClearFloor(change.cache(), change.version()), nowNanos);
        }
        apply(change, ApplyRule.Path.LIVE);
      }
      if (stream != null) {
        acknowledge(stream);
      }
      return effects.effects();
    }

    @Override
    public Effects onHeartbeat(Message.Heartbeat heartbeat) {
      Peer peer = hear(heartbeat.nodeName());
      if (peer != null) {
        learn(peer, heartbeat);
      }
      for (ClearFloor floor : heartbeat.clearFloors()) {
        if (clearFloors.learn(floor, nowNanos)) {
          effects.apply(application(floor, from));
        }
      }
      return effects.effects();
    }

    private void learn(Peer peer, Message.Heartbeat heartbeat) {
      if (heartbeat.clockTime() > 0) {
        long ahead = HybridTime.millis(heartbeat.clockTime()) - records.clockMillis();
        peer.clock().add(ahead);
        if (Math.abs(ahead) > ApplyRule.MAX_AHEAD_MILLIS / 2) {
          clockAgreement.hurry(nowNanos);
          wakeAt(clockAgreement.dueNanos());
        }
        if (ahead > ApplyRule.MAX_AHEAD_MILLIS
            && clockRejectsSent.mayPass(peer.origin(), nowNanos)) {
          long time = heartbeat.clockTime();
          effects.send(new Message.ClockReject(peer.origin(), time, records.time()), peer.origin());
        }
      }
      boolean believed = believable(heartbeat.collected().time()) > 0;
      Version collected = believed ? heartbeat.collected() : Version.NONE;
      long complete = believable(heartbeat.completeTime());
      catchup.checkForgotten(collected, peer.origin(), complete, effects);
      peer.setJoined(heartbeat.joined());
      peer.setFeedback(heartbeat.feedback());
      Stream stream = peer.stream();
      if (stream != null) {
        announced(stream, heartbeat.sequence(), complete);
        acknowledge(stream);
      }
      for (Applied applied : heartbeat.applied()) {
        learn(peer, applied, collected);
      }
      if (heartbeat.joined() || !heartbeat.applied().isEmpty()) {
        peer.setVectorKnown();
      }
    }

    private void learn(Peer peer, Applied applied, Version collected) {
      long complete = believable(applied.completeTime());
      if (applied.origin() == self.origin()) {
        peer.appliedOwn(Math.min(applied.sequence(), sequence), complete);
        return;
      }
      catchup.checkForgotten(collected, applied.origin(), complete, effects);
      Stream stream = streams.find(applied.origin());
      if (stream == null && catchup.isJoined() && peer.isJoined()) {
        stream = streams.open(applied.origin());
      }
      if (stream == null) {
        return;
      }
      peer.applied(stream, applied.sequence(), complete);
      Peer origin = membership.find(applied.origin());
      if (origin == null
          || !origin.mayLive()
          || origin.silentNanos(nowNanos) >= Catchup.SILENT_NANOS) {
        announced(stream, applied.sequence(), complete);
      }
    }

    private void announced(Stream stream, long theirSequence, long complete) {
      stream.onAnnounced(theirSequence, complete, nowNanos, gapRequests.firstAskNanos(nowNanos));
      if (stream.isIncomplete()) {
        wakeAt(nowNanos + GAP_LOOK_NANOS);
      }
    }

    /** What a clock that is ahead has promised is not believed: it may be set back. */
    private long believable(long time) {
      long limit = records.clockMillis() + ApplyRule.MAX_AHEAD_MILLIS;
      return HybridTime.millis(time) > limit ? 0 : time;
    }

    @Override
    public Effects onHello(Message.Hello hello) {
      boolean wasKnown = membership.isKnown(from);
      Peer peer = hear(hello.nodeName());
      if (peer != null && peer.stream() != null) {
        peer.stream().onStarted(believable(hello.startedTime()));
      }
      if (hello.answerWanted() || !wasKnown) {
        introductions.answer(false, nowNanos);
        heartbeats.onData(nowNanos);
        wakeAt(nowNanos);
      }
      introductions.compare(from, hello.caches(), effects);
      return effects.effects();
    }

    @Override
    public Effects onBye(Message.Bye bye) {
      membership.left(from, nowNanos, effects);
      Peer peer = membership.find(from.origin());
      if (peer != null && peer.stream() != null) {
        announced(peer.stream(), bye.sequence(), believable(bye.completeTime()));
      }
      return effects.effects();
    }

    @Override
    public Effects onClockReject(Message.ClockReject reject) {
      hear(null);
      if (reject.origin() == self.origin() && clockRejectsTold.mayPass(from.origin(), nowNanos)) {
        effects.notice(new Notice.ClockAhead(from, reject.time(), reject.receiverTime()));
        clockAgreement.onRejected(nowNanos);
        wakeAt(clockAgreement.dueNanos());
      }
      return effects.effects();
    }

    @Override
    public Effects onNak(Message.Nak nak) {
      hear(null);
      if (nak.asked() == self.origin() && nak.stream() == self.origin()) {
        repairAnswers.onNak(from.origin(), nak, sequence, fragments, nowNanos);
        nak.fragments().forEach(missing -> fragments.onMissing(missing, from.origin()));
        wakeAt(fragments.hasPending() ? nowNanos : repairAnswers.dueNanos());
      }
      return effects.effects();
    }

    @Override
    public Effects onRepair(Message.Repair repair) {
      hear(null);
      Stream stream = streams.find(repair.stream());
      if (!isForMe(repair.to())) {
        return effects.effects();
      }
      if (repair.resync() && stream != null && repair.stream() == from.origin()) {
        stream.breakUp();
        wakeAt(nowNanos);
      }
      boolean byNumber = !repair.repaired().isEmpty() || !repair.voided().isEmpty();
      boolean wanted =
          !byNumber || (stream != null && repair.repaired().stream().anyMatch(stream::misses));
      if (wanted) {
        ApplyRule.Path path = byNumber ? ApplyRule.Path.REPAIR : ApplyRule.Path.SCRUB;
        repair.changes().forEach(change -> apply(change, path));
      }
      if (stream != null && repair.stream() != self.origin()) {
        boolean ofItsOwn = repair.stream() == from.origin();
        long supersededBy = ofItsOwn ? repair.sequence() : 0;
        for (Range range : repair.repaired()) {
          stream.onRepaired(range, supersededBy);
        }
        for (Range range : repair.voided()) {
          stream.onRepaired(range, supersededBy);
        }
        acknowledge(stream);
      }
      return effects.effects();
    }

    @Override
    public Effects onAck(Message.Ack ack) {
      Peer peer = hear(null);
      for (Applied applied : ack.applied()) {
        if (peer != null && applied.origin() == self.origin()) {
          peer.appliedOwn(
              Math.min(applied.sequence(), sequence), believable(applied.completeTime()));
        }
      }
      return effects.effects();
    }

    @Override
    public Effects onStateRequest(Message.StateRequest request) {
      hear(null);
      if (isForMe(request.to())) {
        donor.onRequest(
            from.origin(), request, beginning(request), sender, pacer, nowNanos, effects);
        wakeAt(nowNanos);
      }
      return effects.effects();
    }

    private Beginning beginning(Message.StateRequest request) {
      LongPredicate caches =
          request.caches().isEmpty() ? cache -> true : Set.copyOf(request.caches())::contains;
      List<Applied> applied = new ArrayList<>(streams.vector());
      applied.add(new Applied(self.origin(), sequence, completeTime));
      return new Beginning(
          !catchup.isJoined(),
          records.time(),
          records.floor(caches),
          records.collected(),
          applied,
          clearFloors.all());
    }

    @Override
    public Effects onStateChunk(Message.StateChunk chunk) {
      hear(null);
      if (isForMe(chunk.to())) {
        catchup.onChunk(from, sameApplication ? chunk : withoutValues(chunk), nowNanos, effects);
        wakeAt(nowNanos);
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
      if (catchup.isJoined()) {
        scrubber.onScrub(self.origin(), from.origin(), scrub, sender, pacer, effects);
      }
      return effects.effects();
    }

    @Override
    public Effects onPull(Message.Pull pull) {
      hear(null);
      if (isForMe(pull.to())) {
        scrubber.onPull(self.origin(), from.origin(), pull, sender, pacer, effects);
      }
      return effects.effects();
    }

    @Override
    public Effects onFragment(Message.Fragment fragment) {
      hear(null);
      byte[] whole = reassembler.onFragment(from, fragment, nowNanos);
      catchup.onPiece(from.origin(), nowNanos);
      wakeAt(nowNanos + GAP_LOOK_NANOS);
      if (whole == null) {
        return effects.effects();
      }
      Message message = options.bodies().decode(from, whole);
      return message == null || message instanceof Message.Fragment
          ? effects.effects()
          : message.accept(this);
    }

    private boolean isForMe(long to) {
      return to == 0 || to == self.origin();
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
          : Change.invalidate(
              change.cache(), change.version(), Objects.requireNonNull(change.key()));
    }

    /** Tells the origin of a stream how far this member has got, if it waits for that. */
    private void acknowledge(Stream stream) {
      if (stream.isAckOwed() && catchup.isJoined()) {
        stream.setAckOwed(stream.isIncomplete());
        Applied applied = Streams.applied(stream);
        pacer.charge(sender.send(new Message.Ack(List.of(applied)), stream.origin(), effects));
      }
    }

    /** Who is heard for the first time, and not by its own introduction, is asked for one. */
    private @Nullable Peer hear(@Nullable String theirName) {
      boolean wasKnown = membership.isKnown(from);
      Peer before = membership.find(from.origin());
      boolean wasSilent = before != null && !before.isAlive();
      Peer peer = membership.heard(from, theirName, nowNanos, effects);
      catchup.onHeard(nowNanos);
      if (wasSilent && peer != null) {
        peer.clock().reset();
      }
      if (!sameApplication && peer != null && peer.setOtherApplication()) {
        effects.notice(new Notice.OtherApplication(from, peer.nodeName()));
      }
      if (!wasKnown && peer != null) {
        effects.instruct(new Instruction.DistrustLost());
        introductions.answer(true, nowNanos);
        heartbeats.onData(nowNanos);
        wakeAt(nowNanos);
        settle(); // who has come may lack anything: fences are needed from now on
      }
      return peer;
    }
  }
}
