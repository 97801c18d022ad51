package io.github.mccache.replication;

/** What a cache did with a change of another member. */
public enum ApplyOutcome {
  /** It changed what the cache holds or remembers. */
  APPLIED,
  /** It changed nothing: it is older than what is known, known already, or not wanted here. */
  DROPPED,
  /** A thread has the key and applies it before it releases the key; until then, reads miss. */
  DEFERRED,
  /** Rejected: the clock of its writer is too far ahead. The key is a miss now. */
  AHEAD_OF_CLOCK,
  /** Rejected: it may be what was removed here and forgotten since. Nothing changed. */
  STALE_HISTORY,
  /** The key could not be decoded: nothing changed. */
  UNDECODABLE_KEY,
  /** Its application failed: the key is a miss that takes this version, or a newer one, later. */
  FAILED,
  /**
   * Its application failed, and so did the attempt to make a miss of its key: the cache has
   * discarded whatever is as old as the change.
   */
  DISTRUSTED;

  /** Returns whether the change counts as applied: nothing is left to be done about it. */
  boolean isDone() {
    return this != AHEAD_OF_CLOCK && !isFailure();
  }

  /** Returns whether the application of the change failed. */
  public boolean isFailure() {
    return this == FAILED || this == DISTRUSTED;
  }
}
