package io.github.mccache.simulation;

import io.github.mccache.protocol.Version;

/** Nothing at or below a clear that the member was told of is visible on it (S6). */
final class NothingBelowAClear implements Invariant {

  private final Simulation simulation;

  NothingBelowAClear(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void afterEvent(SimulatedMember member) {
    for (Place place : simulation.places()) {
      SimulatedStore.Visible visible = member.store().read(place);
      Version cleared = member.knowledge().cleared(place.cache());
      if (visible != null && !visible.version().isAfter(cleared)) {
        throw violated("%s serves %s of %s, cleared at %s", member, visible, place, cleared);
      }
    }
  }

  @Override
  public void atRest() {
    for (SimulatedMember member : simulation.running()) {
      for (long cache : simulation.modes().keySet()) {
        Version floor = simulation.ledger().floor(cache);
        if (member.isFounder() && !member.store().clearFloor(cache).equals(floor)) {
          throw violated(
              "%s has floor %s, not %s", member, member.store().clearFloor(cache), floor);
        }
      }
    }
  }
}
