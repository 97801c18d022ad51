package io.github.mccache.replication;

import io.github.mccache.protocol.NodeId;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who else is there. At most {@link ReplicaOptions#maxMembers} are remembered: when one more is
 * heard, the one that is gone for longest is forgotten, and when none is gone the new one is
 * refused and counted. Confined to the thread of {@link Replica}.
 */
final class Membership {

  private final ReplicaOptions options;
  private final Map<NodeId, Peer> peers = new LinkedHashMap<>();
  private boolean refusing;
  private long refused;
  private long missingOfForgotten;

  Membership(ReplicaOptions options) {
    this.options = options;
  }

  boolean isKnown(NodeId id) {
    return peers.containsKey(id);
  }

  /**
   * A message of this member arrived. Returns null when there is no room to remember it.
   *
   * @param nodeName its label, null when the message does not carry it
   */
  @Nullable Peer heard(
      NodeId id, @Nullable String nodeName, long nowNanos, EffectsCollector effects) {
    Peer peer = peers.get(id);
    if (peer == null) {
      return join(id, nodeName == null ? "" : nodeName, nowNanos, effects);
    }
    peer.heard(nowNanos);
    if (nodeName != null) {
      peer.rename(nodeName);
    }
    if (peer.state() == Member.State.SUSPECT || peer.state() == Member.State.DEAD) {
      peer.becomeAlive();
      effects.notice(new Notice.MemberRecovered(id, peer.nodeName()));
    }
    return peer;
  }

  /**
   * A member says that it leaves. Who was never heard is remembered as well while there is room:
   * its last word may have overtaken earlier ones, which must not make it join.
   */
  void left(NodeId id, long nowNanos, EffectsCollector effects) {
    Peer peer = peers.get(id);
    if (peer == null && peers.size() < options.maxMembers()) {
      Peer unheard = new Peer(id, "", nowNanos);
      unheard.becomeLeft();
      peers.put(id, unheard);
    } else if (peer != null && peer.state() != Member.State.LEFT) {
      peer.becomeLeft();
      effects.notice(new Notice.MemberLeft(id, peer.nodeName()));
    }
  }

  /** Time has passed. */
  void onTick(long nowNanos, EffectsCollector effects) {
    Iterator<Peer> all = peers.values().iterator();
    while (all.hasNext()) {
      Peer peer = all.next();
      long silentNanos = peer.silentNanos(nowNanos);
      if (peer.state() == Member.State.ALIVE && silentNanos >= options.suspectAfter().toNanos()) {
        peer.becomeSuspect();
        effects.notice(new Notice.MemberSuspected(peer.id(), peer.nodeName()));
      }
      if (peer.state() == Member.State.SUSPECT && silentNanos >= options.deadAfter().toNanos()) {
        peer.becomeDead();
        effects.notice(new Notice.MemberDead(peer.id(), peer.nodeName()));
      }
      if (peer.isGone() && silentNanos >= options.forgottenAfter().toNanos()) {
        all.remove();
        missingOfForgotten += peer.stream().missing();
      }
    }
  }

  /**
   * Returns whether anybody may be listening: also who is taken for dead, for that may be wrong.
   */
  boolean hasPeers() {
    return peers.values().stream().anyMatch(peer -> peer.state() != Member.State.LEFT);
  }

  Iterable<Peer> peers() {
    return peers.values();
  }

  List<Member> view() {
    return peers.values().stream().map(Peer::view).toList();
  }

  /** Returns how many messages were found missing, of members that are forgotten as well. */
  long missing() {
    return missingOfForgotten
        + peers.values().stream().mapToLong(peer -> peer.stream().missing()).sum();
  }

  /** Returns how many messages came from members for which there was no room. */
  long refused() {
    return refused;
  }

  private @Nullable Peer join(NodeId id, String nodeName, long nowNanos, EffectsCollector effects) {
    if (peers.size() >= options.maxMembers() && !forgetLongestGone(nowNanos)) {
      refused++;
      if (!refusing) {
        refusing = true;
        effects.notice(new Notice.MembersRefused(options.maxMembers()));
      }
      return null;
    }
    refusing = false;
    Peer peer = new Peer(id, nodeName, nowNanos);
    peers.put(id, peer);
    effects.notice(new Notice.MemberJoined(id, nodeName));
    return peer;
  }

  private boolean forgetLongestGone(long nowNanos) {
    Optional<Peer> longestGone =
        peers.values().stream()
            .filter(Peer::isGone)
            .max(Comparator.comparingLong(peer -> peer.silentNanos(nowNanos)));
    longestGone.ifPresent(
        peer -> {
          peers.remove(peer.id());
          missingOfForgotten += peer.stream().missing();
        });
    return longestGone.isPresent();
  }
}
