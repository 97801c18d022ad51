package io.github.mccache.simulation;

import io.github.mccache.protocol.Version;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Everything that was ever written, by all members: what an invariant compares a store with. */
final class Ledger {

  private final Map<Long, Mode> modes;
  private final Map<Version, Operation> byVersion = new HashMap<>();
  private final Map<Place, Operation> winners = new HashMap<>();
  private final Map<Long, Version> floors = new HashMap<>();
  private final Set<Version> evicted = new HashSet<>();

  Ledger(Map<Long, Mode> modes) {
    this.modes = modes;
  }

  void record(Operation operation) {
    switch (operation.kind()) {
      case EVICT -> evicted.add(operation.version());
      case CLEAR -> floors.merge(operation.cache(), operation.version(), Ledger::higher);
      case PUT, REMOVE, LOAD -> {
        byVersion.put(operation.version(), operation);
        if (!staysOnItsMember(operation)) {
          winners.merge(operation.place(), operation, Ledger::later);
        }
      }
    }
  }

  /** Returns the write or load of this version. */
  @Nullable Operation write(Version version) {
    return byVersion.get(version);
  }

  /** Returns the write of a key that must win, not counting clears. */
  @Nullable Operation winner(Place place) {
    return winners.get(place);
  }

  /** Returns the highest clear. */
  Version floor(long cache) {
    return floors.getOrDefault(cache, Version.NONE);
  }

  /** Returns whether some member evicted this version. */
  boolean wasEvicted(Version version) {
    return evicted.contains(version);
  }

  /** Returns whether this is a load of which no other member hears. */
  boolean staysOnItsMember(Operation operation) {
    return operation.kind() == Operation.Kind.LOAD
        && modes.get(operation.cache()) != Mode.REPLICATE;
  }

  private static Version higher(Version one, Version other) {
    return one.isAfter(other) ? one : other;
  }

  private static Operation later(Operation one, Operation other) {
    return one.version().isAfter(other.version()) ? one : other;
  }
}
