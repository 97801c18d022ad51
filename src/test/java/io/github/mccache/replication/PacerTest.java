package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.millis;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

class PacerTest {

  private static final long START = Long.MAX_VALUE - millis(100_000);

  private final Pacer pacer = new Pacer(Pacer.INITIAL_RATE, START);
  private long now = START;

  @Test
  void mayData_burstUsedUp_notUntilItHasBeenPaidFor() {
    long burst = 64 << 10;
    pacer.chargeData(burst);
    assertThat(pacer.mayData()).isFalse();

    long wait = pacer.nanosUntilData();
    assertThat(wait).isPositive();
    pacer.refill(START + wait / 2);
    pacer.refill(START + wait + 1_000);
    assertThat(pacer.mayData()).isTrue();
    assertThat(pacer.nanosUntilData()).isZero();
  }

  @Test
  void nanosUntilData_afterSomethingLarge_asLongAsItTakesAtTheRate() {
    pacer.chargeData((64 << 10) + Pacer.INITIAL_RATE);

    assertThat(pacer.nanosUntilData()).isBetween(millis(1_000), millis(1_001));
  }

  @Test
  void data_forASecond_theRateAndNoMore() {
    assertThat(perSecond(pacer::mayData, pacer::chargeData))
        .isBetween(Pacer.INITIAL_RATE * 9 / 10, Pacer.INITIAL_RATE * 11 / 10);
  }

  @Test
  void repair_forASecond_halfOfTheRate() {
    assertThat(perSecond(pacer::mayRepair, pacer::chargeRepair))
        .isBetween(Pacer.INITIAL_RATE * 9 / 20, Pacer.INITIAL_RATE * 11 / 20);
  }

  @Test
  void transfer_whileDataWaits_aFifthOfTheRate() {
    assertThat(perSecond(() -> pacer.mayTransfer(true), pacer::chargeTransfer))
        .isBetween(Pacer.INITIAL_RATE * 9 / 50, Pacer.INITIAL_RATE * 11 / 50);
  }

  @Test
  void transfer_nobodyElseSends_theWholeRate() {
    assertThat(perSecond(() -> pacer.mayTransfer(false), pacer::chargeTransfer))
        .isBetween(Pacer.INITIAL_RATE * 9 / 10, Pacer.INITIAL_RATE * 11 / 10);
  }

  @Test
  void charge_repairsAndHeartbeatSender_dataPays() {
    pacer.chargeRepair(32 << 10);
    pacer.charge(16 << 10);
    assertThat(pacer.mayData()).isTrue();
    pacer.chargeTransfer(16 << 10);

    assertThat(pacer.mayData()).isFalse();
    assertThat(pacer.mayTransfer(true)).as("has a share of its own").isTrue();
    assertThat(pacer.mayTransfer(false)).isTrue();
  }

  @Test
  void refill_afterALongPause_noMoreThanABurst() {
    pacer.refill(START + millis(4_000));
    pacer.chargeData(100_000);

    assertThat(pacer.mayData()).as("5 ms at 20 MB/s").isFalse();
  }

  @Test
  void refill_timeThatDoesNotPass_nothing() {
    pacer.chargeData(64 << 10);
    pacer.refill(START);
    pacer.refill(START - millis(1));

    assertThat(pacer.mayData()).isFalse();
  }

  @Test
  void onFeedback_usedAndNothingLost_doublesToTheHighest() {
    long before = pacer.rate();
    for (int i = 0; i < 10; i++) {
      look(0, 0, true);
      assertThat(pacer.rate()).isEqualTo(Math.min(200_000_000, 2 * before));
      before = pacer.rate();
    }

    assertThat(pacer.rate()).isEqualTo(10 * Pacer.INITIAL_RATE);
  }

  @Test
  void onFeedback_usedAndALittleIsLost_slowStartEndsAndTheRateGrowsBySteps() {
    look(0, 0, true);
    look(21, 0, true);
    assertThat(pacer.rate()).isEqualTo(41_000_000);
    look(0, 0, true);
    assertThat(pacer.rate()).isEqualTo(42_000_000);
    look(350, 400, true);
    assertThat(pacer.rate()).isEqualTo(43_000_000);
  }

  @Test
  void onFeedback_notUsed_doesNotGrow() {
    look(0, 0, false);
    assertThat(pacer.rate()).isEqualTo(Pacer.INITIAL_RATE);
    pacer.chargeData(pacer.rate() / 5);
    look(0, 0, false);
    assertThat(pacer.rate()).as("less than half of it was used").isEqualTo(Pacer.INITIAL_RATE);
  }

  @Test
  void onFeedback_fullQueueInSlowStart_halfThenFourFifthsToTheLowest() {
    look(0, 0, true);
    look(0, 401, true);
    assertThat(pacer.rate()).isEqualTo(20_000_000);
    look(351, 0, true);
    assertThat(pacer.rate()).isEqualTo(16_000_000);
    for (int i = 0; i < 100; i++) {
      look(1_000, 1_000, false);
    }
    assertThat(pacer.rate()).isEqualTo(Pacer.INITIAL_RATE / 20);
    look(0, 0, false);
    assertThat(pacer.rate()).as("back to the initial one").isEqualTo(2_000_000);
  }

  /** Half a second passes. */
  private void look(int lossPerMille, int queuePerMille, boolean used) {
    now += millis(500);
    pacer.refill(now);
    if (used) {
      pacer.chargeData(pacer.rate() / 4);
    }
    pacer.onFeedback(lossPerMille, queuePerMille, now);
  }

  /** Sends frames of 1,000 bytes whenever that is allowed. */
  private long perSecond(BooleanSupplier may, LongConsumer charge) {
    long bytes = 0;
    for (long now = START; now < START + millis(1_000); now += 100_000) {
      pacer.refill(now);
      while (may.getAsBoolean()) {
        charge.accept(1_000);
        bytes += 1_000;
      }
    }
    return bytes;
  }
}
