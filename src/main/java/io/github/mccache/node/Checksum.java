package io.github.mccache.node;

import io.github.mccache.codec.Encoded;

/** A sum over entries that does not depend on their order. Confined to one thread. */
public final class Checksum {

  private long entries;
  private long hash;

  Checksum() {}

  void add(Encoded key, Encoded value) {
    entries++;
    hash += mix(fold(fold(0x243f6a8885a308d3L, key), value));
  }

  /** Returns how many entries were added. */
  public long entries() {
    return entries;
  }

  /** Returns the sum of their hashes. */
  public long hash() {
    return hash;
  }

  /** FNV-1a over the codec, the length and the bytes. */
  private static long fold(long start, Encoded encoded) {
    long hash = start ^ encoded.codec();
    hash = (hash * 0x100000001b3L) ^ encoded.bytes().length;
    for (byte b : encoded.bytes()) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }

  /** The finalizer of SplitMix64: spreads every bit, so that sums of hashes do not cancel out. */
  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
