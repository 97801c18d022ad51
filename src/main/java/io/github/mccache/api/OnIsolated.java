package io.github.mccache.api;

/** What a read gives on a member that has lost the others. */
public enum OnIsolated {
  /** What the member holds. The default. */
  SERVE,
  /** A miss. */
  MISS
}
