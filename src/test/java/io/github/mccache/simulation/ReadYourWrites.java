package io.github.mccache.simulation;

import org.jspecify.annotations.Nullable;

/**
 * A member sees what its application wrote just before (S4). A write whose step was overtaken by a
 * clear, and may have read what was cleared, counts as cleared; one during which a change of the
 * key came in that is ahead of the clock is a miss.
 */
final class ReadYourWrites implements Invariant {

  private final Simulation simulation;
  private @Nullable Operation last;

  ReadYourWrites(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void onOperation(SimulatedMember member, Operation operation) {
    last = operation.kind() == Operation.Kind.PUT ? operation : null;
  }

  @Override
  public void onTouched(SimulatedMember member, Place place, @Nullable Visible visible) {
    Operation write = last;
    if (write == null || write.member() != member || write.place() != place) {
      return;
    }
    last = null;
    boolean seen = visible != null && !write.version().isAfter(visible.version());
    boolean overtaken =
        member.knowledge().told(place).isAfter(write.version())
            || member.knowledge().cleared(place.cache()).isAfter(write.version())
            || member.knowledge().clearedAtStep(place.cache()) >= write.begunAtStep();
    boolean excused =
        simulation.scenario().maximumEntries() > 0
            || write.deadlineMillis() <= member.nowMillis()
            || (visible == null && clocksDiffer());
    if (!seen && !overtaken && !excused) {
      throw violated("%s wrote %s and sees %s", member, write, visible);
    }
  }

  private boolean clocksDiffer() {
    return simulation.scenario().has(Ingredient.CLOCK_OFFSET)
        || simulation.scenario().has(Ingredient.DRIFT);
  }
}
