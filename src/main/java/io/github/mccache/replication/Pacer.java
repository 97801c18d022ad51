package io.github.mccache.replication;

/**
 * One token bucket for everything that a member sends, in bytes. Signs of life, acknowledgements
 * and requests are charged and never held back. Repairs may use half of the rate, transfers of
 * state a fifth; what data leaves unused is theirs as well. Confined to the thread of {@link
 * Replica}.
 *
 * <p>The rate follows the receivers: it falls to {@value #DECREASE_PERCENT} % when a healthy one
 * reports that it loses much or that its queue fills, and rises by a step when none does. Loss
 * alone is a poor sign of congestion on a link that loses by itself, so that only much of it
 * counts.
 *
 * @see <a href="https://datatracker.ietf.org/doc/html/rfc5681">RFC 5681, additive increase and
 *     multiplicative decrease</a>
 */
final class Pacer {

  static final long INITIAL_RATE = 20_000_000;
  static final long LOWEST_RATE = 1_000_000;
  static final long HIGHEST_RATE = 100_000_000;
  static final int DECREASE_PERCENT = 80;

  private static final long STEP = 1_000_000;
  private static final long BURST_NANOS = 5_000_000;
  private static final long LEAST_BURST = 64 << 10;
  private static final int FULL_QUEUE_PER_MILLE = 400;
  private static final int HIGH_LOSS_PER_MILLE = 350;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final Bucket all = new Bucket(1);
  private final Bucket repairs = new Bucket(2);
  private final Bucket transfers = new Bucket(5);
  private long rate = INITIAL_RATE;
  private long lastRefillNanos;

  /** What may be used, and how much of it is left; may be negative after something large. */
  private static final class Bucket {
    private final int share;
    private long tokens = LEAST_BURST;

    Bucket(int share) {
      this.share = share;
    }

    void refill(long bytes, long burst) {
      tokens = Math.min(tokens + bytes / share, burst / share);
    }
  }

  Pacer(long nowNanos) {
    this.lastRefillNanos = nowNanos;
  }

  long rate() {
    return rate;
  }

  void refill(long nowNanos) {
    long elapsed = nowNanos - lastRefillNanos;
    if (elapsed <= 0) {
      return;
    }
    long bounded = Math.min(elapsed, NANOS_PER_SECOND);
    long bytes = rate * (bounded / 1_000) / 1_000_000;
    if (bytes == 0) {
      return;
    }
    lastRefillNanos = nowNanos;
    long burst = Math.max(LEAST_BURST, rate / (NANOS_PER_SECOND / BURST_NANOS));
    all.refill(bytes, burst);
    repairs.refill(bytes, burst);
    transfers.refill(bytes, burst);
  }

  /** Something was sent that is never held back. */
  void charge(long bytes) {
    all.tokens -= bytes;
  }

  boolean mayData() {
    return all.tokens > 0;
  }

  void chargeData(long bytes) {
    all.tokens -= bytes;
  }

  boolean mayRepair() {
    return repairs.tokens > 0;
  }

  void chargeRepair(long bytes) {
    all.tokens -= bytes;
    repairs.tokens -= bytes;
  }

  /** A transfer may go on by its own share, or by what nobody else uses. */
  boolean mayTransfer(boolean dataWaits) {
    return transfers.tokens > 0 || (!dataWaits && all.tokens > 0);
  }

  void chargeTransfer(long bytes) {
    all.tokens -= bytes;
    transfers.tokens -= bytes;
  }

  /** Returns how long it takes until data may be sent again, 0 if it may be now. */
  long nanosUntilData() {
    return all.tokens > 0 ? 0 : (1 - all.tokens) * (NANOS_PER_SECOND / 1_000) / (rate / 1_000) + 1;
  }

  /** The healthy receivers' worst reports since the last call. */
  void onFeedback(int lossPerMille, int queuePerMille) {
    if (lossPerMille > HIGH_LOSS_PER_MILLE || queuePerMille > FULL_QUEUE_PER_MILLE) {
      rate = Math.max(LOWEST_RATE, rate / 100 * DECREASE_PERCENT);
    } else {
      rate = Math.min(HIGHEST_RATE, rate + STEP);
    }
  }
}
