package io.github.mccache.jcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static org.junit.jupiter.params.provider.EnumSource.Mode.EXCLUDE;

import io.github.mccache.api.LoadTicket;
import io.github.mccache.api.McCache;
import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.expiry.AccessedExpiryPolicy;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriterException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Arrays as keys: by content where the cache stores by value, refused otherwise. What each
 * operation does to one, on one member, stands in {@link OperationParityTest}.
 */
class KeysByContentTest {

  private final CacheFixture local = new CacheFixture();
  private final SharedFixture cluster = new SharedFixture();

  @AfterEach
  void close() {
    local.close();
    cluster.close();
  }

  private static McCacheConfiguration<Object, Object> typed(
      McCacheConfiguration<Object, Object> configuration, KeyKind kind) {
    configuration.setTypes(kind.type(), Object.class);
    return configuration;
  }

  private JCache<Object, Object> openLocal(boolean byValue) {
    return local.cache(byValue ? CacheFixture.byValue() : CacheFixture.byReference());
  }

  private static Object returning(Runnable action) {
    action.run();
    return "";
  }

  // ---- two members ----

  /** An operation on a key that has the value {@code old}, and the value that it leaves. */
  private record Step(
      String name, Object left, Function<Object, Function<JCache<Object, Object>, Object>> of) {

    void run(JCache<Object, Object> cache, Object key) {
      of.apply(key).apply(cache);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Step step(
      String name, Object left, Function<Object, Function<JCache<Object, Object>, Object>> of) {
    return new Step(name, left, of);
  }

  private static List<Step> steps() {
    return List.of(
        step("put", "new", k -> c -> returning(() -> c.put(k, "new"))),
        step("put with a time to live", "new", k -> c -> put(c, k, Duration.ofDays(1))),
        step("putAsync", "new", k -> c -> c.putAsync(k, "new").join()),
        step("putAll", "new", k -> c -> returning(() -> c.putAll(Map.of(k, "new")))),
        step("getAndPut", "new", k -> c -> c.getAndPut(k, "new")),
        step("putIfAbsent", "old", k -> c -> c.putIfAbsent(k, "new")),
        step("putIfAbsentAsync", "old", k -> c -> c.putIfAbsentAsync(k, "new").join()),
        step("replace", "new", k -> c -> c.replace(k, "new")),
        step("replace old", "new", k -> c -> c.replace(k, "old", "new")),
        step("getAndReplace", "new", k -> c -> c.getAndReplace(k, "new")),
        step("invoke", "new", k -> c -> c.invoke(k, KeysByContentTest::set)),
        step("invokeAll", "new", k -> c -> c.invokeAll(Set.of(k), KeysByContentTest::set)),
        step("loadAll", "loaded", k -> c -> load(c, k)),
        step("beginLoad", "loaded", k -> c -> c.beginLoad(k).complete("loaded")),
        step("remove", null, k -> c -> c.remove(k)),
        step("remove old", null, k -> c -> c.remove(k, "old")),
        step("removeAsync", null, k -> c -> c.removeAsync(k).join()),
        step("getAndRemove", null, k -> c -> c.getAndRemove(k)),
        step("removeAll of keys", null, k -> c -> returning(() -> c.removeAll(Set.of(k)))),
        step("removeAll", null, k -> c -> returning(c::removeAll)),
        step("clear", null, k -> c -> returning(c::clear)),
        step("iterator.remove", null, k -> c -> iterateRemoving(c)));
  }

  private static Object put(McCache<Object, Object> cache, Object key, Duration timeToLive) {
    cache.put(key, "new", timeToLive);
    return "";
  }

  private static Object set(
      javax.cache.processor.MutableEntry<Object, Object> entry, Object... arguments) {
    entry.setValue("new");
    return null;
  }

  private static Object load(McCache<Object, Object> cache, Object key) {
    Operations.loadAll(cache, true, key);
    return "";
  }

  private static Object iterateRemoving(Cache<Object, Object> cache) {
    for (Iterator<Cache.Entry<Object, Object>> all = cache.iterator(); all.hasNext(); ) {
      if (KeyKind.textOfSpoilt(all.next().getKey()).equals("k")) {
        all.remove();
      }
    }
    return "";
  }

  private static void eventually(Object what, Callable<Boolean> condition) {
    await(what.toString())
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(condition);
  }

  private static JCache<Object, Object> openShared(McCacheManager member, EventLog events) {
    return openShared(member, KeyKind.STRING, false, events);
  }

  private static JCache<Object, Object> openShared(
      McCacheManager member, KeyKind kind, boolean typed, EventLog events) {
    McCacheConfiguration<Object, Object> configuration =
        SharedFixture.configuration(Mode.REPLICATE);
    configuration.setCacheLoaderFactory(OwnArrays::new);
    configuration.addCacheEntryListenerConfiguration(CacheFixture.asynchronous(events));
    return (JCache<Object, Object>)
        member.createCache(
            kind + (typed ? " typed" : ""), typed ? typed(configuration, kind) : configuration);
  }

  /** Loads by arrays that are none of those that it is given. */
  private static final class OwnArrays implements CacheLoader<Object, Object> {

    @Override
    public Object load(Object key) {
      return "loaded";
    }

    @Override
    public Map<Object, Object> loadAll(Iterable<?> keys) {
      Map<Object, Object> loaded = new HashMap<>();
      for (Object key : keys) {
        Arrays.stream(KeyKind.values())
            .filter(kind -> kind.type() == key.getClass())
            .forEach(kind -> loaded.put(kind.key(), "loaded"));
        KeyKind.spoil(key);
      }
      loaded.put(null, "of no key");
      return loaded;
    }
  }

  @TestFactory
  Stream<DynamicTest> operation_onOneMember_isSeenByTheOthers() {
    McCacheManager first = cluster.member();
    McCacheManager second = cluster.member();
    return Stream.of(true, false)
        .flatMap(
            typed ->
                KeyKind.arrays().stream()
                    .map(
                        kind ->
                            dynamicTest(
                                kind + (typed ? " typed" : ""),
                                () -> isSeenByOthers(first, second, kind, typed))));
  }

  private void isSeenByOthers(
      McCacheManager first, McCacheManager second, KeyKind kind, boolean typed) {
    EventLog events = new EventLog();
    JCache<Object, Object> here = openShared(first, kind, typed, new EventLog());
    JCache<Object, Object> there = openShared(second, kind, typed, events);
    eventually("the members know one another", () -> cluster.areAlive(1));
    for (Step step : steps()) {
      here.clear();
      here.put(kind.key(), "old");
      here.put(kind.other(), "untouched");
      eventually("the members agree", () -> "old".equals(there.get(kind.key())));
      eventually("the members agree", () -> "untouched".equals(there.get(kind.other())));
      CacheFixture.awaitAsynchronousListeners(there);
      events.clear();
      Object given = kind.key();

      step.run(here, given);
      KeyKind.spoil(given);

      assertThat(here.get(kind.key())).as("%s, here", step).isEqualTo(step.left);
      eventually(step, () -> Objects.equals(there.get(kind.key()), step.left));
      eventually("the members agree", () -> here.checksum().equals(there.checksum()));
      assertThat(here.keys().stream().map(KeyKind::text))
          .containsExactlyInAnyOrderElementsOf(
              there.keys().stream().map(KeyKind::textOfSpoilt).toList());
      CacheFixture.awaitAsynchronousListeners(there);
      assertThat(events.events())
          .as("%s, events", step)
          .allMatch(e -> e.matches(".* (k|other) .*"));
    }
    assertThat(there.parts().store().unreadableKeys()).isZero();
    assertThat(there.parts().store().counters().undecodableCount()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void member_joinsLate_receivesTheKeysAndReadsThemByContent(KeyKind kind) {
    JCache<Object, Object> first = openShared(cluster.member(), new EventLog());
    first.put(kind.key(), "k");
    first.put(kind.other(), "other");
    first.remove(kind.other());

    JCache<Object, Object> late = openShared(cluster.member(), new EventLog());

    eventually("the members agree", () -> "k".equals(late.get(kind.key())));
    assertThat(late.containsKey(kind.other())).isFalse();
    eventually("the members agree", () -> first.checksum().equals(late.checksum()));
    late.put(kind.key(), "new");
    eventually("the members agree", () -> "new".equals(first.get(kind.key())));
    assertThat(first.size()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EXCLUDE,
      names = {"STRING", "LIST"})
  void remoteChanges_reachListenersWithKeysOfTheirOwn(KeyKind kind) {
    EventLog events = new EventLog();
    McCacheConfiguration<Object, Object> configuration =
        SharedFixture.configuration(Mode.REPLICATE);
    configuration.addCacheEntryListenerConfiguration(CacheFixture.synchronous(events));
    configuration.addCacheEntryListenerConfiguration(CacheFixture.asynchronous(events));
    JCache<Object, Object> cache = cluster.open(configuration);
    for (Runnable change :
        List.<Runnable>of(
            () -> cluster.put(cache, kind.key(), "1"),
            () -> cluster.put(cache, kind.key(), "2"),
            () -> cluster.invalidate(cache, kind.key()),
            () -> cluster.put(cache, kind.key(), "3"),
            () -> cluster.remove(cache, kind.key()))) {
      int before = events.events().size();
      change.run();
      eventually("both listeners", () -> events.events().size() == before + 2);
    }

    assertThat(events.events().stream().distinct())
        .containsExactly(
            "CREATED k 1", "UPDATED k 1>2", "REMOVED k 2", "CREATED k 3", "REMOVED k 3");
    assertThat(cache.get(kind.key())).isNull();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EXCLUDE,
      names = {"STRING", "LIST"})
  void load_keyChangesMeanwhile_isNotStored(KeyKind kind) {
    JCache<Object, Object> cache = cluster.open(SharedFixture.configuration(Mode.REPLICATE));
    try (LoadTicket<Object> ticket = cache.beginLoad(kind.key())) {
      cluster.remove(cache, kind.key());
      assertThat(ticket.complete("stale")).isFalse();
    }
    assertThat(cache.get(kind.key())).isNull();
  }

  // ---- what else has to do with keys ----

  @ParameterizedTest
  @EnumSource(
      mode = EXCLUDE,
      names = {"STRING", "LIST"})
  void typed_keyOfAnotherClass_isRefused(KeyKind kind) {
    JCache<Object, Object> cache = local.cache(typed(CacheFixture.byValue(), kind));
    cache.put(kind.key(), "v");
    Object foreign = kind == KeyKind.INTS ? new long[1] : new int[1];

    assertThatThrownBy(() -> cache.put(foreign, "v")).isInstanceOf(ClassCastException.class);
    assertThatThrownBy(() -> cache.put(List.of(1), "v")).isInstanceOf(ClassCastException.class);
    assertThatThrownBy(() -> cache.putAsync(foreign, "v")).isInstanceOf(ClassCastException.class);
    assertThatThrownBy(() -> cache.beginLoad(foreign)).isInstanceOf(ClassCastException.class);
    assertThat(cache.get(kind.key())).isEqualTo("v");
  }

  @Test
  void keysOfDifferentClasses_areDifferentKeys() {
    JCache<Object, Object> cache = openLocal(true);
    List<Object> keys =
        List.of(
            new byte[] {1},
            new short[] {1},
            new int[] {1},
            new long[] {1},
            new byte[0],
            new int[0],
            new String[0],
            new String[] {null},
            new double[] {0.0},
            new double[] {-0.0},
            List.of(1));
    keys.forEach(key -> cache.put(key, key.getClass().getName() + cache.size()));
    assertThat(cache.size()).isEqualTo(keys.size());
  }

  @ParameterizedTest
  @EnumSource(
      mode = EXCLUDE,
      names = {"STRING", "LIST"})
  void getAll_equalArrays_eachHasTheValue(KeyKind kind) {
    for (boolean readThrough : new boolean[] {false, true}) {
      McCacheConfiguration<Object, Object> configuration = CacheFixture.byValue();
      configuration.setReadThrough(readThrough).setCacheLoaderFactory(OwnArrays::new);
      JCache<Object, Object> cache = local.cache(configuration);
      if (!readThrough) {
        cache.put(kind.key(), "loaded");
      }
      Object first = kind.key();
      Object second = kind.key();
      Set<Object> keys = Collections.newSetFromMap(new IdentityHashMap<>());
      keys.addAll(List.of(first, second));

      Map<Object, Object> found = cache.getAll(keys);

      assertThat(found.get(first)).isEqualTo("loaded");
      assertThat(found.get(second)).isEqualTo("loaded");
      assertThat(cache.size()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EXCLUDE,
      names = {"STRING", "LIST"})
  void invokeAll_resultsHaveTheKeysOfTheCaller(KeyKind kind) {
    JCache<Object, Object> cache = openLocal(true);
    Object key = kind.key();
    var results =
        cache.invokeAll(Set.of(key), (entry, arguments) -> KeyKind.textOfSpoilt(entry.getKey()));
    assertThat(results.get(key).get()).isEqualTo("k");
  }

  @ParameterizedTest
  @EnumSource(
      mode = EXCLUDE,
      names = {"STRING", "LIST"})
  void writer_failsHalfWay_whatItWroteIsThere(KeyKind kind) {
    McCacheConfiguration<Object, Object> configuration = CacheFixture.byValue();
    configuration.setWriteThrough(true).setCacheWriterFactory(() -> new FirstOnly("k"));
    JCache<Object, Object> cache = local.cache(configuration);
    Map<Object, Object> values = new LinkedHashMap<>();
    values.put(kind.key(), "v");
    values.put(kind.other(), "v");

    assertThatThrownBy(() -> cache.putAll(values)).isInstanceOf(CacheWriterException.class);
    assertThat(cache.get(kind.key())).isEqualTo("v");
    assertThat(cache.get(kind.other())).isNull();
    cache.put(kind.other(), "v");
    assertThatThrownBy(() -> cache.removeAll(Set.of(kind.key(), kind.other())))
        .isInstanceOf(CacheWriterException.class);
    assertThat(cache.get(kind.key())).isNull();
    assertThat(cache.get(kind.other())).isEqualTo("v");
  }

  /** Writes and deletes one key, and fails at others. */
  private static final class FirstOnly extends WriterLog {

    private final String key;

    FirstOnly(String key) {
      this.key = key;
    }

    @Override
    public void writeAll(Collection<Cache.Entry<?, ?>> entries) {
      entries.removeIf(entry -> KeyKind.textOfSpoilt(entry.getKey()).equals(key));
      throw new IllegalStateException("half-way");
    }

    @Override
    public void deleteAll(Collection<?> keys) {
      keys.removeIf(each -> KeyKind.textOfSpoilt(each).equals(key));
      throw new IllegalStateException("half-way");
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EXCLUDE,
      names = {"STRING", "LIST"})
  void entry_pastItsDeadline_expiresByTheTimer(KeyKind kind) {
    for (boolean accessed : new boolean[] {false, true}) {
      EventLog events = new EventLog();
      javax.cache.expiry.Duration minute = new javax.cache.expiry.Duration(TimeUnit.MINUTES, 1);
      McCacheConfiguration<Object, Object> configuration = CacheFixture.byValue();
      configuration.setExpiryPolicyFactory(
          accessed
              ? AccessedExpiryPolicy.factoryOf(minute)
              : CreatedExpiryPolicy.factoryOf(minute));
      configuration.addCacheEntryListenerConfiguration(CacheFixture.asynchronous(events));
      JCache<Object, Object> cache = local.cache(configuration);
      cache.put(kind.key(), "v");
      Object given = kind.key();
      local.advance(Duration.ofSeconds(30));
      assertThat(cache.get(given)).isEqualTo("v");
      KeyKind.spoil(given);
      local.advance(Duration.ofSeconds(31));
      CacheFixture.runTimer(cache);
      assertThat(cache.size()).isEqualTo(accessed ? 1 : 0);
      local.advance(Duration.ofSeconds(31));
      CacheFixture.runTimer(cache);
      CacheFixture.awaitAsynchronousListeners(cache);

      assertThat(cache.size()).isZero();
      assertThat(events.events()).containsExactly("CREATED k v", "EXPIRED k v");
      assertThat(cache.parts().expiryQueue().size()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EXCLUDE,
      names = {"STRING", "LIST"})
  void eviction_andWeigher_haveKeysOfTheirOwn(KeyKind kind) {
    List<String> evicted = new CopyOnWriteArrayList<>();
    List<String> weighed = new CopyOnWriteArrayList<>();
    McCacheConfiguration<Object, Object> configuration = CacheFixture.byValue();
    configuration.setMaximumWeight(
        1,
        (key, value) -> {
          weighed.add(KeyKind.textOfSpoilt(key));
          return 1;
        });
    JCache<Object, Object> cache = local.cache(configuration);
    cache.addEvictionListener((key, value) -> evicted.add(KeyKind.textOfSpoilt(key)));
    cache.addEvictionListener((key, value) -> evicted.add(KeyKind.textOfSpoilt(key)));
    cache.put(kind.key(), "v");
    cache.put(kind.other(), "v");
    CacheFixture.awaitAsynchronousListeners(cache);

    assertThat(evicted).containsExactly("k", "k");
    assertThat(weighed).containsOnly("k", "other");
    assertThat(cache.get(kind.key())).isNull();
    assertThat(cache.get(kind.other())).isEqualTo("v");
  }

  @ParameterizedTest
  @EnumSource(
      mode = EXCLUDE,
      names = {"STRING", "LIST"})
  void fillAfterMiss_aPutOfTheMissedContentIsALoad(KeyKind kind) {
    JCache<Object, Object> cache =
        cluster.open(SharedFixture.configuration(Mode.REPLICATE).setFillAfterMiss(true));
    Object missed = kind.key();
    assertThat(cache.get(missed)).isNull();
    KeyKind.spoil(missed);
    cluster.remove(cache, kind.key());

    cache.put(kind.key(), "stale");
    assertThat(cache.get(kind.key())).as("loaded before the removal").isNull();
    cache.put(kind.other(), "v");
    assertThat(cache.get(kind.other())).isEqualTo("v");
  }

  // ---- what is refused ----

  static Stream<Arguments> refused() {
    List<Arguments> all = new ArrayList<>();
    for (Object key :
        List.of(
            new Object[] {"secret"},
            new Integer[] {1},
            new String[][] {{"secret"}},
            new byte[1][1],
            new CharSequence[] {"secret"})) {
      for (boolean byValue : new boolean[] {true, false}) {
        all.add(Arguments.of(key, byValue, "an array cannot be a key"));
      }
    }
    for (KeyKind kind : KeyKind.arrays()) {
      all.add(Arguments.of(kind.key(), false, "by reference an array cannot be a key"));
    }
    return all.stream();
  }

  private static List<Step> allSteps() {
    List<Step> all = new ArrayList<>(steps());
    all.removeIf(step -> Set.of("removeAll", "clear", "iterator.remove").contains(step.name));
    all.add(step("get", null, k -> c -> c.get(k)));
    all.add(step("getAsync", null, k -> c -> c.getAsync(k).join()));
    all.add(step("getAll", null, k -> c -> c.getAll(Set.of(k))));
    all.add(step("containsKey", null, k -> c -> c.containsKey(k)));
    all.add(step("metadata", null, k -> c -> c.metadata(k)));
    return all;
  }

  @ParameterizedTest(name = "{0}, by value: {1}")
  @MethodSource("refused")
  void operation_onAnArrayThatHasNoContentHere_isRefusedWithTheReason(
      Object key, boolean byValue, String reason) {
    McCacheConfiguration<Object, Object> configuration =
        byValue ? CacheFixture.byValue() : CacheFixture.byReference();
    configuration.setCacheLoaderFactory(OwnArrays::new);
    JCache<Object, Object> cache = local.cache(configuration);
    for (Step step : allSteps()) {
      if (step.name.equals("invokeAll")) {
        var result = cache.invokeAll(Set.of(key), KeysByContentTest::set).get(key);
        assertThatThrownBy(result::get).rootCause().hasMessageContaining(reason);
        continue;
      }
      assertThatThrownBy(() -> step.run(cache, key))
          .as("%s", step)
          .satisfies(
              thrown ->
                  assertThat(thrown instanceof CompletionException ? thrown.getCause() : thrown)
                      .isInstanceOf(CacheException.class)
                      .hasMessageContaining(reason)
                      .hasMessageContaining("it equals only itself")
                      .hasMessageContaining(key.getClass().getTypeName())
                      .hasMessageNotContaining("secret"));
    }
    assertThat(cache.size()).isZero();
  }

  @Test
  void remoteKey_ofAnArrayThatHasNoContentHere_isCountedAndIgnored() {
    EventLog events = new EventLog();
    for (boolean byValue : new boolean[] {true, false}) {
      McCacheConfiguration<Object, Object> configuration =
          SharedFixture.configuration(Mode.REPLICATE);
      configuration.setStoreByValue(byValue);
      configuration.addCacheEntryListenerConfiguration(CacheFixture.synchronous(events));
      JCache<Object, Object> cache = cluster.open(configuration);
      List<Object> keys = new ArrayList<>(List.of(new Object[] {"secret"}, new Integer[] {1}));
      if (!byValue) {
        KeyKind.arrays().forEach(kind -> keys.add(kind.key()));
      }
      for (Object key : keys) {
        cluster.put(cache, key, "theirs");
        cluster.remove(cache, key);
      }
      cluster.put(cache, "k", "theirs");

      assertThat(cache.get("k")).isEqualTo("theirs");
      assertThat(cache.size()).isEqualTo(1);
      assertThat(cache.keys()).containsExactly("k");
      assertThat(cache.parts().store().unreadableKeys()).isZero();
      assertThat(cache.parts().store().counters().undecodableCount())
          .isBetween((long) keys.size(), 2L * keys.size()); // those of one key may be joined
      CacheFixture.awaitAsynchronousListeners(cache);
    }
    assertThat(events.events()).containsExactly("CREATED k theirs", "CREATED k theirs");
    assertThat(TestLog.linesWith("sends keys that this cache does not accept"))
        .anyMatch(line -> line.contains("java.lang.Object[]"))
        .noneMatch(line -> line.contains("secret"));
  }
}
