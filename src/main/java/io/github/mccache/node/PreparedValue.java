package io.github.mccache.node;

import io.github.mccache.codec.Encoded;
import io.github.mccache.codec.EncodingException;
import org.jspecify.annotations.Nullable;

/**
 * A value that is kept as the object it is, with what the thread that gave it found out about its
 * bytes: either these, which are kept beside the object because to encode it takes code of the
 * application, or why there are none. Immutable.
 */
record PreparedValue(Object value, @Nullable Encoded encoded, @Nullable EncodingException refusal) {

  static PreparedValue sendable(Object value, Encoded encoded) {
    return new PreparedValue(value, encoded, null);
  }

  static PreparedValue unsendable(Object value, EncodingException refusal) {
    return new PreparedValue(value, null, refusal);
  }

  /** Throws the refusal if this is a value that cannot be sent. */
  static void requireSendable(Object held) {
    if (held instanceof PreparedValue prepared && prepared.refusal != null) {
      throw prepared.refusal;
    }
  }
}
