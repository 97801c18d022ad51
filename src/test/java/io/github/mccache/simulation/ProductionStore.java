package io.github.mccache.simulation;

import io.github.mccache.node.ApplyOutcome;
import io.github.mccache.node.ChangeVersion;
import io.github.mccache.node.CoherentStore;
import io.github.mccache.node.KeyState;
import io.github.mccache.node.MemberStores;
import io.github.mccache.node.StoreObserver;
import io.github.mccache.node.StoreOptions.Sharing;
import io.github.mccache.node.VersionedEntry;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyRule.Held;
import io.github.mccache.replication.ApplyRule.Known;
import io.github.mccache.replication.ApplyRule.Path;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The store of production, with the clock, the gate and the outbox of its member. Some members have
 * so little room that they evict by themselves; {@link #evict} lets an entry go as its expiry does.
 * Every other clear is a removeAll.
 */
final class ProductionStore implements SimulatedStore {

  private static final NodeId SOMEBODY = new NodeId(0, 0);

  private record ProductionLoad(Place place, CoherentStore.Load load) implements Load {}

  private final Map<Long, Mode> modes;
  private final LongSupplier nowMillis;
  private final MemberStores member;
  private final Map<Long, CoherentStore<String, String>> stores = new TreeMap<>();
  private final Map<Long, Long> caches = new HashMap<>();
  private final Map<Version, Place> evictions = new LinkedHashMap<>();
  private int clears;

  ProductionStore(long origin, Map<Long, Mode> modes, LongSupplier nowMillis) {
    this.modes = modes;
    this.nowMillis = nowMillis;
    this.member = new MemberStores(origin, nowMillis);
    for (Map.Entry<Long, Mode> mode : modes.entrySet()) {
      long cache = mode.getKey();
      CoherentStore<String, String> store =
          member.open("cache" + cache, sharing(cache), room(origin), new Evictions(cache));
      stores.put(cache, store);
      caches.put(store.id(), cache);
    }
  }

  private static OptionalLong room(long origin) {
    return (origin & 3) < 2 ? OptionalLong.of(1 + (origin & 3)) : OptionalLong.empty();
  }

  @Override
  public Version put(Place place, Payload value, long ttlMillis) {
    return putWhile(place, value, ttlMillis, () -> {});
  }

  @Override
  public Version putWhile(Place place, Payload value, long ttlMillis, Runnable meanwhile) {
    CoherentStore<String, String> store = store(place);
    return step(
        place,
        key -> {
          meanwhile.run();
          return MemberStores.versionOf(key.write(store.hold(text(value)), ttlMillis));
        });
  }

  @Override
  public Version remove(Place place) {
    return step(place, key -> version(key.remove()));
  }

  @Override
  public Version clear(long cache) {
    CoherentStore<String, String> store = stores.get(cache);
    if (clears++ % 2 == 0) {
      store.clear();
    } else {
      store.removeAll(begun -> removeBelow(store, begun));
    }
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

  @Override
  public Load beginLoad(Place place) {
    return new ProductionLoad(place, store(place).beginLoad(place.key()));
  }

  @Override
  public @Nullable Version finishLoad(Load load, Payload value, long ttlMillis) {
    ProductionLoad begun = (ProductionLoad) load;
    CoherentStore<String, String> store = store(begun.place);
    return step(
        begun.place,
        key -> {
          VersionedEntry entry = key.store(store.hold(text(value)), ttlMillis, begun.load);
          return entry == null ? null : MemberStores.versionOf(entry);
        });
  }

  @Override
  public @Nullable Version evict(Place place) {
    return step(
        place,
        key -> {
          VersionedEntry live = key.live();
          if (live == null) {
            return null;
          }
          key.expire(live);
          return MemberStores.versionOf(live);
        });
  }

  @Override
  public Map<Version, Place> takeEvictions() {
    Map<Version, Place> taken = Map.copyOf(evictions);
    evictions.clear();
    return taken;
  }

  @Override
  public boolean apply(Change change, Path path) {
    return stores.get(change.cache()).apply(change, SOMEBODY, path) != ApplyOutcome.AHEAD_OF_CLOCK;
  }

  @Override
  public List<Change> drain() {
    return member.drain().stream().map(this::renamed).toList();
  }

  /** The simulation has numbers of its own for caches. */
  private Change renamed(Change change) {
    return new Change(
        caches.get(change.cache()),
        change.kind(),
        change.version(),
        change.key(),
        change.value(),
        change.ttlMillis());
  }

  @Override
  public long completeTime() {
    return member.completeTime();
  }

  @Override
  public boolean isCompleteWithLoads() {
    return false;
  }

  @Override
  public long time() {
    return member.time();
  }

  @Override
  public @Nullable Change repairOf(Place place) {
    Change change = MemberStores.repairOf(store(place), sharing(place.cache()), place.key());
    return change == null ? null : renamed(change);
  }

  @Override
  public @Nullable Visible read(Place place) {
    CoherentStore<String, String> store = store(place);
    VersionedEntry entry = store.peek(place.key(), nowMillis.getAsLong());
    return entry == null
        ? null
        : new Visible(
            MemberStores.versionOf(entry),
            new Payload(1, store.value(place.key(), entry).getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public @Nullable Recorded record(Place place) {
    Known known = MemberStores.known(store(place), place.key());
    return known.held() == Held.NOTHING ? null : new Recorded(known.held(), known.version());
  }

  @Override
  public Version clearFloor(long cache) {
    return stores.get(cache).clearFloor();
  }

  @Override
  public int records() {
    return stores.values().stream().mapToInt(MemberStores::records).sum();
  }

  @Override
  public int dirtyKeys() {
    return stores.values().stream().mapToInt(MemberStores::dirtyKeys).sum();
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

  private Sharing sharing(long cache) {
    return Sharing.valueOf(modes.get(cache).name());
  }

  private static Version version(ChangeVersion version) {
    return new Version(version.time(), version.origin());
  }

  private static String text(Payload value) {
    return new String(value.bytes(), StandardCharsets.UTF_8);
  }

  /** Notes what went for want of room. */
  private final class Evictions implements StoreObserver<String> {

    private final long cache;

    Evictions(long cache) {
      this.cache = cache;
    }

    @Override
    public void onRemoteChange(
        String key,
        @Nullable VersionedEntry before,
        @Nullable VersionedEntry after,
        RemoteChange change,
        ChangeVersion version) {}

    @Override
    public void onEvicted(String key, VersionedEntry record) {
      evictions.put(MemberStores.versionOf(record), new Place(cache, key));
    }

    @Override
    public void onExpired(String key, VersionedEntry record) {}
  }
}
