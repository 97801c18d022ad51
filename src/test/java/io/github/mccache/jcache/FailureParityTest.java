package io.github.mccache.jcache;

import static io.github.mccache.jcache.CacheFixture.held;
import static io.github.mccache.jcache.CacheFixture.synchronous;
import static io.github.mccache.jcache.Operations.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.mccache.api.McCache;
import java.io.Serializable;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.event.CacheEntryEvent;
import javax.cache.event.CacheEntryListenerException;
import javax.cache.integration.CacheLoaderException;
import javax.cache.integration.CacheWriterException;
import javax.cache.processor.EntryProcessorException;
import javax.cache.processor.EntryProcessorResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is left when the application's own code fails: the same, whichever operation called it. */
class FailureParityTest {

  private final CacheFixture fixture = new CacheFixture();
  private final EventLog events = new EventLog();
  private final FailingWriter writer = new FailingWriter();
  private final JCache<Object, Object> cache = newCache();

  private JCache<Object, Object> newCache() {
    var configuration = CacheFixture.byReference();
    configuration.setWriteThrough(true).setCacheWriterFactory(() -> writer);
    configuration.addCacheEntryListenerConfiguration(synchronous(events));
    return fixture.cache(configuration);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  /** Refuses what it is told to refuse; in bulk, takes the rest first. */
  private static final class FailingWriter extends WriterLog {

    private boolean fails;
    private Set<Object> refused = Set.of(KEY);

    @Override
    public void write(Cache.Entry<?, ?> entry) {
      refuse(entry.getKey());
      super.write(entry);
    }

    @Override
    public void writeAll(Collection<Cache.Entry<?, ?>> entries) {
      entries.removeIf(entry -> !(fails && refused.contains(entry.getKey())));
      failIfAny(entries);
    }

    @Override
    public void delete(Object key) {
      refuse(key);
      super.delete(key);
    }

    @Override
    public void deleteAll(Collection<?> keys) {
      keys.removeIf(key -> !(fails && refused.contains(key)));
      failIfAny(keys);
    }

    private void refuse(Object key) {
      if (fails && refused.contains(key)) {
        throw new UnsupportedOperationException("refused");
      }
    }

    private static void failIfAny(Collection<?> left) {
      if (!left.isEmpty()) {
        throw new UnsupportedOperationException("refused");
      }
    }
  }

  private static Stream<DynamicTest> each(
      Map<String, Consumer<McCache<Object, Object>>> operations, Check check) {
    return operations.entrySet().stream()
        .map(
            operation ->
                DynamicTest.dynamicTest(
                    operation.getKey(),
                    () -> {
                      FailureParityTest test = new FailureParityTest();
                      try {
                        check.accept(test, operation.getValue());
                      } finally {
                        test.close();
                      }
                    }));
  }

  private interface Check {
    void accept(FailureParityTest test, Consumer<McCache<Object, Object>> operation);
  }

  /** What the caller sees, without the wrapping of a future. */
  private static Throwable failure(
      McCache<Object, Object> cache, Consumer<McCache<Object, Object>> operation) {
    Throwable thrown = catchThrowable(() -> operation.accept(cache));
    return thrown instanceof CompletionException ? thrown.getCause() : thrown;
  }

  // ---- the writer ----

  @TestFactory
  Stream<DynamicTest> creation_writerFails_writesNothing() {
    return each(
        Operations.creations(),
        (test, operation) -> {
          test.writer.fails = true;

          Throwable failure = failure(test.cache, operation);

          assertThat(failure)
              .isInstanceOf(CacheWriterException.class)
              .hasCauseInstanceOf(UnsupportedOperationException.class);
          test.assertUnchanged(null);
        });
  }

  @TestFactory
  Stream<DynamicTest> update_writerFails_leavesTheOldValue() {
    return each(
        Operations.updates(),
        (test, operation) -> {
          test.cache.put(KEY, "old");
          test.forget();
          test.writer.fails = true;

          Throwable failure = failure(test.cache, operation);

          assertThat(failure).isInstanceOf(CacheWriterException.class);
          test.assertUnchanged("old");
        });
  }

  @TestFactory
  Stream<DynamicTest> removal_writerFails_leavesTheOldValue() {
    return each(
        Operations.removals(),
        (test, operation) -> {
          test.cache.put(KEY, "old");
          test.forget();
          test.writer.fails = true;

          Throwable failure = failure(test.cache, operation);

          assertThat(failure).isInstanceOf(CacheWriterException.class);
          test.assertUnchanged("old");
        });
  }

  private void forget() {
    events.clear();
    cache.parts().statistics().clear();
  }

  private void assertUnchanged(Object value) {
    assertThat(events.events()).isEmpty();
    assertThat(cache.parts().statistics().getCachePuts()).isZero();
    assertThat(cache.parts().statistics().getCacheRemovals()).isZero();
    assertThat(held(cache, KEY)).isEqualTo(value);
  }

  @Test
  void putAll_writerRefusesSome_putsTheRestAndThrows() {
    writer.fails = true;
    writer.refused = Set.of("b");

    assertThatExceptionOfType(CacheWriterException.class)
        .isThrownBy(() -> cache.putAll(new LinkedHashMap<>(Map.of("a", 1, "b", 2, "c", 3))));

    assertThat(new TreeSet<>(events.events())).containsExactly("CREATED a 1", "CREATED c 3");
    assertThat(cache.parts().statistics().getCachePuts()).isEqualTo(2);
    assertThat(cache.keys()).containsExactlyInAnyOrder("a", "c");
  }

  @Test
  void bulkOperation_ofNothing_callsNeitherWriterNorLoader() {
    List<String> calls = new CopyOnWriteArrayList<>();
    var configuration = CacheFixture.byReference();
    configuration
        .setReadThrough(true)
        .setWriteThrough(true)
        .setCacheWriterFactory(
            () ->
                new WriterLog() {
                  @Override
                  public void writeAll(Collection<Cache.Entry<?, ?>> entries) {
                    calls.add("writeAll " + entries.size());
                    super.writeAll(entries);
                  }

                  @Override
                  public void deleteAll(Collection<?> keys) {
                    calls.add("deleteAll " + keys.size());
                    super.deleteAll(keys);
                  }
                })
        .setCacheLoaderFactory(
            () ->
                new Operations.Loader() {
                  @Override
                  public Object load(Object key) {
                    return "loaded";
                  }

                  @Override
                  public Map<Object, Object> loadAll(Iterable<?> keys) {
                    calls.add("loadAll");
                    return Operations.Loader.super.loadAll(keys);
                  }
                });
    JCache<Object, Object> bulk = fixture.cache(configuration);

    bulk.putAll(Map.of());
    bulk.removeAll(Set.of());
    bulk.removeAll();
    bulk.getAll(Set.of());
    Operations.loadAll(bulk, true);
    bulk.put(KEY, "present");
    Operations.loadAll(bulk, false, KEY);

    assertThat(calls).isEmpty();
  }

  @Test
  void removeAllOfKeys_writerRefusesSome_removesTheRestAndThrows() {
    cache.putAll(Map.of("a", 1, "b", 2, "c", 3));
    forget();
    writer.fails = true;
    writer.refused = Set.of("b");

    assertThatExceptionOfType(CacheWriterException.class)
        .isThrownBy(() -> cache.removeAll(Set.of("a", "b", "c")));

    assertThat(new TreeSet<>(events.events())).containsExactly("REMOVED a 1", "REMOVED c 3");
    assertThat(cache.parts().statistics().getCacheRemovals()).isEqualTo(2);
    assertThat(cache.keys()).containsExactly("b");
  }

  @Test
  void removeAll_writerRefusesSome_removesTheRestAndThrows() {
    cache.putAll(Map.of("a", 1, "b", 2, "c", 3));
    forget();
    writer.fails = true;
    writer.refused = Set.of("b");

    assertThatExceptionOfType(CacheWriterException.class).isThrownBy(cache::removeAll);

    assertThat(new TreeSet<>(events.events())).containsExactly("REMOVED a 1", "REMOVED c 3");
    assertThat(cache.parts().statistics().getCacheRemovals()).isEqualTo(2);
    assertThat(cache.keys()).containsExactly("b");
    assertThat(cache.get("b")).isEqualTo(2);
  }

  // ---- the loader ----

  @TestFactory
  Stream<DynamicTest> load_loaderFails_reachesTheCallerAndStoresNothing() {
    return each(
        Operations.loads(),
        (test, operation) -> {
          var configuration = CacheFixture.byReference();
          configuration.setReadThrough(true);
          configuration.setCacheLoaderFactory(
              () ->
                  (Operations.Loader)
                      key -> {
                        throw new UnsupportedOperationException("cannot load");
                      });
          JCache<Object, Object> loading = test.fixture.cache(configuration);

          Throwable failure = failure(loading, operation);

          assertThat(failure)
              .isInstanceOfAny(CacheLoaderException.class, EntryProcessorException.class)
              .hasRootCauseInstanceOf(UnsupportedOperationException.class);
          assertThat(loading.size()).isZero();
        });
  }

  // ---- listeners and filters ----

  @TestFactory
  Stream<DynamicTest> update_synchronousListenerThrows_isDoneAndThrows() {
    return each(
        Operations.updates(),
        (test, operation) -> {
          JCache<Object, Object> listened = test.cacheWhoseListenerThrows();
          catchThrowable(() -> listened.put(KEY, "old"));
          listened.parts().statistics().clear();

          Throwable failure = failure(listened, operation);

          assertThat(failure)
              .isInstanceOf(CacheEntryListenerException.class)
              .hasCauseInstanceOf(UnsupportedOperationException.class);
          assertThat(held(listened, KEY)).isEqualTo("new");
          assertThat(listened.parts().statistics().getCachePuts()).isEqualTo(1);
          assertThat(test.events.events()).contains("UPDATED k old>new");
        });
  }

  @TestFactory
  Stream<DynamicTest> removal_synchronousListenerThrows_isDoneAndThrows() {
    return each(
        Operations.removals(),
        (test, operation) -> {
          JCache<Object, Object> listened = test.cacheWhoseListenerThrows();
          catchThrowable(() -> listened.put(KEY, "old"));

          Throwable failure = failure(listened, operation);

          assertThat(failure).isInstanceOf(CacheEntryListenerException.class);
          assertThat(held(listened, KEY)).isNull();
          assertThat(listened.size()).isZero();
          assertThat(test.events.events()).contains("REMOVED k old");
        });
  }

  /** The first listener throws, the second hears nevertheless. */
  private JCache<Object, Object> cacheWhoseListenerThrows() {
    var configuration = CacheFixture.byReference();
    JCache<Object, Object> listened = fixture.cache(configuration);
    listened.registerCacheEntryListener(
        synchronous(
            new EventLog() {
              @Override
              void heard(CacheEntryEvent<?, ?> event) {
                throw new UnsupportedOperationException("cannot hear");
              }
            }));
    listened.registerCacheEntryListener(synchronous(events));
    return listened;
  }

  @TestFactory
  Stream<DynamicTest> update_filterThrows_isDone() {
    return each(
        Operations.updates(),
        (test, operation) -> {
          JCache<Object, Object> listened = test.fixture.cache(CacheFixture.byReference());
          listened.put(KEY, "old");
          listened.registerCacheEntryListener(
              CacheFixture.listener(
                  test.events,
                  event -> {
                    throw new UnsupportedOperationException("cannot decide");
                  },
                  true));

          Throwable failure = failure(listened, operation);

          assertThat(failure).isInstanceOf(CacheEntryListenerException.class);
          assertThat(held(listened, KEY)).isEqualTo("new");
          assertThat(test.events.events()).isEmpty();
        });
  }

  @TestFactory
  Stream<DynamicTest> update_asynchronousListenerThrows_isDoneAndTheNextEventsAreHeard() {
    List<Throwable> thrown =
        List.of(
            new UnsupportedOperationException("unchecked"),
            new java.io.IOException("checked"),
            new AssertionError("error"),
            new StackOverflowError("error"));
    return thrown.stream()
        .map(
            failure ->
                DynamicTest.dynamicTest(
                    failure.getClass().getSimpleName(),
                    () -> {
                      JCache<Object, Object> listened = fixture.cache(CacheFixture.byReference());
                      EventLog log = new EventLogThrowing(failure);
                      listened.registerCacheEntryListener(CacheFixture.asynchronous(log));

                      listened.put("a", 1);
                      listened.put("b", 2);
                      CacheFixture.awaitAsynchronousListeners(listened);

                      assertThat(log.events()).containsExactly("CREATED a 1", "CREATED b 2");
                    }));
  }

  /** Throws whatever it was given, checked or not. */
  static final class EventLogThrowing extends EventLog {

    private final Throwable failure;

    EventLogThrowing(Throwable failure) {
      this.failure = failure;
    }

    @Override
    void heard(CacheEntryEvent<?, ?> event) {
      Sneaky.doThrow(failure);
    }
  }

  // ---- entry processors ----

  @TestFactory
  Stream<DynamicTest> invoke_processorThrows_isWrappedAndLeavesTheEntry() {
    List<Throwable> thrown =
        List.of(
            new UnsupportedOperationException("unchecked"),
            new java.io.IOException("checked"),
            new CacheException("of the API"),
            new CacheWriterException("of the API"));
    return thrown.stream()
        .map(
            failure ->
                DynamicTest.dynamicTest(
                    failure.toString(),
                    () -> {
                      FailureParityTest test = new FailureParityTest();
                      test.cache.put(KEY, "old");
                      test.forget();

                      assertThatThrownBy(() -> test.cache.invoke(KEY, setAndThrow(failure)))
                          .isInstanceOf(EntryProcessorException.class)
                          .hasCause(failure);

                      test.assertUnchanged("old");
                      assertThat(test.cache.parts().statistics().getCacheHits()).isEqualTo(1);
                      test.close();
                    }));
  }

  @Test
  void invoke_processorThrowsAnEntryProcessorException_isThatOne() {
    EntryProcessorException failure = new EntryProcessorException("mine");

    assertThatThrownBy(() -> cache.invoke(KEY, setAndThrow(failure))).isSameAs(failure);
  }

  private static javax.cache.processor.EntryProcessor<Object, Object, Object> setAndThrow(
      Throwable failure) {
    return (entry, arguments) -> {
      entry.setValue("new");
      Sneaky.doThrow(failure);
      return null;
    };
  }

  @Test
  void invokeAll_oneKeyFails_theOthersAreDone() {
    cache.put("b", "old");

    Map<Object, EntryProcessorResult<Object>> results =
        cache.invokeAll(
            Set.of("a", "b", "c"),
            (entry, arguments) -> {
              entry.setValue("new");
              if (entry.getKey().equals("b")) {
                throw new UnsupportedOperationException("not this one");
              }
              return "done";
            });

    assertThat(results.get("a").get()).isEqualTo("done");
    assertThat(results.get("c").get()).isEqualTo("done");
    assertThatThrownBy(() -> results.get("b").get())
        .isInstanceOf(EntryProcessorException.class)
        .hasCauseInstanceOf(UnsupportedOperationException.class);
    assertThat(held(cache, "a")).isEqualTo("new");
    assertThat(held(cache, "b")).isEqualTo("old");
    assertThat(held(cache, "c")).isEqualTo("new");
  }

  @Test
  void invokeAll_writerRefusesOneKey_theOthersAreDone() {
    writer.fails = true;
    writer.refused = Set.of("b");

    Map<Object, EntryProcessorResult<Object>> results =
        cache.invokeAll(
            Set.of("a", "b"),
            (entry, arguments) -> {
              entry.setValue("new");
              return "done";
            });

    assertThat(results.get("a").get()).isEqualTo("done");
    assertThatThrownBy(() -> results.get("b").get())
        .isInstanceOf(EntryProcessorException.class)
        .hasRootCauseInstanceOf(UnsupportedOperationException.class);
    assertThat(cache.keys()).containsExactly("a");
  }

  // ---- values that cannot be copied ----

  static final class Page implements Serializable {
    private static final long serialVersionUID = 1L;
    final Object author = new Author();
  }

  static final class Author implements Serializable {
    private static final long serialVersionUID = 1L;
    final Thread friend = Thread.currentThread();
  }

  @TestFactory
  Stream<DynamicTest> write_valueCannotBeCopied_namesTheFieldAndStoresNothing() {
    Map<String, Consumer<McCache<Object, Object>>> operations = new LinkedHashMap<>();
    operations.put("put", cache -> cache.put(KEY, new Page()));
    operations.put("getAndPut", cache -> cache.getAndPut(KEY, new Page()));
    operations.put("putIfAbsent", cache -> cache.putIfAbsent("absent", new Page()));
    operations.put("replace", cache -> cache.replace(KEY, new Page()));
    operations.put("replace old", cache -> cache.replace(KEY, "old", new Page()));
    operations.put("getAndReplace", cache -> cache.getAndReplace(KEY, new Page()));
    operations.put("putAll", cache -> cache.putAll(Map.of(KEY, new Page(), "fine", "value")));
    operations.put("putAsync", cache -> cache.putAsync(KEY, new Page()).join());
    operations.put(
        "invoke",
        cache ->
            cache.invoke(
                KEY,
                (entry, arguments) -> {
                  entry.setValue(new Page());
                  return null;
                }));
    return each(operations, FailureParityTest::valueCannotBeCopied);
  }

  private void valueCannotBeCopied(Consumer<McCache<Object, Object>> operation) {
    var configuration = CacheFixture.byValue();
    configuration.setWriteThrough(true).setCacheWriterFactory(() -> writer);
    JCache<Object, Object> byValue = fixture.cache(configuration);
    byValue.put(KEY, "old");
    byValue.parts().statistics().clear();
    writer.clear();

    Throwable failure = failure(byValue, operation);

    assertThat(failure)
        .isInstanceOf(CacheException.class)
        .hasMessageContaining("java.lang.Thread")
        .hasMessageContaining("author.friend");
    assertThat(writer.calls()).isEmpty();
    assertThat(byValue.parts().statistics().getCachePuts()).isZero();
    assertThat(held(byValue, KEY)).isEqualTo("old");
    assertThat(byValue.size()).isEqualTo(1);
  }

  @Test
  void put_keyCannotBeCopied_namesTheFieldAndStoresNothing() {
    JCache<Object, Object> byValue = fixture.cache(CacheFixture.byValue());

    assertThatExceptionOfType(CacheException.class)
        .isThrownBy(() -> byValue.put(new Author(), "value"))
        .withMessageContaining("friend");

    assertThat(byValue.size()).isZero();
  }

  @Test
  void get_loadedValueCannotBeCopied_throwsAndStoresNothing() {
    var configuration = CacheFixture.byValue();
    configuration.setReadThrough(true);
    configuration.setCacheLoaderFactory(() -> (Operations.Loader) key -> new Page());
    JCache<Object, Object> byValue = fixture.cache(configuration);

    assertThatExceptionOfType(CacheException.class)
        .isThrownBy(() -> byValue.get(KEY))
        .withMessageContaining("author.friend");

    assertThat(byValue.size()).isZero();
  }
}
