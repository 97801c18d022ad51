package io.github.mccache.api;

/**
 * A short proof of what a cache holds: equal on two members when, and for all practical purposes
 * only when, they hold the same keys with the same values. Entries that cannot be encoded are left
 * out: their member cannot send them, so no other one has them. Immutable.
 *
 * @param entries how many entries it covers
 * @param hash a 64-bit sum over the encoded keys and values that does not depend on their order
 */
public record CacheChecksum(long entries, long hash) {

  /**
   * Returns the number of entries and 16 hexadecimal digits, such as {@code 250:00c0ffee12345678}.
   */
  @Override
  public String toString() {
    return entries + ":" + String.format("%016x", hash);
  }
}
