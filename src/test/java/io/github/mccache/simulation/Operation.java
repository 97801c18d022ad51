package io.github.mccache.simulation;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import org.jspecify.annotations.Nullable;

/**
 * What an application did on one member.
 *
 * @param cache the cache
 * @param place the key; null for a clear
 * @param version the version that the store stamped, or evicted
 * @param value the value of a put or load
 * @param begunAtStep for a load: the step at which it began
 */
record Operation(
    Kind kind,
    long cache,
    @Nullable Place place,
    Version version,
    @Nullable Payload value,
    long ttlMillis,
    long begunAtStep) {

  enum Kind {
    PUT,
    REMOVE,
    CLEAR,
    LOAD,
    EVICT
  }

  static Operation put(Place place, Version version, Payload value, long ttlMillis) {
    return new Operation(Kind.PUT, place.cache(), place, version, value, ttlMillis, 0);
  }

  static Operation load(
      Place place, Version version, Payload value, long ttlMillis, long begunAtStep) {
    return new Operation(Kind.LOAD, place.cache(), place, version, value, ttlMillis, begunAtStep);
  }

  static Operation miss(Kind kind, Place place, Version version) {
    return new Operation(kind, place.cache(), place, version, null, Change.ETERNAL, 0);
  }

  static Operation clear(long cache, Version version) {
    return new Operation(Kind.CLEAR, cache, null, version, null, Change.ETERNAL, 0);
  }

  long deadlineMillis() {
    return ttlMillis == Change.ETERNAL ? Change.ETERNAL : version.millis() + ttlMillis;
  }
}
