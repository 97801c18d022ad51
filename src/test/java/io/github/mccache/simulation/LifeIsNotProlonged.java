package io.github.mccache.simulation;

/** Nothing is visible at or after its version's time plus its time to live (S7). */
final class LifeIsNotProlonged implements Invariant {

  private final Simulation simulation;

  LifeIsNotProlonged(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void afterEvent(SimulatedMember member) {
    for (Place place : simulation.places()) {
      SimulatedStore.Visible visible = member.store().read(place);
      Operation write = visible == null ? null : simulation.ledger().write(visible.version());
      if (write != null && write.deadlineMillis() <= member.nowMillis()) {
        throw violated(
            "%s serves %s at %d, its life ended at %d",
            member, place, member.nowMillis(), write.deadlineMillis());
      }
    }
  }
}
