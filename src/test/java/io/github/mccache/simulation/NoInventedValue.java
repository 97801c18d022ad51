package io.github.mccache.simulation;

/** Every value that is visible was written, to this key and at this version (S5). */
final class NoInventedValue implements Invariant {

  private final Simulation simulation;

  NoInventedValue(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void afterEvent(SimulatedMember member) {
    for (Place place : simulation.places()) {
      SimulatedStore.Visible visible = member.store().read(place);
      if (visible == null) {
        continue;
      }
      Operation write = simulation.ledger().write(visible.version());
      if (write == null || !place.equals(write.place()) || !visible.value().equals(write.value())) {
        throw violated("%s serves %s of %s, written was %s", member, visible, place, write);
      }
    }
  }
}
