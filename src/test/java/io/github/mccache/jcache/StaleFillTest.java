package io.github.mccache.jcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.mccache.api.LoadTicket;
import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoader;
import javax.cache.processor.EntryProcessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A value that was read from where it comes from before another member changed it is not cached,
 * whichever way the application fills its cache.
 */
class StaleFillTest {

  private static final String KEY = "k";
  private static final int TRIES = 10;

  private final SharedFixture fixture = new SharedFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  /** A way to fill a cache; {@code database} is called where the application would read a row. */
  private interface Fill {
    Object get(JCache<Object, Object> cache, Runnable database);
  }

  private static Object invoke(JCache<Object, Object> cache, Runnable database) {
    return cache.invoke(
        KEY,
        (entry, arguments) -> {
          if (!entry.exists()) {
            database.run();
            entry.setValue("row");
          }
          return entry.getValue();
        });
  }

  private static Object getAndPutAfterMiss(
      JCache<Object, Object> cache, Runnable database, Runnable put) {
    Object value = cache.get(KEY);
    if (value == null) {
      database.run();
      put.run();
      return "row";
    }
    return value;
  }

  private static Map<String, Fill> afterMiss() {
    Map<String, Fill> fills = new LinkedHashMap<>();
    fills.put("put", (c, db) -> getAndPutAfterMiss(c, db, () -> c.put(KEY, "row")));
    fills.put(
        "put with a time to live",
        (c, db) -> getAndPutAfterMiss(c, db, () -> c.put(KEY, "row", Duration.ofHours(1))));
    fills.put("putIfAbsent", (c, db) -> getAndPutAfterMiss(c, db, () -> c.putIfAbsent(KEY, "row")));
    fills.put("getAndPut", (c, db) -> getAndPutAfterMiss(c, db, () -> c.getAndPut(KEY, "row")));
    fills.put(
        "putAll after getAll",
        (c, db) -> {
          Object value = c.getAll(Set.of(KEY)).get(KEY);
          if (value == null) {
            db.run();
            c.putAll(Map.of(KEY, "row"));
          }
          return value == null ? "row" : value;
        });
    return fills;
  }

  private static Object complete(JCache<Object, Object> cache, Runnable database) {
    Object value = cache.get(KEY);
    if (value != null) {
      return value;
    }
    try (LoadTicket<Object> ticket = cache.beginLoad(KEY)) {
      database.run();
      ticket.complete("row");
      return "row";
    }
  }

  private Map<String, Consumer<JCache<Object, Object>>> news() {
    Map<String, Consumer<JCache<Object, Object>>> news = new LinkedHashMap<>();
    news.put("put", cache -> fixture.put(cache, KEY, "new"));
    news.put("removal", cache -> fixture.remove(cache, KEY));
    news.put("invalidation", cache -> fixture.invalidate(cache, KEY));
    news.put("clear", cache -> fixture.clear(cache));
    return news;
  }

  private List<DynamicTest> staleFills(String name, boolean fillAfterMiss, Fill fill) {
    List<DynamicTest> tests = new ArrayList<>();
    for (Mode mode : List.of(Mode.REPLICATE, Mode.UPDATE, Mode.INVALIDATE)) {
      news()
          .forEach(
              (what, happens) ->
                  tests.add(
                      DynamicTest.dynamicTest(
                          name + ", " + mode + ", " + what,
                          () -> isNotStale(mode, fillAfterMiss, fill, happens))));
    }
    return tests;
  }

  private void isNotStale(
      Mode mode, boolean fillAfterMiss, Fill fill, Consumer<JCache<Object, Object>> happens) {
    JCache<Object, Object> cache =
        fixture.open(SharedFixture.configuration(mode).setFillAfterMiss(fillAfterMiss));
    for (int i = 0; i < TRIES; i++) {
      Object result = fill.get(cache, () -> happens.accept(cache));

      assertThat(result).isEqualTo("row");
      assertThat(cache.get(KEY)).isNotEqualTo("row");
      cache.remove(KEY);
    }
    assertThat(fill.get(cache, () -> {})).as("when nothing happens").isEqualTo("row");
    assertThat(cache.get(KEY)).isEqualTo("row");
  }

  @TestFactory
  List<DynamicTest> invoke_theKeyChangesMeanwhile_returnsItsResultAndStoresNothing() {
    return staleFills("invoke", false, StaleFillTest::invoke);
  }

  @TestFactory
  List<DynamicTest> invoke_fillAfterMissAndTheKeyChangesMeanwhile_storesNothing() {
    return staleFills("invoke", true, StaleFillTest::invoke);
  }

  @TestFactory
  List<DynamicTest> put_afterAMissSinceWhichTheKeyChanged_storesNothing() {
    List<DynamicTest> tests = new ArrayList<>();
    afterMiss().forEach((name, fill) -> tests.addAll(staleFills(name, true, fill)));
    return tests;
  }

  @TestFactory
  List<DynamicTest> complete_theKeyChangedMeanwhile_storesNothing() {
    return staleFills("ticket", false, StaleFillTest::complete);
  }

  @TestFactory
  List<DynamicTest> fill_changesOfOtherKeys_isStored() {
    Map<String, Fill> fills = new LinkedHashMap<>(afterMiss());
    fills.put("invoke", StaleFillTest::invoke);
    fills.put("ticket", StaleFillTest::complete);
    List<DynamicTest> tests = new ArrayList<>();
    fills.forEach(
        (name, fill) ->
            tests.add(
                DynamicTest.dynamicTest(
                    name,
                    () -> {
                      JCache<Object, Object> cache =
                          fixture.open(
                              SharedFixture.configuration(Mode.REPLICATE).setFillAfterMiss(true));
                      fill.get(
                          cache,
                          () -> {
                            for (int i = 0; i < 50; i++) {
                              fixture.put(cache, "other" + i, "new");
                            }
                          });

                      assertThat(cache.get(KEY)).isEqualTo("row");
                    })));
    return tests;
  }

  // ---- what is a fill, and what is none ----

  private JCache<Object, Object> filling(Mode mode) {
    return fixture.open(SharedFixture.configuration(mode).setFillAfterMiss(true));
  }

  @Test
  void put_withoutAMissOrAfterItWasUsed_isAWrite() {
    JCache<Object, Object> cache = filling(Mode.REPLICATE);
    cache.get(KEY);
    cache.put(KEY, "loaded");
    fixture.put(cache, KEY, "theirs");
    cache.put(KEY, "written");

    assertThat(cache.get(KEY)).isEqualTo("written");
  }

  @Test
  void put_afterAMissAndARemovalByTheThread_isAWrite() {
    JCache<Object, Object> cache = filling(Mode.REPLICATE);
    cache.get(KEY);
    cache.remove(KEY);
    cache.put(KEY, "written");

    assertThat(cache.get(KEY)).isEqualTo("written");
  }

  @Test
  void put_ofAnotherThreadThanMissed_isAWrite() throws Exception {
    JCache<Object, Object> cache = filling(Mode.REPLICATE);
    cache.get(KEY);
    fixture.put(cache, KEY, "theirs");
    Thread other = new Thread(() -> cache.put(KEY, "written"));
    other.start();
    other.join();

    assertThat(cache.get(KEY)).isEqualTo("written");
  }

  @Test
  void complete_twiceOrAfterClose_storesNothing() {
    JCache<Object, Object> cache = fixture.open(SharedFixture.configuration(Mode.REPLICATE));
    LoadTicket<Object> ticket = cache.beginLoad(KEY);
    assertThat(ticket.complete("first")).isTrue();
    assertThat(ticket.complete("second")).isFalse();
    LoadTicket<Object> abandoned = cache.beginLoad("other");
    abandoned.close();

    assertThat(abandoned.complete("late")).isFalse();
    assertThat(cache.get(KEY)).isEqualTo("first");
    assertThat(cache.get("other")).isNull();
  }

  // ---- one load a member ----

  private static List<JCache<Object, Object>> two(
      SharedFixture members, McCacheConfiguration<Object, Object> configuration) {
    List<JCache<Object, Object>> caches = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      caches.add(SharedFixture.open(members.member(), configuration));
    }
    await().until(() -> members.areAlive(1));
    return caches;
  }

  private static void readsInTurn(
      List<JCache<Object, Object>> caches, Fill fill, AtomicInteger loads) throws Exception {
    for (int i = 0; i < 4; i++) {
      for (JCache<Object, Object> cache : caches) {
        assertThat(fill.get(cache, loads::incrementAndGet)).isEqualTo("row");
        assertThat(cache.awaitCoherent(Duration.ofSeconds(60))).isTrue();
      }
    }
  }

  @TestFactory
  List<DynamicTest> fill_ofMembersThatInvalidateInTurn_isOneLoadAMember() {
    Map<String, Fill> fills =
        Map.of(
            "put",
            Objects.requireNonNull(afterMiss().get("put")),
            "invoke",
            StaleFillTest::invoke,
            "ticket",
            StaleFillTest::complete);
    List<DynamicTest> tests = new ArrayList<>();
    fills.forEach(
        (name, fill) ->
            tests.add(
                DynamicTest.dynamicTest(
                    name,
                    () -> {
                      AtomicInteger loads = new AtomicInteger();
                      try (SharedFixture members = new SharedFixture()) {
                        readsInTurn(
                            two(
                                members,
                                SharedFixture.configuration(Mode.INVALIDATE)
                                    .setFillAfterMiss(true)),
                            fill,
                            loads);
                      }
                      assertThat(loads).hasValue(2);
                    })));
    return tests;
  }

  /** There is no way to send it. */
  private record Unsendable(int number) {}

  private static Map<String, Fill> fillsThatCannotBeSent() {
    Object value = new Unsendable(7);
    Map<String, Fill> fills = new LinkedHashMap<>();
    fills.put(
        "put",
        (c, db) -> getAndPutAfterMiss(c, db, () -> c.put(KEY, value)) == null ? null : "row");
    fills.put(
        "invoke",
        (cache, database) ->
            cache.invoke(
                KEY,
                (entry, arguments) -> {
                  if (!entry.exists()) {
                    database.run();
                    entry.setValue(value);
                  }
                  return "row";
                }));
    fills.put(
        "ticket",
        (cache, database) -> {
          if (cache.get(KEY) == null) {
            try (LoadTicket<Object> ticket = cache.beginLoad(KEY)) {
              database.run();
              assertThat(ticket.complete(value)).isTrue();
            }
          }
          return "row";
        });
    return fills;
  }

  @TestFactory
  List<DynamicTest> fill_ofAValueThatCannotBeSent_staysHereAndIsOneLoadAMember() {
    List<DynamicTest> tests = new ArrayList<>();
    for (boolean byValue : new boolean[] {false, true}) {
      for (Mode mode : List.of(Mode.REPLICATE, Mode.UPDATE)) {
        McCacheConfiguration<Object, Object> configuration =
            SharedFixture.configuration(mode).setFillAfterMiss(true);
        configuration.setStoreByValue(byValue);
        fillsThatCannotBeSent()
            .forEach(
                (name, fill) ->
                    tests.add(
                        DynamicTest.dynamicTest(
                            name + " by " + (byValue ? "value, " : "reference, ") + mode,
                            () -> {
                              AtomicInteger loads = new AtomicInteger();
                              try (SharedFixture members = new SharedFixture()) {
                                readsInTurn(two(members, configuration), fill, loads);
                              }
                              assertThat(loads).hasValue(2);
                            })));
      }
    }
    return tests;
  }

  /** One that is no fill would have members evict one another: it is refused, record or not. */
  @TestFactory
  List<DynamicTest> put_ofAValueThatCannotBeSent_isRefusedWithTheSameWords() {
    List<DynamicTest> tests = new ArrayList<>();
    for (boolean byValue : new boolean[] {false, true}) {
      for (Mode mode : List.of(Mode.REPLICATE, Mode.UPDATE)) {
        for (Object value : List.of(new Unsendable(7), new Object())) {
          for (boolean fillAfterMiss : new boolean[] {false, true}) {
            McCacheConfiguration<Object, Object> configuration =
                SharedFixture.configuration(mode).setFillAfterMiss(fillAfterMiss);
            configuration.setStoreByValue(byValue);
            tests.add(
                DynamicTest.dynamicTest(
                    value.getClass().getSimpleName() + " " + byValue + " " + mode + fillAfterMiss,
                    () -> refuses(configuration, value)));
          }
        }
      }
    }
    return tests;
  }

  private static void refuses(McCacheConfiguration<Object, Object> configuration, Object value) {
    try (SharedFixture members = new SharedFixture()) {
      JCache<Object, Object> cache = members.open(configuration);
      cache.put(KEY, "before");
      String words = "cannot encode " + value.getClass().getName() + ": the class is not Serial";
      List<Runnable> writes =
          List.of(
              () -> cache.put(KEY, value),
              () -> cache.putIfAbsent("absent", value),
              () -> cache.replace(KEY, value),
              () -> cache.putAll(Map.of(KEY, value)),
              () -> cache.invoke(KEY, setting(value)));
      for (Runnable write : writes) {
        assertThatThrownBy(write::run)
            .isInstanceOf(CacheException.class)
            .hasMessageStartingWith(words);
      }
      assertThat(cache.get(KEY)).isEqualTo("before");
      assertThat(cache.containsKey("absent")).isFalse();
    }
  }

  private static EntryProcessor<Object, Object, Object> setting(Object value) {
    return (entry, arguments) -> {
      entry.setValue(value);
      return "set";
    };
  }

  // ---- getAll ----

  private static final class Loader implements CacheLoader<Object, Object> {

    private final List<Object> calls = new ArrayList<>();
    private Runnable meanwhile = () -> {};

    @Override
    public Object load(Object key) {
      calls.add("load " + key);
      meanwhile.run();
      return "row";
    }

    @Override
    public Map<Object, Object> loadAll(Iterable<?> keys) {
      calls.add(
          "loadAll "
              + StreamSupport.stream(keys.spliterator(), false)
                  .map(String::valueOf)
                  .sorted()
                  .collect(Collectors.joining(",")));
      meanwhile.run();
      return StreamSupport.stream(keys.spliterator(), false)
          .collect(Collectors.toMap(key -> key, key -> "row"));
    }
  }

  private JCache<Object, Object> readingThrough(Loader loader) {
    McCacheConfiguration<Object, Object> configuration =
        SharedFixture.configuration(Mode.REPLICATE);
    configuration.setReadThrough(true).setCacheLoaderFactory(() -> loader);
    return fixture.open(configuration);
  }

  @Test
  void getAll_readThrough_loadsWhatMissesAtOnce() {
    Loader loader = new Loader();
    Cache<Object, Object> cache = readingThrough(loader);
    cache.put("a", "here");

    assertThat(cache.getAll(Set.of("a", "b", "c")))
        .isEqualTo(Map.of("a", "here", "b", "row", "c", "row"));
    assertThat(loader.calls).containsExactly("loadAll b,c");
    assertThat(cache.getAll(Set.of("a", "b", "c"))).hasSize(3);
    assertThat(loader.calls).hasSize(1);
  }

  @Test
  void getAll_aKeyChangesMeanwhile_cachesTheOthers() {
    Loader loader = new Loader();
    JCache<Object, Object> cache = readingThrough(loader);
    loader.meanwhile = () -> fixture.put(cache, "b", "new");

    assertThat(cache.getAll(Set.of("b", "c"))).containsEntry("c", "row");
    loader.meanwhile = () -> {};
    loader.calls.clear();

    assertThat(cache.get("b")).isEqualTo("new");
    assertThat(cache.get("c")).isEqualTo("row");
    assertThat(loader.calls).isEmpty();
  }
}
