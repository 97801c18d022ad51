package io.github.mccache.simulation;

import java.util.SplittableRandom;

/**
 * Lets the application of changes fail on one member. The exception comes out of the clock, which
 * every part of an application reads: at the beginning, between two of its steps, or also while the
 * cache makes a miss of the key for it.
 */
final class FailingCaches {

  /** No cache reads its clock more often for one change. */
  private static final int MOST_READINGS = 6;

  /** What a cache may throw. */
  static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    Failure() {
      super("injected", null, false, false);
    }
  }

  /** What the machine may throw. */
  static final class Fault extends Error {
    private static final long serialVersionUID = 1;

    Fault() {
      super("injected", null, false, false);
    }
  }

  private final SplittableRandom random;
  private int percent;
  private int left;
  private int readingsBefore;

  FailingCaches(SplittableRandom random) {
    this.random = random;
  }

  /** From now on so many of a hundred applications fail; 0 for none. */
  void fail(int newPercent) {
    percent = newPercent;
  }

  void onApplying() {
    if (percent > 0 && random.nextInt(100) < percent) {
      left = 1 + random.nextInt(2);
      readingsBefore = random.nextInt(MOST_READINGS);
    }
  }

  void onApplied() {
    left = 0;
  }

  void onClockRead() {
    if (left == 0 || readingsBefore-- > 0) {
      return;
    }
    left--;
    readingsBefore = random.nextInt(2);
    if (random.nextBoolean()) {
      throw new Failure();
    }
    throw new Fault();
  }

  static boolean isInjected(Throwable failure) {
    return failure instanceof Failure || failure instanceof Fault;
  }
}
