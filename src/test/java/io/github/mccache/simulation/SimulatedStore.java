package io.github.mccache.simulation;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyRule.Held;
import io.github.mccache.replication.ApplyRule.Path;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The records of one member's caches, its hybrid clock and its dirty keys: what the simulation asks
 * of a store, be it a model or the one of production.
 */
interface SimulatedStore {

  /** Makes the store of one member. */
  interface Factory {
    /**
     * @param origin the member's part of its versions
     * @param modes the mode of each cache
     * @param nowMillis the member's own time
     */
    SimulatedStore create(long origin, Map<Long, Mode> modes, LongSupplier nowMillis);
  }

  /** A value that a read returns. */
  record Visible(Version version, Payload value) {}

  /** A record, whether it is visible or not. */
  record Recorded(Held held, Version version) {}

  /** A load that has begun; of no concern to others than the store. */
  interface Load {}

  /** Writes, and returns the version. */
  Version put(Place place, Payload value, long ttlMillis);

  /**
   * As {@link #put}, in a step that has the key to itself when {@code meanwhile} applies changes to
   * it, which therefore take effect after the write.
   */
  default Version putWhile(Place place, Payload value, long ttlMillis, Runnable meanwhile) {
    Version version = put(place, value, ttlMillis);
    meanwhile.run();
    return version;
  }

  /** Removes, and returns the version. */
  Version remove(Place place);

  /** Clears a cache, and returns the version. */
  Version clear(long cache);

  /** Begins to load a key. */
  Load beginLoad(Place place);

  /** Ends a load; returns its version, or null if the value was not cached. */
  @Nullable Version finishLoad(Load load, Payload value, long ttlMillis);

  /** Evicts; returns the version of what was evicted, or null if there was no entry. */
  @Nullable Version evict(Place place);

  /** Takes the evictions since the last call that nobody asked for: what went, of which key. */
  default Map<Version, Place> takeEvictions() {
    return Map.of();
  }

  /** Applies a change of another member; returns false if it is ahead of this member's clock. */
  boolean apply(Change change, Path path);

  /** Returns what became of cleared caches and of the dirty keys, which are dirty no longer. */
  List<Change> drain();

  /** Returns the hybrid time at or below which every own change was drained. */
  long completeTime();

  /** Returns whether a load that is under way holds the complete time back. */
  boolean isCompleteWithLoads();

  /** Returns the hybrid time. */
  long time();

  /** Returns the record of a key as a change, as a repair would send it, or null. */
  @Nullable Change repairOf(Place place);

  /** Returns what a read sees. */
  @Nullable Visible read(Place place);

  /** Returns the record. */
  @Nullable Recorded record(Place place);

  /** Returns the highest clear. */
  Version clearFloor(long cache);

  /** Returns the number of records. */
  int records();

  /** Returns the number of keys that are dirty. */
  int dirtyKeys();
}
