package io.github.mccache.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReplicaOptionsTest {

  @Test
  void of_budget_startingValuesOfTheProtocol() {
    ReplicaOptions options = Examples.options(1_000);

    assertThat(options.heartbeatInterval()).isEqualTo(Duration.ofMillis(500));
    assertThat(options.scrubInterval()).isEqualTo(Duration.ofSeconds(2));
    assertThat(options.suspectAfter()).isEqualTo(Duration.ofSeconds(3));
    assertThat(options.deadAfter()).isEqualTo(Duration.ofSeconds(10));
    assertThat(options.forgottenAfter()).isEqualTo(Duration.ofMinutes(15));
    assertThat(options.maxMembers()).isEqualTo(1_024);
  }

  @Test
  void with_anotherFigure_theOthersStay() {
    ReplicaOptions options = Examples.options(1_000);

    ReplicaOptions changed =
        options.withMaximumBodyBytes(5_000).withScrubInterval(Duration.ofSeconds(9));

    assertThat(changed.maximumBodyBytes()).isEqualTo(5_000);
    assertThat(changed.scrubInterval()).isEqualTo(Duration.ofSeconds(9));
    assertThat(
            changed
                .withMaximumBodyBytes(options.maximumBodyBytes())
                .withScrubInterval(options.scrubInterval()))
        .isEqualTo(options);
  }

  @Test
  void of_noBudget_refusedWithTheValue() {
    assertThatThrownBy(() -> Examples.options(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0");
  }

  @Test
  void of_fragmentsThatReceiversRefuse_refused() {
    assertThatThrownBy(
            () ->
                ReplicaOptions.of(
                    1_000,
                    Examples::sizeOf,
                    new ExampleBodies(),
                    1_000,
                    Reassembler.SHORTEST_PART - 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("127");
  }

  @Test
  void withScrubInterval_zero_refused() {
    ReplicaOptions options = Examples.options(1_000);

    assertThatThrownBy(() -> options.withScrubInterval(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT0S");
  }

  @Test
  void constructor_suspectLaterThanDead_refused() {
    assertThatThrownBy(
            () ->
                new ReplicaOptions(
                    1,
                    Examples::sizeOf,
                    new ExampleBodies(),
                    1_000,
                    1_000,
                    1_000,
                    Duration.ofSeconds(2),
                    Duration.ofMillis(500),
                    Duration.ofSeconds(11),
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(15),
                    Duration.ZERO,
                    1,
                    1,
                    1_000))
        .hasMessageContaining("PT11S");
  }

  @Test
  void withInitialRate_nextToNothing_refused() {
    ReplicaOptions options = Examples.options(1_000);

    assertThat(options.withInitialRate(50_000).initialRate()).isEqualTo(50_000);
    assertThatThrownBy(() -> options.withInitialRate(999))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("999");
  }
}
