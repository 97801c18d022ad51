package io.github.mccache.replication;

/**
 * How far this member is with what it tells of its own changes: the last number taken, and up to
 * which time everything has been told. Confined to the thread of {@link Replica}.
 */
final class OwnProgress {

  private long sequence;
  private long completeTime;
  private long keptBack;

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

  /** The clock was set back. */
  void rebase(long time) {
    completeTime = Math.min(completeTime, time);
  }
}
