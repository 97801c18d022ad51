package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.ALICE;
import static io.github.mccache.replication.Examples.BOB;
import static io.github.mccache.replication.Examples.CACHE;
import static io.github.mccache.replication.Examples.SELF;
import static io.github.mccache.replication.Examples.millis;
import static io.github.mccache.replication.Examples.payload;
import static io.github.mccache.replication.Examples.put;
import static io.github.mccache.replication.Examples.version;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message.Applied;
import io.github.mccache.protocol.Message.Beginning;
import io.github.mccache.protocol.Message.Fragment;
import io.github.mccache.protocol.Message.StateChunk;
import io.github.mccache.protocol.Message.StateRequest;
import io.github.mccache.protocol.Version;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class StateDonorTest {

  private static final long START = Long.MAX_VALUE - millis(5_000);
  private static final Beginning BEGINNING =
      new Beginning(false, 100, Version.NONE, Version.NONE, List.of(), List.of());
  private static final Beginning NOT_JOINED =
      new Beginning(true, 100, Version.NONE, Version.NONE, List.of(), List.of());

  private final ReplicaOptions options = Examples.options(100);
  private final ExampleRecords records = new ExampleRecords();
  private final OutgoingFragments fragments = new OutgoingFragments(1_000);
  private final Sender sender = new Sender(options, fragments);
  private final Pacer pacer = new Pacer(Pacer.INITIAL_RATE, START);
  private final StateDonor donor = new StateDonor(options, records);
  private long now = START;

  @Test
  void onRequest_nothingHeld_oneEmptyChunkThatIsTheLast() {
    ask(1, 0);

    assertThat(tick(0))
        .containsExactly(
            Outgoing.toOne(
                new StateChunk(ALICE.origin(), 1, 0, true, List.of(), BEGINNING), ALICE.origin()));
    assertThat(tick(millis(1))).isEmpty();
    assertThat(donor.nanosUntilDue()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void onTick_records_chunksWithinTheBudgetWithEveryRecordOnce() {
    holdMany(200);
    ask(1, 0);

    List<StateChunk> chunks = chunks(tick(0));
    assertThat(chunks.get(0).beginning()).isEqualTo(BEGINNING);
    assertThat(chunks.get(chunks.size() - 1).last()).isTrue();
    List<Change> told = new ArrayList<>();
    for (int i = 0; i < chunks.size(); i++) {
      assertThat(chunks.get(i).number()).isEqualTo(i);
      assertThat(chunks.get(i).changes().stream().mapToInt(Examples::sizeOf).sum())
          .isLessThanOrEqualTo(100);
      told.addAll(chunks.get(i).changes());
    }
    assertThat(told).containsExactlyElementsOf(records.all());
  }

  @Test
  void onTick_moreThanAWindow_noMoreUntilItIsAcknowledged() {
    holdMany(2_000);
    ask(1, 0);

    assertThat(drain()).hasSize(StateDonor.WINDOW_CHUNKS);
    assertThat(donor.chunksKept()).isEqualTo(StateDonor.WINDOW_CHUNKS);
    assertThat(donor.nanosUntilDue()).isEqualTo(Long.MAX_VALUE);
    ask(1, 10);
    assertThat(donor.nanosUntilDue()).isEqualTo(millis(1));

    assertThat(chunks(drain())).extracting(StateChunk::number).startsWith(96L).hasSize(10);
  }

  @Test
  void onRequest_again_whatHasNotArrivedIsSentAgainButNotTooSoon() {
    holdMany(200);
    ask(1, 0);
    int all = drain().size();
    now = now + millis(1);
    EffectsCollector soon = new EffectsCollector();
    now = START + millis(15);
    request(ALICE.origin(), request(1, 2, false), BEGINNING, soon);
    assertThat(soon.effects().send()).isEmpty();

    now = START + millis(50);
    EffectsCollector later = new EffectsCollector();
    request(ALICE.origin(), request(1, 2, false), BEGINNING, later);
    assertThat(Examples.sent(later, StateChunk.class))
        .extracting(StateChunk::number)
        .startsWith(2L, 3L)
        .hasSize(Math.min(16, all - 2));
  }

  @Test
  void onRequest_knownVector_onlyWhatIsNewer() {
    records.hold(put("old", "v", 10));
    records.hold(put("new", "v", 11));
    records.hold(Change.remove(CACHE, version(3, BOB.origin()), payload("other")));
    StateRequest request =
        new StateRequest(
            SELF.origin(),
            1,
            0,
            true,
            List.of(),
            List.of(new Applied(ALICE.origin(), 1, HybridTime.ofMillis(10))),
            false);
    request(ALICE.origin(), request, BEGINNING, new EffectsCollector());

    assertThat(chunks(tick(0)))
        .flatExtracting(StateChunk::changes)
        .containsExactly(
            put("new", "v", 11), Change.remove(CACHE, version(3, BOB.origin()), payload("other")));
  }

  @Test
  void onTick_manyRecordsNotWanted_looksAtABoundedNumberAtOnce() {
    holdMany(20_000);
    records.hold(put("new", "v", 30_000));
    StateRequest request =
        new StateRequest(
            SELF.origin(),
            1,
            0,
            true,
            List.of(),
            List.of(new Applied(ALICE.origin(), 1, HybridTime.ofMillis(29_999))),
            false);
    request(ALICE.origin(), request, BEGINNING, new EffectsCollector());
    List<StateChunk> chunks = new ArrayList<>();
    for (int looked = -1; looked < records.looks; ) {
      looked = records.looks;
      chunks.addAll(chunks(tick(millis(1))));
      assertThat(records.looks - looked).isLessThanOrEqualTo(4_096);
    }

    assertThat(chunks).flatExtracting(StateChunk::changes).containsExactly(put("new", "v", 30_000));
    assertThat(chunks.get(chunks.size() - 1).last()).isTrue();
  }

  @Test
  void onRequest_knownVector_loadsThatMayHaveTakenLongAsWell() {
    Change fill =
        Change.fill(
            CACHE, version(10_000, ALICE.origin()), payload("late"), payload("v"), Change.ETERNAL);
    Change fence =
        Change.invalidate(CACHE, version(10_000, ALICE.origin()), payload("of a late load"));
    records.hold(fill);
    records.hold(fence);
    records.hold(put("old", "v", 10_000));
    for (long known : List.of(69_999L, 70_000L)) {
      StateRequest request =
          new StateRequest(
              SELF.origin(),
              known,
              0,
              true,
              List.of(),
              List.of(new Applied(ALICE.origin(), 1, HybridTime.ofMillis(known))),
              false);
      request(ALICE.origin(), request, BEGINNING, new EffectsCollector());
      assertThat(chunks(drain()))
          .flatExtracting(StateChunk::changes)
          .isEqualTo(known < 70_000 ? List.of(fill, fence) : List.of());
    }
  }

  @Test
  void onRequest_someCaches_onlyTheirs() {
    records.hold(put("a", "v", 1));
    records.hold(Change.remove(9, version(1, 2), payload("b")));
    StateRequest request =
        new StateRequest(SELF.origin(), 1, 0, false, List.of(9L), List.of(), false);
    request(ALICE.origin(), request, BEGINNING, new EffectsCollector());

    assertThat(chunks(tick(0)).get(0).changes())
        .containsExactly(Change.remove(9, version(1, 2), payload("b")));
  }

  @Test
  void onRequest_notJoined_refused() {
    records.hold(put("a", "v", 1));
    EffectsCollector effects = new EffectsCollector();
    request(ALICE.origin(), request(1, 0, false), NOT_JOINED, effects);

    StateChunk refusal = Examples.sent(effects, StateChunk.class).get(0);
    assertThat(refusal.beginning()).isEqualTo(NOT_JOINED);
    assertThat(refusal.last()).isTrue();
    assertThat(refusal.changes()).isEmpty();
    assertThat(donor.sessions()).isZero();
    assertThat(donor.refusals()).isEqualTo(1);
  }

  @Test
  void onRequest_ninthSession_refusedUntilOneEnds() {
    for (int origin = 1; origin <= StateDonor.MAX_SESSIONS; origin++) {
      assertThat(refusedTo(100 + origin)).isFalse();
    }

    assertThat(refusedTo(200)).isTrue();
    assertThat(donor.sessions()).isEqualTo(StateDonor.MAX_SESSIONS);
    request(103, request(1, 0, true), BEGINNING, new EffectsCollector());
    assertThat(refusedTo(200)).isFalse();
    assertThat(donor.refusals()).isEqualTo(1);
  }

  @Test
  void onRequest_fromAThousandSenders_memoryOfAFewWindows() {
    holdMany(2_000);
    for (int origin = 1; origin <= 1_000; origin++) {
      refusedTo(100 + origin);
      tick(millis(1));
      assertThat(donor.sessions()).isLessThanOrEqualTo(StateDonor.MAX_SESSIONS);
      assertThat(donor.chunksKept())
          .isLessThanOrEqualTo(StateDonor.MAX_SESSIONS * StateDonor.WINDOW_CHUNKS);
    }
    assertThat(donor.refusals()).isEqualTo(1_000 - StateDonor.MAX_SESSIONS);
  }

  @Test
  void onRequest_newerFromTheSameMember_replacesTheOlder() {
    holdMany(50);
    ask(1, 0);
    drain();
    ask(2, 0);

    assertThat(donor.sessions()).isEqualTo(1);
    assertThat(chunks(drain()).get(0).request()).isEqualTo(2);
    ask(1, 0);
    assertThat(drain()).as("overtaken").isEmpty();
  }

  @Test
  void onRequest_middleOfASessionThatIsOver_nothing() {
    ask(1, 5);

    assertThat(donor.sessions()).isZero();
    assertThat(donor.refusals()).isZero();
  }

  @Test
  void onRequest_stopOfAnotherRequest_goesOn() {
    holdMany(50);
    ask(2, 0);
    request(ALICE.origin(), request(1, 0, true), BEGINNING, new EffectsCollector());
    assertThat(donor.sessions()).isEqualTo(1);
    request(ALICE.origin(), request(2, 0, true), BEGINNING, new EffectsCollector());

    assertThat(donor.sessions()).isZero();
    assertThat(donor.chunksKept()).isZero();
  }

  @Test
  void onTick_silentForLong_forgotten() {
    holdMany(2_000);
    ask(1, 0);
    drain();
    tick(millis(9_000));
    assertThat(donor.sessions()).isEqualTo(1);
    tick(millis(1_100));

    assertThat(donor.sessions()).isZero();
  }

  @Test
  void onTick_rateUsedUp_waits() {
    holdMany(50);
    ask(1, 0);
    pacer.chargeTransfer(1 << 20);

    assertThat(tick(0)).isEmpty();
    assertThat(tick(millis(1_000))).isNotEmpty();
  }

  @Test
  void onTick_millionsThatAreKnown_fewAreLookedAtAtATime() {
    holdMany(10_000);
    requestOfAllKnown();

    assertThat(chunks(tick(0))).extracting(StateChunk::last).containsExactly(false);
    assertThat(tick(millis(1))).isEmpty();
    assertThat(chunks(tick(millis(1)))).extracting(StateChunk::last).containsExactly(true);
  }

  /** A member that receives nothing for 1.5 s asks another donor, which has as many. */
  @Test
  void onTick_knownRecordsTakeLong_emptyChunksInBetween() {
    holdMany(4_096 * 9);
    requestOfAllKnown();
    List<StateChunk> all = new ArrayList<>(chunks(tick(0)));
    for (int i = 0; i < 10; i++) {
      all.addAll(chunks(tick(millis(200))));
    }

    assertThat(all).extracting(StateChunk::number).containsExactly(0L, 1L, 2L, 3L);
    assertThat(all).extracting(StateChunk::last).containsExactly(false, false, false, true);
    assertThat(all).allSatisfy(chunk -> assertThat(chunk.changes()).isEmpty());
  }

  @Test
  void onTick_ownChangesTakeTheRate_emptyChunksInBetween() {
    holdMany(50);
    ask(1, 0);
    pacer.chargeTransfer(100 << 20);

    assertThat(tick(millis(499))).isEmpty();
    assertThat(chunks(tick(millis(1))))
        .containsExactly(new StateChunk(ALICE.origin(), 1, 0, false, List.of(), BEGINNING));
    assertThat(tick(millis(499))).isEmpty();
    assertThat(chunks(tick(millis(1))))
        .containsExactly(new StateChunk(ALICE.origin(), 1, 1, false, List.of(), null));
  }

  @Test
  void onTick_windowIsFull_noEmptyChunks() {
    holdMany(2_000);
    ask(1, 0);
    drain();

    assertThat(tick(millis(2_000))).isEmpty();
  }

  @Test
  void onTick_recordLongerThanADatagram_aChunkOfItsOwnInPieces() {
    records.hold(put("a", "v", 1));
    records.hold(put("b", "v".repeat(3_000), 1));
    ask(1, 0);
    tick(0);

    EffectsCollector effects = new EffectsCollector();
    fragments.onTick(pacer, 0, false, now, effects);
    assertThat(Examples.sent(effects, Fragment.class)).hasSize(4);
  }

  /** Whatever is lost, in whatever order the rest comes: in the end every record is there once. */
  @Property(tries = 100)
  void anyLossThatEnds_allRecordsOnce(
      @ForAll long seed,
      @ForAll @IntRange(min = 0, max = 1_500) int count,
      @ForAll @IntRange(min = 0, max = 50) int lossPercent) {
    StateDonorTest fresh = new StateDonorTest();
    fresh.transfer(new Random(seed), count, lossPercent);
  }

  private void transfer(Random random, int count, int lossPercent) {
    holdMany(count);
    StatePull pull = new StatePull(SELF.origin(), 1, true, List.of(), List.of(), START);
    List<Change> taken = new ArrayList<>();
    List<StateChunk> late = new ArrayList<>();
    while (!pull.isDone() && now - START < millis(3_000)) {
      now += millis(1);
      int loss = now - START < millis(1_000) ? lossPercent : 0;
      pacer.refill(now);
      EffectsCollector asked = new EffectsCollector();
      pull.onTick(now, sender, asked);
      EffectsCollector answers = new EffectsCollector();
      for (StateRequest request : Examples.sent(asked, StateRequest.class)) {
        if (random.nextInt(100) >= loss) {
          request(ALICE.origin(), request, BEGINNING, answers);
        }
      }
      donor.onTick(sender, pacer, false, now, answers);
      assertThat(donor.chunksKept()).isLessThanOrEqualTo(StateDonor.WINDOW_CHUNKS);
      late.addAll(Examples.sent(answers, StateChunk.class));
      for (int i = late.size() / 2; i >= 0 && !late.isEmpty(); i--) {
        StateChunk chunk = late.remove(random.nextInt(late.size()));
        if (random.nextInt(100) >= loss && pull.onChunk(SELF.origin(), chunk, now)) {
          taken.addAll(chunk.changes());
        }
      }
    }
    assertThat(pull.isDone()).isTrue();
    assertThat(taken).containsExactlyInAnyOrderElementsOf(records.all());
    assertThat(new HashSet<>(taken)).hasSize(count);
  }

  private boolean refusedTo(long origin) {
    EffectsCollector effects = new EffectsCollector();
    request(origin, request(1, 0, false), BEGINNING, effects);
    Set<Boolean> refused = new HashSet<>();
    for (StateChunk chunk : Examples.sent(effects, StateChunk.class)) {
      Beginning beginning = chunk.beginning();
      refused.add(beginning != null && beginning.refused());
    }
    return refused.contains(true);
  }

  private void ask(long request, long nextChunk) {
    request(ALICE.origin(), request(request, nextChunk, false), BEGINNING, new EffectsCollector());
  }

  private void requestOfAllKnown() {
    StateRequest request =
        new StateRequest(
            SELF.origin(),
            1,
            0,
            true,
            List.of(),
            List.of(new Applied(ALICE.origin(), 1, Long.MAX_VALUE)),
            false);
    request(ALICE.origin(), request, BEGINNING, new EffectsCollector());
  }

  private void request(
      long from, StateRequest request, Beginning beginning, EffectsCollector effects) {
    donor.onRequest(from, request, beginning, sender, pacer, now, effects);
  }

  private static StateRequest request(long request, long nextChunk, boolean stop) {
    return new StateRequest(SELF.origin(), request, nextChunk, true, List.of(), List.of(), stop);
  }

  private void holdMany(int count) {
    for (int i = 0; i < count; i++) {
      records.hold(put("key" + i, "value", 1));
    }
  }

  private List<Outgoing> tick(long afterNanos) {
    now += afterNanos;
    pacer.refill(now);
    EffectsCollector effects = new EffectsCollector();
    donor.onTick(sender, pacer, false, now, effects);
    return effects.effects().send();
  }

  /** All that is sent until nothing more is, which takes less than 15 ms. */
  private List<Outgoing> drain() {
    List<Outgoing> sent = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      sent.addAll(tick(millis(1)));
    }
    return sent;
  }

  private static List<StateChunk> chunks(List<Outgoing> sent) {
    return sent.stream().map(Outgoing::message).map(StateChunk.class::cast).toList();
  }
}
