package io.github.mccache.replication;

import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Message.Feedback;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells the others that this member is there, how far it is, and how well it keeps up; lets the
 * rate follow what they tell of themselves. Confined to the thread of {@link Replica}.
 */
final class SignsOfLife {

  /** What a clear floor takes in a message. */
  private static final int CLEAR_FLOOR_BYTES = 40;

  private static final int APPLIED_BYTES = 32;
  private static final int MOST_APPLIED_TOLD = 40;
  private static final long DEAF_AFTER_NANOS = 1_500_000_000;
  private static final long DEAF_AFTER_MILLIS = 2_500;
  private static final long FIRST_ASK_PAUSE_NANOS = 4_000_000;
  private static final long LAST_ASK_PAUSE_NANOS = 256_000_000;
  private static final int MOST_DEAF_TOLD = 8;
  private static final int DEAD_TOLD_EVERY = 4;

  private final ReplicaParts parts;
  private final OwnProgress own;
  private final Membership membership;
  private final Sender sender;
  private final Pacer pacer;
  private int queuePerMille;
  private long missedBefore;
  private long arrivedBefore;
  private int nextDeaf;
  private boolean isolated;
  private boolean answersWanted;
  private long nextAskNanos;
  private long askPauseNanos;

  SignsOfLife(ReplicaParts parts) {
    this.parts = parts;
    this.own = parts.own;
    this.membership = parts.membership;
    this.sender = parts.sender;
    this.pacer = parts.pacer;
  }

  /** See {@link Replica#onQueueDepth}. */
  void onQueueDepth(int perMille) {
    queuePerMille = Math.max(queuePerMille, Math.max(0, Math.min(1_000, perMille)));
  }

  /** See {@link Replica#isIsolated}. */
  boolean isIsolated() {
    return isolated;
  }

  /**
   * A thread waits until all have applied everything: wants a heartbeat that the others answer at
   * once, and again after pauses that grow while they do not have it.
   *
   * @param begins whether this is a new wish
   */
  void onCoherenceAwaited(boolean begins, long nowNanos) {
    if (begins) {
      nextAskNanos = nowNanos;
      askPauseNanos = FIRST_ASK_PAUSE_NANOS;
    }
    if (nowNanos - nextAskNanos >= 0) {
      answersWanted = true;
      parts.heartbeats.onWanted(nowNanos);
      nextAskNanos = nowNanos + askPauseNanos;
      askPauseNanos = Math.min(2 * askPauseNanos, LAST_ASK_PAUSE_NANOS);
      parts.alarm.wakeAt(parts.heartbeats.dueNanos());
    }
    parts.alarm.wakeAt(nextAskNanos);
  }

  /** Sends a heartbeat if one is due. */
  void onTick(long nowNanos, EffectsCollector effects) {
    if (!parts.heartbeats.isDue(nowNanos)) {
      return;
    }
    Message.Heartbeat heartbeat = heartbeat(answersWanted);
    answersWanted = false;
    pacer.charge(sender.send(heartbeat, null, effects));
    boolean settled = parts.heartbeats.isSettled();
    parts.heartbeats.onSent(nowNanos);
    if (settled) {
      queuePerMille = 0;
      followReceivers();
      tellDeaf(heartbeat, nowNanos, effects);
    }
  }

  /** Says when this member begins, and ceases, to hear none of those that it knows. */
  void watchIsolation(EffectsCollector effects) {
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

  private Message.Heartbeat heartbeat(boolean answerWanted) {
    int room = Math.max(1, parts.options.dataBudgetBytes() / CLEAR_FLOOR_BYTES);
    return new Message.Heartbeat(
        parts.nodeName,
        own.sequence(),
        own.completeTime(),
        HybridTime.ofMillis(parts.records.clockMillis()),
        parts.catchup.isJoined(),
        parts.clearFloors.next(room),
        parts.catchup.isJoined() ? parts.streams.next(appliedPerHeartbeat()) : List.of(),
        parts.records.collected(),
        feedback(),
        answerWanted);
  }

  private int appliedPerHeartbeat() {
    int fitting = parts.options.frameCapacity() / APPLIED_BYTES - 8;
    return Math.max(1, Math.min(MOST_APPLIED_TOLD, fitting));
  }

  /** Returns after how long a member that hears this one has said so. */
  private long toldWithinMillis() {
    long heartbeats = parts.streams.all().size() / appliedPerHeartbeat();
    return DEAF_AFTER_MILLIS + heartbeats * parts.options.heartbeatInterval().toMillis();
  }

  private Feedback feedback() {
    long missed = 0;
    long arrived = 0;
    for (Stream stream : parts.streams.all()) {
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
      boolean keepsUp = own.sequence() - peer.ownSequence() <= Stream.MAX_MISSING;
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
    long toldWithinMillis = toldWithinMillis();
    for (Peer peer : membership.peers()) {
      long lagMillis =
          HybridTime.millis(own.completeTime()) - HybridTime.millis(peer.ownCompleteTime());
      boolean hearsNothing = peer.isVectorKnown() && lagMillis > toldWithinMillis;
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
}
