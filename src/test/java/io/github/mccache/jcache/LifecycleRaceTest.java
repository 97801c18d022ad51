package io.github.mccache.jcache;

import static io.github.mccache.jcache.CacheFixture.synchronous;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.event.CacheEntryEvent;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/**
 * Operations that race with the creation, closing and destruction of their cache, or with the end
 * of its manager: they end in a result, or in an {@link IllegalStateException} that says who closed
 * it. Each round has its own seed, named when it fails.
 */
class LifecycleRaceTest {

  private static final int ROUNDS = 150;
  private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();

  @Test
  void operations_cacheIsClosedMeanwhile_endInAResultOrSayWhoClosedIt() {
    rounds(
        (fixture, random) -> {
          JCache<Object, Object> cache = fixture.cache("raced", busy());
          long seed = random.nextLong();
          Race.run(
              () -> operate(cache, new SplittableRandom(seed)),
              () -> operate(cache, new SplittableRandom(seed + 1)),
              () -> {
                cache.put("k" + random.nextInt(4), "v");
                end(fixture, cache, random.nextInt(3));
              });
          assertThat(cache.isClosed()).isTrue();
        });
  }

  @Test
  void caches_areCreatedUsedClosedAndDestroyedAtOnce_nothingElseIsThrown() {
    rounds(
        (fixture, random) -> {
          long seed = random.nextLong();
          Race.run(
              () -> comeAndGo(fixture, new SplittableRandom(seed)),
              () -> comeAndGo(fixture, new SplittableRandom(seed + 1)),
              () -> comeAndGo(fixture, new SplittableRandom(seed + 2)));
        });
  }

  @Test
  void caches_areCreatedWhileTheManagerCloses_areClosedToo() {
    rounds(
        (fixture, random) -> {
          long seed = random.nextLong();
          Race.run(
              () -> comeAndGo(fixture, new SplittableRandom(seed)),
              () -> {
                pause(random.nextInt(2_000));
                fixture.close();
              });
        });
  }

  @Test
  void createCache_byTwoThreads_succeedsForExactlyOne() {
    rounds(
        (fixture, random) -> {
          AtomicInteger created = new AtomicInteger();
          AtomicInteger refused = new AtomicInteger();
          Race.run(
              2,
              () -> {
                try {
                  fixture.manager().createCache("one", busy());
                  created.incrementAndGet();
                } catch (CacheException e) {
                  refused.incrementAndGet();
                }
              });
          assertThat(created).hasValue(1);
          assertThat(refused).hasValue(1);
          assertThat(beans(fixture)).hasSize(2);
          Cache<Object, Object> cache = fixture.manager().getCache("one");
          cache.put("k", "v");
          assertThat(cache.get("k")).isEqualTo("v");
        });
  }

  /** The beans are those of the cache that is open, whatever became of the one before. */
  @Test
  void createCache_whileTheOneBeforeCloses_hasItsBeans() {
    rounds(
        (fixture, random) -> {
          JCache<Object, Object> before = fixture.cache("again", busy());
          Race.run(
              before::close,
              () -> {
                boolean created = false;
                while (!created) {
                  try {
                    fixture.manager().createCache("again", busy());
                    created = true;
                  } catch (CacheException e) {
                    Thread.onSpinWait();
                  }
                }
              });
          assertThat(beans(fixture)).hasSize(2);
        });
  }

  @Test
  void enableStatistics_whileTheCacheCloses_leavesNoBean() {
    rounds(
        (fixture, random) -> {
          JCache<Object, Object> cache = fixture.cache("switched", CacheFixture.byValue());
          Race.run(
              cache::close,
              () -> {
                fixture.manager().enableStatistics("switched", true);
                fixture.manager().enableManagement("switched", true);
              });
          assertThat(beans(fixture)).isEmpty();
        });
  }

  /** A load without a listener has often not begun yet when its cache is destroyed. */
  @Test
  void destroyCache_loadsAndListenersAreCalledMeanwhile_noneIsCalledAfterItWasClosed() {
    rounds(
        (fixture, random) -> {
          AtomicInteger calledTooLate = new AtomicInteger();
          var configuration = CacheFixture.byValue();
          configuration.setReadThrough(true);
          configuration.setCacheLoaderFactory(() -> new ClosedLoader(calledTooLate));
          configuration.addCacheEntryListenerConfiguration(
              CacheFixture.asynchronous(new ClosedListener(calledTooLate)));
          JCache<Object, Object> cache = fixture.cache("loading", configuration);
          cache.loadAll(Set.of("k", "l", "m"), false, null);
          pause(random.nextInt(20_000));
          end(fixture, cache, random.nextInt(3));
          fixture.manager().close();
          assertThat(calledTooLate).hasValue(0);
        });
  }

  private static final class ClosedLoader implements Operations.Loader, AutoCloseable {
    private final AtomicInteger calledTooLate;
    private volatile boolean closed;

    ClosedLoader(AtomicInteger calledTooLate) {
      this.calledTooLate = calledTooLate;
    }

    @Override
    public Object load(Object key) {
      pause(2_000);
      if (closed) {
        calledTooLate.incrementAndGet();
      }
      return "loaded";
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static final class ClosedListener extends EventLog implements AutoCloseable {
    private final AtomicInteger calledTooLate;
    private volatile boolean closed;

    ClosedListener(AtomicInteger calledTooLate) {
      this.calledTooLate = calledTooLate;
    }

    @Override
    void heard(CacheEntryEvent<?, ?> event) {
      pause(2_000);
      if (closed) {
        calledTooLate.incrementAndGet();
      }
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  // ---- what the threads do ----

  private interface Round {
    void run(CacheFixture fixture, RandomGenerator random);
  }

  private static void rounds(Round round) {
    for (long seed = 1; seed <= ROUNDS; seed++) {
      CacheFixture fixture = new CacheFixture();
      try {
        round.run(fixture, new SplittableRandom(seed));
        fixture.close();
        assertThat(beans(fixture)).isEmpty();
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      } finally {
        fixture.close();
      }
    }
  }

  private static io.github.mccache.api.McCacheConfiguration<Object, Object> busy() {
    var configuration = CacheFixture.byValue();
    configuration.setManagementEnabled(true);
    configuration.setReadThrough(true).setWriteThrough(true);
    configuration.setCacheLoaderFactory(() -> (Operations.Loader) key -> "loaded");
    configuration.setCacheWriterFactory(WriterLog::new);
    configuration.addCacheEntryListenerConfiguration(synchronous(new EventLog()));
    configuration.addCacheEntryListenerConfiguration(CacheFixture.asynchronous(new EventLog()));
    return configuration;
  }

  private static void end(CacheFixture fixture, JCache<Object, Object> cache, int how) {
    switch (how) {
      case 0 -> cache.close();
      case 1 -> fixture.manager().destroyCache(cache.getName());
      default -> fixture.manager().close();
    }
  }

  /** Operates until the cache is closed. */
  private static void operate(Cache<Object, Object> cache, RandomGenerator random) {
    boolean open = true;
    while (open) {
      open = isOpenAfter(() -> operateOnce((JCache<Object, Object>) cache, random));
    }
  }

  private static void operateOnce(JCache<Object, Object> cache, RandomGenerator random) {
    String key = "k" + random.nextInt(4);
    switch (random.nextInt(16)) {
      case 0 -> cache.get(key);
      case 1 -> cache.put(key, "v");
      case 2 -> cache.putAll(Map.of(key, "v", "other", "w"));
      case 3 -> cache.remove(key);
      case 4 -> cache.invoke(key, (entry, arguments) -> entry.getValue());
      case 5 -> cache.iterator().forEachRemaining(entry -> {});
      case 6 -> cache.clear();
      case 7 -> cache.removeAll();
      case 8 -> cache.getAsync(key).join();
      case 9 -> Operations.loadAll(cache, true, key);
      case 10 -> cache.getAll(Set.of(key, "other"));
      case 11 -> cache.putIfAbsent(key, "v");
      case 12 -> cache.invokeAll(Set.of(key), (entry, arguments) -> entry.exists());
      case 13 -> cache.checksum();
      case 14 -> cache.registerCacheEntryListener(synchronous(new EventLog()));
      default -> cache.replace(key, "v", "w");
    }
  }

  private static void comeAndGo(CacheFixture fixture, RandomGenerator random) {
    for (int i = 0; i < 40; i++) {
      String name = "cache-" + random.nextInt(2);
      isOpenAfter(() -> comeOrGo(fixture, name, random));
    }
  }

  private static void comeOrGo(CacheFixture fixture, String name, RandomGenerator random) {
    switch (random.nextInt(6)) {
      case 0, 1 -> create(fixture, name);
      case 2 -> fixture.manager().destroyCache(name);
      case 3 -> {
        Cache<Object, Object> cache = fixture.manager().getCache(name);
        if (cache != null) {
          cache.close();
        }
      }
      case 4 -> fixture.manager().enableStatistics(name, random.nextBoolean());
      default -> {
        Cache<Object, Object> cache = fixture.manager().getCache(name);
        if (cache != null) {
          operateOnce((JCache<Object, Object>) cache, random);
        }
      }
    }
  }

  private static void create(CacheFixture fixture, String name) {
    try {
      fixture.manager().createCache(name, busy());
    } catch (CacheException e) {
      assertThat(e).isExactlyInstanceOf(CacheException.class).hasMessageContaining("exists");
    }
  }

  /** Runs an operation; returns false if it said that the cache or the manager is closed. */
  private static boolean isOpenAfter(Runnable operation) {
    try {
      operation.run();
      return true;
    } catch (CompletionException e) {
      assertSaysWho(e.getCause());
      return false;
    } catch (IllegalStateException e) {
      assertSaysWho(e);
      return false;
    }
  }

  private static void assertSaysWho(Throwable thrown) {
    assertThat(thrown)
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessageMatching("(?s).* is closed: by Cache.*\\(\\) on thread .* at 2.*");
  }

  private static void pause(int spins) {
    for (int i = 0; i < spins; i++) {
      Thread.onSpinWait();
    }
  }

  private static Set<ObjectName> beans(CacheFixture fixture) {
    try {
      String manager = fixture.manager().getURI().toString().replace(':', '.');
      return BEANS.queryNames(new ObjectName("javax.cache:*,CacheManager=" + manager), null);
    } catch (MalformedObjectNameException e) {
      throw new AssertionError(e);
    }
  }
}
