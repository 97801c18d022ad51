package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.ALICE;
import static io.github.mccache.replication.Examples.BOB;
import static io.github.mccache.replication.Examples.CACHE;
import static io.github.mccache.replication.Examples.millis;
import static io.github.mccache.replication.Examples.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Message.CacheDescription;
import io.github.mccache.protocol.Message.Feedback;
import io.github.mccache.protocol.Message.Heartbeat;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Two members on a network without faults, and values that travel in a thousand pieces. */
class LargeValuesTest {

  private static final long START = Long.MAX_VALUE - millis(60_000);
  private static final NodeId SLOW = new NodeId(44, 44);
  private static final CacheDescription BOOKS = new CacheDescription(CACHE, "books", "replicate");

  private final ReplicaOptions options = Examples.options(1_000);
  private final ExampleRecords ofAlice = new ExampleRecords();
  private final ExampleRecords ofBob = new ExampleRecords();
  private final Replica alice = new Replica(ALICE, "alice", options, ofAlice, new Random(1), START);
  private Replica bob = new Replica(BOB, "bob", options, ofBob, new Random(2), START);
  private long now = START;
  private boolean together;

  @Test
  void put_aMegabyte_arrivesWhole() {
    together = true;
    run(2_100);
    Change change = put("a", "v".repeat(1 << 20), 1);

    deliver(ALICE, alice.onLocal(List.of(change), 0, now));
    run(500);

    assertThat(ofBob.all()).containsExactly(change);
    assertThat(alice.counts().get("repairsSent")).isZero();
    assertThat(alice.footprint().get("outgoingBytes")).isGreaterThan(1 << 20);
    run(6_000);
    assertThat(alice.footprint().get("outgoingBytes")).isZero();
  }

  @Test
  void put_moreBytesThanAreQueued_allArriveInTheEnd() {
    together = true;
    run(2_100);
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      changes.add(put("key" + i, "v".repeat(1 << 20), 1));
    }
    changes.forEach(ofAlice::hold);
    deliver(ALICE, alice.onLocal(changes, 0, now));
    run(9_000);

    assertThat(ofBob.all()).containsExactlyInAnyOrderElementsOf(changes);
  }

  @Test
  void warmUp_moreBytesThanAreQueued_joinsAtTheFirstAttempt() {
    for (int i = 0; i < 80; i++) {
      ofAlice.hold(put("key" + i, "v".repeat(1 << 20), 1));
    }
    alice.onCaches(List.of(BOOKS), Set.of(), now);
    run(2_100);
    bobComes();
    run(8_000);

    assertThat(bob.counts().get("catchUpsFailed")).isZero();
    assertThat(ofBob.all()).hasSize(80);
  }

  @Test
  void warmUp_slowDonorAndAValueOfSeconds_joinsAtTheFirstAttempt() {
    ofAlice.hold(put("key", "v".repeat(3 << 20), 1));
    alice.onCaches(List.of(BOOKS), Set.of(), now);
    for (int i = 0; i < 100; i++) {
      deliver(ALICE, Examples.receive(alice, SLOW, true, overloaded(), now));
      run(100);
    }
    assertThat(alice.counts().get("rateBytesPerSecond")).isLessThan(2_000_000);
    bobComes();
    for (int i = 0; i < 80; i++) {
      deliver(ALICE, Examples.receive(alice, SLOW, true, overloaded(), now));
      run(100);
    }

    assertThat(bob.counts().get("catchUpsFailed")).isZero();
    assertThat(ofBob.all()).hasSize(1);
  }

  private void bobComes() {
    bob = new Replica(BOB, "bob", options, ofBob, new Random(2), now);
    bob.onCaches(List.of(BOOKS), Set.of(CACHE), now);
    together = true;
  }

  private static Heartbeat overloaded() {
    return new Heartbeat(
        "slow", 0, 0, 0, false, List.of(), List.of(), Version.NONE, new Feedback(0, 1_000));
  }

  private void run(long forMillis) {
    for (long end = now + millis(forMillis); now < end; now += millis(1)) {
      if (alice.nextTickNanos() - now <= 0) {
        deliver(ALICE, alice.onTick(now));
      }
      if (together && bob.nextTickNanos() - now <= 0) {
        deliver(BOB, bob.onTick(now));
      }
    }
  }

  private void deliver(NodeId from, Effects effects) {
    (from.equals(ALICE) ? ofAlice : ofBob).apply(effects);
    if (!together) {
      return;
    }
    NodeId to = from.equals(ALICE) ? BOB : ALICE;
    for (Outgoing outgoing : effects.send()) {
      Message message = outgoing.message();
      Long only = outgoing.to();
      if (only == null || only == to.origin()) {
        Replica receiver = to.equals(ALICE) ? alice : bob;
        deliver(to, Examples.receive(receiver, from, true, message, now));
      }
    }
  }
}
