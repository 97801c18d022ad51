package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.millis;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LocalHealthTest {

  private static final long START = Long.MAX_VALUE - millis(2_000);

  private final LocalHealth health = new LocalHealth(millis(500), START);
  private long now = START;

  @Test
  void onTick_inTime_healthy() {
    assertThat(tick(500)).isZero();
    assertThat(tick(1_500)).as("a little late").isZero();
    assertThat(health.stretch()).isEqualTo(1);
  }

  @Test
  void onTick_muchLater_pausedForWhatIsBeyondTheInterval() {
    assertThat(tick(1_501)).isEqualTo(millis(1_001));
    assertThat(health.stretch()).isEqualTo(2);
    assertThat(tick(60_500)).isEqualTo(millis(60_000));
    assertThat(health.stretch()).isEqualTo(4);
    tick(60_500);
    assertThat(health.stretch()).isEqualTo(LocalHealth.MAX_STRETCH);
  }

  @Test
  void onTick_runsAgain_healsStepByStep() {
    tick(5_000);
    tick(5_000);
    assertThat(health.stretch()).isEqualTo(4);

    for (int stretch = 4; stretch > 1; stretch--) {
      for (int i = 0; i < 19; i++) {
        tick(500);
        assertThat(health.stretch()).isEqualTo(stretch);
      }
      tick(500);
      assertThat(health.stretch()).isEqualTo(stretch - 1);
    }
  }

  private long tick(long afterMillis) {
    now += millis(afterMillis);
    return health.onTick(now);
  }
}
