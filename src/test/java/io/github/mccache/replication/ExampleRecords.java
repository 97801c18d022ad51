package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Caches that hold what a test says, and a clock that stands still. */
final class ExampleRecords implements Records {

  /** An hour and a half after the epoch: the versions of most tests are long past. */
  static final long CLOCK_MILLIS = 5_400_000;

  private record Place(long cache, @Nullable Payload key) {}

  private final Map<Place, Change> held = new LinkedHashMap<>();
  Version collected = Version.NONE;
  Version lost = Version.NONE;
  Version floor = Version.NONE;
  long clockMillis = CLOCK_MILLIS;
  int scans;
  int looks;

  /** The keys of which a value would be taken, though nothing is known of them. */
  final Set<Payload> lacking = new HashSet<>();

  /** From now on this is known of its key. */
  void hold(Change change) {
    held.put(new Place(change.cache(), change.key()), change);
  }

  /** Applies what is newer, as a cache does that has room for everything. */
  void apply(Effects effects) {
    for (Application application : effects.apply()) {
      Change change = application.change();
      Payload key = change.key();
      if (key == null) {
        held.values().removeIf(old -> !old.version().isAfter(change.version()));
        continue;
      }
      Version known = version(change.cache(), key);
      if (known == null || change.version().isAfter(known)) {
        hold(change);
      }
    }
  }

  void forget(Payload key) {
    held.remove(new Place(Examples.CACHE, key));
  }

  List<Change> all() {
    return List.copyOf(held.values());
  }

  @Override
  public @Nullable Change current(long cache, Payload key) {
    return held.get(new Place(cache, key));
  }

  @Override
  public @Nullable Version version(long cache, Payload key) {
    Change change = current(cache, key);
    return change == null ? null : change.version();
  }

  @Override
  public boolean lacks(long cache, Payload key, Version version) {
    return lacking.contains(key);
  }

  @Override
  public Iterator<@Nullable Change> scan(LongPredicate caches, Wanted wanted) {
    scans++;
    Iterator<Change> all = all().stream().filter(change -> caches.test(change.cache())).iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return all.hasNext();
      }

      @Override
      public @Nullable Change next() {
        looks++;
        Change change = all.next();
        return wanted.test(change.cache(), change.kind(), change.version()) ? change : null;
      }
    };
  }

  @Override
  public Iterator<Change> scanVersions(long cache) {
    return all().stream()
        .filter(change -> change.cache() == cache && change.value() != null)
        .map(
            change -> {
              Payload key = change.key();
              return key == null ? change : Change.invalidate(cache, change.version(), key);
            })
        .iterator();
  }

  @Override
  public Version lost() {
    return lost;
  }

  @Override
  public Version collected() {
    return collected;
  }

  @Override
  public Version floor(LongPredicate caches) {
    return floor;
  }

  @Override
  public long time() {
    return HybridTime.ofMillis(clockMillis);
  }

  @Override
  public long clockMillis() {
    return clockMillis;
  }
}
