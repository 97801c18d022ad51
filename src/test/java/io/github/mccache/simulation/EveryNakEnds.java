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
 * Every sequence that a member requests arrives, is repaired, is void, is given up for a transfer
 * of state, or is given up with its origin, which is gone (S15).
 */
final class EveryNakEnds implements Invariant {

  private final Simulation simulation;

  /** By member and stream: what was requested, and when last. */
  private final Map<SimulatedMember, Map<Long, NavigableMap<Long, Long>>> open = new HashMap<>();

  EveryNakEnds(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void onEffects(SimulatedMember member, Effects effects) {
    for (Outgoing outgoing : effects.send()) {
      if (outgoing.message() instanceof Message.Nak nak) {
        request(member, nak);
      } else if (outgoing.message() instanceof Message.StateRequest) {
        open.remove(member);
      }
    }
  }

  private void request(SimulatedMember member, Message.Nak nak) {
    NavigableMap<Long, Long> requested =
        open.computeIfAbsent(member, ignored -> new HashMap<>())
            .computeIfAbsent(nak.stream(), ignored -> new TreeMap<>());
    for (Range range : nak.missing()) {
      for (long sequence = range.first(); sequence <= range.last(); sequence++) {
        requested.put(sequence, simulation.nowNanos());
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
      NavigableMap<Long, Long> requested = streams.get(from.origin());
      if (requested != null) {
        requested.remove(data.sequence());
      }
    } else if (message instanceof Message.Repair repair && streams.get(repair.stream()) != null) {
      end(streams.get(repair.stream()), repair.repaired());
      end(streams.get(repair.stream()), repair.voided());
    }
  }

  private static void end(NavigableMap<Long, Long> requested, List<Range> ranges) {
    for (Range range : ranges) {
      requested.subMap(range.first(), true, range.last(), true).clear();
    }
  }

  /** Seven seconds after the end of the faults there is nothing that could still be on its way. */
  @Override
  public void atEndOfQuiet() {
    for (SimulatedMember member : simulation.running()) {
      open.getOrDefault(member, Map.of())
          .forEach(
              (stream, requested) -> {
                SimulatedMember origin = simulation.find(stream);
                if (!requested.isEmpty() && origin != null && speaksAs(origin, stream)) {
                  throw violated(
                      "%s requested %s of %s and received no answer, the last time at %d ms",
                      member,
                      requested.keySet(),
                      simulation.find(stream),
                      requested.lastEntry().getValue() / Scenario.MILLISECOND);
                }
              });
    }
    open.clear();
  }

  /** Not as the incarnation that it left when it received its copy. */
  private static boolean speaksAs(SimulatedMember origin, long stream) {
    return origin.isRunning() && origin.id().origin() == stream;
  }
}
