package io.github.mccache.benchmark;

import io.github.mccache.api.Mode;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a cluster costs the one who writes: the same cache not clustered, clustered with nobody else
 * there, and with one other member in a JVM of its own on this machine.
 */
@State(Scope.Benchmark)
@BenchmarkMode(org.openjdk.jmh.annotations.Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx512m", MemberProcess.LOG_ERRORS, MemberProcess.LOG_TO_TERMINAL})
@Warmup(iterations = 5, time = 1) // a member that is alone notices it after a while
@Measurement(iterations = 5, time = 1)
public class ClusteredPutBenchmark {

  private static final long JOIN_MILLIS = 15_000;

  /** Who else is there. */
  public enum Company {
    NOT_CLUSTERED,
    ALONE,
    ONE_OTHER
  }

  @Param Company company;

  private SharedCaches caches;
  private MemberProcess other;
  private Table table;

  @Setup
  public void join() throws IOException, InterruptedException {
    LoopbackCluster cluster = LoopbackCluster.ofOwn();
    if (company == Company.ONE_OTHER) {
      other = MemberProcess.start("other", cluster);
      other.await("ready", JOIN_MILLIS);
    }
    Mode mode = company == Company.NOT_CLUSTERED ? Mode.LOCAL : Mode.REPLICATE;
    caches = SharedCaches.open(cluster.asProperties(), mode);
    if (company == Company.ONE_OTHER) {
      caches.awaitMembers(1, JOIN_MILLIS);
    }
    table = new JCacheTable(caches.changes(), caches.manager());
  }

  @TearDown
  public void leave() {
    table.close();
    if (other != null) {
      other.close();
    }
  }

  @Benchmark
  public void put(Cursor cursor) {
    table.put(cursor.present(), cursor.value());
  }
}
