package io.github.mccache.simulation;

import java.util.List;

/** All of them. */
final class Invariants {

  private Invariants() {}

  static List<Invariant> of(Simulation simulation) {
    return List.of(
        new VersionsOnlyGoUp(simulation),
        new NothingBelowAClear(simulation),
        new ReadYourWrites(),
        new NoInventedValue(simulation),
        new LifeIsNotProlonged(simulation),
        new CachedLoadsAreFresh(),
        new ModesAreKept(simulation),
        new CompleteTimeHolds(simulation),
        new BoundedMemory(simulation),
        new QuietIsHeartbeatsOnly(simulation),
        new EverybodyIsSeen(simulation),
        new ConvergesWhenQuiet(simulation));
  }
}
