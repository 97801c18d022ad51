package io.github.mccache.node;

import io.github.mccache.codec.Codecs;
import io.github.mccache.codec.EncodingException;
import io.github.mccache.node.StoreOptions.Sharing;
import io.github.mccache.protocol.Payload;

/**
 * The form in which one cache holds its keys: as they are if they run no code of the application or
 * no event loop handles them, else as a {@link HeldKey}. Thread-safe.
 *
 * @param <K> the type of keys
 */
final class KeyForm<K> {

  private final Codecs codecs;
  private final boolean plain;

  KeyForm(StoreOptions<K, ?> options) {
    this.codecs = options.codecs();
    this.plain = options.sharing() == Sharing.LOCAL || codecs.arePlainKeys(options.keyType());
  }

  /** Returns the form in which a key is looked up and kept. */
  Object hold(K key) {
    return plain || codecs.isPlainKey(key) ? key : new HeldKey(key);
  }

  /** As {@link #hold}, of a key that another member has sent as these bytes. */
  Object hold(K key, Payload encoded) {
    Object held = hold(key);
    name(held, encoded);
    return held;
  }

  @SuppressWarnings("unchecked") // what is held is a K, or has one
  K open(Object held) {
    return (K) (held instanceof HeldKey heldKey ? heldKey.key() : held);
  }

  /** Gives a held key the bytes that another member has sent for it, unless it has some. */
  void name(Object held, Payload encoded) {
    if (held instanceof HeldKey heldKey) {
      heldKey.name(encoded);
    }
  }

  /** Encodes a key that is about to get a record. Not for the thread of the event loop. */
  void prepare(Object held) {
    if (held instanceof HeldKey heldKey) {
      try {
        heldKey.encoded(codecs);
      } catch (EncodingException e) {
        return; // counted at the attempt to send it
      }
    }
  }

  /**
   * Returns the bytes of a key that is held.
   *
   * @throws EncodingException if it cannot be encoded
   */
  Payload encode(Object held) {
    return held instanceof HeldKey heldKey
        ? heldKey.encoded(codecs)
        : ChangeMaker.payload(codecs.encode(held));
  }

  /**
   * Returns how many bytes {@link #encode} returns.
   *
   * @throws EncodingException if it cannot be encoded
   */
  long sizeOf(Object held) {
    return held instanceof HeldKey heldKey
        ? heldKey.encoded(codecs).bytes().length
        : codecs.sizeOf(held);
  }
}
