package io.github.mccache.simulation;

/** The way into the classes of a {@link BuggyClassLoader}: plain types go in and come out. */
public final class PlantedRun {

  private PlantedRun() {}

  /** The result of a seed that ended before any invariant was checked. */
  static final String NO_ANSWER = "?";

  /**
   * Runs a seed; returns the name of the invariant that did not hold, empty if all did; {@link
   * #NO_ANSWER} if it failed in another way, for such a mistake is noticed without invariants.
   */
  public static String run(long seed, int cycles) {
    Seed result = Seed.run(Scenario.of(seed, Restriction.NONE.withCycles(cycles)));
    boolean crashed = result.isFailed() && !(result.failure() instanceof InvariantViolated);
    return crashed ? NO_ANSWER : result.what();
  }
}
