package io.github.mccache.node;

import io.github.mccache.codec.Codecs;
import io.github.mccache.codec.EncodingException;
import io.github.mccache.protocol.Payload;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A key whose class is the application's, as a clustered cache holds it: with its hash code, and
 * with its bytes once it has a record. The thread of an operation, or the decoding thread, computes
 * both. The event loop handles only keys that have records; it never calls their {@code hashCode}
 * or their codec, and calls {@code equals} only where two keys of one hash code differ in their
 * bytes. Thread-safe.
 */
final class HeldKey {

  private final Object key;
  private final int hash;

  /** Set before a record of the key is published; a race between threads encodes it twice. */
  private @Nullable Payload encoded;

  private @Nullable EncodingException refusal;

  HeldKey(Object key) {
    this.key = key;
    this.hash = key.hashCode();
  }

  Object key() {
    return key;
  }

  /** Keeps the bytes under which another member sent the key, unless it has bytes already. */
  void name(Payload bytes) {
    if (encoded == null) {
      encoded = bytes;
    }
  }

  /**
   * Returns the bytes of the key, made at the first call.
   *
   * @throws EncodingException if it has none
   */
  Payload encoded(Codecs codecs) {
    Payload present = encoded;
    if (present != null) {
      return present;
    }
    if (refusal != null) {
      throw refusal;
    }
    try {
      present = ChangeMaker.payload(codecs.encode(key));
      encoded = present;
      return present;
    } catch (EncodingException e) {
      refusal = e;
      throw e;
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    return other instanceof HeldKey that
        && hash == that.hash
        && ((encoded != null && Objects.equals(encoded, that.encoded)) || key.equals(that.key));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** Returns the class: never the content. */
  @Override
  public String toString() {
    return "HeldKey[" + key.getClass().getName() + "]";
  }
}
