package io.github.mccache.simulation;

import io.github.mccache.protocol.Version;
import org.jspecify.annotations.Nullable;

/** A key does not come back by itself on a member that received its removal (S2). */
final class NoResurrection implements Invariant {

  private final Simulation simulation;

  NoResurrection(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void onTouched(SimulatedMember member, Place place, @Nullable Visible visible) {
    if (visible == null) {
      return;
    }
    Version received = member.knowledge().told(place);
    if (received.isAfter(visible.version())) {
      Operation last = simulation.ledger().write(received, place);
      if (last != null && last.kind() == Operation.Kind.REMOVE) {
        throw violated(
            "%s serves %s of %s, which was removed at %s",
            member,
            Transcript.text(simulation, visible.version()),
            place,
            Transcript.text(simulation, received));
      }
    }
  }
}
