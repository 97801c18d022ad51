package io.github.mccache.simulation;

import io.github.mccache.node.ChangeVersion;
import io.github.mccache.node.CoherentStore;
import io.github.mccache.node.KeyState;
import io.github.mccache.node.SteppedNode;
import io.github.mccache.node.StoreObserver;
import io.github.mccache.node.VersionedEntry;
import io.github.mccache.protocol.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** The stores of production of one member, by the numbers that the simulation gives to caches. */
final class MemberCaches {

  private final Places places;
  private final SteppedNode node;
  private final Consumer<Place> touched;
  private final IntUnaryOperator maximumEntries;
  private final List<CoherentStore<String, String>> stores = new ArrayList<>();

  /**
   * Makes the caches, which are not open.
   *
   * @param maximumEntries the room of each by its number, 0 for unlimited
   * @param touched receives the keys that the store changed by itself, such as by eviction
   */
  MemberCaches(
      Places places, SteppedNode node, IntUnaryOperator maximumEntries, Consumer<Place> touched) {
    this.places = places;
    this.node = node;
    this.touched = touched;
    this.maximumEntries = maximumEntries;
  }

  /** Opens all caches. */
  void open() {
    for (int cache = 0; cache < places.caches(); cache++) {
      int maximum = maximumEntries.applyAsInt(cache);
      OptionalLong room = maximum == 0 ? OptionalLong.empty() : OptionalLong.of(maximum);
      stores.add(
          node.open(
              Places.cacheName(cache), places.mode(cache).sharing(), room, new Evictions(cache)));
    }
  }

  boolean isOpen() {
    return !stores.isEmpty();
  }

  long id(int cache) {
    return places.cacheId(cache);
  }

  Version put(Place place, String value, long ttlMillis) {
    CoherentStore<String, String> store = store(place);
    return step(place, key -> SteppedNode.versionOf(key.write(store.hold(value), ttlMillis)));
  }

  /** As {@link #put}, in a step that has the key to itself while {@code meanwhile} runs. */
  Version putAfter(Place place, String value, long ttlMillis, Runnable meanwhile) {
    CoherentStore<String, String> store = store(place);
    return step(
        place,
        key -> {
          meanwhile.run();
          return SteppedNode.versionOf(key.write(store.hold(value), ttlMillis));
        });
  }

  Version remove(Place place) {
    return step(place, key -> version(key.remove()));
  }

  Version clear(int cache) {
    stores.get(cache).clear();
    return stores.get(cache).clearFloor();
  }

  Version removeAll(int cache) {
    CoherentStore<String, String> store = stores.get(cache);
    store.removeAll(begun -> removeBelow(store, begun));
    return store.clearFloor();
  }

  private static void removeBelow(CoherentStore<String, String> store, ChangeVersion begun) {
    store
        .iterator()
        .forEachRemaining(
            entry ->
                store.<@Nullable Void>compute(
                    entry.getKey(),
                    key -> {
                      VersionedEntry live = key.live();
                      if (live != null && live.time() <= begun.time()) {
                        key.removeForClear();
                      }
                      return null;
                    }));
  }

  CoherentStore.Load beginLoad(Place place) {
    return store(place).beginLoad(place.key());
  }

  /** A load that was cached, and whether it is not sent. */
  record Loaded(Version version, boolean staysHere) {}

  /** Ends a load; returns null if the value was not cached. */
  @Nullable Loaded finishLoad(
      Place place, CoherentStore.Load load, String value, long ttlMillis, boolean written) {
    CoherentStore<String, String> store = store(place);
    return step(
        place,
        key -> {
          Object held = store.hold(value);
          VersionedEntry entry =
              written
                  ? key.writeSince(held, ttlMillis, load, true)
                  : key.store(held, ttlMillis, load);
          return entry == null
              ? null
              : new Loaded(SteppedNode.versionOf(entry), SteppedNode.staysHere(entry));
        });
  }

  /** Lets an entry go as its expiry does; returns its version, null if there was none. */
  @Nullable Version expire(Place place) {
    return step(
        place,
        key -> {
          VersionedEntry live = key.live();
          if (live == null) {
            return null;
          }
          key.expire(live);
          return SteppedNode.versionOf(live);
        });
  }

  /** Returns what a read sees. */
  @Nullable Visible read(Place place) {
    if (!isOpen()) {
      return null;
    }
    CoherentStore<String, String> store = store(place);
    VersionedEntry entry = store.peek(place.key(), node.clock().millis());
    if (entry == null) {
      return null;
    }
    String value = store.value(place.key(), entry);
    return value == null
        ? null
        : new Visible(SteppedNode.versionOf(entry), value, entry.deadlineMillis());
  }

  /** Returns what is remembered of a key that has no entry, in words; null for nothing. */
  @Nullable String mark(Place place) {
    return SteppedNode.mark(store(place), place.key());
  }

  /** Returns the number of entries, tombstones and fences. */
  int records() {
    int records = 0;
    for (CoherentStore<String, String> store : stores) {
      records += (int) store.size() + SteppedNode.marks(store);
    }
    return records;
  }

  long entries(int cache) {
    return stores.get(cache).size();
  }

  int dirtyKeys() {
    int dirty = 0;
    for (CoherentStore<String, String> store : stores) {
      dirty += SteppedNode.dirtyKeys(store);
    }
    return dirty;
  }

  /** As the cache does every operation: what is due expires first. */
  private <R extends @Nullable Object> R step(
      Place place, Function<KeyState<String, String>, R> step) {
    return store(place)
        .compute(
            place.key(),
            key -> {
              key.expireIfDue();
              return step.apply(key);
            });
  }

  private CoherentStore<String, String> store(Place place) {
    return stores.get(place.cache());
  }

  private static Version version(ChangeVersion version) {
    return new Version(version.time(), version.origin());
  }

  /** Notes what went for want of room. */
  private final class Evictions implements StoreObserver<String> {

    private final int cache;

    Evictions(int cache) {
      this.cache = cache;
    }

    @Override
    public void onRemoteChange(
        String key,
        @Nullable VersionedEntry before,
        @Nullable VersionedEntry after,
        RemoteChange change,
        ChangeVersion version) {
      touched.accept(places.at(cache, key));
    }

    @Override
    public void onEvicted(String key, VersionedEntry record) {
      touched.accept(places.at(cache, key));
    }

    @Override
    public void onExpired(String key, VersionedEntry record) {
      touched.accept(places.at(cache, key));
    }
  }
}
