package io.github.mccache.simulation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one seed.
 *
 * @param scenario what it drew
 * @param observations what was measured; null if it failed
 * @param failure what did not hold, null if everything did
 */
record Seed(
    Scenario scenario,
    @Nullable Observations observations,
    @Nullable Throwable failure,
    long digest) {

  /** Runs a scenario. */
  static Seed run(Scenario scenario) {
    return run(scenario, null);
  }

  private static Seed run(Scenario scenario, @Nullable Transcript transcript) {
    Simulation simulation = new Simulation(scenario, transcript);
    try {
      return new Seed(scenario, simulation.run(), null, simulation.digest());
    } catch (RuntimeException | Error e) {
      return new Seed(scenario, null, e, simulation.digest());
    }
  }

  /** Returns the last events of a scenario, which is run again for it. */
  static List<String> lastEvents(Scenario scenario, int lines) {
    Transcript transcript = new Transcript(lines);
    run(scenario, transcript);
    return transcript.lines();
  }

  boolean isFailed() {
    return failure != null;
  }

  /** Returns the name of what did not hold, empty if everything did. */
  String what() {
    if (failure == null) {
      return "";
    }
    return failure instanceof InvariantViolated violated
        ? violated.invariant()
        : failure.getClass().getSimpleName();
  }
}
