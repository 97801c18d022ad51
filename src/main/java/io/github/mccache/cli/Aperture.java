package io.github.mccache.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pause between two operations of a member, as in the stress test of McCache for Python: drawn
 * each time from 35 % around a middle. Immutable.
 *
 * @param nanos the middle; 0 for no pause at all
 */
record Aperture(long nanos) {

  /** Without a pause: the operations of a member are a busy loop. */
  static final Aperture NONE = new Aperture(0);

  /** What {@code --sweep} runs one after the other. */
  static final List<Aperture> SWEEP =
      List.of(
          new Aperture(100_000_000),
          new Aperture(10_000_000),
          new Aperture(1_000_000),
          new Aperture(100_000),
          NONE);

  private static final double SPREAD = 0.35;
  private static final long LONGEST_NANOS = 60_000_000_000L;
  private static final Pattern TEXT = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)\\s?(s|ms|us)");
  private static final Map<String, Long> UNITS =
      Map.of("s", 1_000_000_000L, "ms", 1_000_000L, "us", 1_000L);

  /**
   * Reads {@code 10ms}, {@code 0.1ms}, {@code 50us}, {@code 1s} or {@code none}.
   *
   * @throws IllegalArgumentException with what is accepted
   */
  static Aperture parse(String text) {
    if (text.toLowerCase(Locale.ROOT).equals("none")) {
      return NONE;
    }
    Matcher matcher = TEXT.matcher(text);
    if (matcher.matches()) {
      long nanos =
          new BigDecimal(matcher.group(1))
              .multiply(BigDecimal.valueOf(unit(matcher.group(2))))
              .setScale(0, RoundingMode.DOWN)
              .longValueExact();
      if (nanos > 0 && nanos <= LONGEST_NANOS) {
        return new Aperture(nanos);
      }
    }
    throw new IllegalArgumentException(
        "a pause above 0 and up to 60s, such as 10ms, 0.1ms, 50us or 1s, or none");
  }

  private static long unit(String name) {
    return UNITS.getOrDefault(name, 1L);
  }

  /** Returns a pause around the middle. */
  long draw(RandomGenerator random) {
    return nanos == 0 ? 0 : (long) (nanos * (1 - SPREAD + 2 * SPREAD * random.nextDouble()));
  }

  /** Returns what {@link #parse} reads. */
  @Override
  public String toString() {
    return nanos == 0
        ? "none"
        : BigDecimal.valueOf(nanos, 6).stripTrailingZeros().toPlainString() + "ms";
  }
}
