package io.github.mccache.store;

import java.util.function.ToLongBiFunction;

/**
 * An upper limit of a store: the sum of {@code weight} over all entries is at or below {@code
 * maximum} once no operation is under way. Immutable.
 *
 * <p>The weight of an entry is asked for once per write, by the writing thread inside its step. A
 * negative weight or an exception leaves that write undone and reaches the step that tried it: a
 * negative weight as an {@link IllegalArgumentException}. An entry that is heavier than {@code
 * maximum} alone is evicted when its step ends, and no other in its place.
 *
 * @param maximum the largest sum, 0 or more; what is above {@link #LARGEST_MAXIMUM} counts as that
 * @param weight the weight of an entry, 0 or more
 */
public record Bound<K, V>(long maximum, ToLongBiFunction<? super K, ? super V> weight) {

  /** Above what any heap holds, and low enough that no sum of weights overflows. */
  public static final long LARGEST_MAXIMUM = 1L << 48;

  public Bound {
    if (maximum < 0) {
      throw new IllegalArgumentException(
          "the maximum of a bound is " + maximum + "; it must be 0 or more");
    }
    maximum = Math.min(maximum, LARGEST_MAXIMUM);
  }

  /** Returns the bound that limits the number of entries. */
  public static <K, V> Bound<K, V> entries(long maximum) {
    return new Bound<>(maximum, (key, value) -> 1);
  }
}
