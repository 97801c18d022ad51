package io.github.mccache.simulation;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Version;
import org.jspecify.annotations.Nullable;

/**
 * What an application did on one member.
 *
 * @param member on which it was done
 * @param atNanos when
 * @param cache the cache
 * @param place the key; null for a clear
 * @param version the version that the store stamped
 * @param value the value of a put or load
 * @param begunAtStep the step at which it began, if that was in an earlier event
 * @param staysOnItsMember whether it is a load that is not sent
 */
record Operation(
    Kind kind,
    SimulatedMember member,
    long atNanos,
    int cache,
    @Nullable Place place,
    Version version,
    @Nullable String value,
    long ttlMillis,
    long begunAtStep,
    boolean staysOnItsMember) {

  enum Kind {
    PUT,
    REMOVE,
    CLEAR,
    LOAD
  }

  long deadlineMillis() {
    return ttlMillis == Change.ETERNAL ? Change.ETERNAL : version.millis() + ttlMillis;
  }

  @Override
  public String toString() {
    return kind
        + " "
        + (place == null ? "cache " + cache : place)
        + " "
        + version
        + " by "
        + member;
  }
}
