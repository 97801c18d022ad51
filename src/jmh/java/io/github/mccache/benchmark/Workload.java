package io.github.mccache.benchmark;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The keys and values of all measurements. Keys are made anew on every call: an application seldom
 * asks with the very instance that it put, so equal keys should have to be compared.
 */
final class Workload {

  static final int KEYS = 5_000;

  private static final int VALUE_LENGTH = 100;
  private static final int VALUES = 1_024;

  private Workload() {}

  /** Returns keys of this prefix and the numbers from 0, all of the same length. */
  static String[] keys(String prefix, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> String.format("%s-%06d", prefix, i))
        .toArray(String[]::new);
  }

  /** Returns different values of 100 ASCII characters. */
  static String[] values(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return IntStream.range(0, VALUES).mapToObj(i -> value(random)).toArray(String[]::new);
  }

  private static String value(SplittableRandom random) {
    char[] letters = new char[VALUE_LENGTH];
    for (int i = 0; i < VALUE_LENGTH; i++) {
      letters[i] = (char) ('a' + random.nextInt(26));
    }
    return new String(letters);
  }
}
