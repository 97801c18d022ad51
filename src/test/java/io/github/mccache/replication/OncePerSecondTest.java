package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.millis;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OncePerSecondTest {

  private final OncePerSecond gate = new OncePerSecond();

  @Test
  void mayPass_sameSubject_againAfterASecond() {
    assertThat(gate.mayPass(1, 0)).isTrue();
    assertThat(gate.mayPass(1, millis(999))).isFalse();
    assertThat(gate.mayPass(2, millis(999))).isTrue();
    assertThat(gate.mayPass(1, millis(1_000))).isTrue();
  }

  @Test
  void mayPass_moreSubjectsThanTheMaximum_waitUntilTheEldestIsForgotten() {
    for (int subject = 0; subject < OncePerSecond.MAX_SUBJECTS; subject++) {
      assertThat(gate.mayPass(subject, subject)).isTrue();
    }

    assertThat(gate.mayPass(-1, millis(1))).isFalse();
    assertThat(gate.mayPass(-1, millis(1_000))).isTrue();
  }
}
