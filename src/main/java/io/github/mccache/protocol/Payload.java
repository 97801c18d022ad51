package io.github.mccache.protocol;

import java.util.Arrays;

/**
 * A key or a value as it travels: the number of its codec and the bytes, which are not copied and
 * must not be changed.
 *
 * @param codec which codec reads the bytes, 0 or more; {@link #NO_CODEC} where nothing reads them
 * @param bytes the encoded object
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode below go by content
public record Payload(int codec, byte[] bytes) {

  /** The number that no codec has. */
  public static final int NO_CODEC = 0;

  public Payload {
    if (codec < 0) {
      throw new IllegalArgumentException("codec " + codec + " is negative");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Payload that && codec == that.codec && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return 31 * codec + Arrays.hashCode(bytes);
  }

  /** Returns the codec and the length: never the content. */
  @Override
  public String toString() {
    return "Payload[codec=" + codec + ", " + bytes.length + " bytes]";
  }
}
