package io.github.mccache.simulation;

import io.github.mccache.replication.Member;
import java.util.Optional;

/** Whoever runs is alive for all others; whoever said goodbye has left for those who knew it. */
final class EverybodyIsSeen implements Invariant {

  private final Simulation simulation;

  EverybodyIsSeen(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void atRest() {
    for (SimulatedMember member : simulation.running()) {
      for (SimulatedMember other : simulation.members()) {
        if (member != other) {
          check(member, other);
        }
      }
    }
  }

  private void check(SimulatedMember member, SimulatedMember other) {
    Optional<Member> seen =
        member.replica().members().stream()
            .filter(view -> view.id().equals(other.id()))
            .findFirst();
    Member.State expected = other.isRunning() ? Member.State.ALIVE : Member.State.LEFT;
    boolean mayBeUnknown = !other.isRunning() && !member.isFounder();
    if (seen.isEmpty() ? !mayBeUnknown : seen.get().state() != expected) {
      throw violated("%s sees %s as %s, not as %s", member, other, seen, expected);
    }
  }
}
