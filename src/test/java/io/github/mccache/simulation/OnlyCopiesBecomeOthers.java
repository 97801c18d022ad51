package io.github.mccache.simulation;

import io.github.mccache.replication.Effects;
import io.github.mccache.replication.Notice;

/** A member takes another incarnation only where two processes had the one that it leaves. */
final class OnlyCopiesBecomeOthers implements Invariant {

  private final Simulation simulation;

  OnlyCopiesBecomeOthers(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void onEffects(SimulatedMember member, Effects effects) {
    for (Notice notice : effects.notices()) {
      if (notice instanceof Notice.CopyHeard copy
          && !simulation.wasCopied(copy.former().origin())) {
        throw violated("%s: %s", member, notice);
      }
    }
  }
}
