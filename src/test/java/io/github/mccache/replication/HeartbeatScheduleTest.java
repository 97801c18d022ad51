package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.millis;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeartbeatScheduleTest {

  private static final long START = Long.MAX_VALUE - millis(2_000);

  private final HeartbeatSchedule schedule =
      new HeartbeatSchedule(millis(500), new Random(1), START);

  @Test
  void isDue_start_atOnceThenAlmostAnInterval() {
    assertThat(schedule.isDue(START)).isTrue();
    schedule.onSent(START);

    assertThat(schedule.dueNanos() - START).isBetween(millis(450), millis(500));
  }

  @Test
  void onData_thenSilence_doublingPausesUpToTheInterval() {
    schedule.onSent(START);
    long now = START + millis(100);
    schedule.onData(now);
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      pauses.add((schedule.dueNanos() - now) / millis(1));
      now = schedule.dueNanos();
      schedule.onSent(now);
    }

    assertThat(pauses).containsExactly(10L, 20L, 40L, 80L, 160L, 320L);
    assertThat(schedule.dueNanos() - now).isBetween(millis(450), millis(500));
  }

  @Test
  void onData_withoutPause_stillOneHeartbeatPerInterval() {
    schedule.onSent(START);
    long sent = 0;
    for (long now = START; now - START < millis(5_000); now += millis(5)) {
      schedule.onData(now);
      if (schedule.isDue(now)) {
        schedule.onSent(now);
        sent++;
      }
    }

    assertThat(sent).isBetween(9L, 11L);
  }
}
