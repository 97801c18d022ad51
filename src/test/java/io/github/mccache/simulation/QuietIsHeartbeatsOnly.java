package io.github.mccache.simulation;

import io.github.mccache.protocol.Message;

/** When the application is quiet, traffic returns to heartbeats (S10). */
final class QuietIsHeartbeatsOnly implements Invariant {

  private static final int MAX_HEARTBEATS = 8;

  private final Simulation simulation;
  private int heartbeats;

  QuietIsHeartbeatsOnly(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void onSent(SimulatedMember member, Message message) {
    if (!simulation.isQuiet()) {
      return;
    }
    if (!(message instanceof Message.Heartbeat)) {
      throw violated("%s sends %s", member, message.getClass().getSimpleName());
    }
    heartbeats++;
  }

  @Override
  public void atRest() {
    int limit = MAX_HEARTBEATS * simulation.running().size();
    if (heartbeats > limit) {
      throw violated("%d heartbeats in the quiet, more than %d", heartbeats, limit);
    }
  }
}
