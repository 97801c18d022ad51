package io.github.mccache.simulation;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Version;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A member that said that everything up to a time was sent sends nothing new of before. Loads are
 * exempt, and so is what was said before the clock was set back: a load bears the time before its
 * loader was called, which must not hold back what the others hear, and is no write.
 */
final class CompleteTimeHolds implements Invariant {

  private final Simulation simulation;
  private final Map<SimulatedMember, Long> complete = new HashMap<>();
  private final Set<Version> sent = new HashSet<>();

  CompleteTimeHolds(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void onSent(Datagram datagram) {
    SimulatedMember member = datagram.from();
    for (Message message : datagram.messages()) {
      if (message instanceof Message.Data data) {
        for (Change change : data.changes()) {
          checkNew(member, change);
        }
        complete.merge(member, data.completeTime(), Math::max);
      } else if (message instanceof Message.Heartbeat heartbeat) {
        complete.merge(member, heartbeat.completeTime(), Math::max);
      }
    }
  }

  @Override
  public void onRebased(SimulatedMember member) {
    complete.remove(member);
  }

  private void checkNew(SimulatedMember member, Change change) {
    Version version = change.version();
    boolean own = version.origin() == member.id().origin();
    if (own
        && !isLoad(version)
        && sent.add(version)
        && version.time() <= complete.getOrDefault(member, -1L)) {
      throw violated("%s sends %s after complete %d", member, change, complete.get(member));
    }
  }

  private boolean isLoad(Version version) {
    Operation write = simulation.ledger().write(version);
    return write != null && write.kind() == Operation.Kind.LOAD;
  }
}
