package io.github.mccache.protocol;

/**
 * The incarnation of a member: 128 random bits, new for every start of a node. It is the member's
 * identity; its node name is only a label. Immutable.
 */
public record NodeId(long high, long low) implements Comparable<NodeId> {

  /** Returns the 64 bits that stand for this member in a {@link Version}. */
  public long origin() {
    return high;
  }

  @Override
  public int compareTo(NodeId other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  /** Returns 32 hexadecimal digits. */
  @Override
  public String toString() {
    return String.format("%016x%016x", high, low);
  }
}
