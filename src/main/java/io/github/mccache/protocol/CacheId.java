package io.github.mccache.protocol;

import java.nio.charset.StandardCharsets;

/**
 * The number by which frames name a cache: the 64-bit FNV-1a hash of its name in UTF-8. Every
 * member computes the same number, so that a frame can be read by one that missed the sender's
 * hello, and after any restart.
 *
 * @see <a href="https://datatracker.ietf.org/doc/html/draft-eastlake-fnv">The FNV non-cryptographic
 *     hash algorithm</a>
 */
public final class CacheId {

  private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private CacheId() {}

  /** Returns the number of the cache of this name. */
  public static long of(String cacheName) {
    return fnv1a(cacheName.getBytes(StandardCharsets.UTF_8));
  }

  private static long fnv1a(byte[] bytes) {
    long hash = OFFSET_BASIS;
    for (byte b : bytes) {
      hash = (hash ^ (b & 0xff)) * PRIME;
    }
    return hash;
  }
}
