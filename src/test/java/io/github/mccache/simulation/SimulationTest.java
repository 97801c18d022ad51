package io.github.mccache.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The seeds of every build. A failing one says how it is run again. */
class SimulationTest {

  private static final long SEEDS = Long.getLong("simulation.seeds", 2_000);

  @Test
  void faultsOfEveryKind_manySeeds_everyInvariantHolds() {
    Campaign campaign = new Campaign(0, SEEDS, Restriction.NONE, null);
    List<Seed> failed = campaign.run();
    assertThat(failed).as(campaign.summary()).isEmpty();
  }

  /** The invariant SameSeedSameTrace (S14). */
  @Test
  void faultsOfEveryKind_sameSeed_sameTrace() {
    for (long seed = 0; seed < 5; seed++) {
      Scenario scenario = Scenario.of(seed, Restriction.NONE);
      long digest = Seed.run(scenario).digest();
      assertThat(Seed.run(scenario).digest()).as("seed %d", seed).isEqualTo(digest);
      assertThat(Seed.run(Scenario.of(seed + 1_000_000, Restriction.NONE)).digest())
          .isNotEqualTo(digest);
    }
  }
}
