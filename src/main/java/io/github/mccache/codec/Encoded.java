package io.github.mccache.codec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An object as bytes, and the number of the codec that reads them. Immutable as long as nobody
 * writes to the array, which is not copied. Bytes that were encoded here remember that, and are
 * decoded without suspicion.
 */
public final class Encoded {

  private final int codec;
  private final byte[] bytes;

  /** Null for bytes from elsewhere that have not been checked; a race checks them twice. */
  private @Nullable Origin origin;

  /**
   * Takes bytes that may come from anywhere.
   *
   * @param codec the number of the codec, above 0
   * @param bytes the encoded object
   * @throws IllegalArgumentException for a codec of 0 or less
   */
  public Encoded(int codec, byte[] bytes) {
    this(codec, bytes, null);
  }

  Encoded(int codec, byte[] bytes, @Nullable Origin origin) {
    if (codec <= 0) {
      throw new IllegalArgumentException("codec " + codec + " is not above 0");
    }
    this.codec = codec;
    this.bytes = bytes;
    this.origin = origin;
  }

  /** Returns the number of the codec, above 0. */
  public int codec() {
    return codec;
  }

  /** Returns the encoded object: the array itself. */
  public byte[] bytes() {
    return bytes;
  }

  /** Returns where the bytes come from, null if they are from elsewhere and not checked yet. */
  @Nullable Origin origin() {
    return origin;
  }

  /** Notes that bytes from elsewhere have been decoded once. */
  void setChecked() {
    origin = Origin.CHECKED;
  }

  @Override
  public boolean equals(@Nullable Object other) {
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
