package io.github.mccache.replication;

/**
 * How far this member is with what it tells of its own changes: the last number taken, and up to
 * which time everything has been told. Confined to the thread of {@link Replica}.
 */
final class OwnProgress {

  private long sequence;
  private long completeTime;
  private long keptBack;

  /** To which time the clock went back last, and up to which one others may still be promised. */
  private long rebasedTo;

  private long promisedUpTo = -1;

  /** Returns the number of the last message, 0 before the first. */
  long sequence() {
    return sequence;
  }

  /** Returns the hybrid time at or below which every change was told, or kept back. */
  long completeTime() {
    return completeTime;
  }

  /** Returns how many numbers were taken by what was told to nobody. */
  long keptBack() {
    return keptBack;
  }

  /** Takes the next number. */
  long next() {
    return ++sequence;
  }

  /** Takes the next number for what is not told: see the package's documentation. */
  long keepBack() {
    keptBack++;
    return next();
  }

  /** Everything at or below this time was told. */
  void completeUpTo(long time) {
    completeTime = Math.max(completeTime, time);
  }

  /**
   * The clock was set back.
   *
   * @param believedUpTo which times others can have believed at most
   */
  void rebase(long time, long believedUpTo) {
    promisedUpTo = Math.max(promisedUpTo, Math.min(completeTime, believedUpTo));
    completeTime = Math.min(completeTime, time);
    rebasedTo = time;
  }

  /**
   * Returns up to which time a member has applied what was told from here, which says that it has
   * all of it up to a number and a time. Until the times are past that were promised before the
   * clock went back, the number alone tells whether it knows what was written since.
   */
  long appliedTime(long theirSequence, long theirTime) {
    if (completeTime > promisedUpTo) {
      return theirTime;
    }
    return Math.min(theirTime, theirSequence < sequence ? rebasedTo : completeTime);
  }
}
