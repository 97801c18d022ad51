package io.github.mccache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApertureTest {

  @ParameterizedTest
  @CsvSource({
    "10ms,10000000,10ms",
    "0.1ms,100000,0.1ms",
    "50us,50000,0.05ms",
    "1s,1000000000,1000ms",
    "none,0,none"
  })
  void parse_text_isReadAndShown(String text, long nanos, String shown) {
    assertThat(Aperture.parse(text)).isEqualTo(new Aperture(nanos)).hasToString(shown);
    assertThat(Aperture.parse(shown)).isEqualTo(new Aperture(nanos));
  }

  @Test
  void draw_manyTimes_staysAroundTheMiddle() {
    SplittableRandom random = new SplittableRandom(1);
    Aperture aperture = new Aperture(1_000_000);

    LongStream drawn = LongStream.generate(() -> aperture.draw(random)).limit(10_000);

    var summary = drawn.summaryStatistics();
    assertThat(summary.getMin()).isBetween(650_000L, 660_000L);
    assertThat(summary.getMax()).isBetween(1_340_000L, 1_350_000L);
    assertThat(summary.getAverage()).isBetween(990_000.0, 1_010_000.0);
  }

  @Test
  void draw_none_isZero() {
    assertThat(Aperture.NONE.draw(new SplittableRandom(1))).isZero();
  }
}
