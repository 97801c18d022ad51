package io.github.mccache.simulation;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.Application;
import io.github.mccache.replication.ApplyOutcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The last events in full, one line each: the log of a seed that failed. */
final class Transcript implements Trace {

  private final int lines;
  private final Deque<String> tail = new ArrayDeque<>();

  /** Makes a transcript that keeps this many lines. */
  Transcript(int lines) {
    this.lines = lines;
  }

  List<String> lines() {
    return new ArrayList<>(tail);
  }

  @Override
  public void event(Simulation simulation, String what) {
    tail.add(String.format("%12.3f ms  %s", simulation.nowNanos() / 1e6, what));
    if (tail.size() > lines) {
      tail.remove();
    }
  }

  @Override
  public void event(Simulation simulation, SimulatedMember member, Object what) {
    event(simulation, member + " " + what);
  }

  @Override
  public void applied(
      Simulation simulation,
      SimulatedMember member,
      Application application,
      ApplyOutcome outcome) {
    event(
        simulation,
        member
            + " applies "
            + text(simulation, application.change())
            + " "
            + application.path()
            + ": "
            + outcome);
  }

  @Override
  public void datagram(
      Simulation simulation, Datagram datagram, @Nullable SimulatedMember to, Fate fate) {
    event(
        simulation,
        datagram.from()
            + " -> "
            + (to == null ? "all" : to)
            + " "
            + fate
            + " #"
            + datagram.opened().packetNumber()
            + " "
            + datagram.messages().stream()
                .map(message -> text(simulation, message))
                .collect(Collectors.joining("; ")));
  }

  private static String text(Simulation simulation, Message message) {
    if (message instanceof Message.Data data) {
      return "Data "
          + data.sequence()
          + " complete "
          + time(data.completeTime())
          + text(simulation, data.changes())
          + (data.ackWanted() ? " ack wanted" : "");
    } else if (message instanceof Message.Heartbeat heartbeat) {
      return "Heartbeat "
          + heartbeat.sequence()
          + " complete "
          + time(heartbeat.completeTime())
          + " applied "
          + applied(simulation, heartbeat.applied());
    } else if (message instanceof Message.Nak nak) {
      return "Nak of "
          + member(simulation, nak.stream())
          + " to "
          + member(simulation, nak.asked())
          + " round "
          + nak.round()
          + " "
          + nak.missing()
          + nak.fragments();
    } else if (message instanceof Message.Repair repair) {
      return "Repair of "
          + member(simulation, repair.stream())
          + " to "
          + member(simulation, repair.to())
          + " repaired "
          + repair.repaired()
          + " void "
          + repair.voided()
          + (repair.resync() ? " resync" : "")
          + text(simulation, repair.changes());
    } else if (message instanceof Message.StateRequest request) {
      return "StateRequest to "
          + member(simulation, request.to())
          + " "
          + request.request()
          + " next "
          + request.nextChunk()
          + (request.stop() ? " stop" : "")
          + " known "
          + applied(simulation, request.known());
    } else if (message instanceof Message.StateChunk chunk) {
      return "StateChunk to "
          + member(simulation, chunk.to())
          + " "
          + chunk.request()
          + "/"
          + chunk.number()
          + (chunk.last() ? " last" : "")
          + text(simulation, chunk.changes())
          + (chunk.beginning() == null
              ? ""
              : " floor "
                  + text(simulation, chunk.beginning().floor())
                  + " applied "
                  + applied(simulation, chunk.beginning().applied()));
    } else if (message instanceof Message.StaleHistory stale) {
      return "StaleHistory to "
          + member(simulation, stale.to())
          + text(simulation, stale.doubted());
    } else if (message instanceof Message.Ack ack) {
      return "Ack " + applied(simulation, ack.applied());
    } else if (message instanceof Message.Fragment fragment) {
      return "Fragment "
          + fragment.assembly()
          + ": "
          + fragment.index()
          + " of "
          + fragment.count();
    }
    return message.getClass().getSimpleName();
  }

  private static String applied(Simulation simulation, List<Message.Applied> applied) {
    return applied.stream()
        .map(
            one ->
                member(simulation, one.origin())
                    + ":"
                    + one.sequence()
                    + "@"
                    + time(one.completeTime()))
        .collect(Collectors.joining(" ", "[", "]"));
  }

  private static String text(Simulation simulation, List<Change> changes) {
    return changes.stream()
        .map(change -> text(simulation, change))
        .collect(Collectors.joining(", ", " [", "]"));
  }

  private static String text(Simulation simulation, Change change) {
    int cache = simulation.places().cache(change.cache());
    return change.kind()
        + " "
        + (change.key() == null
            ? "cache " + cache
            : simulation.places().of(change.cache(), change.key()))
        + " "
        + text(simulation, change.version());
  }

  /** Returns a version with its time and the name of its member. */
  static String text(Simulation simulation, Version version) {
    return time(version.time()) + "." + member(simulation, version.origin());
  }

  private static String time(long time) {
    return time == 0 ? "0" : (time >>> 16) % 10_000_000 + "/" + (time & 0xffff);
  }

  private static String member(Simulation simulation, long origin) {
    SimulatedMember member = simulation.find(origin);
    return member == null ? (origin == 0 ? "all" : Long.toHexString(origin)) : member.toString();
  }
}
