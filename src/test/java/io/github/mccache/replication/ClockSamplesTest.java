package io.github.mccache.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.HybridTime;
import org.junit.jupiter.api.Test;

class ClockSamplesTest {

  private final ClockSamples samples = new ClockSamples();

  @Test
  void offsetMillis_someLate_theLargestIsTheBest() {
    assertThat(samples.isKnown()).isFalse();
    samples.add(-80);
    samples.add(-5);
    samples.add(-40);

    assertThat(samples.isKnown()).isTrue();
    assertThat(samples.offsetMillis()).isEqualTo(-5);
  }

  @Test
  void offsetMillis_afterSixMore_theOldestNoLongerCounts() {
    samples.add(900);
    for (int i = 0; i < 5; i++) {
      samples.add(10);
    }
    assertThat(samples.offsetMillis()).isEqualTo(900);
    samples.add(10);

    assertThat(samples.offsetMillis()).isEqualTo(10);
  }

  @Test
  void add_moreThanADayAway_nonsense() {
    samples.add(ClockSamples.LARGEST_OFFSET_MILLIS + 1);
    samples.add(-ClockSamples.LARGEST_OFFSET_MILLIS - 1);
    samples.add(HybridTime.MAX_MILLIS);
    samples.add(-HybridTime.MAX_MILLIS);
    assertThat(samples.isKnown()).isFalse();

    samples.add(ClockSamples.LARGEST_OFFSET_MILLIS);
    assertThat(samples.offsetMillis()).isEqualTo(ClockSamples.LARGEST_OFFSET_MILLIS);
  }

  @Test
  void onShift_ownClockMoved_allSamplesMove() {
    samples.add(100);
    samples.add(60);
    samples.onShift(100);

    assertThat(samples.offsetMillis()).isZero();
  }

  @Test
  void reset_afterSilence_nothingIsKnown() {
    samples.add(100);
    samples.reset();
    assertThat(samples.isKnown()).isFalse();

    samples.add(-7);
    assertThat(samples.offsetMillis()).isEqualTo(-7);
  }
}
