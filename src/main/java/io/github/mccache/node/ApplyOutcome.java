package io.github.mccache.node;

/** What a cache did with a change of another member. */
public enum ApplyOutcome {
  /** It changed what the cache holds or remembers. */
  APPLIED,
  /** It changed nothing: it is older than what is known, known already, or not wanted here. */
  DROPPED,
  /** A thread has the key and applies it when it lets go. */
  DEFERRED,
  /** The writer's clock is too far ahead: the key is a miss now, and the writer is to be told. */
  AHEAD_OF_CLOCK,
  /**
   * It may be what was removed here and forgotten since: nothing changed, and the sender is to be
   * told.
   */
  STALE_HISTORY,
  /** The key could not be decoded: nothing changed. */
  UNDECODABLE_KEY
}
