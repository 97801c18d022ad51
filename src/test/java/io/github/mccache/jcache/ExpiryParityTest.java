package io.github.mccache.jcache;

import static io.github.mccache.jcache.CacheFixture.held;
import static io.github.mccache.jcache.CacheFixture.runTimer;
import static io.github.mccache.jcache.CacheFixture.synchronous;
import static io.github.mccache.jcache.Expiry.MINUTE;
import static io.github.mccache.jcache.Operations.KEY;
import static javax.cache.expiry.Duration.ETERNAL;
import static javax.cache.expiry.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.api.McCache;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.cache.Cache;
import javax.cache.configuration.Factory;
import javax.cache.expiry.ExpiryPolicy;
import javax.cache.processor.MutableEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** When entries expire, what is said of it, and that sibling operations agree. */
class ExpiryParityTest {

  private final CacheFixture fixture = new CacheFixture();
  private final EventLog events = new EventLog();
  private final WriterLog writer = new WriterLog();

  @AfterEach
  void close() {
    fixture.close();
  }

  private JCache<Object, Object> cache(Factory<ExpiryPolicy> policy) {
    var configuration = CacheFixture.byValue();
    configuration.setExpiryPolicyFactory(policy);
    configuration.setWriteThrough(true).setCacheWriterFactory(() -> writer);
    configuration.addCacheEntryListenerConfiguration(synchronous(events));
    return fixture.cache(configuration);
  }

  private JCache<Object, Object> loadingCache(Factory<ExpiryPolicy> policy) {
    var configuration = CacheFixture.byValue();
    configuration.setExpiryPolicyFactory(policy);
    configuration.setReadThrough(true);
    configuration.setCacheLoaderFactory(() -> (Operations.Loader) key -> "loaded");
    configuration.addCacheEntryListenerConfiguration(synchronous(events));
    return fixture.cache(configuration);
  }

  /** Runs a test per operation, each with a fixture of its own. */
  private static Stream<DynamicTest> each(
      Map<String, Consumer<McCache<Object, Object>>> operations, Check check) {
    return operations.entrySet().stream()
        .map(
            operation ->
                DynamicTest.dynamicTest(
                    operation.getKey(),
                    () -> {
                      ExpiryParityTest test = new ExpiryParityTest();
                      try {
                        check.accept(test, operation.getValue());
                      } finally {
                        test.close();
                      }
                    }));
  }

  private interface Check {
    void accept(ExpiryParityTest test, Consumer<McCache<Object, Object>> operation);
  }

  @TestFactory
  Stream<DynamicTest> creation_expiresAtOnce_isWrittenThroughAndNotStored() {
    return each(Operations.creations(), ExpiryParityTest::creationExpiresAtOnce);
  }

  private void creationExpiresAtOnce(Consumer<McCache<Object, Object>> operation) {
    JCache<Object, Object> cache = cache(Expiry.of(ZERO, null, null));

    operation.accept(cache);

    assertThat(events.events()).isEmpty();
    assertThat(cache.parts().statistics().getCachePuts()).isZero();
    assertThat(writer.calls()).containsExactly("write k new");
    assertThat(held(cache, KEY)).isNull();
    assertThat(cache.size()).isZero();
  }

  @TestFactory
  Stream<DynamicTest> load_expiresAtOnce_isReturnedAndNotStored() {
    return each(Operations.loads(), ExpiryParityTest::loadExpiresAtOnce);
  }

  private void loadExpiresAtOnce(Consumer<McCache<Object, Object>> operation) {
    JCache<Object, Object> cache = loadingCache(Expiry.of(ZERO, null, null));

    operation.accept(cache);

    assertThat(events.events()).isEmpty();
    assertThat(cache.parts().statistics().getCachePuts()).isZero();
    assertThat(cache.size()).isZero();
    assertThat(cache.get(KEY)).isEqualTo("loaded");
  }

  @TestFactory
  Stream<DynamicTest> update_expiresAtOnce_isUpdatedThenExpired() {
    return each(Operations.updates(), ExpiryParityTest::updateExpiresAtOnce);
  }

  private void updateExpiresAtOnce(Consumer<McCache<Object, Object>> operation) {
    JCache<Object, Object> cache = cache(Expiry.of(ETERNAL, null, ZERO));
    cache.put(KEY, "old");

    operation.accept(cache);

    assertThat(events.events())
        .containsExactly("CREATED k old", "UPDATED k old>new", "EXPIRED k new");
    assertThat(cache.parts().statistics().getCachePuts()).isEqualTo(2);
    assertThat(writer.calls()).containsExactly("write k old", "write k new");
    assertThat(held(cache, KEY)).isNull();
    assertThat(cache.size()).isZero();
  }

  @Test
  void loadAllReplacing_updateExpiresAtOnce_isUpdatedThenExpired() {
    JCache<Object, Object> cache = loadingCache(Expiry.of(ETERNAL, null, ZERO));
    cache.get(KEY);

    Operations.loadAll(cache, true, KEY);

    assertThat(events.events())
        .containsExactly("CREATED k loaded", "UPDATED k loaded>loaded", "EXPIRED k loaded");
    assertThat(cache.size()).isZero();
  }

  @TestFactory
  Stream<DynamicTest> creation_policyThrows_isEternal() {
    return each(
        Operations.creations(),
        (test, operation) -> {
          JCache<Object, Object> cache =
              test.cache(Expiry.asking(Expiry::fails, () -> null, () -> null));

          operation.accept(cache);

          assertThat(cache.metadata(KEY).orElseThrow().expires()).isNull();
          assertThat(test.events.events()).containsExactly("CREATED k new");
        });
  }

  @TestFactory
  Stream<DynamicTest> update_policyThrows_leavesTheDeadline() {
    return each(
        Operations.updates(),
        (test, operation) -> {
          JCache<Object, Object> cache =
              test.cache(Expiry.asking(() -> MINUTE, () -> null, Expiry::fails));
          cache.put(KEY, "old");
          test.fixture.advance(Duration.ofSeconds(30));

          operation.accept(cache);

          assertThat(expiry(cache)).isEqualTo(CacheFixture.START.plusSeconds(60));
          assertThat(held(cache, KEY)).isEqualTo("new");
        });
  }

  @TestFactory
  Stream<DynamicTest> update_policyReturnsNull_leavesTheDeadline() {
    return each(
        Operations.updates(),
        (test, operation) -> {
          JCache<Object, Object> cache = test.cache(Expiry.of(MINUTE, null, null));
          cache.put(KEY, "old");
          test.fixture.advance(Duration.ofSeconds(30));

          operation.accept(cache);

          assertThat(expiry(cache)).isEqualTo(CacheFixture.START.plusSeconds(60));
        });
  }

  @Test
  void access_policyThrows_leavesTheDeadline() {
    JCache<Object, Object> cache = cache(Expiry.asking(() -> MINUTE, Expiry::fails, () -> null));
    cache.put(KEY, "old");

    assertThat(cache.get(KEY)).isEqualTo("old");

    assertThat(expiry(cache)).isEqualTo(CacheFixture.START.plusSeconds(60));
  }

  @TestFactory
  Stream<DynamicTest> access_ofAnEntry_movesItsDeadline() {
    return each(
        Map.of(
            "get", cache -> cache.get(KEY),
            "getAll", cache -> cache.getAll(java.util.Set.of(KEY)),
            "getAsync", cache -> cache.getAsync(KEY).join(),
            "iterator.next", cache -> cache.iterator().next(),
            "invoke getValue", cache -> cache.invoke(KEY, (entry, arguments) -> entry.getValue()),
            "replace another value", cache -> cache.replace(KEY, "other", "new"),
            "remove another value", cache -> cache.remove(KEY, "other")),
        (test, operation) -> {
          JCache<Object, Object> cache = test.cache(Expiry.of(MINUTE, MINUTE, null));
          cache.put(KEY, "old");
          test.fixture.advance(Duration.ofSeconds(30));

          operation.accept(cache);

          assertThat(expiry(cache)).isEqualTo(CacheFixture.START.plusSeconds(90));
        });
  }

  @TestFactory
  Stream<DynamicTest> look_atAnEntry_leavesTheDeadline() {
    return each(
        Map.of(
            "containsKey", cache -> cache.containsKey(KEY),
            "metadata", cache -> cache.metadata(KEY),
            "keys", McCache::keys,
            "size", McCache::size,
            "checksum", McCache::checksum,
            "putIfAbsent", cache -> cache.putIfAbsent(KEY, "new"),
            "invoke exists", cache -> cache.invoke(KEY, (entry, arguments) -> entry.exists())),
        (test, operation) -> {
          JCache<Object, Object> cache = test.cache(Expiry.of(MINUTE, MINUTE, null));
          cache.put(KEY, "old");
          test.fixture.advance(Duration.ofSeconds(30));

          operation.accept(cache);

          assertThat(expiry(cache)).isEqualTo(CacheFixture.START.plusSeconds(60));
          assertThat(cache.metadata(KEY).orElseThrow().lastRead()).isNull();
        });
  }

  @Test
  void loadAllReplacing_policyReturnsNull_leavesTheDeadlineHoweverLongTheLoadTakes() {
    var configuration = CacheFixture.byValue();
    configuration.setExpiryPolicyFactory(Expiry.of(MINUTE, null, null));
    configuration.setCacheLoaderFactory(
        () ->
            (Operations.Loader)
                key -> {
                  fixture.advance(Duration.ofSeconds(5));
                  return "loaded";
                });
    JCache<Object, Object> cache = fixture.cache(configuration);
    cache.put(KEY, "old");

    Operations.loadAll(cache, true, KEY);

    assertThat(held(cache, KEY)).isEqualTo("loaded");
    assertThat(expiry(cache)).isEqualTo(CacheFixture.START.plusSeconds(60));
  }

  private static Instant expiry(McCache<Object, Object> cache) {
    return cache.metadata(KEY).orElseThrow().expires();
  }

  @Test
  void read_oneMillisecondBeforeTheDeadline_isAHitAndAtTheDeadlineAMiss() {
    JCache<Object, Object> cache = cache(Expiry.of(MINUTE, null, null));
    cache.put(KEY, "old");

    fixture.advance(Duration.ofMillis(59_999));
    assertThat(cache.get(KEY)).isEqualTo("old");
    assertThat(cache.containsKey(KEY)).isTrue();

    fixture.advance(Duration.ofMillis(1));
    assertThat(cache.get(KEY)).isNull();
    assertThat(cache.containsKey(KEY)).isFalse();
    assertThat(cache.iterator().hasNext()).isFalse();
    assertThat(cache.keys()).isEmpty();
    assertThat(cache.checksum().entries()).isZero();
  }

  @Test
  void timer_nobodyReads_expiresOnceAndCountsNothing() {
    JCache<Object, Object> cache = cache(Expiry.of(MINUTE, null, null));
    cache.put(KEY, "old");

    fixture.advance(Duration.ofSeconds(59));
    runTimer(cache);
    assertThat(cache.size()).isEqualTo(1);

    fixture.advance(Duration.ofSeconds(2));
    runTimer(cache);
    runTimer(cache);
    CacheFixture.awaitAsynchronousListeners(cache);

    assertThat(cache.get(KEY)).isNull();
    assertThat(events.events()).containsExactly("CREATED k old", "EXPIRED k old");
    assertThat(cache.size()).isZero();
    assertThat(cache.parts().statistics().getCacheEvictions()).isZero();
    assertThat(cache.parts().statistics().getCacheRemovals()).isZero();
  }

  @Test
  void timer_deadlineHasMoved_expiresAtTheNewOne() {
    JCache<Object, Object> cache = cache(Expiry.of(MINUTE, MINUTE, null));
    cache.put(KEY, "old");
    fixture.advance(Duration.ofSeconds(50));
    cache.get(KEY);
    fixture.advance(Duration.ofSeconds(50));

    runTimer(cache);
    assertThat(cache.size()).isEqualTo(1);

    fixture.advance(Duration.ofSeconds(11));
    runTimer(cache);
    assertThat(cache.size()).isZero();
  }

  @Test
  void timer_deadlineHasComeNearer_expiresAtTheNewOne() {
    JCache<Object, Object> cache = cache(Expiry.of(ETERNAL, null, MINUTE));
    cache.put(KEY, "old", Duration.ofDays(1));
    cache.put(KEY, "new");

    fixture.advance(Duration.ofSeconds(61));
    runTimer(cache);

    assertThat(cache.size()).isZero();
  }

  @Test
  void timer_ofTheRealWorld_expiresWhatNobodyReads() {
    try (var provider = new io.github.mccache.McCachingProvider()) {
      var properties = new java.util.Properties();
      properties.setProperty("mccache.cluster.enabled", "false");
      var configuration = CacheFixture.byValue();
      configuration.setExpiryPolicyFactory(
          Expiry.of(
              new javax.cache.expiry.Duration(java.util.concurrent.TimeUnit.MILLISECONDS, 20),
              null,
              null));
      configuration.addCacheEntryListenerConfiguration(synchronous(events));
      Cache<Object, Object> cache =
          provider.getCacheManager(null, null, properties).createCache("timed", configuration);

      cache.put(KEY, "old");

      Race.awaitTrue("expired", () -> events.events().contains("EXPIRED k old"));
      assertThat(events.events()).containsExactly("CREATED k old", "EXPIRED k old");
    }
  }

  @Test
  void expired_metByManyThreads_isToldOnce() {
    for (int round = 0; round < 200; round++) {
      EventLog heard = new EventLog();
      var configuration = CacheFixture.byValue();
      configuration.setExpiryPolicyFactory(Expiry.of(MINUTE, null, null));
      configuration.addCacheEntryListenerConfiguration(synchronous(heard));
      JCache<Object, Object> cache = fixture.cache(configuration);
      cache.put(KEY, "old");
      fixture.advance(Duration.ofMinutes(1));

      Race.run(
          () -> cache.get(KEY),
          () -> cache.remove(KEY),
          () -> runTimer(cache),
          () -> cache.replace(KEY, "new"));
      CacheFixture.awaitAsynchronousListeners(cache);

      assertThat(heard.events()).containsExactly("CREATED k old", "EXPIRED k old");
      cache.close();
    }
  }

  @Test
  void expired_wasClearedBefore_isNotTold() {
    JCache<Object, Object> cache = cache(Expiry.of(MINUTE, null, null));
    cache.put(KEY, "old");
    cache.clear();
    fixture.advance(Duration.ofMinutes(2));

    cache.get(KEY);
    runTimer(cache);
    CacheFixture.awaitAsynchronousListeners(cache);

    assertThat(events.events()).containsExactly("CREATED k old");
  }

  /**
   * The deadline passes while the operation is under way, in the writer or the processor: whether
   * the entry is there is decided once, and no event is missing or contradicts another.
   */
  @TestFactory
  Stream<DynamicTest> update_deadlinePassesMeanwhile_saysOneConsistentStory() {
    return each(
        Operations.updates(),
        (test, operation) -> {
          JCache<Object, Object> cache = test.slowlyWrittenCache();
          cache.put(KEY, "old");

          operation.accept(cache);
          test.finishExpiry(cache);

          assertThat(test.events.events())
              .isIn(
                  List.of("CREATED k old", "UPDATED k old>new", "EXPIRED k new"),
                  List.of("CREATED k old", "EXPIRED k old", "CREATED k new"));
        });
  }

  @TestFactory
  Stream<DynamicTest> removal_deadlinePassesMeanwhile_saysOneConsistentStory() {
    return each(
        Operations.removals(),
        (test, operation) -> {
          JCache<Object, Object> cache = test.slowlyWrittenCache();
          cache.put(KEY, "old");

          operation.accept(cache);
          test.finishExpiry(cache);

          assertThat(test.events.events())
              .isIn(
                  List.of("CREATED k old", "REMOVED k old"),
                  List.of("CREATED k old", "EXPIRED k old"));
        });
  }

  @Test
  void invoke_deadlinePassesMeanwhile_seesOneStateAllTheTime() {
    JCache<Object, Object> cache = cache(Expiry.of(MINUTE, null, null));
    cache.put(KEY, "old");

    Object seen = cache.invoke(KEY, (entry, arguments) -> lookTwice(entry));

    assertThat(seen).isEqualTo("true old");
  }

  private String lookTwice(MutableEntry<Object, Object> entry) {
    boolean exists = entry.exists();
    fixture.advance(Duration.ofMinutes(2));
    return exists + " " + entry.getValue();
  }

  /** A cache in which every write but the first takes longer than entries live. */
  private JCache<Object, Object> slowlyWrittenCache() {
    var configuration = CacheFixture.byValue();
    configuration.setExpiryPolicyFactory(Expiry.of(MINUTE, null, null));
    configuration
        .setWriteThrough(true)
        .setCacheWriterFactory(
            () ->
                new WriterLog() {
                  @Override
                  public void write(Cache.Entry<?, ?> entry) {
                    if (entry.getValue().equals("new")) {
                      fixture.advance(Duration.ofMinutes(2));
                    }
                  }

                  @Override
                  public void delete(Object key) {
                    fixture.advance(Duration.ofMinutes(2));
                  }
                });
    configuration.addCacheEntryListenerConfiguration(synchronous(events));
    return fixture.cache(configuration);
  }

  private void finishExpiry(JCache<Object, Object> cache) {
    cache.get(KEY);
    runTimer(cache);
    CacheFixture.awaitAsynchronousListeners(cache);
  }
}
