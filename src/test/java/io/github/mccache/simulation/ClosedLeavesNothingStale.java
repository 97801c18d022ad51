package io.github.mccache.simulation;

import io.github.mccache.protocol.Version;
import java.util.ArrayList;
import java.util.List;

/**
 * Once a member has closed that all others could receive, none of them holds anything older than
 * what it wrote, whether it had the time to send that or not.
 */
final class ClosedLeavesNothingStale implements Invariant {

  private final Simulation simulation;
  private final List<SimulatedMember> closed = new ArrayList<>();

  ClosedLeavesNothingStale(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void onClosed(SimulatedMember member) {
    closed.add(member);
  }

  @Override
  public void afterClose() {
    for (SimulatedMember gone : closed) {
      for (Place place : simulation.places().all()) {
        Version last = gone.knowledge().shared(place);
        for (SimulatedMember member : simulation.running()) {
          Visible visible = member.caches().read(place);
          if (visible != null && last.isAfter(visible.version()) && !simulation.isFence(last)) {
            throw violated(
                "%s closed and had written %s of %s; %s has %s",
                gone,
                Transcript.text(simulation, last),
                place,
                member,
                Transcript.text(simulation, visible.version()));
          }
        }
      }
    }
    closed.clear();
  }
}
