package io.github.mccache.benchmark;

import java.util.Arrays;
import java.util.SplittableRandom;

/** How often each key is used. */
public enum Distribution {
  /** All alike. */
  UNIFORM {
    @Override
    double weight(int rank) {
      return 1;
    }
  },

  /** A few of them very often: the key of rank r with a weight of r to the power of -0.99. */
  ZIPF {
    @Override
    double weight(int rank) {
      return Math.pow(rank, -0.99);
    }
  };

  abstract double weight(int rank);

  /** Returns {@code count} keys, the same for the same seed. */
  String[] draw(String[] keys, int count, long seed) {
    double[] upTo = new double[keys.length];
    double sum = 0;
    for (int i = 0; i < keys.length; i++) {
      sum += weight(i + 1);
      upTo[i] = sum;
    }
    SplittableRandom random = new SplittableRandom(seed);
    String[] drawn = new String[count];
    for (int i = 0; i < count; i++) {
      int found = Arrays.binarySearch(upTo, random.nextDouble(sum));
      drawn[i] = keys[found < 0 ? -found - 1 : found];
    }
    return drawn;
  }
}
