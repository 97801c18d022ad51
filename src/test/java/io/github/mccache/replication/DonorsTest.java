package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.ALICE;
import static io.github.mccache.replication.Examples.BOB;
import static io.github.mccache.replication.Examples.millis;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.NodeId;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DonorsTest {

  private static final long START = Long.MAX_VALUE - millis(1_000);

  private final Membership membership = new Membership(Examples.options(1_000), new Streams());
  private final Donors donors = new Donors(membership, new Random(1));

  @BeforeEach
  void receiveBoth() {
    receive(START);
  }

  private void receive(long nowNanos) {
    for (NodeId peer : List.of(ALICE, BOB)) {
      EffectsCollector effects = new EffectsCollector();
      Objects.requireNonNull(membership.received(peer, "peer", nowNanos, effects)).setJoined(true);
    }
  }

  private List<NodeId> all(long nowNanos) {
    return donors.all(nowNanos).stream().map(Peer::id).toList();
  }

  @Test
  void all_oneHasRefused_theOtherAloneForTwoSeconds() {
    donors.onRefused(ALICE.origin(), START);

    assertThat(all(START)).containsExactly(BOB);
    receive(START + millis(1_999));
    assertThat(all(START + millis(1_999))).containsExactly(BOB);
    assertThat(all(START + millis(2_000))).containsExactly(ALICE, BOB);
  }

  @Test
  void all_everyOneHasRefused_allOfThem() {
    donors.onRefused(ALICE.origin(), START);
    donors.onRefused(BOB.origin(), START);

    assertThat(all(START)).containsExactly(ALICE, BOB);
  }

  @Test
  void all_doesNotAnswer_leftOutUntilItIsReceived() {
    donors.onSilent(ALICE.origin(), START + millis(500));

    assertThat(all(START + millis(500))).containsExactly(BOB);
    receive(START + millis(600));
    assertThat(all(START + millis(700))).containsExactly(ALICE, BOB);
  }
}
