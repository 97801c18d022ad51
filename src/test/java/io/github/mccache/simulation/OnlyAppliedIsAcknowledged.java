package io.github.mccache.simulation;

import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Message.Applied;
import io.github.mccache.protocol.Message.Range;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.replication.Application;
import io.github.mccache.replication.ApplyOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A member that could not apply, or has rejected, a change of a number does not acknowledge the
 * number (S18), until it has applied the change, or has received all records in a transfer.
 */
final class OnlyAppliedIsAcknowledged implements Invariant {

  /** The numbers of which a member could not apply everything, by the origin of the stream. */
  private final Map<SimulatedMember, Map<Long, TreeSet<Long>>> open = new HashMap<>();

  private long origin;

  /** Those that the message at hand may close. */
  private final List<Long> numbers = new ArrayList<>();

  @Override
  public void onReceived(SimulatedMember member, NodeId from, Message message) {
    origin = from.origin();
    numbers.clear();
    if (message instanceof Message.Data data) {
      close(member, new Range(data.sequence(), data.sequence()));
      numbers.add(data.sequence());
    } else if (message instanceof Message.Repair repair) {
      repair.voided().forEach(range -> close(member, range));
      numbers.clear();
      repair.repaired().forEach(range -> close(member, range));
    } else if (message instanceof Message.StateChunk chunk && chunk.last()) {
      open.remove(member);
    }
  }

  private void close(SimulatedMember member, Range range) {
    TreeSet<Long> missing = open.getOrDefault(member, Map.of()).get(origin);
    if (missing != null) {
      Set<Long> closed = missing.subSet(range.first(), true, range.last(), true);
      numbers.addAll(closed);
      closed.clear();
    }
  }

  @Override
  public void onApplied(SimulatedMember member, Application change, ApplyOutcome outcome) {
    if (outcome.isFailure() || outcome == ApplyOutcome.AHEAD_OF_CLOCK) {
      open.computeIfAbsent(member, absent -> new HashMap<>())
          .computeIfAbsent(origin, absent -> new TreeSet<>())
          .addAll(numbers);
    }
  }

  @Override
  public void onSent(Datagram datagram) {
    Map<Long, TreeSet<Long>> missing = open.get(datagram.from());
    if (missing == null) {
      return;
    }
    for (Message message : datagram.messages()) {
      if (message instanceof Message.Ack ack) {
        ack.applied().forEach(applied -> check(datagram, missing, applied));
      } else if (message instanceof Message.Heartbeat heartbeat) {
        heartbeat.applied().forEach(applied -> check(datagram, missing, applied));
      }
    }
  }

  private void check(Datagram datagram, Map<Long, TreeSet<Long>> missing, Applied applied) {
    TreeSet<Long> ofOrigin = missing.get(applied.origin());
    if (ofOrigin != null && !ofOrigin.isEmpty() && ofOrigin.first() <= applied.sequence()) {
      throw violated(
          "%s acknowledges %s and could not apply number %d",
          datagram.from(), applied, ofOrigin.first());
    }
  }
}
