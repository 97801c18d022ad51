package io.github.mccache.benchmark;

import io.github.mccache.store.Bound;
import io.github.mccache.store.LruStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The store below a cache by itself: how much of an operation's cost is its own. With room for all
 * keys, or for a fifth of them: then most reads miss and many writes evict.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx512m")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class StoreBenchmark {

  @Param({"10000", "1000"})
  long maximumEntries;

  private LruStore<String, String> store;

  @Setup
  public void fill() {
    store = new LruStore<>(List.of(new Bound<>(maximumEntries, (k, v) -> 1)), (k, v) -> {});
    for (String key : Workload.keys("present", Workload.KEYS)) {
      set(key, key);
    }
  }

  @Benchmark
  public String get(Cursor cursor) {
    return store.get(cursor.present());
  }

  @Benchmark
  public boolean compute(Cursor cursor) {
    return set(cursor.present(), cursor.value());
  }

  private boolean set(String key, String value) {
    return store.compute(
        key,
        slot -> {
          slot.set(value);
          return true;
        });
  }
}
