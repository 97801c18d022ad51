package io.github.mccache.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReplicaOptionsTest {

  @Test
  void of_budget_startingValuesOfTheProtocol() {
    ReplicaOptions options = ReplicaOptions.of(1_000, Examples::sizeOf);

    assertThat(options.heartbeatInterval()).isEqualTo(Duration.ofMillis(500));
    assertThat(options.suspectAfter()).isEqualTo(Duration.ofSeconds(3));
    assertThat(options.deadAfter()).isEqualTo(Duration.ofSeconds(10));
    assertThat(options.forgottenAfter()).isEqualTo(Duration.ofMinutes(15));
    assertThat(options.maxMembers()).isEqualTo(1_024);
  }

  @Test
  void of_noBudget_refusedWithTheValue() {
    assertThatThrownBy(() -> ReplicaOptions.of(0, Examples::sizeOf))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0");
  }

  @Test
  void constructor_suspectLaterThanDead_refused() {
    assertThatThrownBy(
            () ->
                new ReplicaOptions(
                    1,
                    Examples::sizeOf,
                    Duration.ofMillis(500),
                    Duration.ofSeconds(11),
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(15),
                    Duration.ZERO,
                    Duration.ZERO,
                    1))
        .hasMessageContaining("PT11S");
  }
}
