package io.github.mccache.simulation;

/**
 * Makes a failing scenario smaller by leaving out, one after the other, what it fails without: by
 * the same invariant, or it might be another failure.
 */
final class Shrinker {

  private static final long PATIENCE_NANOS = 20_000_000_000L;

  private final long endNanos = System.nanoTime() + PATIENCE_NANOS;
  private Seed smallest;

  private Shrinker(Seed failed) {
    this.smallest = failed;
  }

  /** Returns a smaller scenario that fails by the same invariant, or the one that is given. */
  static Seed shrink(Seed failed) {
    Shrinker shrinker = new Shrinker(failed);
    shrinker.shrink();
    return shrinker.smallest;
  }

  private void shrink() {
    boolean smaller = true;
    while (smaller) {
      smaller = shrinkOnce();
    }
  }

  private boolean shrinkOnce() {
    boolean smaller = false;
    Restriction restriction = restriction();
    if (restriction.cycles() > 1) {
      smaller |= tryIt(restriction.withCycles(1));
      smaller |= tryIt(restriction().withCycles(2));
    }
    for (Ingredient ingredient : Ingredient.values()) {
      if (smallest.scenario().has(ingredient)) {
        smaller |= tryIt(restriction().without(ingredient));
      }
    }
    for (int members = smallest.scenario().members() - 1; members >= 2; members--) {
      if (!tryIt(restriction().withMembers(members))) {
        break;
      }
      smaller = true;
    }
    if (restriction().operationsPerMille() > 20) {
      smaller |= tryIt(restriction().withOperations(restriction().operationsPerMille() / 2));
    }
    return smaller;
  }

  private Restriction restriction() {
    return smallest.scenario().restriction();
  }

  private boolean tryIt(Restriction restriction) {
    if (System.nanoTime() > endNanos || restriction.equals(restriction())) {
      return false;
    }
    Seed seed = Seed.run(Scenario.of(smallest.scenario().seed(), restriction));
    if (!seed.what().equals(smallest.what())) {
      return false;
    }
    smallest = seed;
    return true;
  }
}
