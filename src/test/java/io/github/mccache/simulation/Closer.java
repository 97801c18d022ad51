package io.github.mccache.simulation;

import io.github.mccache.protocol.Change;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Closes a member that has just written more than it can send in time, while all others run and
 * receive it: whatever they hold then, nothing may be older than what it wrote.
 */
final class Closer {

  private static final int LEAST_BYTES = 50_000;
  private static final int MOST_BYTES = 2_000_000;
  private static final int MOST_BYTES_PER_VALUE = 400_000;

  private final Simulation simulation;
  private final SplittableRandom random;
  private int values;

  Closer(Simulation simulation, SplittableRandom random) {
    this.simulation = simulation;
    this.random = random;
  }

  /** Lets a member write a burst and close; returns its slot. */
  int close() {
    List<SimulatedMember> active = simulation.active();
    SimulatedMember member = active.get(random.nextInt(active.size()));
    List<Place> all = simulation.places().all();
    int bytes = random.nextInt(LEAST_BYTES, MOST_BYTES) / all.size();
    for (Place place : all) {
      boolean isRemoved = random.nextInt(8) == 0;
      if (member.holds(place) || random.nextInt(8) == 0) {
        continue;
      }
      if (isRemoved) {
        member.remove(place);
      } else {
        member.put(place, newValue(Math.min(bytes, MOST_BYTES_PER_VALUE)), Change.ETERNAL);
      }
      member.showTouched();
    }
    simulation.trace(member, "closes");
    member.close();
    return member.slot();
  }

  /** Every value is written once only. */
  private String newValue(int bytes) {
    String value = "c" + ++values + ".";
    return value.repeat(1 + bytes / value.length());
  }
}
