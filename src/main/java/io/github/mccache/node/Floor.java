package io.github.mccache.node;

import io.github.mccache.protocol.Version;

/** A version that rises, except where {@link #set} says otherwise. Thread-safe. */
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

  /** Sets the floor, up or down: to that of a donor, or when the member starts anew. */
  synchronized void set(Version replacement) {
    version = replacement;
  }
}
