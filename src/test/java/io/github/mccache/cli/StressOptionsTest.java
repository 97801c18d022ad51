package io.github.mccache.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mccache.cli.StressOptions.UsageException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StressOptionsTest {

  private static StressOptions parse(String... words) throws UsageException {
    return StressOptions.parse(List.of(words));
  }

  @Test
  void parse_nothing_givesTheDefaults() throws UsageException {
    assertThat(parse())
        .isEqualTo(
            new StressOptions(
                9,
                100,
                List.of(new Aperture(10_000_000)),
                4,
                Duration.ofSeconds(20),
                1,
                Duration.ofSeconds(2),
                false));
  }

  @Test
  void parse_everything_isTaken() throws UsageException {
    assertThat(
            parse(
                "--members",
                "3",
                "--keys",
                "7",
                "--aperture",
                "none",
                "--loss",
                "0.5",
                "--seconds",
                "2",
                "--seed",
                "-9",
                "--limit",
                "500ms",
                "--markdown"))
        .isEqualTo(
            new StressOptions(
                3,
                7,
                List.of(Aperture.NONE),
                0.5,
                Duration.ofSeconds(2),
                -9,
                Duration.ofMillis(500),
                true));
  }

  @Test
  void parse_sweep_takesEveryAperture() throws UsageException {
    assertThat(parse("--sweep").apertures())
        .extracting(Aperture::toString)
        .containsExactly("100ms", "10ms", "1ms", "0.1ms", "none");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--members | 1 | --members is \"1\", but must be a whole number from 2 to 64.",
        "--keys | many | --keys is \"many\", but must be a whole number from 1 to 100000.",
        "--loss | 91 | --loss is \"91\", but must be a number of per cent from 0 to 90",
        "--loss | NaN | --loss is \"NaN\", but must be a number of per cent from 0 to 90",
        "--aperture | 10 | --aperture is \"10\", but must be a pause above 0 and up to 60s",
        "--aperture | 0ms | --aperture is \"0ms\", but must be a pause above 0 and up to 60s",
        "--seconds | 0 | --seconds is \"0\", but must be a whole number from 1 to 86400.",
        "--seed | x | --seed is \"x\", but must be a whole number of 64 bits.",
        "--limit | none | --limit is \"none\", but must be a time of up to 60s",
        "--limit | soon | --limit is \"soon\", but must be a time of up to 60s",
      })
  void parse_badValue_namesItAndWhatIsAccepted(String option, String value, String message) {
    assertThatThrownBy(() -> parse(option, value))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(message);
  }

  @Test
  void parse_unknownOption_namesAllThatAre() {
    assertThatThrownBy(() -> parse("--member", "9"))
        .isInstanceOf(UsageException.class)
        .hasMessageContainingAll("\"--member\"", "--members", "--sweep");
  }

  @Test
  void parse_valueForgotten_saysSo() {
    assertThatThrownBy(() -> parse("--keys"))
        .isInstanceOf(UsageException.class)
        .hasMessage("--keys needs a value.");
  }

  @Test
  void parse_sweepAndAperture_areRefused() {
    assertThatThrownBy(() -> parse("--sweep", "--aperture", "1ms"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--sweep");
  }
}
