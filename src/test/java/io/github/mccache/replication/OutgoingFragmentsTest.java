package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.ALICE;
import static io.github.mccache.replication.Examples.BOB;
import static io.github.mccache.replication.Examples.millis;
import static io.github.mccache.replication.Examples.range;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Message.Fragment;
import io.github.mccache.protocol.Message.MissingFragments;
import io.github.mccache.protocol.Message.Range;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutgoingFragmentsTest {

  private static final long START = Long.MAX_VALUE - millis(1_000);
  private static final int PART = 1_000;

  private final OutgoingFragments fragments = new OutgoingFragments(PART);
  private final Pacer pacer = new Pacer(Pacer.INITIAL_RATE, START);
  private long now = START;

  @Test
  void onTick_message_piecesOfEqualLengthInOrder() {
    fragments.add(new byte[2_500], 7, ALICE.origin());
    assertThat(fragments.hasPending()).isTrue();

    List<Outgoing> sent = tick(0);

    assertThat(sent).allSatisfy(out -> assertThat(out.to()).isEqualTo(ALICE.origin()));
    assertThat(sent).extracting(out -> ((Fragment) out.message()).index()).containsExactly(0, 1, 2);
    assertThat(sent)
        .extracting(out -> ((Fragment) out.message()).part().length)
        .containsExactly(834, 834, 832);
    assertThat(sent).extracting(out -> ((Fragment) out.message()).sequence()).containsOnly(7L);
    assertThat(fragments.hasPending()).isFalse();
  }

  @Test
  void onTick_longMessage_notFasterThanTheRate() {
    fragments.add(new byte[1 << 20], 0, null);

    assertThat(tick(0)).hasSizeBetween(50, 70);
    int pieces = 0;
    for (int i = 0; i < 20; i++) {
      pieces += tick(millis(1)).size();
    }
    assertThat(pieces).isBetween(340, 400);
  }

  @Test
  void giveUp_partlySent_namesTheDataThatWillNotArriveAndSendsNoMore() {
    fragments.add(new byte[2_500], 7, null);
    tick(0);
    fragments.add(new byte[4 << 20], 8, null);
    fragments.add(new byte[1 << 20], 0, ALICE.origin());
    tick(millis(1));

    assertThat(fragments.giveUp()).containsExactly(8L);
    assertThat(fragments.hasPending()).isFalse();
    assertThat(tick(millis(100))).isEmpty();
    assertThat(fragments.sequenceOf(2)).isZero();
    assertThat(fragments.bytes()).isEqualTo(2_500);
  }

  @Test
  void onTick_dataWaits_eachGetsAsMuchAsTheOther() {
    fragments.add(new byte[8 << 20], 0, null);
    long data = 0;
    long pieces = 0;
    for (int round = 0; round < 200; round++) {
      now += millis(1);
      pacer.refill(now);
      while (pacer.mayData()) {
        if (fragments.mayData(pacer.rate())) {
          pacer.chargeData(3_000);
          fragments.onData(3_000);
          data += 3_000;
        }
        pieces += 1_000L * tickWhileDataWaits().size();
      }
    }
    assertThat(pieces).isBetween(1_800_000L, 2_200_000L);
    assertThat(data).isBetween(1_800_000L, 2_200_000L);
  }

  @Test
  void mayData_longQueueOfOwnValues_notUntilItIsShort() {
    fragments.add(new byte[8 << 20], 7, null);

    assertThat(fragments.mayData(20_000_000)).as("queue of long values full").isFalse();
    assertThat(fragments.mayData(100_000_000)).isTrue();
  }

  @Test
  void onTick_dataWaitsAndHadNoTurn_dataFirst() {
    fragments.add(new byte[2_500], 7, null);
    now += millis(1);
    pacer.refill(now);
    assertThat(tickWhileDataWaits()).isEmpty();

    fragments.onData(1_500);
    assertThat(fragments.mayData(pacer.rate())).isFalse();
    assertThat(tickWhileDataWaits()).as("as much as the data, or a little more").hasSize(2);
    assertThat(fragments.mayData(pacer.rate())).isTrue();
    assertThat(tickWhileDataWaits()).isEmpty();
    assertThat(tick(0)).as("nothing waits").hasSize(1);
  }

  private List<Outgoing> tickWhileDataWaits() {
    EffectsCollector effects = new EffectsCollector();
    fragments.onTick(pacer, 0, true, now, effects);
    return effects.effects().send();
  }

  @Test
  void onMissing_piecesAlreadySent_againToTheAskerAlone() {
    fragments.add(new byte[3_000], 0, null);
    tick(0);
    fragments.onMissing(missing(1, range(1, 2)), BOB.origin());
    assertThat(fragments.hasPending()).isTrue();

    List<Outgoing> sent = tick(millis(1));
    assertThat(sent).extracting(out -> ((Fragment) out.message()).index()).containsExactly(1, 2);
    assertThat(sent).extracting(Outgoing::to).containsOnly(BOB.origin());
  }

  @Test
  void onMissing_piecesNotYetSentOrUnknown_nothing() {
    fragments.add(new byte[1 << 20], 0, null);
    int sent = tick(0).size();
    fragments.onMissing(missing(1, range(sent, Long.MAX_VALUE)), BOB.origin());
    fragments.onMissing(missing(99, range(0, Long.MAX_VALUE)), BOB.origin());

    assertThat(tick(millis(1))).extracting(Outgoing::to).containsOnlyNulls();
  }

  @Test
  void onMissing_hugeRangesOverAndOver_boundedAnswers() {
    fragments.add(new byte[60_000], 0, null);
    tick(0);
    tick(millis(5));
    for (int i = 0; i < 1_000; i++) {
      List<Range> ranges = new ArrayList<>();
      for (int each = 0; each < 63; each++) {
        ranges.add(range(2L * each, 2L * each));
      }
      ranges.add(range(200, Long.MAX_VALUE));
      fragments.onMissing(new MissingFragments(1, ranges), BOB.origin());
    }

    int again = 0;
    for (int i = 0; i < 2_000; i++) {
      again += tick(millis(1)).size();
    }
    assertThat(again).as("each piece that was requested, once").isEqualTo(30);
    assertThat(fragments.hasPending()).isFalse();
  }

  @Test
  void onMissing_moreMembersThanTheMaximum_theRestIsSentNothing() {
    fragments.add(new byte[3_000], 0, ALICE.origin());
    tick(0);
    for (int member = 0; member < OutgoingFragments.MAX_REQUESTS + 100; member++) {
      fragments.onMissing(missing(1, range(1, 1)), 1_000 + member);
    }

    List<Outgoing> sent = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      sent.addAll(tick(millis(1)));
    }
    assertThat(sent).hasSize(OutgoingFragments.MAX_REQUESTS);
    fragments.onMissing(missing(1, range(1, 1)), BOB.origin());
    assertThat(tick(millis(1))).as("places are free again").hasSize(1);
  }

  @Test
  void onMissing_requestedAgainWhileItWaits_whatHasArrivedSinceIsNotSent() {
    exhaustRepairs();
    fragments.onMissing(missing(1, range(0, 2)), BOB.origin());
    assertThat(tick(0)).as("no room yet").isEmpty();
    fragments.onMissing(missing(1, range(0, 2)), BOB.origin());
    fragments.onMissing(missing(1, range(2, 2)), BOB.origin());

    assertThat(tick(millis(5)))
        .extracting(out -> ((Fragment) out.message()).index())
        .containsExactly(2);
    assertThat(fragments.hasPending()).isFalse();
  }

  @Test
  void onMissing_pieceThatThreeLack_onceToAll() {
    exhaustRepairs();
    fragments.onMissing(missing(1, range(0, 0)), 101);
    fragments.onMissing(missing(1, range(0, 1)), 102);
    fragments.onMissing(missing(1, range(0, 1)), 103);

    assertThat(tick(millis(5)))
        .extracting(out -> ((Fragment) out.message()).index() + " to " + out.to())
        .containsExactly("0 to null", "1 to 102", "1 to 103");
    assertThat(fragments.hasPending()).isFalse();
  }

  @Test
  void onMissing_piecesOfTwoMessages_oneAfterTheOther() {
    fragments.add(new byte[3_000], 0, ALICE.origin());
    fragments.add(new byte[3_000], 0, BOB.origin());
    tick(0);
    fragments.onMissing(missing(1, range(0, 2)), ALICE.origin());
    fragments.onMissing(missing(2, range(0, 1)), BOB.origin());

    assertThat(tick(millis(1)))
        .extracting(out -> ((Fragment) out.message()).assembly())
        .containsExactly(1L, 1L, 1L, 2L, 2L);
  }

  @Test
  void onMissing_oneMemberRequestsAllAgainAndAgain_othersHaveTheirTurn() {
    fragments.add(new byte[300_000], 0, ALICE.origin());
    fragments.add(new byte[3_000], 0, BOB.origin());
    tick(0);
    tick(millis(20));
    fragments.onMissing(missing(1, range(0, Long.MAX_VALUE)), ALICE.origin());
    fragments.onMissing(missing(2, range(0, 2)), BOB.origin());

    List<Outgoing> sent = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      sent.addAll(tick(millis(1)));
      fragments.onMissing(missing(1, range(0, Long.MAX_VALUE)), ALICE.origin());
    }
    assertThat(sent).filteredOn(out -> BOB.origin() == out.to()).hasSize(3);
  }

  @Test
  void onMissing_numberOfDataOfWhichAMemberHasNoPiece_allPiecesAgain() {
    fragments.add(new byte[3_000], 7, null);
    tick(0);
    assertThat(fragments.onMissing(7, BOB.origin(), now)).isTrue();
    assertThat(tick(millis(1))).as("may be on its way").isEmpty();

    now += millis(25);
    assertThat(fragments.onMissing(7, BOB.origin(), now)).isTrue();
    assertThat(fragments.onMissing(7, BOB.origin(), now)).isTrue();
    assertThat(tick(0))
        .extracting(out -> ((Fragment) out.message()).index() + " to " + out.to())
        .containsExactly("0 to " + BOB.origin(), "1 to " + BOB.origin(), "2 to " + BOB.origin());
    assertThat(fragments.onMissing(8, BOB.origin(), now)).as("unknown").isFalse();
  }

  @Test
  void onMissing_numberOfDataThatIsBeingSent_nothingAgain() {
    fragments.add(new byte[1 << 20], 7, null);
    int sent = tick(0).size();
    now += millis(25);

    assertThat(fragments.onMissing(7, BOB.origin(), now)).isTrue();
    assertThat(sent).isPositive();
    assertThat(tick(0)).isNotEmpty().extracting(Outgoing::to).containsOnlyNulls();
  }

  /** A receiver holds pieces of a few messages of one sender, which begins many and ends them. */
  @Test
  void onMissing_ofMoreMessagesThanAReceiverHolds_allBecomeWhole() {
    Reassembler receiver = new Reassembler(1 << 20);
    int messages = 3 * Reassembler.MAX_PER_SENDER;
    for (int i = 0; i < messages; i++) {
      fragments.add(new byte[4_000], 0, BOB.origin());
    }
    tick(0);
    for (int i = 0; i < 10; i++) {
      tick(millis(5)); // all lost
    }
    for (long assembly = 1; assembly <= messages; assembly++) {
      fragments.onMissing(missing(assembly, range(0, 3)), BOB.origin());
    }
    pacer.chargeRepair(1_000_000);

    int whole = 0;
    for (int i = 0; i < 500; i++) {
      for (Outgoing out : tick(millis(1))) {
        whole += receiver.onFragment(ALICE, (Fragment) out.message(), now) == null ? 0 : 1;
      }
    }
    assertThat(whole).isEqualTo(messages);
    assertThat(receiver.givenUp()).isZero();
  }

  @Test
  void giveUp_piecesRequestedAgain_sentNoMore() {
    exhaustRepairs();
    fragments.onMissing(missing(1, range(0, 2)), BOB.origin());

    fragments.giveUp();
    assertThat(fragments.hasPending()).isFalse();
    assertThat(tick(millis(5))).isEmpty();
  }

  /** A message of three pieces was sent, and the rate allows no repair just now. */
  private void exhaustRepairs() {
    fragments.add(new byte[3_000], 0, null);
    tick(0);
    pacer.chargeRepair(70_000);
  }

  @Test
  void add_moreBytesThanTheMaximum_theEldestAreForgotten() {
    int length = 10 << 20;
    for (int i = 0; i < 8; i++) {
      fragments.add(new byte[length], i + 1, null);
      assertThat(fragments.bytes()).isLessThanOrEqualTo(OutgoingFragments.MAXIMUM_BYTES);
    }

    assertThat(fragments.bytes()).isEqualTo(6L * length);
    assertThat(fragments.dropped()).isEqualTo(2);
    assertThat(fragments.sequenceOf(2)).isZero();
    assertThat(fragments.sequenceOf(3)).isEqualTo(3);
    assertThat(((Fragment) tick(0).get(0).message()).assembly()).isEqualTo(3);
  }

  @Test
  void add_longerThanTheMaximum_keptAsTheYoungest() {
    fragments.add(new byte[100], 1, null);
    fragments.add(new byte[(int) OutgoingFragments.MAXIMUM_BYTES + 1], 2, null);

    assertThat(fragments.bytes()).isEqualTo(OutgoingFragments.MAXIMUM_BYTES + 1);
    assertThat(fragments.sequenceOf(1)).isZero();
    assertThat(fragments.sequenceOf(2)).isEqualTo(2);
  }

  @Test
  void onTick_sentLongAgo_forgotten() {
    fragments.add(new byte[3_000], 5, null);
    tick(0);
    tick(millis(5_000));
    assertThat(fragments.sequenceOf(1)).isEqualTo(5);
    assertThat(fragments.bytes()).isEqualTo(3_000);
    tick(1);

    assertThat(fragments.sequenceOf(1)).isZero();
    assertThat(fragments.bytes()).isZero();
  }

  private List<Outgoing> tick(long afterNanos) {
    now += afterNanos;
    pacer.refill(now);
    EffectsCollector effects = new EffectsCollector();
    fragments.onTick(pacer, 60, false, now, effects);
    return effects.effects().send();
  }

  private static MissingFragments missing(long assembly, Range... ranges) {
    return new MissingFragments(assembly, List.of(ranges));
  }
}
