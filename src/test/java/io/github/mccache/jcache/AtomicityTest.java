package io.github.mccache.jcache;

import static io.github.mccache.jcache.CacheFixture.held;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.api.McCacheConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.cache.Cache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Four threads that change the same entries lose nothing, whatever else goes on. */
class AtomicityTest {

  private static final int THREADS = 4;
  private static final int INCREMENTS = 10_000;
  private static final String KEY = "counter";

  private final CacheFixture fixture = new CacheFixture();

  /** What the loader and the writer work on. */
  private final Map<Object, Object> backend = new ConcurrentHashMap<>();

  @AfterEach
  void close() {
    fixture.close();
  }

  record Setup(boolean byValue, boolean through, boolean mutable) {}

  static Stream<Setup> setups() {
    List<Setup> setups = new ArrayList<>();
    for (boolean byValue : new boolean[] {false, true}) {
      for (boolean through : new boolean[] {false, true}) {
        setups.add(new Setup(byValue, through, false));
        setups.add(new Setup(byValue, through, true));
      }
    }
    return setups.stream();
  }

  private McCacheConfiguration<Object, Object> configuration(Setup setup) {
    var configuration = setup.byValue ? CacheFixture.byValue() : CacheFixture.byReference();
    if (setup.through) {
      configuration.setReadThrough(true);
      configuration.setCacheLoaderFactory(() -> (Operations.Loader) backend::get);
      configuration.setWriteThrough(true);
      configuration.setCacheWriterFactory(() -> new BackendWriter());
    }
    return configuration;
  }

  private final class BackendWriter extends WriterLog {

    @Override
    public void write(Cache.Entry<?, ?> entry) {
      backend.put(entry.getKey(), entry.getValue());
    }

    @Override
    public void delete(Object key) {
      backend.remove(key);
    }
  }

  /** A counter as a number, or as something mutable that store-by-value has to copy. */
  private static Object counter(Setup setup, int count) {
    return setup.mutable ? new ArrayList<>(List.of(count)) : count;
  }

  private static int count(Object counter) {
    return counter == null
        ? 0
        : counter instanceof List<?> list ? (Integer) list.get(0) : (Integer) counter;
  }

  private static int increment(Cache<Object, Object> cache, Object key, Setup setup) {
    return cache.invoke(
        key,
        (entry, arguments) -> {
          int next = count(entry.getValue()) + 1;
          entry.setValue(counter(setup, next));
          return next;
        });
  }

  private static void compareAndSet(Cache<Object, Object> cache, Setup setup) {
    boolean done = false;
    while (!done) {
      Object before = cache.get(KEY);
      Object after = counter(setup, count(before) + 1);
      done = before == null ? cache.putIfAbsent(KEY, after) : cache.replace(KEY, before, after);
    }
  }

  private static void repeat(Race.Task task) throws Throwable {
    for (int i = 0; i < INCREMENTS; i++) {
      task.run();
    }
  }

  @ParameterizedTest
  @MethodSource("setups")
  void invoke_byFourThreads_losesNoIncrement(Setup setup) {
    JCache<Object, Object> cache = fixture.cache(configuration(setup));

    Race.run(THREADS, () -> repeat(() -> increment(cache, KEY, setup)));

    assertThat(count(held(cache, KEY))).isEqualTo(THREADS * INCREMENTS);
    if (setup.through) {
      assertThat(count(backend.get(KEY))).isEqualTo(THREADS * INCREMENTS);
    }
  }

  @ParameterizedTest
  @MethodSource("setups")
  void replace_byFourThreads_losesNoIncrement(Setup setup) {
    JCache<Object, Object> cache = fixture.cache(configuration(setup));

    Race.run(THREADS, () -> repeat(() -> compareAndSet(cache, setup)));

    assertThat(count(held(cache, KEY))).isEqualTo(THREADS * INCREMENTS);
    if (setup.through) {
      assertThat(count(backend.get(KEY))).isEqualTo(THREADS * INCREMENTS);
    }
  }

  /** What was evicted comes back from the backend, to which each step has written. */
  @ParameterizedTest
  @MethodSource("setups")
  void invoke_underEvictionWithBackend_losesNoIncrement(Setup setup) {
    Setup through = new Setup(setup.byValue, true, setup.mutable);
    var configuration = configuration(through);
    configuration.setMaximumEntries(3);
    JCache<Object, Object> cache = fixture.cache(configuration);
    AtomicInteger thread = new AtomicInteger();

    Race.run(
        THREADS,
        () -> {
          int[] next = {thread.getAndIncrement()};
          repeat(() -> increment(cache, "counter-" + next[0]++ % 8, through));
        });

    assertThat(backend.values().stream().mapToInt(AtomicityTest::count).sum())
        .isEqualTo(THREADS * INCREMENTS);
    assertThat(cache.parts().statistics().getCacheEvictions()).isPositive();
    assertThat(cache.size()).isLessThanOrEqualTo(3);
  }

  /** What was evicted is told, once, and starts again at nothing: the sum is exact. */
  @ParameterizedTest
  @MethodSource("setups")
  void invoke_underEvictionWithListener_losesNoIncrement(Setup setup) {
    var configuration = configuration(new Setup(setup.byValue, false, setup.mutable));
    configuration.setMaximumEntries(3);
    JCache<Object, Object> cache = fixture.cache(configuration);
    AtomicLong evicted = new AtomicLong();
    AtomicInteger thread = new AtomicInteger();
    cache.addEvictionListener((key, value) -> evicted.addAndGet(count(value)));

    Race.run(
        THREADS,
        () -> {
          int[] next = {thread.getAndIncrement()};
          repeat(
              () -> {
                increment(cache, "counter-" + next[0]++ % 8, setup);
                if (next[0] % 1_000 == 0) {
                  CacheFixture.awaitAsynchronousListeners(cache);
                }
              });
        });
    CacheFixture.awaitAsynchronousListeners(cache);

    long[] sum = {evicted.get()};
    cache.forEach(entry -> sum[0] += count(entry.getValue()));
    assertThat(sum[0]).isEqualTo(THREADS * INCREMENTS);
    assertThat(cache.size()).isLessThanOrEqualTo(3);
  }

  @Test
  void putIfAbsent_byFourThreads_winsExactlyOnce() {
    JCache<Object, Object> cache = fixture.cache(CacheFixture.byValue());
    AtomicIntegerArray winners = new AtomicIntegerArray(INCREMENTS);

    Race.run(
        THREADS,
        () -> {
          for (int i = 0; i < INCREMENTS; i++) {
            if (cache.putIfAbsent(i, Thread.currentThread().getName())) {
              winners.incrementAndGet(i);
            }
          }
        });

    assertThat(sequence(winners)).containsOnly(1);
  }

  @Test
  void getAndRemove_byFourThreads_givesEachValueToExactlyOne() {
    JCache<Object, Object> cache = fixture.cache(CacheFixture.byValue());
    AtomicIntegerArray takers = new AtomicIntegerArray(INCREMENTS);
    for (int i = 0; i < INCREMENTS; i++) {
      cache.put(i, "value");
    }

    Race.run(
        THREADS,
        () -> {
          for (int i = 0; i < INCREMENTS; i++) {
            if (cache.getAndRemove(i) != null) {
              takers.incrementAndGet(i);
            }
          }
        });

    assertThat(sequence(takers)).containsOnly(1);
  }

  private static int[] sequence(AtomicIntegerArray counts) {
    return IntStream.range(0, counts.length()).map(counts::get).toArray();
  }

  @Test
  void getAndPut_byFourThreads_returnsEveryValueOnce() {
    JCache<Object, Object> cache = fixture.cache(CacheFixture.byValue());
    Map<Object, Boolean> returned = new ConcurrentHashMap<>();
    AtomicInteger number = new AtomicInteger();

    Race.run(
        THREADS,
        () ->
            repeat(
                () -> {
                  Object before = cache.getAndPut(KEY, number.incrementAndGet());
                  if (before != null) {
                    assertThat(returned.put(before, true)).isNull();
                  }
                }));

    returned.put(held(cache, KEY), true);
    assertThat(returned).hasSize(THREADS * INCREMENTS);
  }
}
