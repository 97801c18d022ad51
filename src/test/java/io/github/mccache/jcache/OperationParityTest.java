package io.github.mccache.jcache;

import static io.github.mccache.jcache.CacheFixture.awaitAsynchronousListeners;
import static io.github.mccache.jcache.CacheFixture.held;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.api.McCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.cache.Cache;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CompletionListenerFuture;
import javax.cache.management.CacheStatisticsMXBean;
import javax.cache.processor.MutableEntry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every operation in every situation: what it returns, the events, the statistics, what the writer
 * is told, and what the cache holds in the end (JSR-107 as JCACHE.md decides it). Sibling
 * operations stand in one group and have the same columns.
 */
class OperationParityTest {

  private static final javax.cache.expiry.Duration LIFE =
      new javax.cache.expiry.Duration(java.util.concurrent.TimeUnit.MINUTES, 1);

  private static CacheFixture fixture;
  private static KeyKind kind = KeyKind.STRING;

  /** The keys that the cache was given. */
  private static final List<Object> GIVEN = new ArrayList<>();

  @BeforeAll
  static void open() {
    fixture = new CacheFixture();
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  enum Situation {
    ABSENT,
    PRESENT,
    /** Past its deadline, and nobody has noticed. */
    EXPIRED
  }

  enum Listening {
    NOBODY,
    SYNCHRONOUS,
    ASYNCHRONOUS
  }

  record Variant(boolean byValue, boolean writer, Listening listening) {}

  /** What is to be seen: {@code result | events | statistics | writer | end}. */
  record Expected(String result, String events, String statistics, String writer, String end) {

    static Expected of(String row) {
      List<String> columns =
          Arrays.stream(row.split("\\|", -1)).map(String::trim).collect(Collectors.toList());
      return new Expected(
          columns.get(0), columns.get(1), columns.get(2), columns.get(3), columns.get(4));
    }

    Expected in(Variant variant) {
      return new Expected(
          result,
          variant.listening == Listening.NOBODY ? "" : events,
          statistics,
          variant.writer ? writer : "",
          end);
    }
  }

  record Row(
      String operation,
      boolean readThrough,
      Function<McCache<Object, Object>, Object> action,
      String absent,
      String present,
      String expired) {

    Expected expected(Situation situation) {
      return Expected.of(
          switch (situation) {
            case ABSENT -> absent;
            case PRESENT -> present;
            case EXPIRED -> expired;
          });
    }
  }

  /** Returns the key, an object of its own if it can be changed. */
  private static Object key() {
    Object key = kind.key();
    GIVEN.add(key);
    return key;
  }

  /** Does to the keys that the cache was given what must not matter to it. */
  private static void spoilGiven() {
    GIVEN.forEach(KeyKind::spoil);
    GIVEN.clear();
  }

  private static <T> T join(CompletableFuture<T> future) {
    spoilGiven();
    return future.join();
  }

  /** A mutable value, so that store-by-value has something to copy. */
  static Object value(String text) {
    return new ArrayList<>(List.of(text));
  }

  private static final Object OLD = value("old");
  private static final Object NEW = value("new");
  private static final Object OTHER = value("other");

  private static Row row(
      String operation,
      Function<McCache<Object, Object>, Object> action,
      String absent,
      String present,
      String expired) {
    return new Row(operation, false, action, absent, present, expired);
  }

  private static Row loading(
      String operation,
      Function<McCache<Object, Object>, Object> action,
      String absent,
      String present,
      String expired) {
    return new Row(operation, true, action, absent, present, expired);
  }

  private static Function<McCache<Object, Object>, Object> doing(
      java.util.function.Consumer<McCache<Object, Object>> action) {
    return cache -> {
      action.accept(cache);
      return "";
    };
  }

  static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    rows.addAll(writes());
    rows.addAll(conditionalWrites());
    rows.addAll(loads());
    rows.addAll(reads());
    rows.addAll(removals());
    return rows;
  }

  private static List<Row> writes() {
    String created = "| CREATED k [new] | put | write k [new] | [new]";
    String updated = "| UPDATED k [old]>[new] | put | write k [new] | [new]";
    String renewed = "| EXPIRED k [old], CREATED k [new] | put | write k [new] | [new]";
    String missed = created.replace("| put", "| miss put");
    String hit = updated.replace("| put", "| hit put");
    String missedExpired = renewed.replace("| put", "| miss put");
    return List.of(
        row("put", doing(c -> c.put(key(), NEW)), created, updated, renewed),
        row(
            "put with a time to live",
            doing(c -> c.put(key(), NEW, Duration.ofDays(1))),
            created,
            updated,
            renewed),
        row("putAsync", c -> orEmpty(join(c.putAsync(key(), NEW))), created, updated, renewed),
        row("putAll", doing(c -> c.putAll(Map.of(key(), NEW))), created, updated, renewed),
        row(
            "getAndPut",
            c -> c.getAndPut(key(), NEW),
            "null" + missed,
            "[old]" + hit,
            "null" + missedExpired),
        row("invoke setValue", doing(OperationParityTest::invokeSet), missed, hit, missedExpired),
        row(
            "invokeAll setValue",
            doing(OperationParityTest::invokeAllSet),
            missed,
            hit,
            missedExpired),
        row(
            "invoke getValue setValue",
            doing(OperationParityTest::invokeGetSet),
            missed,
            hit,
            missedExpired));
  }

  private static List<Row> conditionalWrites() {
    String created = "true | CREATED k [new] | miss put | write k [new] | [new]";
    String renewed = "true | EXPIRED k [old], CREATED k [new] | miss put | write k [new] | [new]";
    String updated = "true | UPDATED k [old]>[new] | hit put | write k [new] | [new]";
    String left = "false | | hit | | [old]";
    String missed = "false | | miss | | null";
    String expired = "false | EXPIRED k [old] | miss | | null";
    return List.of(
        row("putIfAbsent", c -> c.putIfAbsent(key(), NEW), created, left, renewed),
        row("putIfAbsentAsync", c -> join(c.putIfAbsentAsync(key(), NEW)), created, left, renewed),
        row(
            "invoke setValue if absent",
            OperationParityTest::invokeSetIfAbsent,
            created,
            left,
            renewed),
        row("replace", c -> c.replace(key(), NEW), missed, updated, expired),
        row("replace the right value", c -> c.replace(key(), OLD, NEW), missed, updated, expired),
        row("replace another value", c -> c.replace(key(), OTHER, NEW), missed, left, expired),
        row("getAndReplace", c -> c.getAndReplace(key(), NEW) != null, missed, updated, expired),
        row(
            "invoke setValue if present",
            OperationParityTest::invokeSetIfPresent,
            missed,
            updated,
            expired));
  }

  private static List<Row> loads() {
    String created = "| CREATED k [loaded] | | | [loaded]";
    String updated = "| UPDATED k [old]>[loaded] | | | [loaded]";
    String renewed = "| EXPIRED k [old], CREATED k [loaded] | | | [loaded]";
    String missed = "[loaded]" + created.replace("] | |", "] | miss |");
    String hit = "[old] | | hit | | [old]";
    String missedExpired = "[loaded]" + renewed.replace("] | |", "] | miss |");
    return List.of(
        loading("loadAll replacing", doing(c -> loadAll(c, true)), created, updated, renewed),
        loading("loadAll", doing(c -> loadAll(c, false)), created, "| | | | [old]", renewed),
        loading("get, loading", c -> c.get(key()), missed, hit, missedExpired),
        loading("getAsync, loading", c -> join(c.getAsync(key())), missed, hit, missedExpired),
        loading("getAll, loading", OperationParityTest::getAll, missed, hit, missedExpired),
        loading(
            "invoke getValue, loading",
            OperationParityTest::invokeGet,
            missed,
            hit,
            missedExpired));
  }

  private static List<Row> reads() {
    String missed = "null | | miss | | null";
    String hit = "[old] | | hit | | [old]";
    String expired = "null | EXPIRED k [old] | miss | | null";
    return List.of(
        row("get", c -> c.get(key()), missed, hit, expired),
        row("getAsync", c -> join(c.getAsync(key())), missed, hit, expired),
        row("getAll", OperationParityTest::getAll, missed, hit, expired),
        row("invoke getValue", OperationParityTest::invokeGet, missed, hit, expired),
        row(
            "containsKey",
            c -> c.containsKey(key()),
            "false | | | | null",
            "true | | | | [old]",
            "false | | | | null"),
        row(
            "metadata",
            c -> c.metadata(key()).isPresent(),
            "false | | | | null",
            "true | | | | [old]",
            "false | | | | null"),
        row(
            "keys",
            OperationParityTest::keys,
            "[] | | | | null",
            "[k] | | | | [old]",
            "[] | | | | null"),
        row(
            "iterate",
            c -> values(c),
            "[] | | | | null",
            "[[old]] | | hit | | [old]",
            "[] | | | | null"));
  }

  private static List<Row> removals() {
    String nothing = "false | | | delete k | null";
    String removed = "true | REMOVED k [old] | removal | delete k | null";
    String expired = "false | EXPIRED k [old] | | delete k | null";
    return List.of(
        row("remove", c -> c.remove(key()), nothing, removed, expired),
        row("removeAsync", c -> join(c.removeAsync(key())), nothing, removed, expired),
        row(
            "removeAll of keys",
            doing(c -> c.removeAll(Set.of(key()))),
            quietly(nothing),
            quietly(removed),
            quietly(expired)),
        row(
            "removeAll",
            doing(Cache::removeAll),
            "| | | | null",
            quietly(removed),
            quietly(expired)),
        row("clear", doing(Cache::clear), "| | | | null", "| | | | null", "| | | | null"),
        row(
            "getAndRemove",
            c -> c.getAndRemove(key()),
            "null | | miss | delete k | null",
            "[old] | REMOVED k [old] | hit removal | delete k | null",
            "null | EXPIRED k [old] | miss | delete k | null"),
        row(
            "invoke remove",
            doing(OperationParityTest::invokeRemove),
            "| | miss | delete k | null",
            "| REMOVED k [old] | hit removal | delete k | null",
            "| EXPIRED k [old] | miss | delete k | null"),
        row(
            "remove the right value",
            c -> c.remove(key(), OLD),
            "false | | miss | | null",
            "true | REMOVED k [old] | hit removal | delete k | null",
            "false | EXPIRED k [old] | miss | | null"),
        row(
            "remove another value",
            c -> c.remove(key(), OTHER),
            "false | | miss | | null",
            "false | | hit | | [old]",
            "false | EXPIRED k [old] | miss | | null"),
        row(
            "iterator.remove",
            OperationParityTest::iterateRemoving,
            "0 | | | | null",
            "1 | REMOVED k [old] | hit removal | delete k | null",
            "0 | | | | null"),
        row(
            "invoke setValue remove",
            doing(OperationParityTest::invokeSetRemove),
            "| | miss | | null",
            "| REMOVED k [old] | hit removal | delete k | null",
            "| EXPIRED k [old] | miss | | null"));
  }

  private static String quietly(String row) {
    return row.substring(row.indexOf('|'));
  }

  private static Object orEmpty(Object result) {
    return result == null ? "" : result;
  }

  private static void invokeSet(Cache<Object, Object> cache) {
    invoke(cache, entry -> set(entry, NEW));
  }

  private static void invokeAllSet(Cache<Object, Object> cache) {
    cache.invokeAll(Set.of(key()), (entry, arguments) -> withSpoiltKey(entry, e -> set(e, NEW)));
  }

  private static void invokeGetSet(Cache<Object, Object> cache) {
    invoke(
        cache,
        entry -> {
          entry.getValue();
          return set(entry, NEW);
        });
  }

  private static Object invokeSetIfAbsent(Cache<Object, Object> cache) {
    return invoke(cache, entry -> !entry.exists() && set(entry, NEW) == null);
  }

  private static Object invokeSetIfPresent(Cache<Object, Object> cache) {
    return invoke(cache, entry -> entry.exists() && set(entry, NEW) == null);
  }

  private static Object set(MutableEntry<Object, Object> entry, Object value) {
    entry.setValue(value);
    return null;
  }

  private static Object invokeGet(Cache<Object, Object> cache) {
    return invoke(cache, MutableEntry::getValue);
  }

  private static void invokeRemove(Cache<Object, Object> cache) {
    invoke(
        cache,
        entry -> {
          entry.remove();
          return null;
        });
  }

  private static void invokeSetRemove(Cache<Object, Object> cache) {
    invoke(
        cache,
        entry -> {
          entry.setValue(NEW);
          entry.remove();
          return null;
        });
  }

  private static Object invoke(
      Cache<Object, Object> cache, Function<MutableEntry<Object, Object>, Object> processor) {
    return cache.invoke(key(), (entry, arguments) -> withSpoiltKey(entry, processor));
  }

  private static Object withSpoiltKey(
      MutableEntry<Object, Object> entry,
      Function<MutableEntry<Object, Object>, Object> processor) {
    assertThat(KeyKind.textOfSpoilt(entry.getKey())).isEqualTo("k");
    return processor.apply(entry);
  }

  private static Object getAll(Cache<Object, Object> cache) {
    Object key = key();
    return cache.getAll(Set.of(key)).get(key);
  }

  private static Object keys(McCache<Object, Object> cache) {
    return cache.keys().stream().map(KeyKind::textOfSpoilt).toList();
  }

  private static void loadAll(Cache<Object, Object> cache, boolean replace) {
    CompletionListenerFuture done = new CompletionListenerFuture();
    cache.loadAll(Set.of(key()), replace, done);
    spoilGiven();
    try {
      done.get();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static Object values(Cache<Object, Object> cache) {
    return StreamSupport.stream(cache.spliterator(), false)
        .peek(entry -> KeyKind.spoil(entry.getKey()))
        .map(Cache.Entry::getValue)
        .toList();
  }

  private static Object iterateRemoving(Cache<Object, Object> cache) {
    int removed = 0;
    for (Iterator<Cache.Entry<Object, Object>> all = cache.iterator(); all.hasNext(); removed++) {
      KeyKind.spoil(all.next().getKey());
      all.remove();
    }
    return removed;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void operation_inSituation_doesWhatTheTableSays(String operation, Situation situation, Row row) {
    for (Variant variant : variants()) {
      assertThat(observe(row, situation, variant))
          .as("%s", variant)
          .isEqualTo(row.expected(situation).in(variant));
    }
  }

  /** Whatever the application does to the keys that it gave and was given. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("rowsByName")
  void operation_onMutableKeyByValue_doesTheSameByContent(String operation, Row row) {
    List<Variant> variants =
        List.of(
            new Variant(true, true, Listening.SYNCHRONOUS),
            new Variant(true, false, Listening.ASYNCHRONOUS));
    try {
      for (KeyKind mutable : KeyKind.mutable()) {
        kind = mutable;
        for (Situation situation : Situation.values()) {
          for (Variant variant : variants) {
            assertThat(observe(row, situation, variant))
                .as("%s %s %s", kind, situation, variant)
                .isEqualTo(row.expected(situation).in(variant));
          }
        }
      }
    } finally {
      kind = KeyKind.STRING;
    }
  }

  static Stream<Arguments> rowsByName() {
    return rows().stream().map(row -> Arguments.of(row.operation(), row));
  }

  static Stream<Arguments> cases() {
    return rows().stream()
        .flatMap(
            row ->
                Arrays.stream(Situation.values())
                    .map(situation -> Arguments.of(row.operation(), situation, row)));
  }

  private static List<Variant> variants() {
    List<Variant> variants = new ArrayList<>();
    for (Listening listening : Listening.values()) {
      for (boolean byValue : new boolean[] {false, true}) {
        for (boolean writer : new boolean[] {false, true}) {
          variants.add(new Variant(byValue, writer, listening));
        }
      }
    }
    return variants;
  }

  private static Expected observe(Row row, Situation situation, Variant variant) {
    EventLog events = new EventLog();
    WriterLog writer = new WriterLog();
    JCache<Object, Object> cache = cache(row, variant, events, writer);
    if (situation != Situation.ABSENT) {
      cache.put(key(), OLD);
    }
    if (situation == Situation.EXPIRED) {
      fixture.advance(Duration.ofMinutes(1));
    }
    awaitAsynchronousListeners(cache);
    events.clear();
    writer.clear();
    cache.parts().statistics().clear();

    spoilGiven();

    String result = String.valueOf(row.action().apply(cache));
    spoilGiven();

    awaitAsynchronousListeners(cache);
    Expected seen =
        new Expected(
            result,
            String.join(", ", events.events()),
            text(cache.parts().statistics()),
            String.join(", ", writer.calls()),
            String.valueOf(held(cache, key())));
    cache.close();
    return seen;
  }

  private static JCache<Object, Object> cache(
      Row row, Variant variant, EventLog events, WriterLog writer) {
    var configuration = variant.byValue ? CacheFixture.byValue() : CacheFixture.byReference();
    configuration.setExpiryPolicyFactory(CreatedExpiryPolicy.factoryOf(LIFE));
    configuration.setReadThrough(row.readThrough());
    configuration.setCacheLoaderFactory(LoadedValues::new);
    if (variant.writer) {
      configuration.setWriteThrough(true).setCacheWriterFactory(() -> writer);
    }
    if (variant.listening != Listening.NOBODY) {
      boolean synchronous = variant.listening == Listening.SYNCHRONOUS;
      configuration.addCacheEntryListenerConfiguration(
          CacheFixture.listener(events, null, synchronous));
    }
    return fixture.cache(configuration);
  }

  private static String text(CacheStatisticsMXBean statistics) {
    List<String> counted = new ArrayList<>();
    add(counted, "hit", statistics.getCacheHits());
    add(counted, "miss", statistics.getCacheMisses());
    add(counted, "put", statistics.getCachePuts());
    add(counted, "removal", statistics.getCacheRemovals());
    add(counted, "eviction", statistics.getCacheEvictions());
    return String.join(" ", counted);
  }

  private static void add(List<String> counted, String what, long count) {
    if (count != 0) {
      counted.add(count == 1 ? what : count + " " + what + "s");
    }
  }

  private static final class LoadedValues implements CacheLoader<Object, Object> {

    @Override
    public Object load(Object key) {
      assertThat(KeyKind.textOfSpoilt(key)).isEqualTo("k");
      return value("loaded");
    }

    @Override
    public Map<Object, Object> loadAll(Iterable<?> keys) {
      return StreamSupport.stream(keys.spliterator(), false)
          .collect(Collectors.toMap(key -> key, this::load));
    }
  }
}
