package io.github.mccache.node;

import io.github.mccache.codec.Codecs;
import io.github.mccache.codec.DecodingException;
import io.github.mccache.codec.Encoded;
import io.github.mccache.codec.EncodingException;
import io.github.mccache.node.StoreOptions.Sharing;

/**
 * How the values of one cache are held: by reference as they are; by value as they are when they
 * are immutable, else as the bytes of their encoding. What came from another member is held as
 * bytes until its first read. Thread-safe.
 *
 * @param <V> the type of values
 */
final class ValueForm<V> {

  private final Codecs codecs;
  private final Class<V> type;
  private final boolean byValue;
  private final boolean sent;

  ValueForm(StoreOptions<?, V> options) {
    this.codecs = options.codecs();
    this.type = options.valueType();
    this.byValue = options.byValue();
    this.sent = options.sharing() == Sharing.UPDATE || options.sharing() == Sharing.REPLICATE;
  }

  /**
   * Returns the form in which a value of the caller's is kept.
   *
   * @throws EncodingException by value, when the value must be copied or sent and cannot be
   */
  Object hold(V value) {
    if (!byValue) {
      return value;
    }
    if (!codecs.isImmutable(value)) {
      return codecs.encodeReadable(value);
    }
    if (sent) {
      codecs.requireEncodable(value);
    }
    return value;
  }

  /**
   * Returns a value that the caller may have: a copy of its own where it could change it.
   *
   * @throws DecodingException when there is none here, or one of another type than the cache's
   */
  @SuppressWarnings("unchecked") // what is held in decoded form is a V
  V open(VersionedEntry record) {
    Object held = record.held();
    if (!(held instanceof Encoded encoded)) {
      return (V) held;
    }
    V value = codecs.decode(encoded, type);
    if (!record.isReadable()) {
      record.markReadable();
    }
    if (!byValue || codecs.isImmutable(value)) {
      record.holdDecoded(value);
    }
    return value;
  }

  /** Returns whether other members can be sent a value in the form in which it is held. */
  boolean isSendable(Object held, long maximumBytes, StoreCounters counters) {
    try {
      Encoded encoded = held instanceof Encoded already ? already : codecs.encode(held);
      return encoded.bytes().length <= maximumBytes;
    } catch (EncodingException e) {
      counters.unencodableValue(e);
      return false;
    }
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
