package io.github.mccache.replication;

/**
 * How far this member may trust its own judgement of others' silence: less when it was paused
 * itself. Confined to the thread of {@link Replica}.
 *
 * @see <a href="https://arxiv.org/abs/1707.00788">Dadgar, Phillips, Currey, "Lifeguard: Local
 *     Health Awareness for More Accurate Failure Detection", 2017</a>
 */
final class LocalHealth {

  static final int MAX_STRETCH = 4;

  private static final long LATE_NANOS = 1_000_000_000;
  private static final long HEALS_AFTER_NANOS = 10_000_000_000L;

  private final long intervalNanos;
  private long lastTickNanos;
  private long lastPausedNanos;
  private int stretch = 1;

  /**
   * Makes a healthy one.
   *
   * @param intervalNanos the longest time between two ticks of a member that runs
   */
  LocalHealth(long intervalNanos, long nowNanos) {
    this.intervalNanos = intervalNanos;
    this.lastTickNanos = nowNanos;
    this.lastPausedNanos = nowNanos;
  }

  /** Returns for how long this member did not run, 0 if it did. */
  long onTick(long nowNanos) {
    long pausedNanos = nowNanos - lastTickNanos - intervalNanos;
    lastTickNanos = nowNanos;
    if (pausedNanos > LATE_NANOS) {
      lastPausedNanos = nowNanos;
      stretch = Math.min(MAX_STRETCH, 2 * stretch);
      return pausedNanos;
    }
    if (stretch > 1 && nowNanos - lastPausedNanos >= HEALS_AFTER_NANOS) {
      lastPausedNanos = nowNanos;
      stretch--;
    }
    return 0;
  }

  /** Returns by how much silence is to be longer than usual before it means something. */
  int stretch() {
    return stretch;
  }
}
