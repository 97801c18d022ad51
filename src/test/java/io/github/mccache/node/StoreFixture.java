package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.codec.Codecs;
import io.github.mccache.codec.DecodingException;
import io.github.mccache.codec.Encoded;
import io.github.mccache.node.StoreOptions.Sharing;
import io.github.mccache.protocol.CacheId;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.ApplyRule;
import io.github.mccache.replication.Records;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.ToLongBiFunction;

/**
 * A store of one member, with a clock that moves only when told to, and the changes of a second
 * member made by hand.
 */
final class StoreFixture implements StoreObserver<Object>, Stability {

  static final long OWN = 0x11;
  static final long OTHER = 0x22;
  static final NodeId PEER = new NodeId(OTHER, 0);

  private static final String NAME = "books";
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Codecs CODECS =
      new Codecs(StoreFixture.class.getClassLoader(), List.of(), List.of(), List.of(Object.class));

  private final AtomicLong nanos;
  final MemberClock clock;
  final CoherentStore<Object, Object> store;

  /** What the observer heard, as text. */
  final List<String> heard = new CopyOnWriteArrayList<>();

  /** How far others have followed: not at all, until a test says otherwise. */
  volatile long stableTime;

  volatile long aliveStableTime;

  /** How often the clock may be read before it throws; and how often it throws then. */
  int readingsBefore;

  int failures;
  volatile boolean isolated;
  volatile long isolatedSince = Long.MAX_VALUE;

  private StoreFixture(StoreOptions<Object, Object> options, long origin, AtomicLong nanos) {
    this.nanos = nanos;
    this.clock = new MemberClock(InstantSource.fixed(START), this::nanos);
    this.store = new CoherentStore<>(options, clock, origin, this, Uplink.NONE, this);
  }

  private long nanos() {
    if (failures > 0 && readingsBefore-- <= 0) {
      failures--;
      readingsBefore = 0;
      throw new AssertionError("a machine's fault");
    }
    return nanos.get();
  }

  static StoreFixture of(Sharing sharing) {
    return member(sharing, OWN, new AtomicLong());
  }

  /** A member with an origin of its own and a clock that others may share. */
  static StoreFixture member(Sharing sharing, long origin, AtomicLong nanos) {
    return new StoreFixture(options(sharing, true, 1_000, 1_000, null), origin, nanos);
  }

  static StoreFixture byReference(Sharing sharing) {
    return new StoreFixture(options(sharing, false, 1_000, 1_000, null), OWN, new AtomicLong());
  }

  static StoreFixture ofEntries(Sharing sharing, long maximumEntries) {
    return new StoreFixture(
        options(sharing, true, maximumEntries, 1_000, null), OWN, new AtomicLong());
  }

  static StoreFixture ofValueBytes(Sharing sharing, long maximumValueBytes) {
    return new StoreFixture(
        options(sharing, true, 1_000, maximumValueBytes, null), OWN, new AtomicLong());
  }

  static StoreFixture weighing(Sharing sharing, ToLongBiFunction<Object, Object> weigher) {
    return new StoreFixture(options(sharing, true, 1_000, 1_000, weigher), OWN, new AtomicLong());
  }

  /** A cache with a declared type of values, and codecs that have learned nothing yet. */
  @SuppressWarnings("unchecked")
  static StoreFixture ofValues(Class<?> valueType, Sharing sharing) {
    return new StoreFixture(
        new StoreOptions<>(
            NAME,
            sharing,
            Object.class,
            (Class<Object>) valueType,
            true,
            OptionalLong.of(1_000),
            OptionalLong.empty(),
            OptionalLong.empty(),
            null,
            1_000,
            1_000,
            false,
            new Codecs(
                StoreFixture.class.getClassLoader(), List.of(), List.of(), List.of(valueType))),
        OWN,
        new AtomicLong());
  }

  /** A cache with a declared type of keys, and codecs that have learned nothing yet. */
  static StoreFixture ofKeys(Class<?> keyType, Codecs codecs) {
    return ofKeys(keyType, codecs, Sharing.REPLICATE);
  }

  static StoreFixture ofKeys(Class<?> keyType, Codecs codecs, Sharing sharing) {
    return new StoreFixture(options(keyType, codecs, sharing), OWN, new AtomicLong());
  }

  @SuppressWarnings("unchecked")
  static StoreOptions<Object, Object> options(Class<?> keyType, Codecs codecs, Sharing sharing) {
    return new StoreOptions<>(
        NAME,
        sharing,
        (Class<Object>) keyType,
        Object.class,
        true,
        OptionalLong.of(1_000),
        OptionalLong.empty(),
        OptionalLong.empty(),
        null,
        1_000,
        1_000,
        false,
        codecs);
  }

  static StoreFixture missingWhenIsolated() {
    return new StoreFixture(
        options(Sharing.REPLICATE, true, 1_000, 1_000, null, true), OWN, new AtomicLong());
  }

  private static StoreOptions<Object, Object> options(
      Sharing sharing,
      boolean byValue,
      long maximumEntries,
      long maximumValueBytes,
      ToLongBiFunction<Object, Object> weigher) {
    return options(sharing, byValue, maximumEntries, maximumValueBytes, weigher, false);
  }

  private static StoreOptions<Object, Object> options(
      Sharing sharing,
      boolean byValue,
      long maximumEntries,
      long maximumValueBytes,
      ToLongBiFunction<Object, Object> weigher,
      boolean missWhenIsolated) {
    return new StoreOptions<>(
        NAME,
        sharing,
        Object.class,
        Object.class,
        byValue,
        OptionalLong.of(maximumEntries),
        OptionalLong.empty(),
        weigher == null ? OptionalLong.empty() : OptionalLong.of(100),
        weigher,
        1_000,
        maximumValueBytes,
        missWhenIsolated,
        CODECS);
  }

  // ---- what the application does ----

  Version write(Object key, Object value) {
    return write(key, value, KeyState.ETERNAL);
  }

  Version write(Object key, Object value, long ttlMillis) {
    return store.compute(key, state -> state.write(store.hold(value), ttlMillis)).version();
  }

  Version remove(Object key) {
    ChangeVersion removal = store.compute(key, KeyState::remove);
    return new Version(removal.time(), removal.origin());
  }

  /** Returns what a read gives, null for a miss. */
  Object read(Object key) {
    VersionedEntry record = store.find(key, store.nowMillis());
    return record == null ? null : store.value(key, record);
  }

  Version versionOf(Object key) {
    VersionedEntry record = store.peek(key, store.nowMillis());
    return record == null ? null : record.version();
  }

  /** Ends a load; returns whether its value was taken. */
  boolean endLoad(Object key, Object value, CoherentStore.Load load) {
    return store.compute(key, state -> state.store(store.hold(value), KeyState.ETERNAL, load))
        != null;
  }

  /** All members have applied everything up to now. */
  void becomeStable() {
    stableTime = HybridTime.ofMillis(clock.millis() + 1) - 1;
    aliveStableTime = stableTime;
  }

  void advance(Duration duration) {
    nanos.addAndGet(duration.toNanos());
  }

  /** Runs an action while another thread has a key to itself. */
  void whileHeld(Object key, Runnable action) {
    whileHeld(key, state -> {}, action, state -> {});
  }

  /** As {@link #whileHeld(Object, Runnable)}; that thread does something before and after it. */
  void whileHeld(
      Object key,
      Consumer<KeyState<Object, Object>> before,
      Runnable action,
      Consumer<KeyState<Object, Object>> after) {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Thread holder =
        new Thread(
            () ->
                store.compute(
                    key,
                    state -> {
                      before.accept(state);
                      held.countDown();
                      await(release);
                      after.accept(state);
                      return null;
                    }));
    holder.start();
    try {
      await(held);
      action.run();
    } finally {
      release.countDown();
      join(holder);
    }
  }

  static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static void join(Thread thread) {
    try {
      thread.join(60_000);
      assertThat(thread.isAlive()).isFalse();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  // ---- what the event loop does ----

  List<Change> drain() {
    List<Change> changes = new ArrayList<>();
    while (store.drain(100, changes::add) > 0) {}
    return changes;
  }

  /** Drains, and says what came: kinds, keys and values. */
  List<String> drained() {
    return drain().stream().map(StoreFixture::text).toList();
  }

  static String text(Change change) {
    StringBuilder text = new StringBuilder(change.kind().toString());
    if (change.key() != null) {
      text.append(' ').append(decode(change.key()));
    }
    if (change.value() != null) {
      text.append(' ').append(decode(change.value()));
    }
    return text.toString();
  }

  private static Object decode(Payload payload) {
    return CODECS.decode(new Encoded(payload.codec(), payload.bytes()));
  }

  ApplyOutcome apply(Change change) {
    return apply(change, ApplyRule.Path.LIVE);
  }

  ApplyOutcome apply(Change change, ApplyRule.Path path) {
    return store.apply(change, PEER, path);
  }

  // ---- changes of the other member ----

  /** A version of the other member, some milliseconds after the start of all clocks. */
  static Version at(long millis) {
    return new Version(HybridTime.ofMillis(START.toEpochMilli() + millis), OTHER);
  }

  static Payload payload(Object object) {
    Encoded encoded = CODECS.encode(object);
    return new Payload(encoded.codec(), encoded.bytes());
  }

  /** A value that no member can decode. */
  static final Payload UNDECODABLE = new Payload(60, new byte[] {1, 2, 3});

  static Change put(Object key, Object value, Version version) {
    return Change.put(id(), version, payload(key), payload(value), Change.ETERNAL);
  }

  static Change put(Object key, Object value, Version version, long ttlMillis) {
    return Change.put(id(), version, payload(key), payload(value), ttlMillis);
  }

  static Change putUndecodable(Object key, Version version) {
    return Change.put(id(), version, payload(key), UNDECODABLE, Change.ETERNAL);
  }

  static Change fill(Object key, Object value, Version version) {
    return Change.fill(id(), version, payload(key), payload(value), Change.ETERNAL);
  }

  static Change remove(Object key, Version version) {
    return Change.remove(id(), version, payload(key));
  }

  static Change invalidate(Object key, Version version) {
    return Change.invalidate(id(), version, payload(key));
  }

  static Change clear(Version version) {
    return Change.clear(id(), version);
  }

  static Change removeAll(Version version) {
    return new Change(id(), Change.Kind.REMOVE_ALL, version, null, null, Change.ETERNAL);
  }

  static long id() {
    return CacheId.of(NAME);
  }

  // ---- what is asked ----

  @Override
  public long stableTime() {
    return stableTime;
  }

  @Override
  public long aliveStableTime() {
    return aliveStableTime;
  }

  @Override
  public boolean isIsolated() {
    return isolated;
  }

  @Override
  public long isolatedSince() {
    return isolatedSince;
  }

  /** Returns what the store tells of a key, as text, null for nothing. */
  String told(Object key) {
    Change change = store.current(payload(key));
    assertThat(store.version(payload(key))).isEqualTo(change == null ? null : change.version());
    return change == null ? null : text(change);
  }

  /** Returns all that the store tells, as texts. */
  List<String> records() {
    return records(Records.Wanted.ALL);
  }

  /** Returns what the store tells that is wanted, as texts. */
  List<String> records(Records.Wanted wanted) {
    List<String> texts = new ArrayList<>();
    store
        .records(wanted)
        .forEachRemaining(
            change -> {
              if (change != null) {
                texts.add(text(change));
              }
            });
    return texts;
  }

  // ---- what is heard ----

  @Override
  public void onRemoteChange(
      Object key,
      VersionedEntry before,
      VersionedEntry after,
      RemoteChange change,
      ChangeVersion version) {
    heard.add(change + " " + key + " " + text(before) + ">" + text(after));
  }

  private static Object text(VersionedEntry record) {
    if (record == null || !(record.held() instanceof Encoded encoded)) {
      return record == null ? null : record.held();
    }
    try {
      return encoded.codec() == UNDECODABLE.codec() ? "?" : CODECS.decode(encoded);
    } catch (DecodingException e) {
      return "?";
    }
  }

  @Override
  public void onEvicted(Object key, VersionedEntry record) {
    heard.add("EVICTED " + key);
  }

  @Override
  public void onExpired(Object key, VersionedEntry record) {
    heard.add("EXPIRED " + key);
  }
}
