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
  private volatile @Nullable Version told;
  private volatile boolean sent;
  private volatile boolean outOfStream;

  enum Kind {
    TOMBSTONE,
    FENCE,
    REFUSED
  }

  /**
   * Makes a mark that other members are told as it is.
   *
   * @param sent whether they have been told, or need not be
   */
  Mark(Version version, Kind kind, long sinceMillis, boolean sent) {
    this(version, kind, sinceMillis, sent, version);
  }

  private Mark(Version version, Kind kind, long sinceMillis, boolean sent, @Nullable Version told) {
    this.version = version;
    this.kind = kind;
    this.sinceMillis = sinceMillis;
    this.sent = sent;
    this.told = told;
  }

  /** Makes the fence that an entry leaves behind, of which others are told as of the entry. */
  static Mark inPlaceOf(VersionedEntry record, long sinceMillis) {
    Mark mark =
        new Mark(record.version(), Kind.FENCE, sinceMillis, record.isSent(), record.toldVersion());
    return mark.outOfStream(record.isOutOfStream());
  }

  /** Makes the mark of an entry that is not trusted any more, until it is heard of again. */
  static Mark refused(VersionedEntry record, long sinceMillis) {
    Mark mark = new Mark(record.version(), Kind.REFUSED, sinceMillis, true, record.toldVersion());
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

  /** See {@link VersionedEntry#toldVersion}. */
  @Nullable Version toldVersion() {
    return told;
  }

  /** See {@link VersionedEntry#absorb}. */
  void absorb(Version older) {
    Version before = told;
    if (before == null || older.isAfter(before)) {
      told = older;
    }
  }

  /** Returns whether other members are told of another version than this, or of none. */
  boolean staysHere() {
    return !version.equals(told);
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
