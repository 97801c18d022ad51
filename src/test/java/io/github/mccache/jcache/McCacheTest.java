package io.github.mccache.jcache;

import static io.github.mccache.jcache.CacheFixture.held;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mccache.api.CacheChecksum;
import io.github.mccache.api.EntryMetadata;
import io.github.mccache.api.McCache;
import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.McCacheEntryEvent;
import io.github.mccache.api.Mode;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.cache.Cache;
import javax.cache.event.CacheEntryEvent;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.integration.CacheLoaderException;
import javax.cache.integration.CacheWriterException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the cache offers beyond JSR-107. */
class McCacheTest {

  private final CacheFixture fixture = new CacheFixture();
  private final McCache<Object, Object> cache =
      fixture.cache(CacheFixture.byValue()).unwrap(McCache.class);

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void mode_withoutACluster_isLocal() {
    assertThat(cache.mode()).isEqualTo(Mode.LOCAL);
  }

  // ---- size and keys ----

  @Test
  void sizeAndKeys_ofEntries_followThem() {
    assertThat(cache.size()).isZero();
    cache.putAll(Map.of("a", 1, "b", 2));
    cache.put("c", 3);
    cache.remove("a");

    assertThat(cache.size()).isEqualTo(2);
    assertThat(cache.keys()).containsExactlyInAnyOrder("b", "c");
  }

  @Test
  void keys_changedByTheCaller_leaveTheCacheAlone() {
    List<String> key = new ArrayList<>(List.of("a"));
    cache.put(key, 1);
    key.add("changed after the put");

    Set<Object> keys = cache.keys();
    assertThat(keys).containsExactly(List.of("a"));
    keys.clear();
    for (Object own : cache.keys()) {
      @SuppressWarnings("unchecked")
      List<String> mutable = (List<String>) own;
      mutable.add("changed after the look");
    }

    assertThat(cache.get(List.of("a"))).isEqualTo(1);
    assertThat(cache.keys()).containsExactly(List.of("a"));
  }

  @Test
  void lookingAround_countsNothingAndIsNoAccess() {
    cache.put("a", 1);
    var statistics = ((JCache<Object, Object>) cache).parts().statistics();

    cache.size();
    cache.keys();
    cache.checksum();
    cache.metadata("a");
    cache.metadata("absent");

    assertThat(statistics.getCacheGets()).isZero();
    assertThat(cache.metadata("a").orElseThrow().lastRead()).isNull();
  }

  // ---- metadata ----

  @Test
  void metadata_ofAnEntry_tellsItsLife() {
    cache.put("k", 1, Duration.ofMinutes(1));
    EntryMetadata first = cache.metadata("k").orElseThrow();
    fixture.advance(Duration.ofSeconds(10));
    cache.get("k");
    fixture.advance(Duration.ofSeconds(10));
    cache.put("k", 2, Duration.ofMinutes(2));
    EntryMetadata second = cache.metadata("k").orElseThrow();

    assertThat(first.local()).isTrue();
    assertThat(first.created()).isEqualTo(CacheFixture.START);
    assertThat(first.lastRead()).isNull();
    assertThat(first.expires()).isEqualTo(CacheFixture.START.plusSeconds(60));
    assertThat(second.version()).isGreaterThan(first.version());
    assertThat(second.version().origin()).isEqualTo(first.version().origin());
    assertThat(second.version().instant()).isEqualTo(CacheFixture.START.plusSeconds(20));
    assertThat(second.created()).isEqualTo(CacheFixture.START);
    assertThat(second.expires()).isEqualTo(CacheFixture.START.plusSeconds(140));
  }

  @Test
  void metadata_ofAReadEntry_tellsWhen() {
    cache.put("k", 1);
    fixture.advance(Duration.ofSeconds(10));
    cache.get("k");

    assertThat(cache.metadata("k").orElseThrow().lastRead())
        .isEqualTo(CacheFixture.START.plusSeconds(10));
    assertThat(cache.metadata("k").orElseThrow().expires()).isNull();
  }

  @Test
  void metadata_ofARecreatedEntry_isCreatedAnew() {
    cache.put("k", 1);
    var before = cache.metadata("k").orElseThrow();
    fixture.advance(Duration.ofSeconds(10));
    cache.remove("k");
    assertThat(cache.metadata("k")).isEmpty();
    cache.put("k", 1);

    var after = cache.metadata("k").orElseThrow();
    assertThat(after.created()).isEqualTo(CacheFixture.START.plusSeconds(10));
    assertThat(after.version()).isGreaterThan(before.version());
  }

  @Test
  void event_ofALocalChange_isLocalAndOfTheEntrysVersion() {
    List<McCacheEntryEvent<?, ?>> events = new ArrayList<>();
    cache.registerCacheEntryListener(
        CacheFixture.synchronous(
            new EventLog() {
              @Override
              void heard(CacheEntryEvent<?, ?> event) {
                events.add(event.unwrap(McCacheEntryEvent.class));
              }
            }));

    cache.put("k", 1);

    assertThat(events).hasSize(1);
    assertThat(events.get(0).isRemote()).isFalse();
    assertThat(events.get(0).isRecentlyRead()).isFalse();
    assertThat(events.get(0).version()).isEqualTo(cache.metadata("k").orElseThrow().version());
  }

  // ---- a time to live per entry ----

  @Test
  void put_withATimeToLive_goesBeforeThePolicy() {
    var configuration = CacheFixture.byValue();
    configuration.setExpiryPolicyFactory(Expiry.of(Expiry.MINUTE, null, null));
    JCache<Object, Object> expiring = fixture.cache(configuration);

    expiring.put("short", 1, Duration.ofSeconds(1));
    expiring.put("long", 1, Duration.ofHours(1));
    expiring.put("eternal", 1, null);
    expiring.put("policy", 1);

    fixture.advance(Duration.ofSeconds(1));
    assertThat(expiring.keys()).containsExactlyInAnyOrder("long", "eternal", "policy");
    fixture.advance(Duration.ofMinutes(1));
    assertThat(expiring.keys()).containsExactlyInAnyOrder("long", "eternal");
    fixture.advance(Duration.ofHours(1));
    assertThat(expiring.keys()).containsExactly("eternal");
  }

  @Test
  void put_withATimeToLiveBelowAMillisecond_livesOne() {
    cache.put("k", 1, Duration.ofNanos(1));

    assertThat(cache.get("k")).isEqualTo(1);
    fixture.advance(Duration.ofMillis(1));
    assertThat(cache.get("k")).isNull();
  }

  @Test
  void put_withAnEndlessTimeToLive_isEternal() {
    cache.put("k", 1, Duration.ofSeconds(Long.MAX_VALUE / 1_000));

    assertThat(cache.get("k")).isEqualTo(1);
  }

  @Test
  void put_withNoTimeAtAll_isRefused() {
    for (Duration none : List.of(Duration.ZERO, Duration.ofMillis(-1))) {
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> cache.put("k", 1, none));
    }
    assertThat(cache.containsKey("k")).isFalse();
  }

  @Test
  void timeToLive_ofTheConfiguration_goesBeforeThePolicy() {
    McCacheConfiguration<Object, Object> configuration = CacheFixture.byValue();
    configuration.setExpiryPolicyFactory(Expiry.of(Expiry.MINUTE, null, null));
    configuration.setTimeToLive(Duration.ofSeconds(5));
    JCache<Object, Object> expiring = fixture.cache(configuration);
    expiring.put("k", 1);
    fixture.advance(Duration.ofSeconds(4));
    expiring.put("k", 2);

    fixture.advance(Duration.ofSeconds(4));
    assertThat(expiring.get("k")).isEqualTo(2);
    fixture.advance(Duration.ofSeconds(1));
    assertThat(expiring.get("k")).isNull();
  }

  @ParameterizedTest
  @MethodSource("tooLongToCount")
  void timeToLive_tooLongToCount_isEternal(Duration timeToLive) throws InterruptedException {
    McCacheConfiguration<Object, Object> configuration = CacheFixture.byValue();
    configuration.setTimeToLive(timeToLive).setAcknowledgeTimeout(timeToLive);
    JCache<Object, Object> eternal = fixture.cache(configuration);
    eternal.put("by configuration", 1);
    cache.put("by operation", 1, timeToLive);
    JCache<Object, Object> byPolicy = byPolicy(timeToLive);
    byPolicy.put("by policy", 1);
    fixture.advance(Duration.ofDays(36_500));
    for (JCache<Object, Object> each : List.of(eternal, byPolicy)) {
      CacheFixture.runTimer(each);
    }

    assertThat(eternal.get("by configuration")).isEqualTo(1);
    assertThat(eternal.metadata("by configuration").orElseThrow().expires()).isNull();
    assertThat(cache.get("by operation")).isEqualTo(1);
    assertThat(cache.metadata("by operation").orElseThrow().expires()).isNull();
    assertThat(byPolicy.get("by policy")).isEqualTo(1);
    assertThat(cache.awaitCoherent(timeToLive)).isTrue();
  }

  static Stream<Duration> tooLongToCount() {
    return Stream.of(
        ChronoUnit.FOREVER.getDuration(),
        Duration.ofSeconds(Long.MAX_VALUE),
        Duration.ofMillis(Long.MAX_VALUE));
  }

  private JCache<Object, Object> byPolicy(Duration timeToLive) {
    return fixture.cache(
        CacheFixture.byValue()
            .setExpiryPolicyFactory(
                CreatedExpiryPolicy.factoryOf(
                    new javax.cache.expiry.Duration(
                        TimeUnit.SECONDS, Math.max(1, timeToLive.toSeconds())))));
  }

  @Test
  void timeToLive_upToTheEndOfTime_neitherExpiresNorKeepsTheTimerBusy() {
    long left = Long.MAX_VALUE - fixture.now().toEpochMilli();
    JCache<Object, Object> own = fixture.cache(CacheFixture.byValue());
    own.put("k", 1, Duration.ofMillis(left - 1));

    CacheFixture.runTimer(own);

    assertThat(own.get("k")).isEqualTo(1);
    assertThat(own.parts().expiryQueue().size()).isZero();
  }

  // ---- asynchronous variants ----

  @Test
  void asynchronousOperations_succeed_completeWithTheirResult() {
    assertThat(cache.getAsync("k").join()).isNull();
    assertThat(cache.putIfAbsentAsync("k", 1).join()).isTrue();
    assertThat(cache.putIfAbsentAsync("k", 2).join()).isFalse();
    assertThat(cache.putAsync("k", 3).join()).isNull();
    assertThat(cache.getAsync("k").join()).isEqualTo(3);
    assertThat(cache.removeAsync("k").join()).isTrue();
    assertThat(cache.removeAsync("k").join()).isFalse();
  }

  @TestFactory
  Stream<DynamicTest> asynchronousOperation_fails_completesWithTheException() {
    record Failing(
        String name,
        Class<? extends Exception> expected,
        Function<McCache<Object, Object>, CompletableFuture<?>> operation) {}
    return Stream.of(
            new Failing("getAsync", CacheLoaderException.class, c -> c.getAsync("k")),
            new Failing("putAsync", CacheWriterException.class, c -> c.putAsync("k", 1)),
            new Failing(
                "putIfAbsentAsync", CacheWriterException.class, c -> c.putIfAbsentAsync("k", 1)),
            new Failing("removeAsync", CacheWriterException.class, c -> c.removeAsync("k")))
        .map(
            failing ->
                DynamicTest.dynamicTest(
                    failing.name(),
                    () -> {
                      CompletableFuture<?> future = failing.operation().apply(failingCache());
                      assertThatThrownBy(future::join)
                          .isInstanceOf(CompletionException.class)
                          .cause()
                          .isInstanceOf(failing.expected())
                          .hasCauseInstanceOf(UnsupportedOperationException.class);
                    }));
  }

  private JCache<Object, Object> failingCache() {
    var configuration = CacheFixture.byValue();
    configuration.setReadThrough(true).setWriteThrough(true);
    configuration.setCacheLoaderFactory(
        () ->
            (Operations.Loader)
                key -> {
                  throw new UnsupportedOperationException("no loader");
                });
    configuration.setCacheWriterFactory(
        () ->
            new WriterLog() {
              @Override
              public void write(Cache.Entry<?, ?> entry) {
                throw new UnsupportedOperationException("no writer");
              }

              @Override
              public void delete(Object key) {
                throw new UnsupportedOperationException("no writer");
              }
            });
    return fixture.cache(configuration);
  }

  @TestFactory
  Stream<DynamicTest> asynchronousOperation_nullArgument_isRefusedAtOnce() {
    Map<String, Consumer<McCache<Object, Object>>> calls =
        Map.of(
            "getAsync", c -> c.getAsync(null),
            "putAsync key", c -> c.putAsync(null, 1),
            "putAsync value", c -> c.putAsync("k", null),
            "putIfAbsentAsync", c -> c.putIfAbsentAsync("k", null),
            "removeAsync", c -> c.removeAsync(null));
    return calls.entrySet().stream()
        .map(
            call ->
                DynamicTest.dynamicTest(
                    call.getKey(),
                    () ->
                        assertThatExceptionOfType(NullPointerException.class)
                            .isThrownBy(() -> call.getValue().accept(cache))));
  }

  @Test
  void getAsync_blockedLoader_doesNotBlockTheCallerOrTheOthers() {
    CountDownLatch release = new CountDownLatch(1);
    var configuration = CacheFixture.byValue();
    configuration.setReadThrough(true);
    configuration.setCacheLoaderFactory(
        () ->
            (Operations.Loader)
                key -> {
                  if (key.equals("slow")) {
                    Race.await(release);
                  }
                  return key;
                });
    JCache<Object, Object> loading = fixture.cache(configuration);

    CompletableFuture<Object> slow = loading.getAsync("slow");

    assertThat(loading.getAsync("fast").join()).isEqualTo("fast");
    assertThat(slow).isNotDone();
    release.countDown();
    assertThat(slow.join()).isEqualTo("slow");
  }

  // ---- checksum ----

  @Test
  void checksum_sameContents_isTheSameInWhateverOrderAndForm() {
    JCache<Object, Object> byReference = fixture.cache(CacheFixture.byReference());
    for (int i = 0; i < 50; i++) {
      cache.put("k" + i, new ArrayList<>(List.of(i)));
      byReference.put("k" + (49 - i), new ArrayList<>(List.of(49 - i)));
    }

    assertThat(byReference.checksum()).isEqualTo(cache.checksum());
    assertThat(cache.checksum().entries()).isEqualTo(50);
    assertThat(cache.checksum().toString()).matches("50:[0-9a-f]{16}");
  }

  @Test
  void checksum_anyChange_isAnother() {
    cache.putAll(Map.of("a", 1, "b", 2));
    CacheChecksum before = cache.checksum();

    cache.put("a", 3);
    assertThat(cache.checksum()).isNotEqualTo(before);
    cache.put("a", 1L);
    assertThat(cache.checksum()).as("another type").isNotEqualTo(before);
    cache.put("a", 2);
    cache.put("b", 1);
    assertThat(cache.checksum()).as("exchanged").isNotEqualTo(before);
    cache.putAll(Map.of("a", 1, "b", 2));
    assertThat(cache.checksum()).as("as before").isEqualTo(before);
    cache.put("c", 3);
    assertThat(cache.checksum()).isNotEqualTo(before);
    cache.remove("c");
    assertThat(cache.checksum()).isEqualTo(before);
    cache.remove("a");
    assertThat(cache.checksum()).isNotEqualTo(before);
  }

  // ---- unwrap ----

  @Test
  void unwrap_toWhatItIsNot_isRefused() {
    assertThat(cache.unwrap(McCache.class)).isSameAs(cache);
    assertThat(cache.unwrap(Cache.class)).isSameAs(cache);
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> cache.unwrap(String.class));
    assertThat(held((JCache<Object, Object>) cache, "k")).isNull();
  }
}
