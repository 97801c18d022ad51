package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.millis;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.replication.GapDetector.Arrival;
import io.github.mccache.replication.GapDetector.Gap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class GapDetectorTest {

  private final GapDetector detector = new GapDetector();

  @Test
  void onData_inOrder_newWithoutGaps() {
    assertThat(arrivals(1, 2, 3)).containsOnly(Arrival.NEW);
    assertThat(detector.gaps()).isEmpty();
    assertThat(detector.contiguous()).isEqualTo(3);
  }

  @Test
  void onData_again_duplicate() {
    arrivals(1, 2);

    assertThat(arrivals(1, 2)).containsOnly(Arrival.DUPLICATE);
  }

  @Test
  void onData_beforeTheFirstOneHeard_lateAndNeverTakenForDuplicate() {
    arrivals(10);

    assertThat(arrivals(9, 9, 1)).containsOnly(Arrival.LATE);
    assertThat(detector.gaps()).isEmpty();
  }

  @Test
  void onData_lateWithinAGap_newAndTheGapSplits() {
    arrivals(1, 10);

    assertThat(arrivals(5)).containsExactly(Arrival.NEW);
    assertThat(bounds()).containsExactly("2-4", "6-9");
    assertThat(arrivals(2, 9, 5)).containsExactly(Arrival.NEW, Arrival.NEW, Arrival.DUPLICATE);
    assertThat(bounds()).containsExactly("3-4", "6-8");
    assertThat(detector.contiguous()).isEqualTo(2);
    assertThat(detector.highest()).isEqualTo(10);
  }

  @Test
  void onAnnounced_aheadOfData_gapAtTheTail() {
    arrivals(1);
    detector.onAnnounced(3, 0);

    assertThat(bounds()).containsExactly("2-3");
    assertThat(arrivals(3, 2)).containsOnly(Arrival.NEW);
    assertThat(detector.contiguous()).isEqualTo(3);
  }

  @Test
  void onAnnounced_first_startsThere() {
    detector.onAnnounced(7, 0);

    assertThat(detector.gaps()).isEmpty();
    assertThat(arrivals(7, 8)).containsExactly(Arrival.LATE, Arrival.NEW);
  }

  @Test
  void onAnnounced_behindData_nothing() {
    arrivals(1, 2, 3);
    detector.onAnnounced(2, 0);

    assertThat(detector.highest()).isEqualTo(3);
  }

  @Test
  void takeOverdue_gapYoungerThanGrace_notYet() {
    arrivals(1, 3);

    assertThat(detector.takeOverdue(millis(100), millis(100))).isEmpty();
    assertThat(detector.missing()).isZero();
  }

  @Test
  void takeOverdue_gapOlderThanGrace_onceAlsoWhenItSplitsLater() {
    arrivals(1, 10);

    assertThat(detector.takeOverdue(millis(101), millis(100)))
        .containsExactly(new Gap(2, 9, 0, false));
    arrivals(5);
    assertThat(detector.takeOverdue(millis(500), millis(100))).isEmpty();
    assertThat(detector.missing()).isEqualTo(8);
  }

  @Test
  void onData_moreGapsThanTheMaximum_lowestGivenUpAndItsNumbersUncertain() {
    for (int i = 0; i <= GapDetector.MAX_GAPS + 1; i++) {
      detector.onData(1 + 2L * i, 0);
    }

    assertThat(detector.gaps()).hasSize(GapDetector.MAX_GAPS);
    assertThat(detector.missing()).isEqualTo(1);
    assertThat(arrivals(2, 1)).containsOnly(Arrival.LATE);
    assertThat(arrivals(4)).containsExactly(Arrival.NEW);
  }

  @Test
  void onData_hostileNumbers_boundedAndStreamGoesOn() {
    arrivals(1, Long.MAX_VALUE);
    assertThat(bounds()).containsExactly("2-" + (Long.MAX_VALUE - 1));

    assertThat(arrivals(2, 3, 3)).containsExactly(Arrival.NEW, Arrival.NEW, Arrival.DUPLICATE);
    assertThat(detector.gaps()).hasSize(1);
  }

  @Property(tries = 300)
  void onData_shuffledWithDuplicates_eachNumberNewExactlyOnce(
      @ForAll @IntRange(min = 1, max = 60) int count, @ForAll long seed) {
    Random random = new Random(seed);
    List<Long> numbers = new ArrayList<>();
    for (long number = 1; number <= count; number++) {
      numbers.add(number);
      if (random.nextBoolean()) {
        numbers.add(number);
      }
    }
    Collections.shuffle(numbers, random);
    GapDetector stream = new GapDetector();
    stream.onAnnounced(0, 0);

    Set<Long> seen = new HashSet<>();
    for (long number : numbers) {
      assertThat(stream.onData(number, 0))
          .isEqualTo(seen.add(number) ? Arrival.NEW : Arrival.DUPLICATE);
      assertThat(stream.gaps()).hasSizeLessThanOrEqualTo(GapDetector.MAX_GAPS);
    }
    assertThat(stream.contiguous()).isEqualTo(count);
  }

  private List<Arrival> arrivals(long... sequences) {
    List<Arrival> arrivals = new ArrayList<>();
    for (long sequence : sequences) {
      arrivals.add(detector.onData(sequence, 0));
    }
    return arrivals;
  }

  private List<String> bounds() {
    return detector.gaps().stream().map(gap -> gap.first() + "-" + gap.last()).toList();
  }
}
