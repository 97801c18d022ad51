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
    Operation write = simulation.ledger().write(visible.version());
    if (write == null || write.place() != place || !visible.value().equals(write.value())) {
      throw violated("%s serves %s of %s, but written was %s", member, visible, place, write);
    }
  }
}
