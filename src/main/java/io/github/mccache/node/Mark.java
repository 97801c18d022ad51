package io.github.mccache.node;

import io.github.mccache.protocol.Version;

/**
 * What is known of a key that has no entry: that it was removed (a tombstone), or that nothing at
 * or below a version may be trusted (a fence). Thread-safe.
 */
final class Mark {

  private final Version version;
  private final Kind kind;
  private final long sinceMillis;
  private volatile boolean sent;

  enum Kind {
    TOMBSTONE,
    FENCE
  }

  /**
   * Makes a mark.
   *
   * @param sent whether other members need not be told of it
   */
  Mark(Version version, Kind kind, long sinceMillis, boolean sent) {
    this.version = version;
    this.kind = kind;
    this.sinceMillis = sinceMillis;
    this.sent = sent;
  }

  Version version() {
    return version;
  }

  Kind kind() {
    return kind;
  }

  long sinceMillis() {
    return sinceMillis;
  }

  boolean isSent() {
    return sent;
  }

  void markSent() {
    sent = true;
  }
}
