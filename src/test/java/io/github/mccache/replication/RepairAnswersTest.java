package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.ALICE;
import static io.github.mccache.replication.Examples.BOB;
import static io.github.mccache.replication.Examples.CACHE;
import static io.github.mccache.replication.Examples.SELF;
import static io.github.mccache.replication.Examples.invalidate;
import static io.github.mccache.replication.Examples.millis;
import static io.github.mccache.replication.Examples.nak;
import static io.github.mccache.replication.Examples.put;
import static io.github.mccache.replication.Examples.range;
import static io.github.mccache.replication.Examples.remove;
import static io.github.mccache.replication.Examples.version;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message.ClearFloor;
import io.github.mccache.protocol.Message.Fragment;
import io.github.mccache.protocol.Message.MissingFragments;
import io.github.mccache.protocol.Message.Nak;
import io.github.mccache.protocol.Message.Range;
import io.github.mccache.protocol.Message.Repair;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RepairAnswersTest {

  private static final long CAROL = 44;
  private static final long HOLD_OFF = millis(5);

  private final ReplicaOptions options = Examples.options(200);
  private final SentIndex index = new SentIndex(100_000);
  private final ExampleRecords records = new ExampleRecords();
  private final ClearFloors floors = new ClearFloors();
  private final OutgoingFragments fragments = new OutgoingFragments(1_000);
  private final Sender sender = new Sender(options, fragments);
  private final Pacer pacer = new Pacer(Pacer.INITIAL_RATE, 0);
  private final RepairAnswers answers = new RepairAnswers(SELF, options, index, records, floors);
  private long highest;

  @Test
  void onTick_lastWordOfAKey_itsPresentStateAfterTheHoldOff() {
    send(put("a", "old", 1));
    send(put("b", "v", 2));
    records.hold(put("a", "new", 5));
    ask(ALICE.origin(), 0, range(1, 1));

    assertThat(answers.dueNanos()).isEqualTo(HOLD_OFF);
    assertThat(tick(HOLD_OFF - 1)).isEmpty();
    assertThat(tick(HOLD_OFF))
        .containsExactly(
            Outgoing.toOne(
                repair(ALICE.origin(), List.of(range(1, 1)), List.of(), put("a", "new", 5)),
                ALICE.origin()));
    assertThat(answers.hasPending()).isFalse();
    assertThat(answers.repairs()).isEqualTo(1);
    assertThat(tick(2 * HOLD_OFF)).isEmpty();
  }

  @Test
  void onTick_keysThatMovedOn_void() {
    send(put("a", "v", 1));
    send(put("b", "v", 2));
    send(put("a", "w", 3), put("b", "w", 3));
    ask(ALICE.origin(), 0, range(1, 2));

    assertThat(repairs(HOLD_OFF))
        .containsExactly(repair(ALICE.origin(), List.of(), List.of(range(1, 2))));
    assertThat(answers.voids()).isEqualTo(2);
  }

  @Test
  void onTick_stateOfEveryKind_toldAsItIs() {
    send(put("gone", "v", 1));
    send(put("removed", "v", 2));
    send(put("older", "v", 9));
    send(put("fenced", "v", 4));
    records.hold(remove("removed", 8));
    records.hold(put("older", "u", 3));
    records.hold(invalidate("fenced", 4));
    ask(ALICE.origin(), 0, range(1, 4));

    assertThat(repairs(HOLD_OFF))
        .containsExactly(
            repair(
                ALICE.origin(),
                List.of(range(1, 4)),
                List.of(),
                invalidate("gone", 1),
                remove("removed", 8),
                invalidate("older", 9),
                invalidate("fenced", 4)));
  }

  @Test
  void onTick_clear_theHighestClearOfTheCache() {
    Change clear = Change.clear(CACHE, version(3, SELF.origin()));
    Change higher = Change.clear(CACHE, version(8, BOB.origin()));
    send(clear);
    ask(ALICE.origin(), 0, range(1, 1));
    assertThat(repairs(HOLD_OFF))
        .containsExactly(repair(ALICE.origin(), List.of(range(1, 1)), List.of(), clear));

    floors.onOpenCaches(Set.of(CACHE));
    floors.raise(new ClearFloor(CACHE, higher.version()));
    ask(ALICE.origin(), 0, range(1, 1));
    assertThat(repairs(3 * HOLD_OFF))
        .containsExactly(repair(ALICE.origin(), List.of(range(1, 1)), List.of(), higher));
  }

  @Test
  void onTick_twoAsk_eachIsAnsweredAlone() {
    send(put("a", "v", 1));
    ask(ALICE.origin(), 0, range(1, 1));
    ask(BOB.origin(), 1, range(1, 1));
    ask(BOB.origin(), 0, range(1, 1));

    assertThat(tick(HOLD_OFF))
        .extracting(Outgoing::to)
        .containsExactlyInAnyOrder(ALICE.origin(), BOB.origin());
  }

  @Test
  void onTick_threeAsk_oneAnswerToAll() {
    send(put("a", "v", 1));
    send(put("b", "v", 1));
    ask(ALICE.origin(), 0, range(1, 2));
    ask(BOB.origin(), 0, range(1, 1));
    ask(CAROL, 0, range(1, 1));

    assertThat(tick(HOLD_OFF))
        .containsExactlyInAnyOrder(
            Outgoing.toAll(repair(0, List.of(range(1, 1)), List.of(), invalidate("a", 1))),
            Outgoing.toOne(
                repair(ALICE.origin(), List.of(range(2, 2)), List.of(), invalidate("b", 1)),
                ALICE.origin()));
  }

  @Test
  void onTick_askedTheThirdTime_toAll() {
    send(put("a", "v", 1));
    ask(ALICE.origin(), 2, range(1, 1));

    assertThat(tick(HOLD_OFF)).extracting(Outgoing::to).containsExactly((Long) null);
  }

  @Test
  void onTick_forgottenNumber_pullTheState() {
    send(put("a", "v", 1));
    send(put("b", "v", 2));
    index.forgetUpTo(1);
    ask(ALICE.origin(), 0, range(1, 2));

    assertThat(tick(HOLD_OFF))
        .containsExactly(
            Outgoing.toOne(
                new Repair(ALICE.origin(), SELF.origin(), List.of(), List.of(), List.of(), true),
                ALICE.origin()));
    assertThat(answers.resyncs()).isEqualTo(1);
    assertThat(answers.hasPending()).isFalse();
  }

  @Test
  void onNak_numbersThatWereNeverGivenOut_nothing() {
    send(put("a", "v", 1));
    ask(ALICE.origin(), 0, range(2, Long.MAX_VALUE));

    assertThat(answers.hasPending()).isFalse();
  }

  @Test
  void onNak_moreThanIsRepairedByNumber_pullTheState() {
    sendMany(10_000);
    ask(ALICE.origin(), 0, range(1, Stream.MAX_MISSING));
    assertThat(answers.pending()).isEqualTo(Stream.MAX_MISSING);
    ask(ALICE.origin(), 0, range(0, Long.MAX_VALUE));

    assertThat(answers.pending()).isEqualTo(Stream.MAX_MISSING);
    assertThat(repairs(HOLD_OFF)).filteredOn(Repair::resync).hasSize(1);
  }

  @Test
  void onNak_morePendingThanTheMaximum_droppedAndCountedUntilAskedAgain() {
    sendMany(RepairAnswers.MAX_PENDING + 10);
    for (long from = 1; from < RepairAnswers.MAX_PENDING; from += 1_000) {
      ask(ALICE.origin(), 0, range(from, from + 999));
    }

    assertThat(answers.pending()).isEqualTo(RepairAnswers.MAX_PENDING);
    assertThat(answers.dropped()).isEqualTo(1);
    ask(BOB.origin(), 0, range(5, 5));
    assertThat(answers.dropped()).as("is pending already").isEqualTo(1);
    ask(BOB.origin(), 0, range(RepairAnswers.MAX_PENDING + 1, RepairAnswers.MAX_PENDING + 1));
    assertThat(answers.dropped()).isEqualTo(2);
  }

  @Test
  void onNak_sameNumberFromThousands_boundedAndAnsweredOnceToAll() {
    send(put("a", "v", 1));
    for (long from = 100; from < 20_000; from++) {
      ask(from, 0, range(1, 1));
      assertThat(answers.askersOf(1)).isLessThanOrEqualTo(RepairAnswers.FOR_ALL);
    }

    assertThat(tick(HOLD_OFF)).extracting(Outgoing::to).containsExactly((Long) null);
  }

  @Test
  void onNak_forgottenNumberFromThousands_bounded() {
    send(put("a", "v", 1));
    index.forgetUpTo(1);
    for (long from = 100; from < 20_000; from++) {
      ask(from, 0, range(1, 1));
    }

    assertThat(tick(HOLD_OFF)).hasSizeLessThanOrEqualTo(RepairAnswers.MAX_PENDING);
  }

  @Test
  void onTick_manyAnswers_messagesWithinTheBudgetAndWellFormed() {
    for (int i = 0; i < 300; i++) {
      send(put("key" + i, "v", i));
      send(put("same", "v", i));
    }
    ask(ALICE.origin(), 0, range(1, 600));

    List<Repair> repairs = repairs(HOLD_OFF);

    List<Range> numbers = new ArrayList<>();
    for (Repair repair : repairs) {
      assertThat(repair.changes().stream().mapToInt(Examples::sizeOf).sum())
          .isLessThanOrEqualTo(200);
      numbers.addAll(repair.repaired());
      numbers.addAll(repair.voided());
    }
    assertThat(numbers.stream().mapToLong(Range::size).sum()).isEqualTo(600);
    assertThat(repairs.stream().mapToInt(repair -> repair.changes().size()).sum()).isEqualTo(301);
  }

  @Test
  void onTick_rateUsedUp_theRestWaits() {
    for (int i = 0; i < 3; i++) {
      send(put("key" + i, "v", i));
    }
    ask(ALICE.origin(), 0, range(1, 3));
    pacer.chargeRepair(1 << 20);
    assertThat(tick(HOLD_OFF)).isEmpty();
    assertThat(answers.hasPending()).isTrue();

    pacer.refill(millis(500));
    assertThat(tick(millis(500))).hasSize(1);
  }

  @Test
  void onTick_valueLongerThanADatagram_inPieces() {
    send(put("a", "v", 1));
    records.hold(put("a", "v".repeat(3_000), 1));
    ask(ALICE.origin(), 0, range(1, 1));
    assertThat(tick(HOLD_OFF)).isEmpty();

    EffectsCollector effects = new EffectsCollector();
    fragments.onTick(pacer, 0, false, HOLD_OFF, effects);
    assertThat(Examples.sent(effects, Fragment.class)).hasSize(4);
  }

  @Test
  void onNak_messageStillOnItsWayInPieces_patience() {
    send(put("a", "v", 1));
    fragments.add(new byte[3_000], 1, null);
    ask(ALICE.origin(), 0, range(1, 1));

    assertThat(answers.hasPending()).isFalse();
  }

  @Test
  void onNak_piecesOfAMessageThatIsSuperseded_voidInsteadOfPieces() {
    send(put("a", "v", 1));
    fragments.add(new byte[3_000], 1, null);
    send(put("b", "v", 2));
    fragments.add(new byte[3_000], 2, null);
    send(put("a", "w", 3));
    EffectsCollector effects = new EffectsCollector();
    fragments.onTick(pacer, 0, false, 0, effects);
    assertThat(fragments.hasPending()).isFalse();

    answers.onNak(ALICE.origin(), missingPieces(1), highest, fragments, 0);
    assertThat(fragments.hasPending()).isFalse();
    assertThat(repairs(HOLD_OFF).get(0).voided()).containsExactly(range(1, 1));

    answers.onNak(ALICE.origin(), missingPieces(2), highest, fragments, 0);
    assertThat(fragments.hasPending()).as("still of use").isTrue();
    assertThat(answers.hasPending()).isFalse();
  }

  @Test
  void onNak_numberOfAMessageThatIsSupersededBeforeAllPiecesAreSent_void() {
    send(put("a", "v", 1));
    fragments.add(new byte[3_000], 1, null);
    send(put("a", "w", 2));

    ask(ALICE.origin(), 0, range(1, 1));
    assertThat(repairs(HOLD_OFF).get(0).voided()).containsExactly(range(1, 1));
  }

  private static Nak missingPieces(long assembly) {
    MissingFragments missing = new MissingFragments(assembly, List.of(range(0, 1)));
    return new Nak(SELF.origin(), SELF.origin(), List.of(), 0, List.of(missing));
  }

  private void send(Change... changes) {
    index.onSent(++highest, List.of(changes));
  }

  private void sendMany(int count) {
    for (int i = 0; i < count; i++) {
      send(put("k" + i, "", 1));
    }
  }

  private void ask(long from, int round, Range... missing) {
    Nak nak = nak(SELF, round, missing);
    answers.onNak(from, nak, highest, fragments, 0);
  }

  private List<Outgoing> tick(long nowNanos) {
    EffectsCollector effects = new EffectsCollector();
    answers.onTick(sender, pacer, nowNanos, effects);
    return effects.effects().send();
  }

  private List<Repair> repairs(long nowNanos) {
    return tick(nowNanos).stream().map(Outgoing::message).map(Repair.class::cast).toList();
  }

  private Repair repair(long to, List<Range> repaired, List<Range> voided, Change... changes) {
    return new Repair(to, SELF.origin(), repaired, voided, List.of(changes), false, highest);
  }
}
