package io.github.mccache.replication;

import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far this member is with what it tells of its own changes: the last number taken, and up to
 * which time everything has been told. Confined to the thread of {@link Replica}.
 */
final class OwnProgress {

  private static final int MAX_CHECKPOINTS = 128;

  /** For numbers, up to which time everything had been told when the next one was taken. */
  private final TreeMap<Long, Long> checkpoints = new TreeMap<>();

  private long sequence;
  private long completeTime;
  private long startedTime;
  private long keptBack;

  /** To which time the clock went back last, and which one was the latest to be promised before. */
  private long rebasedTo;

  private long promisedUpTo;

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
    checkpoints.put(sequence, completeTime);
    if (checkpoints.size() > MAX_CHECKPOINTS) {
      thinOut();
    }
    return ++sequence;
  }

  /** Every other one goes: its neighbours err on the safe side. */
  private void thinOut() {
    boolean drop = false;
    for (Iterator<Long> numbers = checkpoints.keySet().iterator(); numbers.hasNext(); ) {
      numbers.next();
      drop = !drop;
      if (drop) {
        numbers.remove();
      }
    }
  }

  /** Takes the next number for what is not told: see the package's documentation. */
  long keepBack() {
    keptBack++;
    return next();
  }

  /** Returns the hybrid time before which this member stamped nothing. */
  long startedTime() {
    return startedTime;
  }

  /** This member started at this time, and stamped nothing before. */
  void startedAt(long time) {
    startedTime = time;
  }

  /**
   * Returns whether what a member says it has applied was told by another process that speaks as
   * this one: it is more than was told here, or complete up to a time at which more had been told.
   */
  boolean isForeign(long theirSequence, long theirTime) {
    Map.Entry<Long, Long> checkpoint = checkpoints.ceilingEntry(theirSequence);
    long toldUpTo = checkpoint == null ? completeTime : checkpoint.getValue();
    return theirSequence > sequence
        || theirTime > Math.max(toldUpTo, Math.max(startedTime, promisedUpTo));
  }

  /** Everything at or below this time was told. */
  void completeUpTo(long time) {
    completeTime = Math.max(completeTime, time);
  }

  /**
   * Nothing was told: this is another member now, as far as others can know, and what it has to
   * tell may be of any age.
   */
  void restart() {
    sequence = 0;
    completeTime = 0;
    startedTime = 0;
    promisedUpTo = 0;
    checkpoints.clear();
  }

  /** The clock was set back: what was promised for times to come is void. */
  void rebase(long time) {
    promisedUpTo = Math.max(promisedUpTo, Math.max(completeTime, startedTime));
    completeTime = Math.min(completeTime, time);
    startedTime = Math.min(startedTime, time);
    rebasedTo = time;
    checkpoints.clear();
  }

  /**
   * Returns up to which time a member has applied what was told from here, which says that it has
   * all of it up to a number and a time. A time that may have been promised before the clock went
   * back counts only as far as it was promised again, with that number.
   */
  long appliedTime(long theirSequence, long theirTime) {
    if (theirTime <= rebasedTo || theirTime > promisedUpTo) {
      return theirTime;
    }
    Map.Entry<Long, Long> checkpoint = checkpoints.floorEntry(theirSequence);
    long toldUpTo = checkpoint == null ? rebasedTo : checkpoint.getValue();
    return Math.min(theirTime, theirSequence < sequence ? toldUpTo : completeTime);
  }
}
