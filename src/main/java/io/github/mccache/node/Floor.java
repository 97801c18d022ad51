package io.github.mccache.node;

import io.github.mccache.protocol.Version;

/** A version that goes up, but for the corrections that say so. Thread-safe. */
final class Floor {

  private volatile Version version = Version.NONE;
  private Version before = Version.NONE; // guarded by this

  Version get() {
    return version;
  }

  /** Raises the floor to a version; returns whether that was higher. */
  synchronized boolean raise(Version candidate) {
    boolean higher = candidate.isAfter(version);
    if (higher) {
      before = version;
      version = candidate;
    }
    return higher;
  }

  /** Sets the floor, up or down. */
  synchronized void set(Version replacement) {
    before = Version.NONE;
    version = replacement;
  }

  /** Brings a floor that is above a hybrid time down to it. */
  synchronized void lowerTo(long limitTime) {
    if (version.time() > limitTime) {
      set(new Version(limitTime, 0));
    }
  }

  /**
   * Takes the last rise back if it went above a hybrid time: to the floor before it, or to none.
   */
  synchronized void takeBackAbove(long limitTime) {
    if (version.time() > limitTime) {
      set(before.time() <= limitTime ? before : Version.NONE);
    }
  }
}
