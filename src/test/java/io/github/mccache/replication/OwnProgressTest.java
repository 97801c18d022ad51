package io.github.mccache.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnProgressTest {

  private final OwnProgress own = new OwnProgress();

  @Test
  void isForeign_whatWasTold_isNot() {
    own.startedAt(5);
    tell(10);
    tell(20);
    own.completeUpTo(25);

    assertThat(own.isForeign(0, 0)).isFalse();
    assertThat(own.isForeign(0, 5)).as("it says when it started").isFalse();
    assertThat(own.isForeign(1, 10)).isFalse();
    assertThat(own.isForeign(2, 20)).isFalse();
    assertThat(own.isForeign(2, 25)).isFalse();
  }

  @Test
  void isForeign_moreThanWasTold_is() {
    tell(10);
    assertThat(own.isForeign(2, 10)).isTrue();
    assertThat(own.isForeign(1, 11)).isTrue();
  }

  @Test
  void isForeign_completeUpToWhatIsInALaterMessage_is() {
    tell(10);
    tell(20);
    assertThat(own.isForeign(1, 11)).isTrue();
    assertThat(own.isForeign(0, 10)).isTrue();
  }

  @Test
  void isForeign_timeThatWasPromisedBeforeTheClockWentBack_isNot() {
    tell(100);
    own.rebase(50);
    tell(60);

    assertThat(own.isForeign(1, 100)).isFalse();
    assertThat(own.isForeign(1, 101)).isTrue();
  }

  @Test
  void isForeign_manyMessages_neverSaidOfWhatWasTold() {
    for (int i = 1; i <= 10_000; i++) {
      tell(10L * i);
      for (int told = Math.max(1, i - 300); told <= i; told += 7) {
        assertThat(own.isForeign(told, 10L * told)).isFalse();
      }
    }
    assertThat(own.isForeign(9_999, 100_000)).isTrue();
    assertThat(own.isForeign(1, 100_000)).as("long ago, and still").isTrue();
  }

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

  @Test
  void restart_nothingWasToldAndAllMayBeOlder() {
    own.startedAt(5);
    tell(10);
    own.restart();

    assertThat(own.sequence()).isZero();
    assertThat(own.startedTime()).isZero();
    assertThat(own.isForeign(0, 0)).isFalse();
    assertThat(own.isForeign(1, 10)).isTrue();
  }

  private void tell(long completeTime) {
    own.next();
    own.completeUpTo(completeTime);
  }
}
