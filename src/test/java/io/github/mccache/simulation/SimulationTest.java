package io.github.mccache.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The seeds of every build; {@link CampaignTest} runs more. A failure prints the command that runs
 * it again.
 */
class SimulationTest {

  private static final long SEEDS = 100;

  /** For seeds that failed before there were these ingredients. */
  private static final Restriction REMEMBERED =
      Restriction.NONE
          .without(Ingredient.PRESSURE)
          .without(Ingredient.KILL_IN_BURST)
          .without(Ingredient.CLOSE_UNDER_LOAD);

  @Test
  void faultsOfEveryKind_fewSeeds_everyInvariantHolds() {
    Campaign campaign = new Campaign(0, SEEDS, Restriction.NONE, null);
    List<Seed> failed = campaign.run();
    assertThat(failed).as(campaign.summary()).isEmpty();
  }

  /** Seeds of campaigns that once failed, each by a mistake that has been mended since. */
  @ParameterizedTest
  @ValueSource(
      longs = {
        200_009, 500_143, 500_283, 500_907, 501_401, 502_393, 510_540, 600_056, 600_127, 600_427,
        600_575, 600_809, 601_051, 601_237, 602_705, 800_018
      })
  void faultsOfEveryKind_seedThatFailedOnce_everyInvariantHolds(long number) {
    Restriction restriction = REMEMBERED.without(Ingredient.FORGETTING).without(Ingredient.COPIES);
    Seed seed = Seed.run(Scenario.of(number, restriction));
    assertThat(seed.failure()).as(seed.scenario().command()).isNull();
  }

  /** As before, and with members that are soon forgotten where the seed draws that. */
  @ParameterizedTest
  @ValueSource(
      longs = {
        2_760, 2_869, 3_379, 3_443, 3_974, 4_642, 5_984, 7_317, 11_870, 20_199, 23_261, 107_095,
        333_550, 338_481, 350_449, 350_878, 373_459, 413_937
      })
  void faultsOfEveryKindAndForgetting_seedThatFailedOnce_everyInvariantHolds(long number) {
    Seed seed = Seed.run(Scenario.of(number, REMEMBERED.without(Ingredient.COPIES)));
    assertThat(seed.failure()).as(seed.scenario().command()).isNull();
  }

  /** Members that return after the others have forgotten them, and evicted since. */
  @ParameterizedTest
  @ValueSource(longs = {620_368, 621_789})
  void forgetting_seedThatFailedOnce_everyInvariantHolds(long number) {
    Seed seed = Seed.run(Scenario.of(number, REMEMBERED.with(Ingredient.FORGETTING)));
    assertThat(seed.failure()).as(seed.scenario().command()).isNull();
  }

  /** More long values than the rate lets go, and than receivers have room for. */
  @ParameterizedTest
  @ValueSource(longs = {28, 427, 1_262, 50_026, 500_143})
  void pressure_seedThatFailedOnce_everyInvariantHolds(long number) {
    Restriction restriction =
        Restriction.NONE
            .with(Ingredient.PRESSURE)
            .without(Ingredient.NEARLY_FULL)
            .without(Ingredient.KILL_IN_BURST)
            .without(Ingredient.CLOSE_UNDER_LOAD);
    Seed seed = Seed.run(Scenario.of(number, restriction));
    assertThat(seed.failure()).as(seed.scenario().command()).isNull();
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

  /** Two processes that speak as one member. */
  @ParameterizedTest
  @ValueSource(
      longs = {
        106, 205, 260, 451, 484, 678, 924, 1_063, 1_726, 4_326, 9_391, 15_697, 19_653, 21_590,
        31_010, 32_210, 40_470, 41_338, 106_702, 221_929
      })
  void copies_seedThatFailedOnce_everyInvariantHolds(long number) {
    Seed seed = Seed.run(Scenario.of(number, REMEMBERED.with(Ingredient.COPIES)));
    assertThat(seed.failure()).as(seed.scenario().command()).isNull();
  }
}
