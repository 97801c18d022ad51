package io.github.mccache.replication;

/**
 * By how much another member's clock is ahead of this one's, as its heartbeats tell. A heartbeat
 * that was under way for long makes the clock look behind, so that the largest of the last few
 * samples is the best. Confined to the thread of {@link Replica}.
 */
final class ClockSamples {

  private static final int KEPT = 6;

  /** What is further away is nonsense. */
  static final long LARGEST_OFFSET_MILLIS = 24L * 60 * 60 * 1_000;

  private final long[] samples = new long[KEPT];
  private int count;
  private int next;

  void add(long offsetMillis) {
    if (Math.abs(offsetMillis) > LARGEST_OFFSET_MILLIS) {
      return;
    }
    samples[next] = offsetMillis;
    next = (next + 1) % KEPT;
    count = Math.min(count + 1, KEPT);
  }

  boolean isKnown() {
    return count > 0;
  }

  /** Returns the offset in milliseconds; only if it {@linkplain #isKnown is known}. */
  long offsetMillis() {
    long largest = samples[0];
    for (int i = 1; i < count; i++) {
      largest = Math.max(largest, samples[i]);
    }
    return largest;
  }

  /** This member's own clock was moved. */
  void onShift(long millis) {
    for (int i = 0; i < count; i++) {
      samples[i] -= millis;
    }
  }

  /** Samples from before a silence mean nothing any more. */
  void reset() {
    count = 0;
    next = 0;
  }
}
