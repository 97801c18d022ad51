package io.github.mccache.simulation;

import io.github.mccache.protocol.NodeId;
import io.github.mccache.replication.ApplyRule;
import io.github.mccache.replication.Instruction;

/**
 * A member starts anew only where two processes had its incarnation, or where its clock was ahead
 * of another member's.
 */
final class OnlyCopiesBecomeOthers implements Invariant {

  private final Simulation simulation;

  OnlyCopiesBecomeOthers(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void onStartedAnew(SimulatedMember member, NodeId former, Instruction.StartAnew cause) {
    boolean justified =
        switch (cause.cause()) {
          case COPY -> simulation.wasCopied(former.origin());
          case CLOCK_AHEAD -> wasAhead(member, cause.clockMillis());
          case ERROR -> false;
        };
    if (!justified) {
      throw violated("%s: %s", member, cause);
    }
  }

  private boolean wasAhead(SimulatedMember member, long clockMillis) {
    long before = member.nowMillis() - clockMillis;
    return simulation.running().stream()
        .anyMatch(other -> before - other.nowMillis() > ApplyRule.MERGED_AHEAD_MILLIS);
  }
}
