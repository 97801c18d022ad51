package io.github.mccache.simulation;

import org.jspecify.annotations.Nullable;

/** What is served was written, to this key, at this version, byte by byte (S5). */
final class NoInventedValue implements Invariant {

  private final Simulation simulation;

  NoInventedValue(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void onTouched(SimulatedMember member, Place place, @Nullable Visible visible) {
    if (visible == null) {
      return;
    }
    if (simulation.ledger().write(visible, place) != null) {
      return;
    }
    throw violated(
        "%s serves %s of %s, but written was %s",
        member, visible, place, simulation.ledger().writes(visible.version()));
  }
}
