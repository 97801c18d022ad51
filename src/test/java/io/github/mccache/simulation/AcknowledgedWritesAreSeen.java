package io.github.mccache.simulation;

import io.github.mccache.replication.Member;
import org.jspecify.annotations.Nullable;

/**
 * When a write is acknowledged, no member that its writer takes for alive, and that acknowledges
 * what it receives, serves anything older (S12); that it does not do so later is {@link
 * VersionsOnlyGoUp}.
 */
final class AcknowledgedWritesAreSeen implements Invariant {

  private final Simulation simulation;

  AcknowledgedWritesAreSeen(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void onAcknowledged(SimulatedMember member, Operation operation) {
    if (simulation.wasCopied(operation.version().origin())) {
      return; // a copy that has applied the same sequence counts as one that has this
    }
    for (Member peer : member.replica().members()) {
      SimulatedMember reader = simulation.find(peer.id().origin());
      if (simulation.wasCopied(peer.id().origin())) {
        continue; // one of them has acknowledged it, whichever that is
      }
      boolean waitedFor = peer.state() == Member.State.ALIVE && peer.acknowledges();
      if (waitedFor && reader != null && reader.isRunning()) {
        check(member, operation, reader);
      }
    }
  }

  private void check(SimulatedMember member, Operation operation, SimulatedMember reader) {
    @Nullable Visible visible = reader.caches().read(operation.place());
    if (visible != null && operation.version().isAfter(visible.version())) {
      throw violated(
          "%s returned from %s as acknowledged by all, and %s serves %s",
          member, operation, reader, Transcript.text(simulation, visible.version()));
    }
  }
}
