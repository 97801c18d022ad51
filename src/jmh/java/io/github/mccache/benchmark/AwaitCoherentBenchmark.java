package io.github.mccache.benchmark;

import io.github.mccache.api.Mode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
 * How long a thread that has just written waits until every other member has what was written; each
 * of them runs in a JVM of its own on this machine.
 */
@State(Scope.Benchmark)
@BenchmarkMode(org.openjdk.jmh.annotations.Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx512m", MemberProcess.LOG_ERRORS, MemberProcess.LOG_TO_TERMINAL})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AwaitCoherentBenchmark {

  private static final long JOIN_MILLIS = 15_000;
  private static final Duration LONG = Duration.ofSeconds(10);

  @Param({"1", "3"})
  int others;

  private final List<MemberProcess> processes = new ArrayList<>();
  private SharedCaches caches;
  private long written;

  @Setup
  public void join() throws IOException, InterruptedException {
    LoopbackCluster cluster = LoopbackCluster.ofOwn();
    for (int i = 0; i < others; i++) {
      processes.add(MemberProcess.start("other-" + i, cluster));
    }
    for (MemberProcess process : processes) {
      process.await("ready", JOIN_MILLIS);
    }
    caches = SharedCaches.open(cluster.asProperties(), Mode.REPLICATE);
    caches.awaitMembers(others, JOIN_MILLIS);
  }

  @TearDown
  public void leave() {
    caches.manager().close();
    processes.forEach(MemberProcess::close);
  }

  @Benchmark
  public void putAndAwaitCoherent() throws InterruptedException {
    caches.visibility().put("key", ++written);
    if (!caches.visibility().awaitCoherent(LONG)) {
      throw new IllegalStateException("not coherent within " + LONG);
    }
  }
}
