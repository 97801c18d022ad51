package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.range;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Message.Range;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StreamTest {

  private final Stream stream = new Stream(5, 0);

  @Test
  void onData_inOrder_nothingMissesAndTheTimeFollows() {
    assertThat(data(1, 10)).isTrue();
    assertThat(data(2, 20)).isTrue();

    assertThat(stream.isIncomplete()).isFalse();
    assertThat(stream.contiguous()).isEqualTo(2);
    assertThat(stream.completeTime()).isEqualTo(20);
    assertThat(stream.missedInAll()).isZero();
    assertThat(stream.arrivedInAll()).isEqualTo(2);
  }

  @Test
  void isPlausible_numbers_asManyAsCanHaveBeenGivenOutSince() {
    assertThat(stream.isPlausible(Stream.MAX_SEQUENCE, 0)).as("nothing is known").isTrue();
    assertThat(stream.isPlausible(Stream.MAX_SEQUENCE + 1, 0)).isFalse();
    stream.onData(1, 10, 0, 0);

    assertThat(stream.isPlausible(1 + Stream.MAX_PER_SECOND, 0)).isTrue();
    assertThat(stream.isPlausible(2 + Stream.MAX_PER_SECOND, 0)).isFalse();
    assertThat(stream.isPlausible(Long.MAX_VALUE, 0)).isFalse();
    long hour = 3_600_000_000_000L;
    assertThat(stream.isPlausible(3_600 * Stream.MAX_PER_SECOND, hour)).isTrue();
  }

  /** Else this member would catch up for ever with what was never sent. */
  @Test
  void endsAt_lowerThanWhatIsKnown_theRestWasForged() {
    data(1, 10);
    data(5, 50);
    data(5_000, 90);
    assertThat(stream.isBroken()).isTrue();

    stream.endsAt(3);
    assertThat(missing()).containsExactly(range(2, 3));
    assertThat(stream.highest()).isEqualTo(3);
    stream.onRepaired(range(2, 3));
    assertThat(stream.isIncomplete()).isFalse();
    assertThat(data(4, 40)).as("an honest number is news").isTrue();
    assertThat(stream.completeTime()).isEqualTo(40);
    assertThat(stream.contiguous()).isEqualTo(4);

    stream.endsAt(9);
    assertThat(stream.highest()).as("raises nothing").isEqualTo(4);
  }

  @Test
  void onData_firstHeardIsNotTheFirst_whatCameBeforeIsMissing() {
    data(3, 30);

    assertThat(missing()).containsExactly(range(1, 2));
    assertThat(stream.contiguous()).isZero();
    assertThat(stream.completeTime()).isZero();
  }

  @Test
  void onData_gapThenLate_closedAndTheTimeOfWhatCameBeyondCounts() {
    data(1, 10);
    data(4, 40);
    assertThat(missing()).containsExactly(range(2, 3));
    assertThat(stream.completeTime()).isEqualTo(10);

    assertThat(data(3, 30)).isTrue();
    assertThat(missing()).containsExactly(range(2, 2));
    assertThat(data(2, 20)).isTrue();

    assertThat(stream.contiguous()).isEqualTo(4);
    assertThat(stream.completeTime()).isEqualTo(40);
    assertThat(stream.missedInAll()).as("found missing, also if late").isEqualTo(2);
  }

  @Test
  void onData_again_notNew() {
    data(1, 10);
    data(3, 30);

    assertThat(data(1, 10)).isFalse();
    assertThat(data(3, 30)).isFalse();
    assertThat(data(2, 20)).isTrue();
    assertThat(data(2, 20)).isFalse();
    assertThat(stream.arrivedInAll()).isEqualTo(3);
  }

  @Test
  void onData_middleOfAGap_splitsItAndKeepsWhenEachIsAskedFor() {
    data(9, 0, 100);
    Stream.Gap whole = stream.gaps().iterator().next();
    whole.asked(500);

    data(5, 0, 200);

    assertThat(missing()).containsExactly(range(1, 4), range(6, 8));
    assertThat(stream.gaps())
        .allSatisfy(
            gap -> {
              assertThat(gap.round()).isEqualTo(1);
              assertThat(gap.dueNanos()).isEqualTo(500);
            });
  }

  @Test
  void onAnnounced_moreThanArrived_missing() {
    data(1, 10);
    announce(3, 30);

    assertThat(missing()).containsExactly(range(2, 3));
    assertThat(stream.completeTime()).isEqualTo(10);
    announce(2, 20);
    assertThat(missing()).containsExactly(range(2, 3));
  }

  @Test
  void onAnnounced_nothingNewButTheTime_completeUpToIt() {
    data(1, 10);
    announce(1, 99);

    assertThat(stream.completeTime()).isEqualTo(99);
    announce(1, 50);
    assertThat(stream.completeTime()).as("never back").isEqualTo(99);
  }

  @Test
  void onRepaired_rangesOfManyGaps_taken() {
    data(3, 0);
    data(6, 0);
    data(9, 90);

    stream.onRepaired(range(2, 7));
    assertThat(missing()).containsExactly(range(1, 1), range(8, 8));
    stream.onRepaired(range(0, Long.MAX_VALUE));
    assertThat(stream.isIncomplete()).isFalse();
    assertThat(stream.contiguous()).isEqualTo(9);
    assertThat(stream.completeTime()).isEqualTo(90);
  }

  @Test
  void onRepaired_aboveTheHighest_provesNothing() {
    data(1, 0);
    stream.onRepaired(range(2, 5));

    assertThat(stream.highest()).isEqualTo(1);
    data(6, 0);
    assertThat(missing()).containsExactly(range(2, 5));
  }

  @Test
  void onRepaired_supersededByLaterNumbers_completeOnlyWhenTheyAreHere() {
    data(1, 10);
    data(3, 30);
    stream.onRepaired(range(2, 2), 5);
    assertThat(stream.contiguous()).isEqualTo(3);
    assertThat(stream.completeTime()).isEqualTo(10);
    data(4, 40);
    assertThat(stream.completeTime()).isEqualTo(10);
    data(5, 50);

    assertThat(stream.completeTime()).isEqualTo(50);
  }

  @Test
  void onRepaired_supersededOverAndOver_boundedAndInTheEndComplete() {
    for (long sequence = 2; sequence <= 4_000; sequence += 2) {
      data(sequence, 10 * sequence);
      stream.onRepaired(range(sequence - 1, sequence - 1), 4_000);
    }

    assertThat(stream.completeTime()).isEqualTo(40_000);
  }

  @Test
  void onStarted_nothingStampedBefore_completeUpToIt() {
    stream.onStarted(100);
    assertThat(stream.completeTime()).isEqualTo(99);
    stream.onStarted(0);

    assertThat(stream.completeTime()).isEqualTo(99);
  }

  @Test
  void onNotApplied_next_staysMissingWithoutCountingAsLost() {
    data(1, 10);
    stream.onNotApplied(2, 20, 0, 0);
    stream.onNotApplied(2, 20, 0, 0);
    data(3, 30);

    assertThat(missing()).containsExactly(range(2, 2));
    assertThat(stream.applied()).isEqualTo(1);
    assertThat(stream.completeTime()).isEqualTo(10);
    assertThat(stream.missedInAll()).isZero();

    data(2, 20);
    assertThat(stream.applied()).isEqualTo(3);
    assertThat(stream.completeTime()).isEqualTo(30);
  }

  @Test
  void onNotApplied_beyondAGap_onlyTheGapCountsAsLost() {
    data(1, 10);
    stream.onNotApplied(4, 40, 0, 0);

    assertThat(missing()).containsExactly(range(2, 3), range(4, 4));
    assertThat(stream.missedInAll()).isEqualTo(2);
  }

  @Test
  void lacks_numbers_thoseThatAreMissingOrAboveAll() {
    data(1, 10);
    data(3, 30);

    assertThat(stream.lacks(1)).isFalse();
    assertThat(stream.lacks(2)).isTrue();
    assertThat(stream.lacks(3)).isFalse();
    assertThat(stream.lacks(4)).isTrue();
  }

  @Test
  void applied_supersededByWhatHasNotArrived_isBelowIt() {
    data(1, 10);
    stream.onAnnounced(3, 30, 0, 0);
    stream.onRepaired(range(2, 2), 3);

    assertThat(stream.contiguous()).isEqualTo(2);
    assertThat(stream.applied()).as("nobody may take 2 over from here").isEqualTo(1);
    data(3, 30);
    assertThat(stream.applied()).isEqualTo(3);
  }

  /** Or a write would be acknowledged whose key is in 4, because it was in 3 for a while. */
  @Test
  void applied_supersededByWhatIsSupersededToo_isBelowBothUntilTheLastIsHere() {
    data(1, 10);
    stream.onAnnounced(3, 30, 0, 0);
    stream.onRepaired(range(2, 2), 3);
    stream.onAnnounced(4, 40, 0, 0);
    stream.onRepaired(range(3, 3), 4);

    assertThat(stream.contiguous()).isEqualTo(3);
    assertThat(stream.applied()).isEqualTo(1);
    data(4, 40);
    assertThat(stream.applied()).isEqualTo(4);
    assertThat(stream.completeTime()).isEqualTo(40);
  }

  /** The answers come in any order. */
  @Test
  void applied_supersededByWhatWasFoundSupersededBefore_isBelowBothUntilTheLastIsHere() {
    data(1, 10);
    stream.onAnnounced(5, 50, 0, 0);
    stream.onRepaired(range(3, 4), 5);
    stream.onRepaired(range(2, 2), 4);

    assertThat(stream.contiguous()).isEqualTo(4);
    assertThat(stream.applied()).isEqualTo(1);
    data(5, 50);
    assertThat(stream.applied()).isEqualTo(5);
  }

  /** Or who took 2 and its time over from here would believe that it has 3. */
  @Test
  void applied_repairOfMoreThanWasMissing_staysAtWhatHadArrived() {
    data(1, 10);
    data(2, 20);
    data(3, 30);
    stream.onAnnounced(5, 50, 0, 0);
    stream.onRepaired(range(3, 4), 6);

    assertThat(stream.applied()).isEqualTo(3);
    assertThat(stream.completeTime()).isEqualTo(30);
    assertThat(stream.isTellable()).isTrue();
  }

  @Test
  void misses_ranges_onlyThoseThatTouchAGap() {
    data(1, 0);
    data(5, 0);

    assertThat(stream.misses(range(1, 1))).isFalse();
    assertThat(stream.misses(range(5, 9))).isFalse();
    assertThat(stream.misses(range(1, 2))).isTrue();
    assertThat(stream.misses(range(3, 3))).isTrue();
    assertThat(stream.misses(range(4, 9))).isTrue();
  }

  @Test
  void onData_asManyMissingAsAreAskedFor_notBrokenOneMoreIs() {
    data(1, 0);
    announce(1 + Stream.MAX_MISSING, 0);
    assertThat(stream.isBroken()).isFalse();

    announce(2 + Stream.MAX_MISSING, 0);
    assertThat(stream.isBroken()).isTrue();
  }

  @Test
  void onData_manySmallGaps_collapseIntoOne() {
    long last = 2L * Stream.MAX_MISSING + 2;
    for (long sequence = 2; sequence <= last; sequence += 2) {
      data(sequence, sequence);
    }

    assertThat(stream.isBroken()).isTrue();
    assertThat(missing()).as("memory of one gap").containsExactly(range(1, last - 1));
    assertThat(stream.contiguous()).isZero();
  }

  @Test
  void onData_neverEndingGaps_boundedMemory() {
    for (long sequence = 2; sequence <= 200_000; sequence += 2) {
      data(sequence, sequence);
      assertThat(stream.gaps().size()).isLessThanOrEqualTo(Stream.MAX_MISSING + 1);
    }
  }

  @Test
  void advanceTo_pastTheGaps_wholeAgain() {
    data(1, 10);
    data(5_000, 50);
    assertThat(stream.isBroken()).isTrue();

    stream.advanceTo(4_999, 45);

    assertThat(stream.isBroken()).isFalse();
    assertThat(stream.contiguous()).isEqualTo(5_000);
    assertThat(stream.completeTime()).isEqualTo(50);
  }

  @Test
  void advanceTo_higherThanHeard_takenOver() {
    stream.advanceTo(700, 70);

    assertThat(stream.contiguous()).isEqualTo(700);
    assertThat(stream.completeTime()).isEqualTo(70);
    assertThat(data(700, 70)).isFalse();
    assertThat(data(701, 71)).isTrue();
  }

  @Test
  void advanceTo_aPartOfAGap_brokenAsLongAsTooMuchIsMissing() {
    announce(10_000, 0);
    stream.advanceTo(5_000, 0);
    assertThat(stream.isBroken()).isTrue();

    stream.advanceTo(10_000 - Stream.MAX_MISSING, 0);
    assertThat(stream.isBroken()).isFalse();
    assertThat(missing()).containsExactly(range(10_001 - Stream.MAX_MISSING, 10_000));
  }

  @Test
  void advanceTo_lessThanArrived_nothingIsLost() {
    data(1, 10);
    data(2, 20);
    stream.advanceTo(1, 5);

    assertThat(stream.contiguous()).isEqualTo(2);
    assertThat(stream.completeTime()).isEqualTo(20);
  }

  @Test
  void breakUp_untilNothingIsMissing() {
    data(2, 0);
    stream.breakUp();
    assertThat(stream.isBroken()).isTrue();

    data(1, 0);
    assertThat(stream.isBroken()).isFalse();
  }

  @Test
  void onData_largestSequence_costsNothingAndOthersStillArrive() {
    data(1, 10);
    assertThat(data(Long.MAX_VALUE, 99)).isTrue();

    assertThat(stream.isBroken()).isTrue();
    assertThat(missing()).containsExactly(range(2, Long.MAX_VALUE - 1));
    assertThat(data(2, 20)).isTrue();
    assertThat(data(3, 30)).isTrue();
    assertThat(data(Long.MAX_VALUE, 99)).isFalse();
    assertThat(stream.contiguous()).isEqualTo(3);
    assertThat(stream.completeTime()).isEqualTo(30);
    assertThat(stream.appliedBeyondGap(9)).containsExactly(range(Long.MAX_VALUE, Long.MAX_VALUE));
  }

  @Test
  void onAnnounced_largestSequence_gapUpToTheEnd() {
    announce(Long.MAX_VALUE, 99);

    assertThat(missing()).containsExactly(range(1, Long.MAX_VALUE));
    assertThat(stream.appliedBeyondGap(9)).isEmpty();
    assertThat(data(7, 70)).isTrue();
    assertThat(stream.appliedBeyondGap(9)).containsExactly(range(7, 7));
    stream.advanceTo(Long.MAX_VALUE, 100);
    assertThat(stream.isIncomplete()).isFalse();
    assertThat(stream.isBroken()).isFalse();
  }

  @Test
  void appliedBeyondGap_manyRanges_upToTheLimit() {
    data(1, 0);
    data(3, 0);
    data(4, 0);
    data(7, 0);
    announce(9, 0);

    assertThat(stream.appliedBeyondGap(64)).containsExactly(range(3, 4), range(7, 7));
    assertThat(stream.appliedBeyondGap(1)).containsExactly(range(3, 4));
  }

  @Test
  void appliedBeyondGap_nothingMissing_empty() {
    data(1, 0);

    assertThat(stream.appliedBeyondGap(64)).isEmpty();
  }

  @Test
  void completeTime_moreCheckpointsThanKept_laterButNeverTooEarly() {
    for (long sequence = 2; sequence <= 1_000; sequence++) {
      data(sequence, 10 * sequence);
    }
    assertThat(stream.completeTime()).isZero();

    data(1, 10);
    assertThat(stream.completeTime()).isEqualTo(10_000);
  }

  @Test
  void completeTime_oldNewsAfterNewer_keepsTheHigher() {
    data(2, 0);
    announce(2, 50);
    announce(2, 40);
    data(1, 10);

    assertThat(stream.completeTime()).isEqualTo(50);
  }

  /** What arrives: numbers, announcements and repairs, in any order and more than once. */
  @Property(tries = 1_000)
  void anyArrivals_asANaiveModelSays(
      @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 399) Integer> arrivals) {
    Stream tested = new Stream(5, 0);
    BitSet here = new BitSet();
    int highest = 0;
    long timeBefore = 0;
    for (int arrival : arrivals) {
      int number = 1 + arrival % 100;
      switch (arrival / 100) {
        case 0 -> {
          boolean isNew = tested.onData(number, 10L * number, 0, 0);
          assertThat(isNew).isEqualTo(!here.get(number));
          here.set(number);
          highest = Math.max(highest, number);
        }
        case 1 -> {
          tested.onAnnounced(number, 10L * number, 0, 0);
          highest = Math.max(highest, number);
        }
        case 2 -> {
          tested.onRepaired(
              range(number, number + 3), arrival % 2 == 0 ? 0 : Math.min(101, number + 5));
          here.set(number, Math.max(number, Math.min(highest, number + 3) + 1));
        }
        default -> {
          if (number <= 10) {
            tested.advanceTo(number, 10L * number);
            here.set(1, number + 1);
            highest = Math.max(highest, number);
          }
        }
      }
      int reached = here.nextClearBit(1) - 1;
      assertThat(tested.highest()).isEqualTo(highest);
      assertThat(tested.contiguous()).isEqualTo(reached);
      assertThat(tested.isIncomplete()).isEqualTo(reached < highest);
      BitSet missing = new BitSet();
      tested
          .gaps()
          .forEach(gap -> missing.set((int) gap.range().first(), (int) gap.range().last() + 1));
      BitSet expected = new BitSet();
      expected.set(1, highest + 1);
      expected.andNot(here);
      assertThat(missing).isEqualTo(expected);
      assertThat(tested.completeTime()).isBetween(timeBefore, 10L * reached);
      assertThat(10 * tested.applied()).isGreaterThanOrEqualTo(tested.completeTime());
      assertThat(tested.isTellable()).isTrue();
      timeBefore = tested.completeTime();
    }
    for (int number = 1; number <= 101; number++) {
      tested.onData(number, 10L * number, 0, 0);
    }
    assertThat(tested.completeTime()).isEqualTo(1_010);
    assertThat(tested.isIncomplete()).isFalse();
  }

  private boolean data(long sequence, long completeTime) {
    return data(sequence, completeTime, 0);
  }

  private boolean data(long sequence, long completeTime, long nowNanos) {
    return stream.onData(sequence, completeTime, nowNanos, nowNanos + 10);
  }

  private void announce(long sequence, long completeTime) {
    stream.onAnnounced(sequence, completeTime, 0, 10);
  }

  private List<Range> missing() {
    return stream.gaps().stream().map(Stream.Gap::range).toList();
  }
}
