package io.github.mccache.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** The invariants can fail: each planted bug is caught within few seeds. */
class PlantedBugTest {

  private static final int SEEDS = 300;

  private static final Map<PlantedBug, String> CAUGHT = new EnumMap<>(PlantedBug.class);

  @AfterAll
  static void tellWhatCaughtThem() {
    StringBuilder table = new StringBuilder("planted bugs and what caught them:");
    CAUGHT.forEach((bug, by) -> table.append(String.format("%n  %-34s %s", bug, by)));
    LoggerFactory.getLogger(PlantedBugTest.class).info("{}", table);
  }

  @ParameterizedTest
  @EnumSource(PlantedBug.class)
  void reorderingAndDuplication_plantedBug_caught(PlantedBug bug) {
    String caught = null;
    for (long seed = 0; seed < SEEDS && caught == null; seed++) {
      caught = violation(bug, seed);
    }

    assertThat(caught).as("%s survives %d seeds", bug, SEEDS).isNotNull();
    CAUGHT.put(bug, caught);
  }

  private static String violation(PlantedBug bug, long seed) {
    try {
      new Simulation(Scenario.of(seed), bug.cluster()).run();
      return null;
    } catch (InvariantViolated violated) {
      return violated.invariant() + " with seed " + seed;
    }
  }
}
