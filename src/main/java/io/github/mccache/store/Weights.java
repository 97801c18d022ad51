package io.github.mccache.store;

/** The weights of an entry, one for each bound of a store. Immutable. */
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
