package io.github.mccache.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What happened to one key of one cache, or to a whole cache: the state that it left behind, never
 * the operation. Immutable.
 *
 * @param cache the number of the cache, see {@link CacheId}
 * @param kind what became of the key
 * @param version which change wins
 * @param key the key; null for {@link Kind#CLEAR} and {@link Kind#REMOVE_ALL} only
 * @param value the value; not null for {@link Kind#PUT} and {@link Kind#FILL} only
 * @param ttlMillis how long a value lives, counted from the version's time; {@link #ETERNAL} for
 *     ever
 */
public record Change(
    long cache,
    Kind kind,
    Version version,
    @Nullable Payload key,
    @Nullable Payload value,
    long ttlMillis) {

  /** The time to live of a value that never expires. */
  public static final long ETERNAL = Long.MAX_VALUE;

  /** What becomes of a key. */
  public enum Kind {
    /** It has this value. */
    PUT,
    /**
     * It has this value, which was loaded and not written: taken only where nothing newer is known.
     */
    FILL,
    /** It was removed. */
    REMOVE,
    /** It has a value that is not sent: nothing at or below this version may be served. */
    INVALIDATE,
    /** Every key of the cache at or below this version was removed; listeners receive no event. */
    CLEAR,
    /** Every key of the cache at or below this version was removed; listeners receive events. */
    REMOVE_ALL;

    /** Returns whether the whole cache is meant and no key. */
    public boolean isWholeCache() {
      return this == CLEAR || this == REMOVE_ALL;
    }
  }

  public Change {
    if ((key == null) != kind.isWholeCache()) {
      throw new IllegalArgumentException(kind + (key == null ? " needs a key" : " takes no key"));
    }
    if ((value != null) != (kind == Kind.PUT || kind == Kind.FILL)) {
      throw new IllegalArgumentException(
          kind + (value == null ? " needs a value" : " takes no value"));
    }
    if (ttlMillis < 0) {
      throw new IllegalArgumentException("time to live " + ttlMillis + " ms is negative");
    }
  }

  /** Returns a change that gives a key a value. */
  public static Change put(
      long cache, Version version, Payload key, Payload value, long ttlMillis) {
    return new Change(cache, Kind.PUT, version, key, value, ttlMillis);
  }

  /** Returns a change that offers a loaded value. */
  public static Change fill(
      long cache, Version version, Payload key, Payload value, long ttlMillis) {
    return new Change(cache, Kind.FILL, version, key, value, ttlMillis);
  }

  /** Returns a change that removes a key. */
  public static Change remove(long cache, Version version, Payload key) {
    return new Change(cache, Kind.REMOVE, version, key, null, ETERNAL);
  }

  /** Returns a change that forbids what is known of a key. */
  public static Change invalidate(long cache, Version version, Payload key) {
    return new Change(cache, Kind.INVALIDATE, version, key, null, ETERNAL);
  }

  /** Returns a change that empties a cache. */
  public static Change clear(long cache, Version version) {
    return new Change(cache, Kind.CLEAR, version, null, null, ETERNAL);
  }

  /** Returns the deadline in milliseconds since the epoch, {@link #ETERNAL} when there is none. */
  public long deadlineMillis() {
    return deadlineMillis(version, ttlMillis);
  }

  static long deadlineMillis(Version version, long ttlMillis) {
    long deadline = version.millis() + ttlMillis;
    return ttlMillis == ETERNAL || deadline < 0 ? ETERNAL : deadline;
  }
}
