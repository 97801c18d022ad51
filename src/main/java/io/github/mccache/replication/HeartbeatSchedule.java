package io.github.mccache.replication;

import java.util.random.RandomGenerator;

/**
 * When the next heartbeat is due: 10, 20, 40 … 320 ms apart after data, so that a lost last message
 * is noticed soon, then at the interval. Never further apart than the interval, even when data
 * never pauses: clear floors and what the rate follows are in heartbeats only. Confined to the
 * thread of {@link Replica}.
 */
final class HeartbeatSchedule {

  static final long FIRST_STEP_NANOS = 10_000_000;

  /** No two heartbeats that others ask for are closer: who asks cannot make a member flood. */
  static final long SHORTEST_STEP_NANOS = 3_000_000;

  private final long intervalNanos;
  private final RandomGenerator random;
  private long stepNanos;
  private long lastSentNanos;
  private long dueNanos;
  private boolean wanted;

  /** The first heartbeat is due at once. */
  HeartbeatSchedule(long intervalNanos, RandomGenerator random, long nowNanos) {
    this.intervalNanos = intervalNanos;
    this.random = random;
    this.stepNanos = intervalNanos;
    this.lastSentNanos = nowNanos;
    this.dueNanos = nowNanos;
  }

  long dueNanos() {
    return dueNanos;
  }

  boolean isDue(long nowNanos) {
    return nowNanos - dueNanos >= 0;
  }

  /** Another member, or a thread of this one, wants the next one as soon as may be. */
  void onWanted(long nowNanos) {
    long soonest = lastSentNanos + Math.min(SHORTEST_STEP_NANOS, intervalNanos);
    long soon = soonest - nowNanos > 0 ? soonest : nowNanos;
    if (soon - dueNanos < 0) {
      dueNanos = soon;
      wanted = true;
    }
  }

  /** Data was sent. */
  void onData(long nowNanos) {
    stepNanos = Math.min(FIRST_STEP_NANOS, intervalNanos);
    long latest = lastSentNanos + intervalNanos;
    long soon = nowNanos + stepNanos;
    if (!wanted) {
      dueNanos = soon - latest < 0 ? soon : latest;
    }
  }

  /** A heartbeat was sent. */
  void onSent(long nowNanos) {
    lastSentNanos = nowNanos;
    boolean keepsStep = wanted || stepNanos == intervalNanos;
    wanted = false;
    stepNanos = keepsStep ? stepNanos : Math.min(2 * stepNanos, intervalNanos);
    dueNanos = nowNanos + (stepNanos == intervalNanos ? apart() : stepNanos);
  }

  /** A little less than the interval, so that members do not fall into step. */
  private long apart() {
    return intervalNanos - random.nextLong(intervalNanos / 10 + 1);
  }
}
