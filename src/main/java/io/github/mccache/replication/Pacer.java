package io.github.mccache.replication;

/**
 * One token bucket for everything that a member sends, in bytes. Signs of life, acknowledgements
 * and requests are charged and never held back. Repairs may use half of the rate, transfers of
 * state a fifth; what data leaves unused is theirs as well. Confined to the thread of {@link
 * Replica}.
 *
 * <p>The rate follows the receivers. It begins with slow start: it doubles with every look at their
 * reports until one of them loses something or its queue begins to fill. From then on it falls to
 * {@value #DECREASE_PERCENT} % when a receiver reports that it loses much or that its queue is
 * full, and rises by a step when none does. Loss alone is a poor sign of congestion on a link that
 * loses by itself, so that only much of it lowers the rate. A rate that was not used says nothing
 * about the receivers: it does not rise above the initial one, and returns to it.
 *
 * @see <a href="https://datatracker.ietf.org/doc/html/rfc5681">RFC 5681, slow start, additive
 *     increase and multiplicative decrease</a>
 * @see <a href="https://datatracker.ietf.org/doc/html/rfc7661">RFC 7661, a rate that is not used is
 *     not validated</a>
 */
final class Pacer {

  /** Where the rate begins, in bytes per second. */
  static final long INITIAL_RATE = 20_000_000;

  static final int DECREASE_PERCENT = 80;

  private static final int STEPS = 20;
  private static final int HIGHEST = 10;
  private static final long BURST_NANOS = 5_000_000;
  private static final long LEAST_BURST = 64 << 10;
  private static final int FULL_QUEUE_PER_MILLE = 400;
  private static final int HIGH_LOSS_PER_MILLE = 350;
  private static final int SOME_QUEUE_PER_MILLE = 100;
  private static final int SOME_LOSS_PER_MILLE = 20;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final Bucket all = new Bucket(1);
  private final Bucket repairs = new Bucket(2);
  private final Bucket transfers = new Bucket(5);
  private final long initialRate;
  private long rate;
  private boolean slowStart = true;
  private long chargedBytes;
  private long lastFeedbackNanos;
  private long lastRefillNanos;

  /** What may be used, and how much of it is left; may be negative after something large. */
  private static final class Bucket {
    private final int share;
    private long tokens = LEAST_BURST; // a burst is never shorter

    Bucket(int share) {
      this.share = share;
    }

    void refill(long bytes, long burst) {
      tokens = Math.min(tokens + bytes / share, burst / share);
    }
  }

  /**
   * Makes a full bucket.
   *
   * @param initialRate in bytes per second; the rate stays between a twentieth and ten times of it
   */
  Pacer(long initialRate, long nowNanos) {
    this.initialRate = initialRate;
    this.rate = initialRate;
    this.lastFeedbackNanos = nowNanos;
    this.lastRefillNanos = nowNanos;
  }

  long lowestRate() {
    return initialRate / STEPS;
  }

  long highestRate() {
    return initialRate * HIGHEST;
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
    chargedBytes += bytes;
  }

  boolean mayData() {
    return all.tokens > 0;
  }

  void chargeData(long bytes) {
    charge(bytes);
  }

  boolean mayRepair() {
    return repairs.tokens > 0;
  }

  void chargeRepair(long bytes) {
    charge(bytes);
    repairs.tokens -= bytes;
  }

  /** A transfer may go on by its own share, or by what nobody else uses. */
  boolean mayTransfer(boolean dataWaits) {
    return transfers.tokens > 0 || (!dataWaits && all.tokens > 0);
  }

  void chargeTransfer(long bytes) {
    charge(bytes);
    transfers.tokens -= bytes;
  }

  /** Returns how long it takes until data may be sent again, 0 if it may be now. */
  long nanosUntilData() {
    return all.tokens > 0 ? 0 : (1 - all.tokens) * (NANOS_PER_SECOND / 1_000) / (rate / 1_000) + 1;
  }

  /** The worst reports of the receivers that count since the last call. */
  void onFeedback(int lossPerMille, int queuePerMille, long nowNanos) {
    long elapsedMillis = (nowNanos - lastFeedbackNanos) / 1_000_000;
    boolean used = 2 * chargedBytes >= rate / 1_000 * elapsedMillis && elapsedMillis > 0;
    lastFeedbackNanos = nowNanos;
    chargedBytes = 0;
    if (lossPerMille > HIGH_LOSS_PER_MILLE || queuePerMille > FULL_QUEUE_PER_MILLE) {
      rate = Math.max(lowestRate(), slowStart ? rate / 2 : rate / 100 * DECREASE_PERCENT);
      slowStart = false;
      return;
    }
    slowStart &= lossPerMille <= SOME_LOSS_PER_MILLE && queuePerMille <= SOME_QUEUE_PER_MILLE;
    if (used) {
      rate = Math.min(highestRate(), slowStart ? 2 * rate : rate + lowestRate());
    } else if (rate < initialRate) {
      rate = Math.min(initialRate, rate + lowestRate());
    }
  }
}
