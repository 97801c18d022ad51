package io.github.mccache.benchmark;

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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one JVM does by itself: reads and writes of {@value Workload#KEYS} keys that are all there,
 * and reads of keys that are not.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx512m", MemberProcess.LOG_ERRORS, MemberProcess.LOG_TO_TERMINAL})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LocalAccessBenchmark {

  @Param Subject subject;

  private Table table;

  @Setup
  public void fill() {
    table = subject.open();
    String[] values = Workload.values(0);
    int next = 0;
    for (String key : Workload.keys("present", Workload.KEYS)) {
      table.put(key, values[next++ % values.length]);
    }
  }

  @TearDown
  public void close() {
    table.close();
  }

  @Benchmark
  public String getHit(Cursor cursor) {
    return table.get(cursor.present());
  }

  @Benchmark
  public String getMiss(Cursor cursor) {
    return table.get(cursor.absent());
  }

  @Benchmark
  public void put(Cursor cursor) {
    table.put(cursor.present(), cursor.value());
  }

  /** 95 reads to 5 writes. */
  @Benchmark
  public String mixed(Cursor cursor) {
    if (cursor.isPutDue()) {
      String value = cursor.value();
      table.put(cursor.present(), value);
      return value;
    }
    return table.get(cursor.present());
  }
}
