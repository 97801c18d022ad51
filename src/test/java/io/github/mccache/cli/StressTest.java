package io.github.mccache.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The stress test itself, small. */
class StressTest {

  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8);

  @Test
  void score_threeMembersUnderLoss_addsUp() throws Exception {
    StressOptions options =
        StressOptions.parse(List.of("--members", "3", "--seconds", "2", "--loss", "4"));
    try (StressRun run = new StressRun(options, Aperture.parse("1ms"), out)) {
      StressScore score = run.score();

      assertThat(score.problems(Duration.ofDays(1))).isEmpty();
      assertThat(score.worked()).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
      Figures figures = score.figures();
      double seconds = score.worked().toNanos() / 1e9;
      assertThat(score.operationsPerSecond() * seconds)
          .isCloseTo(figures.get(StressMember.OPERATIONS), within(0.5));
      assertThat(score.mutations()).isBetween(1L, figures.get(StressMember.OPERATIONS));
      assertThat(score.changesSent()).isPositive();
      assertThat(figures.get(StressMember.DATAGRAMS_LOST))
          .isBetween(1L, figures.get(StressMember.DATAGRAMS_ARRIVED));
      assertThat(figures.get(StressMember.DATAGRAMS_ARRIVED))
          .isGreaterThan(figures.get(StressMember.DATAGRAMS_SENT));
      assertThat(score.comparison().keys()).isBetween(1, options.keys());
    }
  }

  @Test
  void run_unknownOption_saysSoAndIsTwo() {
    assertThat(Stress.run(List.of("--nodes", "3"), out)).isEqualTo(2);
    assertThat(output.toString(StandardCharsets.UTF_8))
        .startsWith("There is no option \"--nodes\"");
  }

  @Test
  void run_help_showsEveryOptionAndIsZero() {
    assertThat(Stress.run(List.of("--help"), out)).isZero();
    assertThat(output.toString(StandardCharsets.UTF_8))
        .contains("--members", "--keys", "--aperture", "--sweep", "--loss", "--seconds", "--seed")
        .contains("--limit", "--markdown");
  }
}
