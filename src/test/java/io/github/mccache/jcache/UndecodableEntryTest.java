package io.github.mccache.jcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.Mode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * An entry whose value cannot be decoded is absent, for every operation and every event: each does
 * and returns what it does where nothing was ever put.
 */
class UndecodableEntryTest {

  private static final String KEY = "k";

  private final SharedFixture fixture = new SharedFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private static Map<String, Function<JCache<Object, Object>, Object>> operations() {
    Map<String, Function<JCache<Object, Object>, Object>> all = new LinkedHashMap<>();
    all.put("get", c -> c.get(KEY));
    all.put("getAll", c -> c.getAll(Set.of(KEY)));
    all.put("getAsync", c -> c.getAsync(KEY).join());
    all.put("containsKey", c -> c.containsKey(KEY));
    all.put("keys", c -> c.keys());
    all.put("metadata", c -> c.metadata(KEY));
    all.put("iterator", c -> c.iterator().hasNext());
    all.put("put", c -> returning(() -> c.put(KEY, "new")));
    all.put("putAll", c -> returning(() -> c.putAll(Map.of(KEY, "new"))));
    all.put("getAndPut", c -> c.getAndPut(KEY, "new"));
    all.put("putIfAbsent", c -> c.putIfAbsent(KEY, "new"));
    all.put("replace", c -> c.replace(KEY, "new"));
    all.put("replace old", c -> c.replace(KEY, "old", "new"));
    all.put("getAndReplace", c -> c.getAndReplace(KEY, "new"));
    all.put("remove", c -> c.remove(KEY));
    all.put("remove old", c -> c.remove(KEY, "old"));
    all.put("getAndRemove", c -> c.getAndRemove(KEY));
    all.put("removeAll of keys", c -> returning(() -> c.removeAll(Set.of(KEY))));
    all.put("removeAll", c -> returning(c::removeAll));
    all.put("loadAll", c -> returning(() -> Operations.loadAll(c, false, KEY)));
    all.put("loadAll replacing", c -> returning(() -> Operations.loadAll(c, true, KEY)));
    all.put("exists", c -> c.invoke(KEY, (entry, arguments) -> entry.exists()));
    all.put("getValue", c -> c.invoke(KEY, (entry, arguments) -> entry.getValue()));
    all.put("invoke that sets", c -> returning(() -> Operations.set(c)));
    all.put(
        "cache-aside by invoke",
        c ->
            c.invoke(
                KEY,
                (entry, arguments) -> {
                  if (entry.exists()) {
                    return entry.getValue();
                  }
                  entry.setValue("new");
                  return "new";
                }));
    all.put("beginLoad", c -> c.beginLoad(KEY).complete("new"));
    return all;
  }

  private static Object returning(Runnable action) {
    action.run();
    return "";
  }

  private static final class Loader implements CacheLoader<Object, Object> {

    @Override
    public Object load(Object key) {
      return "loaded";
    }

    @Override
    public Map<Object, Object> loadAll(Iterable<?> keys) {
      Map<Object, Object> loaded = new LinkedHashMap<>();
      keys.forEach(key -> loaded.put(key, "loaded"));
      return loaded;
    }
  }

  private JCache<Object, Object> open(EventLog events) {
    McCacheConfiguration<Object, Object> configuration =
        SharedFixture.configuration(Mode.REPLICATE);
    configuration.setCacheLoaderFactory(Loader::new);
    configuration.addCacheEntryListenerConfiguration(CacheFixture.synchronous(events));
    return fixture.open(configuration);
  }

  private record Seen(
      Object result, List<String> events, long hits, long misses, long puts, Object end) {}

  private static Seen seen(
      JCache<Object, Object> cache,
      EventLog events,
      Function<JCache<Object, Object>, Object> operation) {
    Object result = operation.apply(cache);
    CacheFixture.awaitAsynchronousListeners(cache);
    CacheStatistics statistics = cache.parts().statistics();
    return new Seen(
        result,
        events.events(),
        statistics.getCacheHits(),
        statistics.getCacheMisses(),
        statistics.getCachePuts(),
        CacheFixture.held(cache, KEY));
  }

  @TestFactory
  List<DynamicTest> operation_valueCannotBeDecoded_doesAsIfAbsent() {
    List<DynamicTest> tests = new ArrayList<>();
    operations()
        .forEach(
            (name, operation) ->
                tests.add(
                    DynamicTest.dynamicTest(
                        name,
                        () -> {
                          EventLog ofAbsent = new EventLog();
                          Seen expected = seen(open(ofAbsent), ofAbsent, operation);
                          EventLog ofUndecodable = new EventLog();
                          JCache<Object, Object> cache = open(ofUndecodable);
                          fixture.putUndecodable(cache, KEY);

                          assertThat(seen(cache, ofUndecodable, operation)).isEqualTo(expected);
                        })));
    return tests;
  }

  @Test
  void event_remoteChangeOfAnUndecodableEntry_isACreation() {
    EventLog events = new EventLog();
    JCache<Object, Object> cache = open(events);
    fixture.putUndecodable(cache, KEY);
    fixture.put(cache, KEY, "theirs");
    CacheFixture.awaitAsynchronousListeners(cache);

    assertThat(events.events()).containsExactly("CREATED k theirs");
  }

  @Test
  void event_valueReplacedByAnUndecodableOne_isARemoval() {
    EventLog events = new EventLog();
    JCache<Object, Object> cache = open(events);
    fixture.put(cache, KEY, "theirs");
    fixture.putUndecodable(cache, KEY);
    fixture.remove(cache, KEY);
    CacheFixture.awaitAsynchronousListeners(cache);

    assertThat(events.events()).containsExactly("CREATED k theirs", "REMOVED k theirs");
  }
}
