package io.github.mccache.simulation;

import org.jspecify.annotations.Nullable;

/** No way by which a value travels makes it live longer than it was written for (S7). */
final class LifeIsNotProlonged implements Invariant {

  private final Simulation simulation;

  LifeIsNotProlonged(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void onTouched(SimulatedMember member, Place place, @Nullable Visible visible) {
    if (visible == null) {
      return;
    }
    Operation write = simulation.ledger().write(visible, place);
    if (write != null
        && (visible.deadlineMillis() > write.deadlineMillis()
            || write.deadlineMillis() <= member.nowMillis())) {
      throw violated(
          "%s serves %s of %s until %d, written to live until %d, at %d",
          member,
          visible,
          place,
          visible.deadlineMillis(),
          write.deadlineMillis(),
          member.nowMillis());
    }
  }

  @Override
  public void atCalm() {
    for (SimulatedMember member : simulation.running()) {
      for (Place place : simulation.places().all()) {
        onTouched(member, place, member.caches().read(place));
      }
    }
  }
}
