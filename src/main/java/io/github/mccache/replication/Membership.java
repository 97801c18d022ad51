package io.github.mccache.replication;

import io.github.mccache.protocol.NodeId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The other members. At most {@link ReplicaOptions#maxMembers} are remembered: when one more is
 * received, the one that is gone for longest is forgotten, else one that sends heartbeats alone and
 * acknowledges nothing; if there is none, the new one is rejected and counted. Confined to the
 * thread of {@link Replica}.
 */
final class Membership {

  /** So long after its BYE a message of a member may still be one that was sent before it. */
  static final long LATE_NANOS = 1_000_000_000;

  /**
   * Enough for a cluster whose members start together. A further new member is accepted with a
   * later datagram.
   */
  static final int MOST_NEW_PER_SECOND = 128;

  private static final long SECOND_NANOS = 1_000_000_000;

  /** A heartbeat acknowledges some forty streams: more of them take turns. */
  private static final long ACKNOWLEDGED_NANOS_PER_STREAM = 20_000_000;

  private static final long ORPHANS_INTERVAL_NANOS = 1_000_000_000;

  private final ReplicaOptions options;
  private final Streams streams;
  private final Map<NodeId, Peer> peers = new LinkedHashMap<>();
  private final Map<Long, Peer> byOrigin = new HashMap<>();
  private Map<Long, Long> orphanedNanos = new HashMap<>();
  private @Nullable Long orphansDueNanos;
  private @Nullable Long newSinceNanos;
  private int newInSecond;
  private boolean refusing;
  private long refused;
  private long missingOfForgotten;

  Membership(ReplicaOptions options, Streams streams) {
    this.options = options;
    this.streams = streams;
  }

  /** Returns the member of this origin, null if there is none. */
  @Nullable Peer find(long origin) {
    return byOrigin.get(origin);
  }

  /**
   * Returns whether a member does not answer any more: it is suspect, dead, gone, or was never
   * received here.
   */
  boolean isSilent(long origin) {
    Peer peer = byOrigin.get(origin);
    return peer == null || !peer.isAlive();
  }

  boolean isKnown(NodeId id) {
    return peers.containsKey(id);
  }

  /**
   * A message of this member arrived. Returns null when there is no room to remember it.
   *
   * @param nodeName its label, null when the message does not carry it
   */
  @Nullable Peer received(
      NodeId id, @Nullable String nodeName, long nowNanos, EffectsCollector effects) {
    Peer peer = peers.get(id);
    if (peer == null) {
      return join(id, nodeName == null ? "" : nodeName, nowNanos, effects);
    }
    boolean still = peer.state() == Member.State.LEFT && peer.silentNanos(nowNanos) >= LATE_NANOS;
    if (nodeName != null) {
      peer.rename(nodeName);
    }
    if (still || peer.state() == Member.State.SUSPECT || peer.state() == Member.State.DEAD) {
      peer.becomeAlive();
      peer.acknowledged(nowNanos); // it has the usual time to do so
      peer.setReunited();
      effects.notice(new Notice.MemberRecovered(id, peer.nodeName()));
    }
    peer.received(nowNanos);
    return peer;
  }

  /**
   * A member announced that it leaves. One that was never received is remembered too while there is
   * room: its BYE may have overtaken earlier messages, which must not make it join.
   */
  void left(NodeId id, long nowNanos, EffectsCollector effects) {
    Peer peer = peers.get(id);
    if (peer == null && peers.size() < options.maxMembers()) {
      Peer gone = new Peer(id, "", streams.open(id.origin()), nowNanos);
      gone.becomeLeft();
      add(gone);
    } else if (peer != null && peer.state() != Member.State.LEFT) {
      peer.received(nowNanos);
      peer.becomeLeft();
      effects.notice(new Notice.MemberLeft(id, peer.nodeName()));
    }
  }

  /** This member did not run for so long: no peer was silent in that time. */
  void forgive(long nanos, long nowNanos) {
    peers.values().forEach(peer -> peer.forgive(nanos, nowNanos));
  }

  /**
   * Time has passed.
   *
   * @param stretch by how much all limits are longer than usual, 1 is not at all
   */
  void onTick(long nowNanos, int stretch, EffectsCollector effects) {
    Iterator<Peer> all = peers.values().iterator();
    while (all.hasNext()) {
      Peer peer = all.next();
      long silentNanos = peer.silentNanos(nowNanos);
      if (peer.state() == Member.State.ALIVE
          && silentNanos >= stretch * options.suspectAfter().toNanos()) {
        peer.becomeSuspect();
        effects.notice(new Notice.MemberSuspected(peer.id(), peer.nodeName()));
        Stream stream = peer.stream();
        effects.instruct(
            new Instruction.Relay(peer.origin(), stream == null ? 0 : stream.completeTime()));
      }
      if (peer.state() == Member.State.SUSPECT
          && silentNanos >= stretch * options.deadAfter().toNanos()) {
        peer.becomeDead();
        effects.notice(new Notice.MemberDead(peer.id(), peer.nodeName()));
      }
      watchAcknowledgements(peer, stretch, nowNanos, effects);
      if (peer.isGone() && silentNanos >= stretch * options.forgottenAfter().toNanos()) {
        all.remove();
        forget(peer);
      }
    }
    if (orphansDueNanos == null || nowNanos - orphansDueNanos >= 0) {
      orphansDueNanos = nowNanos + ORPHANS_INTERVAL_NANOS;
      retireOrphans(nowNanos, stretch * options.forgottenAfter().toNanos());
    }
  }

  /**
   * A peer that is received but acknowledges nothing does not receive this member, or is a forger
   * that sends heartbeats. Acknowledgements of it are awaited no longer than those of a silent
   * peer.
   */
  private void watchAcknowledgements(
      Peer peer, int stretch, long nowNanos, EffectsCollector effects) {
    long turnNanos = streams.size() * ACKNOWLEDGED_NANOS_PER_STREAM;
    long limitNanos = stretch * options.deadAfter().toNanos() + turnNanos;
    if (peer.unacknowledgedNanos(nowNanos) >= limitNanos
        && peer.setAcknowledgesNothing()
        && peer.isAlive()) {
      effects.notice(new Notice.MemberAcknowledgesNothing(peer.id(), peer.nodeName()));
    }
  }

  /**
   * Streams that are known from peers alone, of members that were gone before this one came, are
   * forgotten like members; otherwise they would be handed on for ever, from joiner to joiner.
   */
  private void retireOrphans(long nowNanos, long afterNanos) {
    Map<Long, Long> still = new HashMap<>();
    List<Long> old = new ArrayList<>();
    for (Stream stream : streams.all()) {
      if (!byOrigin.containsKey(stream.origin())) {
        long since = orphanedNanos.getOrDefault(stream.origin(), nowNanos);
        still.put(stream.origin(), since);
        if (nowNanos - since >= afterNanos) {
          old.add(stream.origin());
        }
      }
    }
    orphanedNanos = still;
    old.forEach(this::retire);
  }

  /**
   * Returns whether another member may be receiving: a dead one counts, because that may be wrong.
   */
  boolean hasPeers() {
    return peers.values().stream().anyMatch(peer -> peer.state() != Member.State.LEFT);
  }

  Collection<Peer> peers() {
    return peers.values();
  }

  List<Member> view() {
    return peers.values().stream().map(Peer::view).toList();
  }

  /** Returns how many messages were found missing, of members that are forgotten as well. */
  long missing() {
    return missingOfForgotten
        + peers.values().stream().mapToLong(peer -> peer.view().missing()).sum();
  }

  /** Returns how many messages came from members for which there was no room. */
  long refused() {
    return refused;
  }

  private @Nullable Peer join(NodeId id, String nodeName, long nowNanos, EffectsCollector effects) {
    if (newSinceNanos == null || nowNanos - newSinceNanos >= SECOND_NANOS) {
      newSinceNanos = nowNanos;
      newInSecond = 0;
    }
    if (newInSecond >= MOST_NEW_PER_SECOND) {
      refused++;
      return null;
    }
    newInSecond++;
    if (peers.size() >= options.maxMembers() && !forgetOne(nowNanos)) {
      refused++;
      if (!refusing) {
        refusing = true;
        effects.notice(new Notice.MembersRefused(options.maxMembers()));
      }
      return null;
    }
    refusing = false;
    Peer peer = new Peer(id, nodeName, streams.open(id.origin()), nowNanos);
    peer.setReunited();
    add(peer);
    effects.notice(new Notice.MemberJoined(id, nodeName));
    return peer;
  }

  private boolean forgetOne(long nowNanos) {
    Comparator<Peer> bySilence = Comparator.comparingLong(peer -> peer.silentNanos(nowNanos));
    Optional<Peer> longestGone = peers.values().stream().filter(Peer::isGone).max(bySilence);
    Optional<Peer> forgotten =
        longestGone.or(
            () -> peers.values().stream().filter(Peer::isBystander).findFirst()); // the eldest
    forgotten.ifPresent(
        peer -> {
          peers.remove(peer.id());
          forget(peer);
        });
    return forgotten.isPresent();
  }

  private void add(Peer peer) {
    peers.put(peer.id(), peer);
    byOrigin.put(peer.origin(), peer);
  }

  private void forget(Peer peer) {
    byOrigin.remove(peer.origin(), peer);
    missingOfForgotten += peer.view().missing();
    retire(peer.origin());
  }

  private void retire(long origin) {
    int freed = streams.retire(origin);
    if (freed >= 0) {
      peers.values().forEach(each -> each.forgetSlot(freed));
    }
  }
}
