package io.github.mccache.simulation;

import io.github.mccache.replication.Member;
import java.util.HashSet;
import java.util.Set;

/** In the calm, everybody believes everybody to be alive. */
final class EverybodyIsSeen implements Invariant {

  private final Simulation simulation;

  EverybodyIsSeen(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void atCalm() {
    for (SimulatedMember member : simulation.running()) {
      Set<Long> alive = new HashSet<>();
      for (Member peer : member.replica().members()) {
        if (peer.state() == Member.State.ALIVE) {
          alive.add(peer.id().origin());
        }
      }
      for (SimulatedMember peer : simulation.running()) {
        if (peer != member && !alive.contains(peer.id().origin())) {
          throw violated("%s does not see %s", member, peer);
        }
      }
    }
  }
}
