package io.github.mccache.protocol;

/**
 * The version of a key: when it was written, in hybrid time, and by which member. The later time
 * wins; at the same time the larger origin, compared as an unsigned number. Immutable.
 *
 * @param time hybrid logical time (see {@link HybridTime}), never negative
 * @param origin the first 64 bits of the writer's incarnation
 */
public record Version(long time, long origin) implements Comparable<Version> {

  /** Below every version that a member stamps. */
  public static final Version NONE = new Version(0, 0);

  public Version {
    if (time < 0) {
      throw new IllegalArgumentException("hybrid time " + time + " is negative");
    }
  }

  /** Returns the milliseconds since the epoch at which this version was stamped. */
  public long millis() {
    return HybridTime.millis(time);
  }

  /** Returns whether this version wins over the other. */
  public boolean isAfter(Version other) {
    return compareTo(other) > 0;
  }

  @Override
  public int compareTo(Version other) {
    int byTime = Long.compare(time, other.time);
    return byTime != 0 ? byTime : Long.compareUnsigned(origin, other.origin);
  }
}
