package io.github.mccache.replication;

/**
 * How far this member has sent its own changes: the last number taken, and the time up to which
 * everything has been sent. Confined to the thread of {@link Replica}.
 */
final class OwnProgress {

  private long sequence;
  private long startedTime;
  private long keptBack;
  private final Watermark completeTime = new Watermark();

  /** Returns the number of the last message, 0 before the first. */
  long sequence() {
    return sequence;
  }

  /** Returns the hybrid time at or below which every change was sent, or kept back. */
  long completeTime() {
    return completeTime.get();
  }

  /** Returns how many numbers were taken by changes that were not sent, for want of a receiver. */
  long keptBack() {
    return keptBack;
  }

  /** Takes the next number. */
  long next() {
    return ++sequence;
  }

  /** Takes the next number for a change that is not sent: see the package's documentation. */
  long keepBack() {
    keptBack++;
    return next();
  }

  /** Returns the hybrid time before which this member stamped nothing. */
  long startedTime() {
    return startedTime;
  }

  /** This member starts at this time. */
  void startedAt(long time) {
    startedTime = time;
  }

  /**
   * Returns whether a peer has applied more of this incarnation than this process has sent: then
   * another process sends as the same incarnation.
   */
  boolean isForeign(long theirSequence, long theirTime) {
    return theirSequence > sequence || theirTime > Math.max(completeTime.get(), startedTime);
  }

  /** Everything at or below this time was sent. */
  void completeUpTo(long time) {
    completeTime.raiseTo(time);
  }
}
