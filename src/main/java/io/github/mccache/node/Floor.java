package io.github.mccache.node;

import io.github.mccache.protocol.Version;

/** A version that only goes up. Thread-safe. */
final class Floor {

  private volatile Version version = Version.NONE;

  Version get() {
    return version;
  }

  /** Raises the floor to a version; returns whether that was higher. */
  synchronized boolean raise(Version candidate) {
    boolean higher = candidate.isAfter(version);
    if (higher) {
      version = candidate;
    }
    return higher;
  }
}
