package io.github.mccache.node;

import io.github.mccache.codec.Codecs;
import io.github.mccache.codec.DecodingException;
import io.github.mccache.codec.Encoded;
import io.github.mccache.codec.EncodingException;
import io.github.mccache.node.StoreOptions.Sharing;

/**
 * The form in which one cache holds its values. By reference: as they are. By value: immutable ones
 * as they are, others as their encoded bytes. A value of another member is held as bytes until its
 * first read. Thread-safe.
 *
 * <p>Where values are sent, an object that code of the application encodes is held together with
 * its bytes: the thread that puts it encodes it, so that the event loop never does, and one version
 * has the same bytes whichever member sends them. This takes memory for both. Encoding again on
 * request was rejected: it would need another thread, and an object that the application has
 * changed since would give other bytes under the same version.
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
   * Returns the form in which a value of the caller is held.
   *
   * @throws EncodingException if the value must be copied or sent and cannot be encoded, or a
   *     receiver could not decode it
   */
  Object hold(V value) {
    if (byValue && !codecs.isImmutable(value)) {
      return codecs.encodeReadable(value);
    }
    return isKeptTwice(value) ? PreparedValue.sendable(value, codecs.encodeReadable(value)) : value;
  }

  /**
   * As {@link #hold}, of a value that was loaded: one that cannot be sent stays on this member.
   *
   * @throws EncodingException when the value must be copied and cannot be
   */
  Object holdLoaded(V value) {
    try {
      return hold(value);
    } catch (EncodingException e) {
      if (byValue && !codecs.isImmutable(value)) {
        throw e;
      }
      return PreparedValue.unsendable(value, e);
    }
  }

  private boolean isKeptTwice(Object value) {
    return sent && !codecs.isPlain(value);
  }

  /**
   * Returns the value for a caller: a copy if the caller could change it.
   *
   * @throws DecodingException if it cannot be decoded, or is not of the cache's type
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
      record.holdDecoded(value, isKeptTwice(value));
    }
    return value;
  }

  /** Returns whether a value can be sent in the form in which it is held. */
  boolean isSendable(Object held, long maximumBytes, StoreCounters counters) {
    if (held instanceof PreparedValue prepared) {
      if (prepared.refusal() != null) {
        counters.unsendableLoad(prepared.refusal());
      }
      return prepared.encoded() != null && prepared.encoded().bytes().length <= maximumBytes;
    }
    return sizeOf(held) <= maximumBytes;
  }

  /** Returns the bytes of a value; runs no code of the application where values are sent. */
  Encoded encode(VersionedEntry record) {
    Encoded encoded = record.encoded();
    if (encoded != null) {
      return encoded;
    }
    Object held = record.held();
    return held instanceof Encoded bytes ? bytes : codecs.encode(held);
  }

  long sizeOf(VersionedEntry record) {
    Encoded encoded = record.encoded();
    return encoded == null ? sizeOf(record.held()) : encoded.bytes().length;
  }

  private long sizeOf(Object held) {
    return held instanceof Encoded encoded ? encoded.bytes().length : codecs.sizeOf(held);
  }
}
