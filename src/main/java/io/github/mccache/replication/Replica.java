package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Message.CacheDescription;
import io.github.mccache.protocol.Message.ClearFloor;
import io.github.mccache.protocol.MessageHandler;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Version;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
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

  private final NodeId self;
  private final String nodeName;
  private final ReplicaOptions options;
  private final long startNanos;
  private final Membership membership;
  private final ChangePacker packer;
  private final HeartbeatSchedule heartbeats;
  private final Introductions introductions;
  private final ClearFloors clearFloors = new ClearFloors();
  private final OncePerSecond clockRejectsSent = new OncePerSecond();
  private final OncePerSecond clockRejectsTold = new OncePerSecond();
  private long sequence;
  private long completeTime;
  private long duplicates;
  private long keptBack;

  /**
   * Makes a member that has not started.
   *
   * @param self its incarnation, new for every start
   * @param nodeName its label
   * @param random the only source of chance
   */
  public Replica(
      NodeId self, String nodeName, ReplicaOptions options, RandomGenerator random, long nowNanos) {
    this.self = self;
    this.nodeName = nodeName;
    this.options = options;
    this.startNanos = nowNanos;
    this.membership = new Membership(options);
    this.packer = new ChangePacker(options.dataBudgetBytes(), options.sizeOf());
    this.heartbeats =
        new HeartbeatSchedule(options.heartbeatInterval().toNanos(), random, nowNanos);
    this.introductions = new Introductions(nodeName, random);
  }

  /** Introduces this member and asks the others to do the same. */
  public Effects onStart(long nowNanos) {
    EffectsCollector effects = new EffectsCollector();
    introductions.announce(true, nowNanos);
    introductions.onTick(nowNanos, effects);
    return effects.effects();
  }

  /**
   * The clustered caches that are open here are now these. Clears of a newly opened cache that are
   * known already are to be applied.
   */
  public Effects onCaches(List<CacheDescription> caches, long nowNanos) {
    EffectsCollector effects = new EffectsCollector();
    introductions.onCaches(caches);
    introductions.announce(true, nowNanos);
    introductions.onTick(nowNanos, effects);
    Set<Long> open = caches.stream().map(CacheDescription::cache).collect(Collectors.toSet());
    for (ClearFloor floor : clearFloors.onOpenCaches(open)) {
      effects.apply(application(floor, self));
    }
    return effects.effects();
  }

  /** A cache was cleared here: the others hear it now, and again with every heartbeat. */
  public Effects onClearFloor(ClearFloor floor, long nowNanos) {
    Change clear = Change.clear(floor.cache(), floor.version());
    return onLocal(List.of(clear), completeTime, nowNanos);
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
    return effects.effects();
  }

  /** A message arrived; this member's own are ignored. */
  public Effects onMessage(NodeId from, Message message, long nowNanos) {
    if (from.equals(self)) {
      return Effects.NONE;
    }
    return message.accept(new Incoming(from, nowNanos));
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
    if (!clockRejectsSent.mayPass(refused.origin(), nowNanos)) {
      return Effects.NONE;
    }
    EffectsCollector effects = new EffectsCollector();
    effects.send(new Message.ClockReject(refused.origin(), refused.time(), receiverTime));
    return effects.effects();
  }

  /** Time has passed: gives signs of life, and looks who has not. */
  public Effects onTick(long nowNanos) {
    EffectsCollector effects = new EffectsCollector();
    if (heartbeats.isDue(nowNanos)) {
      effects.send(heartbeat());
      heartbeats.onSent(nowNanos);
    }
    introductions.onTick(nowNanos, effects);
    membership.onTick(nowNanos, effects);
    tellOfGaps(nowNanos, effects);
    return effects.effects();
  }

  /** Leaves. */
  public Effects onStop() {
    EffectsCollector effects = new EffectsCollector();
    effects.send(new Message.Bye());
    return effects.effects();
  }

  /** Returns when {@link #onTick} is wanted: at most a heartbeat interval after the last one. */
  public long nextTickNanos() {
    long heartbeat = heartbeats.dueNanos();
    boolean introductionFirst =
        introductions.isWanted() && introductions.dueNanos() - heartbeat < 0;
    return introductionFirst ? introductions.dueNanos() : heartbeat;
  }

  /** Returns every member that is remembered, except this one, in the order of joining. */
  public List<Member> members() {
    return membership.view();
  }

  /** Returns what is counted. */
  public ReplicaCounts counts() {
    return new ReplicaCounts(
        duplicates,
        membership.missing(),
        keptBack,
        packer.changesTooLarge(),
        packer.keysTooLarge(),
        membership.refused());
  }

  private boolean isAlone(long nowNanos) {
    boolean hadTimeToHear = nowNanos - startNanos >= options.aloneAfter().toNanos();
    return hadTimeToHear && !membership.hasPeers();
  }

  /** The number is taken all the same: see the package's documentation. */
  private void keepBack(List<Change> changes) {
    if (!changes.isEmpty()) {
      sequence++;
      keptBack++;
    }
  }

  private void send(List<Change> changes, long complete, long nowNanos, EffectsCollector effects) {
    List<List<Change>> messages = packer.pack(changes, effects);
    for (int i = 0; i < messages.size(); i++) {
      boolean last = i == messages.size() - 1;
      sequence++;
      effects.send(new Message.Data(sequence, last ? complete : completeTime, messages.get(i)));
    }
    if (!messages.isEmpty()) {
      heartbeats.onData(nowNanos);
    }
  }

  private Message heartbeat() {
    int room = Math.max(1, options.dataBudgetBytes() / CLEAR_FLOOR_BYTES);
    return new Message.Heartbeat(nodeName, sequence, completeTime, clearFloors.next(room));
  }

  private void tellOfGaps(long nowNanos, EffectsCollector effects) {
    long graceNanos = options.gapGrace().toNanos();
    for (Peer peer : membership.peers()) {
      for (GapDetector.Gap gap : peer.stream().takeOverdue(nowNanos, graceNanos)) {
        effects.notice(new Notice.GapSeen(peer.id(), gap.first(), gap.last()));
      }
    }
  }

  private static Application application(ClearFloor floor, NodeId from) {
    Change clear = Change.clear(floor.cache(), floor.version());
    return new Application(clear, from, ApplyRule.Path.REPAIR);
  }

  /** One message that arrived. */
  private final class Incoming implements MessageHandler<Effects> {

    private final NodeId from;
    private final long nowNanos;
    private final EffectsCollector effects = new EffectsCollector();

    Incoming(NodeId from, long nowNanos) {
      this.from = from;
      this.nowNanos = nowNanos;
    }

    @Override
    public Effects onData(Message.Data data) {
      Peer peer = hear(null);
      if (peer != null
          && peer.stream().onData(data.sequence(), nowNanos) == GapDetector.Arrival.DUPLICATE) {
        duplicates++;
        return effects.effects();
      }
      for (Change change : data.changes()) {
        if (change.kind().isWholeCache()) {
          clearFloors.learn(new ClearFloor(change.cache(), change.version()), nowNanos);
        }
        effects.apply(new Application(change, from, ApplyRule.Path.LIVE));
      }
      return effects.effects();
    }

    @Override
    public Effects onHeartbeat(Message.Heartbeat heartbeat) {
      Peer peer = hear(heartbeat.nodeName());
      if (peer != null) {
        peer.stream().onAnnounced(heartbeat.sequence(), nowNanos);
      }
      for (ClearFloor floor : heartbeat.clearFloors()) {
        if (clearFloors.learn(floor, nowNanos)) {
          effects.apply(application(floor, from));
        }
      }
      return effects.effects();
    }

    @Override
    public Effects onHello(Message.Hello hello) {
      boolean wasKnown = membership.isKnown(from);
      membership.heard(from, hello.nodeName(), nowNanos, effects);
      if (hello.answerWanted() || !wasKnown) {
        introductions.answer(false, nowNanos);
      }
      introductions.compare(from, hello.caches(), effects);
      return effects.effects();
    }

    @Override
    public Effects onBye(Message.Bye bye) {
      membership.left(from, nowNanos, effects);
      return effects.effects();
    }

    @Override
    public Effects onClockReject(Message.ClockReject reject) {
      hear(null);
      if (reject.origin() == self.origin() && clockRejectsTold.mayPass(from.origin(), nowNanos)) {
        effects.notice(new Notice.ClockAhead(from, reject.time(), reject.receiverTime()));
      }
      return effects.effects();
    }

    /** Who is heard for the first time, and not by its own introduction, is asked for one. */
    private @Nullable Peer hear(@Nullable String theirName) {
      boolean wasKnown = membership.isKnown(from);
      Peer peer = membership.heard(from, theirName, nowNanos, effects);
      if (!wasKnown && peer != null) {
        introductions.answer(true, nowNanos);
      }
      return peer;
    }
  }
}
