package io.github.mccache.replication;

/**
 * When the next tick is wanted: at what the last one has found, or sooner if something came up
 * since. Confined to the thread of {@link Replica}.
 */
final class Alarm {

  /** However much is due, ticks are not closer together than this. */
  static final long LEAST_PAUSE_NANOS = 200_000;

  private long dueNanos;

  /** The first tick is wanted at once. */
  Alarm(long nowNanos) {
    this.dueNanos = nowNanos;
  }

  long dueNanos() {
    return dueNanos;
  }

  /** A tick is wanted then, or sooner. */
  void wakeAt(long nanos) {
    if (nanos - dueNanos < 0) {
      dueNanos = nanos;
    }
  }

  /** A tick has seen to everything that is due before then. */
  void setTo(long nanos) {
    dueNanos = nanos;
  }
}
