package io.github.mccache.store;

/** What the bounds of a store say that an entry weighs. Immutable. */
public final class Weights {

  private final long[] each;

  Weights(long[] each) {
    this.each = each;
  }

  /** Returns the weights in the order of the bounds: the array itself. */
  long[] each() {
    return each;
  }
}
