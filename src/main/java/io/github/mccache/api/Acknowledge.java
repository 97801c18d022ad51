package io.github.mccache.api;

/** Whom a write waits for. */
public enum Acknowledge {
  /** Nobody. The default. */
  NONE,
  /** Every live member. */
  ALL
}
