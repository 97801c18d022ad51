package io.github.mccache.replication;

import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Message.Feedback;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Sends heartbeats: that this member is alive, its applied vector, and how well it keeps up; and
 * adapts the rate to the reports of its peers. Confined to the thread of {@link Replica}.
 */
final class HeartbeatSender {

  /** The bytes of a clear floor in a message. */
  private static final int CLEAR_FLOOR_BYTES = 40;

  private static final int APPLIED_BYTES = 32;
  private static final int MOST_APPLIED_SENT = 40;
  private static final long DEAF_AFTER_NANOS = 1_500_000_000;
  private static final long DEAF_AFTER_MILLIS = 2_500;
  private static final long FIRST_ASK_PAUSE_NANOS = 4_000_000;
  private static final long LAST_ASK_PAUSE_NANOS = 256_000_000;
  private static final int MOST_UNICASTS = 8;
  private static final int DEAD_EVERY = 4;

  /** A loss ratio of fewer messages than these means nothing. */
  private static final int FEWEST_COUNTED = 20;

  private final ReplicaParts parts;
  private final OwnProgress own;
  private final Membership membership;
  private final Sender sender;
  private final Pacer pacer;
  private final long intervalNanos;
  private long lookedNanos;
  private int queuePerMille;
  private int lossPerMille;
  private long missedBefore;
  private long arrivedBefore;
  private int nextDeaf;
  private boolean isolated;
  private boolean answersWanted;
  private long nextAskNanos;
  private long askPauseNanos;

  HeartbeatSender(ReplicaParts parts) {
    this.parts = parts;
    this.own = parts.own;
    this.membership = parts.membership;
    this.sender = parts.sender;
    this.pacer = parts.pacer;
    this.intervalNanos = parts.options.heartbeatInterval().toNanos();
    this.lookedNanos = parts.startNanos;
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
   * A thread waits until all members have applied everything: requests a heartbeat that peers
   * answer at once, and again after pauses that grow until they have.
   *
   * @param begins whether the wait has just begun
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

  /**
   * Sends a heartbeat if one is due. With those that are about an interval apart, this member
   * counts its losses, reads its peers' reports, and sends by unicast to peers that multicast does
   * not reach; heartbeats in between, which follow data, do not.
   */
  void onTick(long nowNanos, EffectsCollector effects) {
    if (!parts.heartbeats.isDue(nowNanos)) {
      return;
    }
    boolean looks = nowNanos - lookedNanos >= intervalNanos * 9 / 10; // they come a little early
    if (looks) {
      lookedNanos = nowNanos;
      countLosses();
    }
    Message.Heartbeat heartbeat = heartbeat(answersWanted);
    answersWanted = false;
    pacer.charge(sender.send(heartbeat, null, effects));
    parts.heartbeats.onSent(nowNanos);
    if (looks) {
      queuePerMille = 0;
      followReceivers(nowNanos);
      sendToUnreached(heartbeat, nowNanos, effects);
    }
  }

  /** Gives a notice when this member begins, or ceases, to receive none of the members it knows. */
  void watchIsolation(EffectsCollector effects) {
    boolean knows = false;
    boolean receives = false;
    for (Peer peer : membership.peers()) {
      knows |= peer.state() != Member.State.LEFT;
      receives |= peer.isAlive();
    }
    boolean nowIsolated = knows && !receives;
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
        new Feedback(lossPerMille, queuePerMille),
        answerWanted);
  }

  private int appliedPerHeartbeat() {
    int fitting = parts.options.frameCapacity() / APPLIED_BYTES - 8;
    return Math.max(1, Math.min(MOST_APPLIED_SENT, fitting));
  }

  /** Returns how long a peer that receives this member takes to acknowledge that, at most. */
  private long acknowledgedWithinMillis() {
    long heartbeats = parts.streams.all().size() / appliedPerHeartbeat();
    return DEAF_AFTER_MILLIS + heartbeats * parts.options.heartbeatInterval().toMillis();
  }

  private void countLosses() {
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
    lossPerMille = both < FEWEST_COUNTED ? 0 : (int) (1_000 * newlyMissed / both);
  }

  /**
   * The rate follows the worst report of the receivers that keep up: a laggard does not slow the
   * sender, unless all receivers lag. Keeping up is a matter of time, not of messages: at a high
   * rate, thousands of them are in flight between two heartbeats. A peer that acknowledges nothing
   * may be no receiver; it counts only while no other peer acknowledges, because a network that is
   * overloaded for long prevents all of them. Without any report the rate stays.
   */
  private void followReceivers(long nowNanos) {
    Map<Peer, Feedback> reports = new LinkedHashMap<>();
    for (Peer peer : membership.peers()) {
      Feedback reported = peer.takeFeedback();
      if (reported != null && peer.isAlive()) {
        reports.put(peer, reported);
      }
    }
    worst(reports, peer -> peer.acknowledges() && keepsUp(peer))
        .or(() -> worst(reports, Peer::acknowledges))
        .or(() -> worst(reports, peer -> true))
        .ifPresent(
            report -> pacer.onFeedback(report.lossPerMille(), report.queuePerMille(), nowNanos));
  }

  private static Optional<Feedback> worst(Map<Peer, Feedback> reports, Predicate<Peer> counts) {
    return reports.entrySet().stream()
        .filter(report -> counts.test(report.getKey()))
        .map(Map.Entry::getValue)
        .reduce(Feedback::worst);
  }

  private boolean keepsUp(Peer peer) {
    return !peer.isVectorKnown() || lagMillis(peer) <= acknowledgedWithinMillis();
  }

  /** Returns by how much a peer lags behind this member's own changes. */
  private long lagMillis(Peer peer) {
    return HybridTime.millis(own.completeTime()) - HybridTime.millis(peer.ownCompleteTime());
  }

  /**
   * Sends the heartbeat by unicast to peers that do not seem to receive this member, or are not
   * received by it, and now and then to a dead one: unicast may pass where multicast does not.
   */
  private void sendToUnreached(
      Message.Heartbeat heartbeat, long nowNanos, EffectsCollector effects) {
    List<Peer> deaf = new ArrayList<>();
    List<Peer> dead = new ArrayList<>();
    long limitMillis = acknowledgedWithinMillis();
    for (Peer peer : membership.peers()) {
      boolean receivesNothing = peer.isVectorKnown() && lagMillis(peer) > limitMillis;
      boolean silent = peer.silentNanos(nowNanos) > DEAF_AFTER_NANOS;
      if (peer.mayLive() && (receivesNothing || silent)) {
        deaf.add(peer);
      } else if (peer.state() == Member.State.DEAD) {
        dead.add(peer);
      }
    }
    nextDeaf++;
    for (int i = 0; i < Math.min(MOST_UNICASTS, deaf.size()); i++) {
      Peer peer = deaf.get((nextDeaf + i) % deaf.size());
      pacer.charge(sender.send(heartbeat, peer.origin(), effects));
    }
    if (!dead.isEmpty() && nextDeaf % DEAD_EVERY == 0) {
      Peer peer = dead.get(nextDeaf / DEAD_EVERY % dead.size());
      pacer.charge(sender.send(heartbeat, peer.origin(), effects));
    }
  }
}
