package io.github.mccache.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.NodeId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StabilityTest {

  private final List<Peer> peers = new ArrayList<>();

  @Test
  void time_noOtherMember_everythingIsStable() {
    assertThat(Stability.time(peers, false)).isEqualTo(Long.MAX_VALUE);
    assertThat(Stability.time(peers, true)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void time_onePeer_theLowerOfWhatEachHasOfTheOther() {
    Peer alice = peer(100);
    alice.appliedOwn(1, 70);
    assertThat(both()).containsExactly(70L, 70L);

    alice.appliedOwn(2, 170);
    assertThat(both()).containsExactly(100L, 100L);
  }

  @Test
  void time_twoPeers_alsoWhatTheyHaveOfEachOther() {
    Peer alice = peer(100);
    Peer bob = peer(100);
    alice.appliedOwn(1, 100);
    bob.appliedOwn(1, 100);
    assertThat(both()).as("nobody said anything yet").containsExactly(0L, 0L);

    alice.applied(stream(bob), 1, 60);
    bob.applied(stream(alice), 1, 50);
    assertThat(both()).containsExactly(50L, 50L);
  }

  @Test
  void time_silentMember_holdsBackOnlyWhatCountsEverybody() {
    Peer alice = peer(100);
    Peer bob = peer(30);
    alice.appliedOwn(1, 100);
    bob.appliedOwn(1, 20);
    alice.applied(stream(bob), 1, 25);
    bob.applied(stream(alice), 1, 10);
    bob.becomeSuspect();

    assertThat(both()).containsExactly(10L, 100L);
    bob.becomeDead();
    assertThat(both()).containsExactly(10L, 100L);
  }

  @Test
  void time_memberThatAcknowledgesNothing_holdsBackOnlyWhatCountsEverybody() {
    Peer alice = peer(100);
    Peer bob = peer(30);
    alice.appliedOwn(1, 100);
    bob.appliedOwn(1, 20);
    alice.applied(stream(bob), 1, 25);
    bob.applied(stream(alice), 1, 10);
    bob.setAcknowledgesNothing();

    assertThat(both()).containsExactly(10L, 100L);
    bob.acknowledged(0);
    assertThat(both()).containsExactly(10L, 10L);
  }

  @Test
  void time_memberThatLeft_itsStreamCountsButNotWhatItHas() {
    Peer alice = peer(100);
    Peer bob = peer(30);
    alice.appliedOwn(1, 100);
    alice.applied(stream(bob), 1, 25);
    bob.becomeLeft();

    assertThat(both()).containsExactly(25L, 100L);
  }

  @Test
  void time_originGone_whoCameLaterNeedNotHaveHeardOfIt() {
    Peer alice = peer(100);
    Peer bob = peer(30);
    alice.appliedOwn(1, 100);
    bob.becomeLeft();
    assertThat(both()).as("alice may not have said it yet").containsExactly(0L, 100L);

    alice.setVectorKnown();
    assertThat(both()).containsExactly(30L, 100L);
  }

  private List<Long> both() {
    return List.of(Stability.time(peers, false), Stability.time(peers, true));
  }

  private Peer peer(long completeTime) {
    int number = 10 + peers.size();
    Stream stream = new Stream(number, peers.size());
    stream.onAnnounced(0, completeTime, 0, 0);
    Peer peer = new Peer(new NodeId(number, number), "", stream, 0);
    peers.add(peer);
    return peer;
  }

  private static Stream stream(Peer peer) {
    Stream stream = peer.stream();
    assertThat(stream).isNotNull();
    return stream;
  }
}
