package io.github.mccache.simulation;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Version;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A member that has declared everything up to a time as sent sends nothing new from before it.
 * Loads are exempt, because a load has the time before its loader was called, which must not hold
 * back the complete time, and is no write. So is what a member declared before its clock was set
 * back. A member that closes may have sent fragments of a value that it then sends as an
 * invalidation.
 */
final class CompleteTimeHolds implements Invariant {

  private final Simulation simulation;

  private final Map<Speaker, Long> complete = new HashMap<>();
  private final Set<Version> sent = new HashSet<>();

  CompleteTimeHolds(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void onSent(Datagram datagram) {
    Speaker from = Speaker.of(datagram);
    for (Message message : datagram.messages()) {
      if (message instanceof Message.Data data) {
        for (Change change : data.changes()) {
          checkNew(from, change);
        }
        complete.merge(from, data.completeTime(), Math::max);
      } else if (message instanceof Message.Heartbeat heartbeat) {
        complete.merge(from, heartbeat.completeTime(), Math::max);
      }
    }
  }

  private void checkNew(Speaker from, Change change) {
    Version version = change.version();
    boolean own = version.origin() == from.incarnation().origin();
    if (own
        && !isLoad(version, from.member())
        && !(from.member().isClosing() && change.kind() == Change.Kind.INVALIDATE)
        && sent.add(version)
        && version.time() <= complete.getOrDefault(from, -1L)) {
      throw violated("%s sends %s after complete %d", from.member(), change, complete.get(from));
    }
  }

  private boolean isLoad(Version version, SimulatedMember member) {
    return simulation.ledger().writes(version).stream()
        .anyMatch(write -> write.member() == member && write.kind() == Operation.Kind.LOAD);
  }
}
