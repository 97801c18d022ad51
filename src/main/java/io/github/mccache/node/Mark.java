package io.github.mccache.node;

import io.github.mccache.protocol.Version;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a key that has no entry: that it was removed (a tombstone), that nothing at or
 * below a version may be trusted (a fence), or nothing below one of which the value is not here and
 * may yet come (refused). Thread-safe.
 */
final class Mark {

  private final Version version;
  private final Kind kind;
  private final long sinceMillis;
  private volatile @Nullable Version shared;
  private volatile boolean sent;
  private volatile boolean outOfStream;

  enum Kind {
    TOMBSTONE,
    FENCE,
    REFUSED
  }

  /**
   * Makes a mark that is sent as it is.
   *
   * @param sent whether it was sent, or need not be
   */
  Mark(Version version, Kind kind, long sinceMillis, boolean sent) {
    this(version, kind, sinceMillis, sent, version);
  }

  private Mark(
      Version version, Kind kind, long sinceMillis, boolean sent, @Nullable Version shared) {
    this.version = version;
    this.kind = kind;
    this.sinceMillis = sinceMillis;
    this.sent = sent;
    this.shared = shared;
  }

  /** Makes the fence that an entry leaves behind, which is sent with the version of the entry. */
  static Mark inPlaceOf(VersionedEntry record, long sinceMillis) {
    Mark mark =
        new Mark(
            record.version(), Kind.FENCE, sinceMillis, record.isSent(), record.sharedVersion());
    return mark.outOfStream(record.isOutOfStream());
  }

  /** Makes the mark of an entry that is not trusted any more, until its version arrives again. */
  static Mark refused(VersionedEntry record, long sinceMillis) {
    Mark mark = new Mark(record.version(), Kind.REFUSED, sinceMillis, true, record.sharedVersion());
    return mark.outOfStream(record.isOutOfStream());
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

  /** See {@link VersionedEntry#sharedVersion}. */
  @Nullable Version sharedVersion() {
    return shared;
  }

  /** See {@link VersionedEntry#absorb}. */
  void absorb(Version older) {
    Version before = shared;
    if (before == null || older.isAfter(before)) {
      shared = older;
    }
  }

  /** Returns whether another version than this, or none, is sent. */
  boolean staysHere() {
    return !version.equals(shared);
  }

  boolean isSent() {
    return sent;
  }

  /** See {@link VersionedEntry#isOutOfStream}. */
  boolean isOutOfStream() {
    return outOfStream;
  }

  /** Notes whether it is; returns this mark. */
  Mark outOfStream(boolean isOutOfStream) {
    outOfStream = isOutOfStream;
    return this;
  }

  /** Notes that nothing is left to be sent; returns whether that was news. */
  synchronized boolean markSent() {
    boolean before = sent;
    sent = true;
    return !before;
  }
}
