package io.github.mccache.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Many seeds, on the store of production and, fewer, on the model: what both do wrong is wrong in
 * the rules. {@code -Dsimulation.seed=N} runs one seed, {@code -Dsimulation.seeds=N} that many,
 * with {@code -Dsimulation.first=N} from there.
 */
class SimulationTest {

  private static final long FIRST = Long.getLong("simulation.first", 0);
  private static final long SEEDS = Long.getLong("simulation.seeds", 400);
  private static final long MODEL_SHARE = 4;

  @Test
  void reorderingAndDuplication_storeOfProduction_everyInvariantHolds() {
    seeds(SEEDS).forEach(seed -> new Simulation(Scenario.of(seed), Cluster.PRODUCTION).run());
  }

  @Test
  void reorderingAndDuplication_modelStore_everyInvariantHolds() {
    seeds(SEEDS / MODEL_SHARE)
        .forEach(seed -> new Simulation(Scenario.of(seed), Cluster.SOUND).run());
  }

  /** The invariant SameSeedSameTrace (S14). */
  @Test
  void reorderingAndDuplication_sameSeed_sameTrace() {
    seeds(10)
        .forEach(
            seed -> {
              long digest = traceDigest(seed);
              assertThat(traceDigest(seed)).isEqualTo(digest);
              assertThat(traceDigest(seed + 1_000_000)).isNotEqualTo(digest);
            });
  }

  private static LongStream seeds(long count) {
    Long one = Long.getLong("simulation.seed");
    return one == null ? LongStream.range(FIRST, FIRST + count) : LongStream.of(one);
  }

  private static long traceDigest(long seed) {
    Simulation simulation = new Simulation(Scenario.of(seed), Cluster.PRODUCTION);
    simulation.run();
    return simulation.traceDigest();
  }
}
