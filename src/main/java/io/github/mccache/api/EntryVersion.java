package io.github.mccache.api;

import java.time.Instant;

/**
 * Which write of a key is meant: when it was stamped, and by whom. Versions of a key only go up, by
 * {@code time} and then by {@code origin} as an unsigned number. Immutable.
 *
 * @param time hybrid logical time: 48 bits of milliseconds since the epoch, 16 bits of counter
 * @param origin the first 64 bits of the identity that the writing member drew when it started
 */
public record EntryVersion(long time, long origin) implements Comparable<EntryVersion> {

  /** Returns when the version was stamped, to the millisecond. */
  public Instant instant() {
    return Instant.ofEpochMilli(time >>> 16);
  }

  @Override
  public int compareTo(EntryVersion other) {
    int byTime = Long.compare(time, other.time);
    return byTime != 0 ? byTime : Long.compareUnsigned(origin, other.origin);
  }

  /**
   * Returns the milliseconds, the counter and the origin, such as {@code
   * 1763850000000.3@9f3c5d0e11a2b4c8}.
   */
  @Override
  public String toString() {
    return (time >>> 16) + "." + (time & 0xffff) + "@" + String.format("%016x", origin);
  }
}
