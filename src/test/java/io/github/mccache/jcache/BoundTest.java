package io.github.mccache.jcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.mccache.api.McCache;
import io.github.mccache.api.McCacheConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What bounds a cache, and what is said of entries that had to go. */
class BoundTest {

  private final CacheFixture fixture = new CacheFixture();
  private final List<String> evicted = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    fixture.close();
  }

  private JCache<Object, Object> cacheOfThree() {
    JCache<Object, Object> cache = fixture.cache(CacheFixture.byValue().setMaximumEntries(3));
    return cache;
  }

  private static McCacheConfiguration<Object, Object> unset() {
    return CacheFixture.byValue();
  }

  private void fill(McCache<Object, Object> cache, int entries) {
    for (int i = 0; i < entries; i++) {
      cache.put("k" + i, i);
    }
  }

  // ---- least recently used ----

  @Test
  void put_aboveTheBound_evictsTheLeastRecentlyUsed() {
    JCache<Object, Object> cache = cacheOfThree();
    cache.put("a", 1);
    cache.put("b", 2);
    cache.put("c", 3);
    cache.get("a");

    cache.put("d", 4);

    assertThat(cache.keys()).containsExactlyInAnyOrder("a", "c", "d");
    assertThat(cache.parts().statistics().getCacheEvictions()).isEqualTo(1);
    assertThat(cache.parts().statistics().getCacheRemovals()).isZero();
  }

  @Test
  void look_withoutAnAccess_doesNotSaveFromEviction() {
    JCache<Object, Object> cache = cacheOfThree();
    fill(cache, 3);
    cache.containsKey("k0");
    cache.metadata("k0");
    cache.keys();
    cache.checksum();

    cache.put("d", 4);

    assertThat(cache.containsKey("k0")).isFalse();
  }

  @Test
  void eviction_ofAnExpiredEntry_isAnExpiry() {
    JCache<Object, Object> cache = cacheOfThree();
    EventLog events = new EventLog();
    cache.put("short", 1, Duration.ofSeconds(1));
    cache.registerCacheEntryListener(CacheFixture.synchronous(events));
    cache.addEvictionListener((key, value) -> evicted.add(key + "=" + value));
    fixture.advance(Duration.ofSeconds(1));

    fill(cache, 3);
    CacheFixture.awaitAsynchronousListeners(cache);

    assertThat(events.events()).contains("EXPIRED short 1");
    assertThat(evicted).isEmpty();
    assertThat(cache.parts().statistics().getCacheEvictions()).isZero();
  }

  // ---- the eviction listener ----

  @Test
  void evictionListener_entriesGo_hearsOfEvictionsAlone() {
    JCache<Object, Object> cache = cacheOfThree();
    cache.addEvictionListener((key, value) -> evicted.add(key + "=" + value));
    cache.put("removed", 1);
    cache.remove("removed");
    cache.put("cleared", 1);
    cache.clear();
    cache.put("expired", 1, Duration.ofSeconds(1));
    fixture.advance(Duration.ofSeconds(1));
    cache.get("expired");

    fill(cache, 5);
    CacheFixture.awaitAsynchronousListeners(cache);

    assertThat(evicted).containsExactlyInAnyOrder("k0=0", "k1=1");
  }

  @Test
  void registration_isClosed_hearsNothingMore() {
    JCache<Object, Object> cache = cacheOfThree();
    var registration = cache.addEvictionListener((key, value) -> evicted.add("first " + key));
    cache.addEvictionListener((key, value) -> evicted.add("second " + key));
    fill(cache, 4);
    CacheFixture.awaitAsynchronousListeners(cache);
    registration.close();
    registration.close();

    cache.put("more", 1);
    CacheFixture.awaitAsynchronousListeners(cache);

    assertThat(evicted).containsExactly("first k0", "second k0", "second k1");
  }

  @Test
  void evictionListener_registeredTwice_hearsTwiceUntilOneIsClosed() {
    JCache<Object, Object> cache = cacheOfThree();
    io.github.mccache.api.EvictionListener<Object, Object> listener =
        (key, value) -> evicted.add(String.valueOf(key));
    var first = cache.addEvictionListener(listener);
    cache.addEvictionListener(listener);
    fill(cache, 4);
    CacheFixture.awaitAsynchronousListeners(cache);
    first.close();
    cache.put("more", 1);
    CacheFixture.awaitAsynchronousListeners(cache);

    assertThat(evicted).containsExactly("k0", "k0", "k1");
  }

  @Test
  void evictionListener_throws_theOthersHear() {
    for (Throwable failure :
        List.of(new UnsupportedOperationException(), new AssertionError(), new Exception())) {
      evicted.clear();
      JCache<Object, Object> cache = cacheOfThree();
      cache.addEvictionListener((key, value) -> Sneaky.doThrow(failure));
      cache.addEvictionListener((key, value) -> evicted.add(String.valueOf(key)));

      fill(cache, 5);
      CacheFixture.awaitAsynchronousListeners(cache);

      assertThat(evicted).containsExactly("k0", "k1");
    }
  }

  @Test
  void evictionListener_usesTheCache_isAnswered() {
    JCache<Object, Object> cache = cacheOfThree();
    cache.addEvictionListener(
        (key, value) -> evicted.add(key + " " + cache.containsKey(key) + " " + cache.get("k4")));

    fill(cache, 5);
    CacheFixture.awaitAsynchronousListeners(cache);

    assertThat(evicted).hasSize(2).allMatch(said -> said.contains(" false "));
  }

  // ---- other bounds ----

  @Test
  void maximumBytes_reached_evicts() {
    JCache<Object, Object> cache = fixture.cache(unset().setMaximumBytes(10_000));
    String kilobyte = "x".repeat(1_000);
    for (int i = 0; i < 100; i++) {
      cache.put("k" + i, kilobyte);
    }

    assertThat(cache.size()).isBetween(7L, 9L);
    assertThat(cache.containsKey("k99")).isTrue();
  }

  @Test
  void maximumBytes_aloneIsSet_thereIsNoBoundOnEntries() {
    JCache<Object, Object> cache = fixture.cache(unset().setMaximumBytes(100_000_000));

    fill(cache, 10_500);

    assertThat(cache.size()).isEqualTo(10_500);
  }

  @Test
  void maximumBytes_oneEntryIsLarger_goesAtOnceAndTheOthersStay() {
    JCache<Object, Object> cache = fixture.cache(unset().setMaximumBytes(10_000));
    cache.put("small", "x");

    cache.put("large", "x".repeat(10_001));

    assertThat(cache.keys()).containsExactly("small");
  }

  @Test
  void maximumWeight_reached_evicts() {
    McCacheConfiguration<Object, Object> configuration =
        unset().setMaximumWeight(10, (key, value) -> (Integer) value);
    JCache<Object, Object> cache = fixture.cache(configuration);
    cache.put("a", 4);
    cache.put("b", 4);
    cache.put("c", 2);
    assertThat(cache.size()).isEqualTo(3);

    cache.put("c", 3);

    assertThat(cache.keys()).containsExactlyInAnyOrder("b", "c");
  }

  @Test
  void weigher_throwsOrIsNegative_countsAsOne() {
    McCacheConfiguration<Object, Object> configuration =
        unset()
            .setMaximumWeight(
                2,
                (key, value) -> {
                  if (value.equals("throws")) {
                    throw new UnsupportedOperationException("cannot weigh");
                  }
                  return -5;
                });
    JCache<Object, Object> cache = fixture.cache(configuration);

    assertThatCode(() -> cache.putAll(Map.of("a", "throws", "b", "negative", "c", "throws")))
        .doesNotThrowAnyException();

    assertThat(cache.size()).isEqualTo(2);
  }

  // ---- the bound that nobody chose ----

  @Test
  void defaultBound_isReached_warnsOnceAndNamesTheSetting() {
    JCache<Object, Object> cache = fixture.cache("unbounded-" + System.nanoTime(), unset());

    fill(cache, 10_000);
    assertThat(TestLog.linesWith(cache.getName())).isEmpty();
    fill(cache, 10_500);

    assertThat(cache.size()).isEqualTo(10_000);
    assertThat(TestLog.linesWith(cache.getName()))
        .singleElement()
        .asString()
        .contains("WARN")
        .contains("mccache.caches.\"" + cache.getName() + "\".maximum-entries")
        .contains("10000");
  }

  @Test
  void chosenBound_isReached_isNotWarnedOf() {
    Properties properties = new Properties();
    properties.setProperty("mccache.defaults.maximum-entries", "5");
    try (CacheFixture own = new CacheFixture(properties)) {
      JCache<Object, Object> byProgram =
          own.cache("chosen-" + System.nanoTime(), unset().setMaximumEntries(5));
      JCache<Object, Object> bySetting = own.cache("set-" + System.nanoTime(), unset());

      fill(byProgram, 10);
      fill(bySetting, 10);

      assertThat(bySetting.size()).isEqualTo(5);
      assertThat(TestLog.linesWith(byProgram.getName())).isEmpty();
      assertThat(TestLog.linesWith(bySetting.getName())).isEmpty();
    }
  }
}
