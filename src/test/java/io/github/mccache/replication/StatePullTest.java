package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.ALICE;
import static io.github.mccache.replication.Examples.BOB;
import static io.github.mccache.replication.Examples.CACHE;
import static io.github.mccache.replication.Examples.SELF;
import static io.github.mccache.replication.Examples.millis;
import static io.github.mccache.replication.Examples.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Message.Applied;
import io.github.mccache.protocol.Message.Beginning;
import io.github.mccache.protocol.Message.StateChunk;
import io.github.mccache.protocol.Message.StateRequest;
import io.github.mccache.protocol.Version;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StatePullTest {

  private static final long START = Long.MAX_VALUE - millis(30_000);
  private static final List<Applied> KNOWN = List.of(new Applied(3, 4, 5));

  private final OutgoingFragments fragments = new OutgoingFragments(1_000);
  private final Sender sender = new Sender(Examples.options(1_000), fragments);
  private final StatePull pull =
      new StatePull(ALICE.origin(), 7, true, List.of(CACHE), KNOWN, START);

  @Test
  void onTick_begin_asksWithWhatIsKnownUntilTheFirstChunkIsHere() {
    assertThat(tick(START)).containsExactly(request(0, KNOWN, List.of(CACHE), false));
    assertThat(tick(START + millis(19))).isEmpty();
    assertThat(tick(START + millis(20))).containsExactly(request(0, KNOWN, List.of(CACHE), false));
    assertThat(tick(START + millis(59))).isEmpty();
    assertThat(tick(START + millis(60))).hasSize(1);

    assertThat(chunk(0, false, START + millis(70))).isTrue();
    assertThat(tick(START + millis(90))).containsExactly(request(1, List.of(), List.of(), false));
  }

  @Test
  void onTick_aQuarterOfAWindowArrived_asksForMoreAtOnce() {
    tick(START);
    for (int number = 0; number < 23; number++) {
      chunk(number, false, START);
    }
    assertThat(tick(START)).isEmpty();
    chunk(23, false, START);

    assertThat(tick(START)).containsExactly(request(24, List.of(), List.of(), false));
  }

  @Test
  void onTick_chunkLost_askedForSoon() {
    tick(START);
    chunk(0, false, START + millis(1));
    chunk(2, false, START + millis(2));

    assertThat(tick(START + millis(11))).isEmpty();
    assertThat(tick(START + millis(12))).containsExactly(request(1, List.of(), List.of(), false));
  }

  @Test
  void onChunk_beforeTheFirst_leftForLater() {
    assertThat(chunk(1, true, START)).isFalse();
    assertThat(chunk(0, false, START)).isTrue();
    assertThat(pull.isDone()).isFalse();
    assertThat(chunk(1, true, START)).isTrue();
    assertThat(pull.isDone()).isTrue();
  }

  @Test
  void onChunk_anyOrderAndTwice_eachTakenOnce() {
    chunk(0, false, START);
    assertThat(chunk(3, true, START)).isTrue();
    assertThat(chunk(2, false, START)).isTrue();
    assertThat(chunk(3, true, START)).isFalse();
    assertThat(pull.isDone()).isFalse();
    assertThat(chunk(1, false, START)).isTrue();
    assertThat(chunk(1, false, START)).isFalse();

    assertThat(pull.isDone()).isTrue();
    assertThat(pull.records()).isEqualTo(4);
    assertThat(tick(START + millis(500))).isEmpty();
  }

  @Test
  void onChunk_ofAnotherDonorOrRequest_notTaken() {
    StateChunk first = new StateChunk(SELF.origin(), 7, 0, true, List.of(), beginning());

    assertThat(pull.onChunk(BOB.origin(), first, START)).isFalse();
    assertThat(
            pull.onChunk(
                ALICE.origin(),
                new StateChunk(SELF.origin(), 6, 0, true, List.of(), beginning()),
                START))
        .isFalse();
    assertThat(pull.onChunk(ALICE.origin(), first, START)).isTrue();
    assertThat(pull.beginning()).isEqualTo(beginning());
  }

  @Test
  void onChunk_farAhead_notTaken() {
    chunk(0, false, START);

    assertThat(chunk(4_097, false, START)).isTrue();
    assertThat(chunk(4_098, false, START)).isFalse();
    assertThat(chunk(Long.MAX_VALUE, true, START)).isFalse();
    assertThat(pull.isDone()).isFalse();
  }

  @Test
  void isStuck_noProgress_afterAWhile() {
    chunk(0, false, START + millis(100));
    assertThat(pull.isStuck(START + millis(1_600))).isFalse();
    chunk(2, false, START + millis(1_600));

    assertThat(pull.isStuck(START + millis(1_601))).as("what is missing is still missing").isTrue();
    chunk(1, false, START + millis(1_601));
    assertThat(pull.isStuck(START + millis(1_602))).isFalse();
  }

  @Test
  void isStuck_piecesOfALongChunkArrive_patienceButNotForEver() {
    for (int second = 1; second <= 60; second++) {
      pull.onPiece(ALICE.origin(), START + millis(1_000L * second));
      assertThat(pull.isStuck(START + millis(1_000L * second))).isFalse();
    }
    pull.onPiece(ALICE.origin(), START + millis(60_001));
    assertThat(pull.isStuck(START + millis(60_001))).isTrue();
  }

  @Test
  void isStuck_piecesOfAnother_noProgress() {
    pull.onPiece(BOB.origin(), START + millis(1_500));

    assertThat(pull.isStuck(START + millis(1_501))).isTrue();
  }

  @Test
  void onTick_moreIsKnownThanADatagramTakes_sentInPieces() {
    List<Applied> many = LongStream.range(0, 100).mapToObj(i -> new Applied(i, 4, 5)).toList();
    StatePull large = new StatePull(ALICE.origin(), 7, true, List.of(), many, START);
    EffectsCollector effects = new EffectsCollector();

    large.onTick(START, sender, effects);

    assertThat(effects.effects().send()).isEmpty();
    assertThat(fragments.hasPending()).isTrue();
  }

  @Test
  void stop_always_tellsTheDonor() {
    chunk(0, true, START);
    EffectsCollector effects = new EffectsCollector();
    pull.stop(effects);

    assertThat(effects.effects().send())
        .containsExactly(Outgoing.toOne(request(1, List.of(), List.of(), true), ALICE.origin()));
  }

  private boolean chunk(long number, boolean last, long nowNanos) {
    StateChunk chunk =
        new StateChunk(
            SELF.origin(),
            7,
            number,
            last,
            List.of(put("k" + number, "v", 1)),
            number == 0 ? beginning() : null);
    return pull.onChunk(ALICE.origin(), chunk, nowNanos);
  }

  private List<StateRequest> tick(long nowNanos) {
    EffectsCollector effects = new EffectsCollector();
    pull.onTick(nowNanos, sender, effects);
    return Examples.sent(effects, StateRequest.class);
  }

  private static StateRequest request(
      long next, List<Applied> known, List<Long> caches, boolean stop) {
    return new StateRequest(ALICE.origin(), 7, next, true, caches, known, stop);
  }

  private static Beginning beginning() {
    return new Beginning(false, 100, Version.NONE, Version.NONE, List.of(), List.of());
  }
}
