package io.github.mccache.simulation;

import java.util.random.RandomGenerator;

/**
 * The faults of the links: every delivery has a delay of its own, up to {@link #MAX_DELAY_NANOS},
 * so that frames overtake one another, and may happen more than once.
 */
final class Links {

  static final long MAX_DELAY_NANOS = 200_000_000;

  private static final long USUAL_DELAY_NANOS = 3_000_000;

  private final RandomGenerator random;
  private final double lateShare;
  private final double duplicateShare;

  Links(RandomGenerator random, double lateShare, double duplicateShare) {
    this.random = random;
    this.lateShare = lateShare;
    this.duplicateShare = duplicateShare;
  }

  int copies() {
    int copies = 1;
    while (copies < 4 && random.nextDouble() < duplicateShare) {
      copies++;
    }
    return copies;
  }

  long delayNanos() {
    long bound = random.nextDouble() < lateShare ? MAX_DELAY_NANOS : USUAL_DELAY_NANOS;
    return 1 + random.nextLong(bound);
  }
}
