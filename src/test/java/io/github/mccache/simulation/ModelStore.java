package io.github.mccache.simulation;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyRule;
import io.github.mccache.replication.ApplyRule.Held;
import io.github.mccache.replication.ApplyRule.Known;
import io.github.mccache.replication.ApplyRule.Path;
import io.github.mccache.replication.ApplyRule.Situation;
import io.github.mccache.replication.ApplyRule.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The plainest store that keeps the promises: maps, no bounds, tombstones and fences for ever. What
 * a {@link PlantedBug} gets wrong is a method of its own.
 */
class ModelStore implements SimulatedStore {

  /**
   * What is known of a key.
   *
   * @param value null unless it is an entry
   * @param loaded whether the value was loaded and not written
   */
  record Record(
      Held held, Version version, @Nullable Payload value, long ttlMillis, boolean loaded) {

    static Record miss(Held held, Version version) {
      return new Record(held, version, null, Change.ETERNAL, false);
    }

    long deadlineMillis() {
      long deadline = version.millis() + ttlMillis;
      return ttlMillis == Change.ETERNAL || deadline < 0 ? Change.ETERNAL : deadline;
    }
  }

  private record ModelLoad(Place place, Version version, long counter) implements Load {}

  protected final Map<Place, Record> records = new LinkedHashMap<>();
  protected final Map<Long, Version> floors = new HashMap<>();
  protected final Set<Place> dirty = new LinkedHashSet<>();
  protected final Set<ModelLoad> loads = new LinkedHashSet<>();
  private final Map<Place, Long> counters = new HashMap<>();
  private final Map<Long, Long> clears = new HashMap<>();
  private final Map<Long, Version> clearsToSend = new LinkedHashMap<>();
  private final long origin;
  private final Map<Long, Mode> modes;
  private final LongSupplier nowMillis;
  private long time;

  ModelStore(long origin, Map<Long, Mode> modes, LongSupplier nowMillis) {
    this.origin = origin;
    this.modes = modes;
    this.nowMillis = nowMillis;
  }

  @Override
  public Version put(Place place, Payload value, long ttlMillis) {
    Version version = stamp();
    write(place, new Record(Held.ENTRY, version, value, ttlMillis, false));
    return version;
  }

  @Override
  public Version remove(Place place) {
    Version version = stamp();
    write(place, Record.miss(Held.TOMBSTONE, version));
    return version;
  }

  @Override
  public Version clear(long cache) {
    Version version = stamp();
    raiseFloor(cache, version);
    clearsToSend.put(cache, version);
    return version;
  }

  @Override
  public Load beginLoad(Place place) {
    ModelLoad load = new ModelLoad(place, stamp(), counter(place));
    loads.add(load);
    return load;
  }

  @Override
  public @Nullable Version finishLoad(Load load, Payload value, long ttlMillis) {
    ModelLoad begun = (ModelLoad) load;
    loads.remove(begun);
    boolean dead = !begun.version.isAfter(clearFloor(begun.place.cache()));
    if (dead || isBroken(begun)) {
      return null;
    }
    Version version = versionOf(begun);
    store(begun.place, new Record(Held.ENTRY, version, value, ttlMillis, true));
    if (mode(begun.place) == Mode.REPLICATE) {
      dirty.add(begun.place);
    }
    return version;
  }

  @Override
  public @Nullable Version evict(Place place) {
    Record record = records.get(place);
    if (record == null || record.held != Held.ENTRY) {
      return null;
    }
    leaveAfterEviction(place, record);
    return record.version;
  }

  @Override
  public boolean apply(Change change, Path path) {
    boolean ahead = ApplyRule.isAheadOfClock(change.version(), nowMillis.getAsLong());
    if (!ahead) {
      observe(change.version().time());
    }
    if (change.key() == null) {
      raiseFloor(change.cache(), ahead ? stamp() : change.version());
      return !ahead;
    }
    return applyToKey(change, Place.of(change.cache(), change.key()), path)
        != Verdict.AHEAD_OF_CLOCK;
  }

  @Override
  public List<Change> drain() {
    List<Change> changes = new ArrayList<>();
    clearsToSend.forEach((cache, version) -> changes.add(Change.clear(cache, version)));
    clearsToSend.clear();
    for (Place place : dirty) {
      Record record = records.get(place);
      if (record != null && record.version.origin() == origin) {
        changes.add(changeOf(place, record));
      }
    }
    dirty.clear();
    return changes;
  }

  @Override
  public long completeTime() {
    return loads.stream().mapToLong(load -> load.version.time() - 1).min().orElse(time);
  }

  @Override
  public boolean isCompleteWithLoads() {
    return true;
  }

  @Override
  public long time() {
    return time;
  }

  @Override
  public @Nullable Change repairOf(Place place) {
    Record record = records.get(place);
    return record == null || staysHere(place, record) ? null : changeOf(place, record);
  }

  @Override
  public @Nullable Visible read(Place place) {
    Record record = records.get(place);
    return record == null || record.value == null || hasExpired(record)
        ? null
        : new Visible(record.version, record.value);
  }

  @Override
  public @Nullable Recorded record(Place place) {
    Record record = records.get(place);
    return record == null ? null : new Recorded(record.held, record.version);
  }

  @Override
  public Version clearFloor(long cache) {
    return floors.getOrDefault(cache, Version.NONE);
  }

  @Override
  public int records() {
    return records.size();
  }

  @Override
  public int dirtyKeys() {
    return dirty.size();
  }

  // --- what a planted bug gets wrong

  protected Verdict decide(Change change, Path path, Known known, Situation situation) {
    return ApplyRule.decide(change, path, known, situation);
  }

  protected void observe(long heardTime) {
    time = Math.max(time, heardTime);
  }

  protected void raiseFloor(long cache, Version version) {
    if (version.isAfter(clearFloor(cache))) {
      floors.put(cache, version);
      clears.merge(cache, 1L, Long::sum);
    }
    records.entrySet().removeIf(entry -> diesOf(cache, version, entry.getKey(), entry.getValue()));
  }

  protected boolean diesOf(long cache, Version clear, Place place, Record record) {
    return place.cache() == cache && !record.version.isAfter(clear);
  }

  protected boolean isBroken(Load load) {
    ModelLoad begun = (ModelLoad) load;
    return begun.counter != counter(begun.place);
  }

  protected Version versionOf(Load load) {
    return ((ModelLoad) load).version;
  }

  protected void leaveAfterEviction(Place place, Record evicted) {
    records.put(
        place, new Record(Held.FENCE, evicted.version, null, evicted.ttlMillis, evicted.loaded));
  }

  protected void afterVerdict(Place place, Change change, Verdict verdict) {
    Version version = change.version();
    switch (verdict) {
      case ENTRY -> {
        boolean loaded = change.kind() == Change.Kind.FILL;
        store(place, new Record(Held.ENTRY, version, change.value(), change.ttlMillis(), loaded));
      }
      case TOMBSTONE -> store(place, Record.miss(Held.TOMBSTONE, version));
      case FENCE, CONFLICT -> store(place, Record.miss(Held.FENCE, version));
      case AHEAD_OF_CLOCK -> store(place, Record.miss(Held.FENCE, stamp()));
      default -> {}
    }
  }

  protected long deadlineMillis(Record record) {
    return record.deadlineMillis();
  }

  protected Change changeOf(Place place, Record record) {
    long cache = place.cache();
    Payload key = place.payload();
    Payload value = record.value;
    if (value == null || mode(place) == Mode.INVALIDATE || staysHere(place, record)) {
      return record.held == Held.TOMBSTONE
          ? Change.remove(cache, record.version, key)
          : Change.invalidate(cache, record.version, key);
    }
    return record.loaded
        ? Change.fill(cache, record.version, key, value, record.ttlMillis)
        : Change.put(cache, record.version, key, value, record.ttlMillis);
  }

  // --- shared with planted bugs

  protected final Version stamp() {
    time = HybridTime.next(time, nowMillis.getAsLong());
    return new Version(time, origin);
  }

  protected final Mode mode(Place place) {
    return modes.get(place.cache());
  }

  protected final void store(Place place, Record record) {
    records.put(place, record);
    counters.merge(place, 1L, Long::sum);
  }

  /** What a load left in this mode is told to nobody, unless a write that it replaced was not. */
  private boolean staysHere(Place place, Record record) {
    return record.loaded && mode(place) != Mode.REPLICATE;
  }

  private void write(Place place, Record record) {
    store(place, record);
    dirty.add(place);
  }

  private Verdict applyToKey(Change change, Place place, Path path) {
    Verdict verdict = decide(change, path, known(place, change), situation(place));
    if (verdict.breaksLoad()) {
      counters.merge(place, 1L, Long::sum);
    }
    afterVerdict(place, change, verdict);
    return verdict;
  }

  private boolean hasExpired(Record record) {
    return deadlineMillis(record) <= nowMillis.getAsLong();
  }

  private Known known(Place place, Change change) {
    Record record = records.get(place);
    return record == null
        ? Known.NOTHING
        : new Known(
            hasExpired(record) ? Held.FENCE : record.held,
            record.version,
            () -> record.value != null && record.value.equals(change.value()));
  }

  private Situation situation(Place place) {
    return new Situation(
        mode(place) == Mode.UPDATE,
        mode(place) == Mode.INVALIDATE,
        clearFloor(place.cache()),
        Version.NONE,
        nowMillis.getAsLong(),
        false);
  }

  /** Moves when a load of the key that is in flight must not be cached. */
  private long counter(Place place) {
    return counters.getOrDefault(place, 0L) + clears.getOrDefault(place.cache(), 0L);
  }
}
