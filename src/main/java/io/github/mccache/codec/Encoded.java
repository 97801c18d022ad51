package io.github.mccache.codec;

import java.util.Arrays;

/**
 * An object as bytes, and the number of the codec that reads them. Immutable as long as nobody
 * writes to the array, which is not copied.
 *
 * @param codec the number of the codec, above 0
 * @param bytes the encoded object
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode below go by content
public record Encoded(int codec, byte[] bytes) {

  /**
   * Checks the number.
   *
   * @throws IllegalArgumentException for a codec of 0 or less
   */
  public Encoded {
    if (codec <= 0) {
      throw new IllegalArgumentException("codec " + codec + " is not above 0");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Encoded that && codec == that.codec && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return 31 * codec + Arrays.hashCode(bytes);
  }

  /** Returns the codec and the length: never the content. */
  @Override
  public String toString() {
    return "Encoded[codec=" + codec + ", " + bytes.length + " bytes]";
  }
}
