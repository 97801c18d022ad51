package io.github.mccache.simulation;

import io.github.mccache.replication.Member;
import java.util.HashSet;
import java.util.Set;

/** In the calm, every member takes every other for live. */
final class AllMembersAreLive implements Invariant {

  private final Simulation simulation;

  AllMembersAreLive(Simulation simulation) {
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
