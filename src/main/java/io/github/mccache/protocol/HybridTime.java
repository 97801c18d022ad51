package io.github.mccache.protocol;

/**
 * The arithmetic of hybrid logical time: one 64-bit integer, 48 bits of milliseconds since the
 * epoch and 16 bits of counter. A counter that overflows carries into the milliseconds, so that
 * time still only goes up. Pure functions.
 *
 * @see <a href="https://cse.buffalo.edu/tech-reports/2014-04.pdf">Kulkarni, Demirbas et al.,
 *     "Logical Physical Clocks and Consistent Snapshots in Globally Distributed Databases",
 *     2014</a>
 */
public final class HybridTime {

  private static final int COUNTER_BITS = 16;

  /** The largest legal number of milliseconds. */
  public static final long MAX_MILLIS = (1L << (63 - COUNTER_BITS)) - 1;

  private HybridTime() {}

  /** Returns the first hybrid time of a millisecond since the epoch. */
  public static long ofMillis(long millis) {
    if (millis < 0 || millis > MAX_MILLIS) {
      throw new IllegalArgumentException(
          "milliseconds " + millis + " are not in 0 to " + MAX_MILLIS);
    }
    return millis << COUNTER_BITS;
  }

  /** Returns the milliseconds since the epoch of a hybrid time. */
  public static long millis(long time) {
    return time >>> COUNTER_BITS;
  }

  /** Returns the hybrid time of a new event, above {@code last} and not below {@code nowMillis}. */
  public static long next(long last, long nowMillis) {
    return Math.max(last + 1, ofMillis(nowMillis));
  }
}
