package io.github.mccache.simulation;

import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Message.Range;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.replication.Effects;
import io.github.mccache.replication.Outgoing;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Every sequence number that a member asks for arrives, is repaired, is void, is given up for a
 * transfer of state, or is given up with its origin, which is gone (S15).
 */
final class EveryNakEnds implements Invariant {

  private final Simulation simulation;

  /** By member and stream: what was asked for and when last. */
  private final Map<SimulatedMember, Map<Long, NavigableMap<Long, Long>>> open = new HashMap<>();

  EveryNakEnds(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void onEffects(SimulatedMember member, Effects effects) {
    for (Outgoing outgoing : effects.send()) {
      if (outgoing.message() instanceof Message.Nak nak) {
        asked(member, nak);
      } else if (outgoing.message() instanceof Message.StateRequest) {
        open.remove(member);
      }
    }
  }

  private void asked(SimulatedMember member, Message.Nak nak) {
    NavigableMap<Long, Long> asked =
        open.computeIfAbsent(member, ignored -> new HashMap<>())
            .computeIfAbsent(nak.stream(), ignored -> new TreeMap<>());
    for (Range range : nak.missing()) {
      for (long sequence = range.first(); sequence <= range.last(); sequence++) {
        asked.put(sequence, simulation.nowNanos());
      }
    }
  }

  @Override
  public void onReceived(SimulatedMember member, NodeId from, Message message) {
    Map<Long, NavigableMap<Long, Long>> streams = open.get(member);
    if (streams == null) {
      return;
    }
    if (message instanceof Message.Data data) {
      NavigableMap<Long, Long> asked = streams.get(from.origin());
      if (asked != null) {
        asked.remove(data.sequence());
      }
    } else if (message instanceof Message.Repair repair && streams.get(repair.stream()) != null) {
      end(streams.get(repair.stream()), repair.repaired());
      end(streams.get(repair.stream()), repair.voided());
    }
  }

  private static void end(NavigableMap<Long, Long> asked, List<Range> ranges) {
    for (Range range : ranges) {
      asked.subMap(range.first(), true, range.last(), true).clear();
    }
  }

  /** Seven seconds after the end of the faults there is nothing that could still be on its way. */
  @Override
  public void atEndOfQuiet() {
    for (SimulatedMember member : simulation.running()) {
      open.getOrDefault(member, Map.of())
          .forEach(
              (stream, asked) -> {
                SimulatedMember origin = simulation.find(stream);
                if (!asked.isEmpty() && origin != null && speaksAs(origin, stream)) {
                  throw violated(
                      "%s asked for %s of %s and got no answer, the last time at %d ms",
                      member,
                      asked.keySet(),
                      simulation.find(stream),
                      asked.lastEntry().getValue() / Scenario.MILLISECOND);
                }
              });
    }
    open.clear();
  }

  /** Not as what it was before a copy of it was heard. */
  private static boolean speaksAs(SimulatedMember origin, long stream) {
    return origin.isRunning() && origin.id().origin() == stream;
  }
}
