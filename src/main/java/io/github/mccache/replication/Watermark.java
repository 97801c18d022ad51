package io.github.mccache.replication;

/**
 * A hybrid time or number that only rises within one incarnation. A member that can no longer vouch
 * for its past does not lower its watermarks; it starts anew with a new replica. Confined to the
 * thread of {@link Replica}.
 */
final class Watermark {

  private long value;

  long get() {
    return value;
  }

  /** Raises it, unless it is higher already. */
  void raiseTo(long candidate) {
    value = Math.max(value, candidate);
  }
}
