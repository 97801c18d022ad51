package io.github.mccache.simulation;

/** A key of a cache; one object each. */
final class Place {

  private final int index;
  private final int cache;
  private final Mode mode;
  private final String key;

  Place(int index, int cache, Mode mode, String key) {
    this.index = index;
    this.cache = cache;
    this.mode = mode;
    this.key = key;
  }

  /** Returns its number among all places. */
  int index() {
    return index;
  }

  /** Returns the number of the cache. */
  int cache() {
    return cache;
  }

  Mode mode() {
    return mode;
  }

  String key() {
    return key;
  }

  @Override
  public String toString() {
    return "" + mode.letter() + cache + "/" + key;
  }
}
