package io.github.mccache.jcache;

import static io.github.mccache.jcache.CacheFixture.synchronous;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.mccache.McCachingProvider;
import io.github.mccache.api.McCache;
import io.github.mccache.api.McCacheConfiguration;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.configuration.Factory;
import javax.cache.configuration.MutableCacheEntryListenerConfiguration;
import javax.cache.event.CacheEntryEvent;
import javax.cache.expiry.ExpiryPolicy;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What closing a cache, a manager, a provider ends, and what those are told who come too late. */
class LifecycleTest {

  private final CacheFixture fixture = new CacheFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  // ---- too late ----

  @TestFactory
  Stream<DynamicTest> operation_cacheIsClosed_saysWhoClosedItAndWhen() {
    Map<String, Consumer<McCache<Object, Object>>> operations = new LinkedHashMap<>();
    operations.putAll(Operations.loads());
    operations.putAll(Operations.updates());
    operations.putAll(Operations.removals());
    operations.put("containsKey", cache -> cache.containsKey("k"));
    operations.put("clear", Cache::clear);
    operations.put("iterator", Cache::iterator);
    operations.put("size", McCache::size);
    operations.put("keys", McCache::keys);
    operations.put("metadata", cache -> cache.metadata("k"));
    operations.put("put with a time to live", cache -> cache.put("k", "v", Duration.ofDays(1)));
    operations.put("addEvictionListener", cache -> cache.addEvictionListener((k, v) -> {}));
    operations.put("checksum", McCache::checksum);
    operations.put(
        "registerCacheEntryListener",
        cache -> cache.registerCacheEntryListener(synchronous(new EventLog())));
    return operations.entrySet().stream()
        .map(
            operation ->
                DynamicTest.dynamicTest(
                    operation.getKey(),
                    () -> {
                      JCache<Object, Object> cache = fixture.cache(CacheFixture.byValue());
                      cache.close();

                      assertThatThrownBy(() -> operation.getValue().accept(cache))
                          .isExactlyInstanceOf(IllegalStateException.class)
                          .hasMessageContaining(cache.getName())
                          .hasMessageContaining("Cache.close()")
                          .hasMessageContaining(Thread.currentThread().getName())
                          .hasMessageContaining("20"); // the year
                    }));
  }

  @Test
  void operation_managerIsClosed_namesTheManager() {
    JCache<Object, Object> cache = fixture.cache(CacheFixture.byValue());
    fixture.manager().close();

    assertThatThrownBy(() -> cache.get("k")).hasMessageContaining("CacheManager.close()");
    assertThatThrownBy(() -> fixture.manager().getCacheNames())
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessageContaining("CacheManager.close()");
  }

  @Test
  void operation_cacheIsDestroyed_namesTheDestroyer() {
    JCache<Object, Object> cache = fixture.cache("destroyed", CacheFixture.byValue());
    fixture.manager().destroyCache("destroyed");

    assertThatThrownBy(() -> cache.get("k")).hasMessageContaining("CacheManager.destroyCache()");
    assertThat(fixture.manager().<Object, Object>getCache("destroyed")).isNull();
  }

  @Test
  void next_cacheWasClosedMeanwhile_saysSo() {
    JCache<Object, Object> cache = fixture.cache(CacheFixture.byValue());
    cache.put("k", "v");
    var all = cache.iterator();
    cache.close();

    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(all::next);
  }

  // ---- what is ended ----

  @Test
  void close_ofTheManager_leavesNoThreadAndNoBean() {
    EventLog events = new EventLog();
    var configuration = CacheFixture.byValue();
    configuration.setManagementEnabled(true);
    configuration.addCacheEntryListenerConfiguration(CacheFixture.asynchronous(events));
    JCache<Object, Object> cache = fixture.cache(configuration);
    cache.putAsync("k", "v").join();
    cache.put("short", "lived", Duration.ofMillis(20));
    CacheFixture.awaitAsynchronousListeners(cache);
    assertThat(threads(fixture)).isNotEmpty();
    assertThat(beans(fixture)).hasSize(2);

    fixture.manager().close();

    assertThat(beans(fixture)).isEmpty();
    Race.awaitTrue("no thread is left", () -> threads(fixture).isEmpty());
  }

  /** Threads carry the name of the node, which all managers of this process share. */
  private static List<String> threads(CacheFixture fixture) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.startsWith("mccache"))
        .toList();
  }

  private static Set<ObjectName> beans(CacheFixture fixture) {
    try {
      String manager = fixture.manager().getURI().toString().replace(':', '.');
      return ManagementFactory.getPlatformMBeanServer()
          .queryNames(new ObjectName("javax.cache:*,CacheManager=" + manager), null);
    } catch (javax.management.MalformedObjectNameException e) {
      throw new AssertionError(e);
    }
  }

  /** Something of the application's that counts how often it is closed. */
  private static final class Counted {
    private final AtomicInteger closed = new AtomicInteger();
  }

  private static final class CloseableLoader implements Operations.Loader, AutoCloseable {
    private final Counted counted;

    CloseableLoader(Counted counted) {
      this.counted = counted;
    }

    @Override
    public Object load(Object key) {
      return "loaded";
    }

    @Override
    public void close() {
      counted.closed.incrementAndGet();
    }
  }

  private static final class CloseableWriter extends WriterLog implements AutoCloseable {
    private final Counted counted;

    CloseableWriter(Counted counted) {
      this.counted = counted;
    }

    @Override
    public void close() {
      counted.closed.incrementAndGet();
    }
  }

  private static final class CloseableListener extends EventLog implements AutoCloseable {
    private final Counted counted;

    CloseableListener(Counted counted) {
      this.counted = counted;
    }

    @Override
    public void close() {
      counted.closed.incrementAndGet();
    }
  }

  private record CloseablePolicy(Counted counted) implements ExpiryPolicy, AutoCloseable {

    @Override
    public javax.cache.expiry.Duration getExpiryForCreation() {
      return javax.cache.expiry.Duration.ETERNAL;
    }

    @Override
    public javax.cache.expiry.Duration getExpiryForAccess() {
      return null;
    }

    @Override
    public javax.cache.expiry.Duration getExpiryForUpdate() {
      return null;
    }

    @Override
    public void close() {
      counted.closed.incrementAndGet();
    }
  }

  private static McCacheConfiguration<Object, Object> closeables(List<Counted> all) {
    var configuration = CacheFixture.byValue();
    configuration.setReadThrough(true).setWriteThrough(true);
    configuration.setCacheLoaderFactory(() -> new CloseableLoader(count(all)));
    configuration.setCacheWriterFactory(() -> new CloseableWriter(count(all)));
    configuration.setExpiryPolicyFactory(() -> new CloseablePolicy(count(all)));
    configuration.addCacheEntryListenerConfiguration(
        new MutableCacheEntryListenerConfiguration<>(
            () -> new CloseableListener(count(all)), null, false, true));
    return configuration;
  }

  private static Counted count(List<Counted> all) {
    Counted counted = new Counted();
    synchronized (all) {
      all.add(counted);
    }
    return counted;
  }

  private static void assertEachClosedOnce(List<Counted> all) {
    assertThat(all).allSatisfy(counted -> assertThat(counted.closed).hasValue(1));
  }

  @TestFactory
  Stream<DynamicTest> close_whoeverCloses_closesWhatIsCloseableOnce() {
    Map<String, Consumer<JCache<Object, Object>>> ways = new LinkedHashMap<>();
    ways.put("cache", Cache::close);
    ways.put("manager", cache -> cache.getCacheManager().close());
    ways.put("destroy", cache -> cache.getCacheManager().destroyCache(cache.getName()));
    ways.put(
        "all at once",
        cache ->
            Race.run(
                cache::close,
                () -> cache.getCacheManager().close(),
                () -> {
                  if (!cache.getCacheManager().isClosed()) {
                    catchThrowable(() -> cache.getCacheManager().destroyCache(cache.getName()));
                  }
                }));
    return ways.entrySet().stream()
        .map(
            way ->
                DynamicTest.dynamicTest(
                    way.getKey(),
                    () -> {
                      try (CacheFixture own = new CacheFixture()) {
                        List<Counted> all = new ArrayList<>();
                        JCache<Object, Object> cache = own.cache(closeables(all));
                        assertThat(all).hasSize(4);

                        way.getValue().accept(cache);
                        cache.close();

                        assertEachClosedOnce(all);
                      }
                    }));
  }

  @TestFactory
  Stream<DynamicTest> createCache_oneFactoryThrows_closesWhatTheOthersMade() {
    Map<String, Consumer<McCacheConfiguration<Object, Object>>> flaws = new LinkedHashMap<>();
    flaws.put("loader", c -> c.setCacheLoaderFactory(LifecycleTest::fails));
    flaws.put("writer", c -> c.setCacheWriterFactory(LifecycleTest::fails));
    flaws.put("policy", c -> c.setExpiryPolicyFactory(LifecycleTest::fails));
    flaws.put(
        "listener",
        c ->
            c.addCacheEntryListenerConfiguration(
                new MutableCacheEntryListenerConfiguration<>(
                    LifecycleTest::fails, null, false, true)));
    return flaws.entrySet().stream()
        .map(
            flaw ->
                DynamicTest.dynamicTest(
                    flaw.getKey(),
                    () -> {
                      List<Counted> all = new ArrayList<>();
                      var configuration = closeables(all);
                      flaw.getValue().accept(configuration);

                      Throwable failure =
                          catchThrowable(() -> fixture.cache("broken", configuration));

                      assertThat(failure).hasStackTraceContaining("no such thing");
                      assertThat(fixture.manager().getCacheNames()).isEmpty();
                      assertEachClosedOnce(all);
                    }));
  }

  private static <T> T fails() {
    throw new UnsupportedOperationException("no such thing");
  }

  @Test
  void close_somethingCloseableFails_closesTheRestAndTheOtherCaches() {
    for (Throwable failure :
        List.of(new UnsupportedOperationException("unchecked"), new AssertionError("error"))) {
      try (CacheFixture own = new CacheFixture()) {
        List<Counted> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          var configuration = closeables(all);
          configuration.addCacheEntryListenerConfiguration(synchronous(new ClosingFails(failure)));
          own.cache(configuration);
        }

        catchThrowable(() -> own.manager().close());

        assertEachClosedOnce(all);
        assertThat(beans(own)).isEmpty();
        assertThat(own.manager().isClosed()).isTrue();
      }
    }
  }

  private static final class ClosingFails extends EventLog implements AutoCloseable {
    private final Throwable failure;

    ClosingFails(Throwable failure) {
      this.failure = failure;
    }

    @Override
    public void close() {
      Sneaky.doThrow(failure);
    }
  }

  @Test
  void deregister_ofACloseableListener_leavesItOpenForItsFactoryToHandOutAgain() {
    List<Counted> all = new ArrayList<>();
    JCache<Object, Object> cache = fixture.cache(CacheFixture.byValue());
    var registration = synchronous(new CloseableListener(count(all)));
    cache.registerCacheEntryListener(registration);

    cache.deregisterCacheEntryListener(registration);
    assertThat(all).allSatisfy(counted -> assertThat(counted.closed).hasValue(0));

    cache.registerCacheEntryListener(registration);
    cache.close();
    assertEachClosedOnce(all);
  }

  /** Listeners are made first, in no particular order. */
  @TestFactory
  Stream<DynamicTest> create_aFactoryFails_closesWhatTheOthersMade() {
    Map<String, Consumer<McCacheConfiguration<Object, Object>>> failing = new LinkedHashMap<>();
    failing.put("loader", c -> c.setCacheLoaderFactory(failing()));
    failing.put("writer", c -> c.setCacheWriterFactory(failing()));
    failing.put("expiry policy", c -> c.setExpiryPolicyFactory(failing()));
    failing.put("writer of null", c -> c.setCacheWriterFactory(() -> null));
    List<Counted> all = new ArrayList<>();
    failing.put(
        "listener",
        c ->
            c.addCacheEntryListenerConfiguration(
                new MutableCacheEntryListenerConfiguration<>(failing(), null, false, true)));
    failing.put("filter", c -> c.addCacheEntryListenerConfiguration(withoutFilter(all)));
    return failing.entrySet().stream()
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.getKey(),
                    () -> {
                      all.clear();
                      var configuration = closeables(all);
                      each.getValue().accept(configuration);
                      assertThatThrownBy(() -> fixture.cache("failing", configuration))
                          .isInstanceOfAny(
                              UnsupportedOperationException.class, IllegalArgumentException.class);
                      assertEachClosedOnce(all);
                      assertThat(fixture.manager().<Object, Object>getCache("failing")).isNull();
                    }));
  }

  private static <T> Factory<T> failing() {
    return () -> {
      throw new UnsupportedOperationException("makes nothing");
    };
  }

  private static MutableCacheEntryListenerConfiguration<Object, Object> withoutFilter(
      List<Counted> all) {
    return new MutableCacheEntryListenerConfiguration<>(
        () -> new CloseableListener(count(all)), failing(), false, true);
  }

  @Test
  void register_filterCannotBeMade_closesTheListenerUnlessItIsRegistered() {
    List<Counted> all = new ArrayList<>();
    JCache<Object, Object> cache = fixture.cache(CacheFixture.byValue());
    assertThatThrownBy(() -> cache.registerCacheEntryListener(withoutFilter(all)))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(all).hasSize(1);
    assertEachClosedOnce(all);

    Counted used = new Counted();
    CloseableListener listener = new CloseableListener(used);
    cache.registerCacheEntryListener(synchronous(listener));
    var again =
        new MutableCacheEntryListenerConfiguration<Object, Object>(
            () -> listener, failing(), false, false);
    assertThatThrownBy(() -> cache.registerCacheEntryListener(again))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(used.closed).hasValue(0);
    cache.put("k", "v");
    assertThat(listener.events()).containsExactly("CREATED k v");
    cache.close();
    assertThat(used.closed).hasValue(1);
  }

  @Test
  void register_whileTheCacheIsBeingClosed_closesTheListenerNevertheless() {
    for (int round = 0; round < 300; round++) {
      List<Counted> all = new ArrayList<>();
      JCache<Object, Object> cache = fixture.cache(CacheFixture.byValue());
      Race.run(
          cache::close,
          () -> {
            try {
              cache.registerCacheEntryListener(
                  new MutableCacheEntryListenerConfiguration<>(
                      () -> new CloseableListener(count(all)), null, false, true));
            } catch (IllegalStateException e) {
              assertThat(e).hasMessageContaining("Cache.close()");
            }
          });
      assertEachClosedOnce(all);
    }
  }

  /** More calls than threads, all stuck: those that wait end with an exception, not never. */
  @Test
  void close_ofTheManager_endsEveryFuture() {
    CountDownLatch never = new CountDownLatch(1);
    var configuration = CacheFixture.byValue();
    configuration.setReadThrough(true);
    configuration.setCacheLoaderFactory(
        () ->
            (Operations.Loader)
                key -> {
                  try {
                    never.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  return null;
                });
    JCache<Object, Object> cache = fixture.cache(configuration);
    List<CompletableFuture<Object>> futures = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      futures.add(cache.getAsync("key-" + i));
    }

    fixture.manager().close();

    for (CompletableFuture<Object> future : futures) {
      Race.awaitTrue("the future ends", future::isDone);
    }
    assertThatThrownBy(futures.get(199)::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(IllegalStateException.class);
  }

  /** JSR-107, section 4.1.1: closing the cache closes them, at the end of what they do. */
  @Test
  void close_whileALoadRuns_closesTheLoaderAfterIt() throws InterruptedException {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    AtomicBoolean closedWhileRunning = new AtomicBoolean();
    final class SlowLoader implements Operations.Loader, AutoCloseable {
      @Override
      public Object load(Object key) {
        running.countDown();
        try {
          closedWhileRunning.set(closed.await(100, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        ended.countDown();
        return "loaded";
      }

      @Override
      public void close() {
        closed.countDown();
      }
    }
    var configuration = CacheFixture.byValue();
    configuration.setReadThrough(true);
    configuration.setCacheLoaderFactory(SlowLoader::new);
    JCache<Object, Object> cache = fixture.cache(configuration);
    cache.loadAll(Set.of("k"), false, null);
    Race.await(running);

    cache.close();

    assertThat(closed.getCount()).isZero();
    Race.await(ended);
    assertThat(closedWhileRunning).isFalse();
  }

  // ---- from within ----

  @TestFactory
  Stream<DynamicTest> close_fromWithinAListener_isDone() {
    Map<String, Consumer<JCache<Object, Object>>> ways = new LinkedHashMap<>();
    ways.put("cache", Cache::close);
    ways.put("manager", cache -> cache.getCacheManager().close());
    ways.put("destroy", cache -> cache.getCacheManager().destroyCache(cache.getName()));
    return ways.entrySet().stream()
        .flatMap(
            way ->
                Stream.of(true, false)
                    .map(
                        synchronous ->
                            DynamicTest.dynamicTest(
                                way.getKey() + (synchronous ? " synchronous" : " asynchronous"),
                                () -> closeFromWithin(way.getValue(), synchronous))));
  }

  private static void closeFromWithin(Consumer<JCache<Object, Object>> way, boolean synchronous) {
    CacheFixture own = new CacheFixture();
    List<JCache<Object, Object>> self = new ArrayList<>();
    CountDownLatch done = new CountDownLatch(1);
    EventLog closing =
        new EventLog() {
          @Override
          void heard(CacheEntryEvent<?, ?> event) {
            try {
              way.accept(self.get(0));
            } finally {
              done.countDown();
            }
          }
        };
    var configuration = CacheFixture.byValue();
    configuration.addCacheEntryListenerConfiguration(
        CacheFixture.listener(closing, null, synchronous));
    self.add(own.cache(configuration));

    Race.run(() -> self.get(0).put("k", "v"));
    Race.await(done);

    assertThat(self.get(0).isClosed()).isTrue();
    assertThat(beans(own)).isEmpty();
    Race.run(own::close);
  }

  // ---- the provider ----

  private static Properties unclustered() {
    Properties properties = new Properties();
    properties.setProperty("mccache.cluster.enabled", "false");
    return properties;
  }

  @Test
  void getCacheManager_again_isTheSameUntilItIsClosed() {
    try (McCachingProvider provider = new McCachingProvider()) {
      CacheManager first = provider.getCacheManager(null, null, unclustered());
      assertThat(provider.getCacheManager()).isSameAs(first);
      assertThat(first.getURI()).isEqualTo(provider.getDefaultURI());

      first.close();

      CacheManager second = provider.getCacheManager(null, null, unclustered());
      assertThat(second).isNotSameAs(first);
      assertThat(second.isClosed()).isFalse();
      assertThat(second.getCacheNames()).isEmpty();
    }
  }

  @Test
  void getCacheManager_byManyThreads_isOne() {
    try (McCachingProvider provider = new McCachingProvider()) {
      Set<CacheManager> managers = java.util.concurrent.ConcurrentHashMap.newKeySet();
      Race.run(4, () -> managers.add(provider.getCacheManager(null, null, unclustered())));
      assertThat(managers).hasSize(1);
    }
  }

  @Test
  void getCacheManager_ofAnotherClassLoaderOrUri_isAnother() throws Exception {
    try (McCachingProvider provider = new McCachingProvider();
        URLClassLoader other = new URLClassLoader(new URL[0], getClass().getClassLoader())) {
      CacheManager byDefault = provider.getCacheManager(null, null, unclustered());
      CacheManager ofOther = provider.getCacheManager(null, other, unclustered());
      CacheManager elsewhere =
          provider.getCacheManager(URI.create("urn:else"), null, unclustered());
      assertThat(Set.of(byDefault, ofOther, elsewhere)).hasSize(3);
      assertThat(ofOther.getClassLoader()).isSameAs(other);

      provider.close(other);

      assertThat(ofOther.isClosed()).isTrue();
      assertThat(byDefault.isClosed()).isFalse();

      provider.close(URI.create("urn:else"), null);
      provider.close(URI.create("urn:unknown"), null);

      assertThat(elsewhere.isClosed()).isTrue();
      assertThat(byDefault.isClosed()).isFalse();
    }
  }

  @Test
  void createCache_ofAnUnknownNameTwice_isRefusedTheSecondTime() {
    fixture.cache("once", CacheFixture.byValue());

    assertThatExceptionOfType(CacheException.class)
        .isThrownBy(() -> fixture.cache("once", CacheFixture.byValue()))
        .withMessageContaining("once");
  }
}
