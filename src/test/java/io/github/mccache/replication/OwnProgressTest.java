package io.github.mccache.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnProgressTest {

  private final OwnProgress own = new OwnProgress();

  @Test
  void appliedTime_clockNeverWentBack_isTheirs() {
    tell(10);
    tell(20);
    assertThat(own.appliedTime(1, 10)).isEqualTo(10);
    assertThat(own.appliedTime(2, 20)).isEqualTo(20);
  }

  /** It may have slept since before the clock went back, and believe what was promised then. */
  @Test
  void appliedTime_promisedBeforeTheClockWentBack_countsAsFarAsItWasPromisedAgain() {
    tell(1_000);
    own.rebase(100);
    assertThat(own.appliedTime(1, 1_000)).as("nothing was told since").isEqualTo(100);
    tell(200);
    tell(300);

    assertThat(own.appliedTime(0, 1_000)).isEqualTo(100);
    assertThat(own.appliedTime(1, 1_000)).isEqualTo(100);
    assertThat(own.appliedTime(2, 1_000)).isEqualTo(200);
    assertThat(own.appliedTime(3, 1_000)).isEqualTo(300);
    assertThat(own.appliedTime(0, 90)).isEqualTo(90);
    tell(1_100);
    assertThat(own.appliedTime(1, 1_000)).as("however late").isEqualTo(100);
    assertThat(own.appliedTime(4, 1_100)).isEqualTo(1_100);
  }

  private void tell(long completeTime) {
    own.next();
    own.completeUpTo(completeTime);
  }
}
