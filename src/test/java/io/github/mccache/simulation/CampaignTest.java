package io.github.mccache.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is too long for every build: {@code mvn -Pcampaign verify -Dseeds=…}. */
@Tag("campaign")
class CampaignTest {

  private static final long SEEDS = Long.getLong("seeds", 1_000);

  /** Where none of the other seeds are. */
  private static final long FIRST_WITH_COPIES = 2_000_000;

  /** Where a bug is no longer noticed where it is remembered. */
  private static final int PLANTED_SEEDS = Integer.getInteger("planted.seeds", 250);

  @Test
  void faultsOfEveryKind_manySeeds_everyInvariantHolds() {
    assertEveryInvariantHolds(0, SEEDS, Restriction.NONE);
  }

  /** Copies in every seed; of the others few have them. */
  @Test
  void copies_manySeeds_everyInvariantHolds() {
    Restriction restriction = Restriction.NONE.with(Ingredient.COPIES);
    assertEveryInvariantHolds(FIRST_WITH_COPIES, SEEDS / 2, restriction);
  }

  @Test
  void everyPlantedBug_inManySeeds_isNoticed() throws Exception {
    PlantedBugTest.assertNoticed(PLANTED_SEEDS, PlantedBugTest.remembered());
  }

  private static void assertEveryInvariantHolds(long first, long count, Restriction restriction) {
    Campaign campaign = new Campaign(first, count, restriction, null);
    List<Seed> failed = campaign.run();
    System.out.println(campaign.summary());
    assertThat(failed).as(campaign.summary()).isEmpty();
  }
}
