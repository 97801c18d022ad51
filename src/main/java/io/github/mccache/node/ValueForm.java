package io.github.mccache.node;

import io.github.mccache.codec.Codecs;
import io.github.mccache.codec.Encoded;

/**
 * How the values of one cache are held: by reference as they are; by value as they are when they
 * are immutable, else as the bytes of their encoding. What came from another member is held as
 * bytes until its first read. Thread-safe.
 *
 * @param <V> the type of values
 */
final class ValueForm<V> {

  private final Codecs codecs;
  private final boolean byValue;

  ValueForm(Codecs codecs, boolean byValue) {
    this.codecs = codecs;
    this.byValue = byValue;
  }

  /** Returns the form in which a value of the caller's is kept. */
  Object hold(V value) {
    return !byValue || codecs.isImmutable(value) ? value : codecs.encode(value);
  }

  /** Returns a value that the caller may have: a copy of its own where it could change it. */
  @SuppressWarnings("unchecked") // what is held is a V, or was encoded from one
  V open(VersionedEntry record) {
    Object held = record.held();
    if (!(held instanceof Encoded encoded)) {
      return (V) held;
    }
    Object value = codecs.decode(encoded);
    if (!byValue || codecs.isImmutable(value)) {
      record.holdDecoded(value);
    }
    return (V) value;
  }

  Encoded encode(VersionedEntry record) {
    Object held = record.held();
    return held instanceof Encoded encoded ? encoded : codecs.encode(held);
  }

  long sizeOf(VersionedEntry record) {
    Object held = record.held();
    return held instanceof Encoded encoded ? encoded.bytes().length : codecs.sizeOf(held);
  }
}
