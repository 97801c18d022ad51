package io.github.mccache.config;

import java.security.MessageDigest;
import java.util.Arrays;

/** A key of 256 bits. Immutable; its text does not show it. */
public final class SealingKey {

  /** The length of every key. */
  public static final int BYTES = 32;

  private final byte[] bytes;

  SealingKey(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a key of " + bytes.length + " bytes, not " + BYTES);
    }
    this.bytes = bytes.clone();
  }

  /** Returns a copy of the {@value #BYTES} bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SealingKey that && MessageDigest.isEqual(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "(hidden)";
  }
}
