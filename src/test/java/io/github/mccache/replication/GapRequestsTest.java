package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.ALICE;
import static io.github.mccache.replication.Examples.millis;
import static io.github.mccache.replication.Examples.nak;
import static io.github.mccache.replication.Examples.range;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Message.Fragment;
import io.github.mccache.protocol.Message.Nak;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GapRequestsTest {

  private static final long START = Long.MAX_VALUE - millis(1_000);

  private final GapRequests requests = new GapRequests(new Random(1));
  private final Stream stream = new Stream(ALICE.origin(), 0);
  private final Peer alice = new Peer(ALICE, "alice", stream, START);
  private final Reassembler reassembler = new Reassembler(100_000);

  @Test
  void firstAskNanos_always_graceAndABitOfChance() {
    for (int i = 0; i < 100; i++) {
      assertThat(requests.firstAskNanos(START) - START).isBetween(millis(10), millis(20));
    }
  }

  @Test
  void onTick_gap_askedWhenDueAndNotBefore() {
    data(1);
    data(4);

    assertThat(tick(START + millis(9))).isEmpty();
    assertThat(tick(START + millis(20)))
        .containsExactly(Outgoing.toOne(nak(ALICE, 0, range(2, 3)), ALICE.origin()));
    assertThat(tick(START + millis(21))).as("asked for already").isEmpty();
    assertThat(requests.naks()).isEqualTo(1);
  }

  @Test
  void onTick_gapStaysOpen_everMoreRarelyThenToAllThenBroken() {
    data(1);
    data(3);
    List<Long> pauses = new ArrayList<>();
    List<Outgoing> asked = new ArrayList<>();
    long last = START;
    for (long now = START; now - START < millis(4_000) && !stream.isBroken(); now += millis(1)) {
      List<Outgoing> sent = tick(now);
      if (!sent.isEmpty()) {
        pauses.add((now - last) / millis(1));
        asked.addAll(sent);
        last = now;
      }
    }

    assertThat(asked).hasSizeBetween(6, 8);
    for (int round = 0; round < asked.size(); round++) {
      Long to = round < 2 ? ALICE.origin() : null;
      assertThat(asked.get(round)).isEqualTo(new Outgoing(nak(ALICE, round, range(2, 2)), to));
    }
    assertThat(pauses.get(1)).isBetween(20L, 26L);
    assertThat(pauses.get(2)).isBetween(40L, 51L);
    assertThat(pauses.get(5)).isBetween(320L, 401L);
    assertThat(stream.isBroken()).isTrue();
    assertThat(tick(START + millis(9_000))).isEmpty();
  }

  @Test
  void onTick_manyGaps_severalRequestsOfAtMost64() {
    for (long sequence = 2; sequence <= 400; sequence += 2) {
      data(sequence);
    }

    List<Outgoing> asked = tick(START + millis(20));

    assertThat(asked).hasSize(4);
    assertThat(asked.stream().mapToInt(out -> ((Nak) out.message()).missing().size()).sum())
        .isEqualTo(200);
  }

  @Test
  void onTick_moreGapsThanAreAskedForAtOnce_theRestSoon() {
    for (long sequence = 2; sequence <= 2_000; sequence += 2) {
      data(sequence);
    }

    assertThat(tick(START + millis(20))).hasSize(8);
    assertThat(tick(START + millis(20))).hasSize(8);
    assertThat(tick(START + millis(20))).isEmpty();
  }

  @Test
  void onTick_theGapIsArrivingInPieces_patience() {
    data(1);
    data(3);
    reassembler.onFragment(ALICE, new Fragment(1, 0, 3, 600, 2, new byte[200]), START);

    assertThat(tick(START + millis(50))).isEmpty();
    assertThat(stream.isBroken()).isFalse();
  }

  @Test
  void onTick_brokenOrWhole_nothing() {
    data(1);
    assertThat(tick(START + millis(50))).isEmpty();
    data(3);
    stream.breakUp();

    assertThat(tick(START + millis(50))).isEmpty();
    assertThat(GapRequests.nanosUntilDue(stream, START)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void nanosUntilDue_gaps_theSoonest() {
    stream.onData(2, 0, START, START + millis(15));
    stream.onData(4, 0, START, START + millis(12));

    assertThat(GapRequests.nanosUntilDue(stream, START)).isEqualTo(millis(12));
  }

  private void data(long sequence) {
    stream.onData(sequence, 0, START, requests.firstAskNanos(START));
  }

  private List<Outgoing> tick(long nowNanos) {
    EffectsCollector effects = new EffectsCollector();
    requests.onTick(stream, alice, reassembler, nowNanos, effects);
    return effects.effects().send();
  }
}
