package io.github.mccache.simulation;

/**
 * The clock of a machine that is off by some time and runs at a speed of its own.
 *
 * @param originNanos what its elapsed time shows when the simulation begins
 * @param driftPerMillion by how much it is too fast
 * @param offsetMillis by how much its wall clock was wrong when the simulation began
 */
record LocalTime(long originNanos, long driftPerMillion, long offsetMillis) {

  private static final long EPOCH_MILLIS = 1_700_000_000_000L;
  private static final long MILLION = 1_000_000;

  /** Returns what the elapsed time shows. */
  long nanos(long virtualNanos) {
    return originNanos + virtualNanos + virtualNanos / MILLION * driftPerMillion;
  }

  /** Returns the earliest virtual time at which the elapsed time shows this. */
  long virtualNanos(long nanos) {
    long elapsed = nanos - originNanos;
    long virtual = elapsed / (MILLION + driftPerMillion) * MILLION;
    while (virtual + virtual / MILLION * driftPerMillion < elapsed) {
      virtual += Math.max(1, (elapsed - virtual - virtual / MILLION * driftPerMillion) / 2);
    }
    return virtual;
  }

  /** Returns the wall clock, which is read once by each member. */
  long wallMillis(long virtualNanos) {
    return EPOCH_MILLIS + (nanos(virtualNanos) - originNanos) / MILLION + offsetMillis;
  }
}
