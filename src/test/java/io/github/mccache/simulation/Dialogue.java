package io.github.mccache.simulation;

import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.Application;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.ApplyRule;
import io.github.mccache.replication.Instruction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a reader of a conversation has to know of the events of a simulation. Left out are
 * heartbeats and scrubs from which their receiver learns nothing, introductions, the flow control
 * of transfers, and changes that a member discards because it has applied them already. Lines that
 * differ in their member alone are one line, and so are equal ones.
 */
final class Dialogue implements Trace {

  /** A line; one that nothing can be added to has no subject. */
  private static final class Line {
    private final Set<String> subjects = new TreeSet<>();
    private final String verb;
    private final String rest;
    private final Set<String> lostTo = new TreeSet<>();
    private @Nullable Fragments fragments;

    Line(String verb, String rest) {
      this.verb = verb;
      this.rest = rest;
    }

    @Override
    public String toString() {
      if (fragments != null && fragments.size() > 1) {
        return fragments.toString();
      }
      String members = subjects.isEmpty() ? "" : String.join(", ", subjects) + " ";
      String lost = lostTo.isEmpty() ? "" : "  (lost to " + String.join(", ", lostTo) + ")";
      return (members + (subjects.size() > 1 ? plural(verb) : verb) + " " + rest).strip() + lost;
    }

    private static String plural(String verb) {
      return verb.startsWith("cannot")
          ? verb
          : verb.equals("has")
              ? "have"
              : verb.endsWith("ies")
                  ? verb.substring(0, verb.length() - 3) + "y"
                  : verb.substring(0, verb.length() - 1);
    }
  }

  /** Consecutive fragments of one message to the same receivers. */
  private record Fragments(String from, String to, Message.Fragment first, Message.Fragment last) {

    int size() {
      return last.index() - first.index() + 1;
    }

    /** Returns these with the ones of another line, null if those do not follow these. */
    @Nullable Fragments with(Fragments next) {
      return from.equals(next.from)
              && to.equals(next.to)
              && last.assembly() == next.first.assembly()
              && last.index() + 1 == next.first.index()
          ? new Fragments(from, to, first, next.last)
          : null;
    }

    @Override
    public String toString() {
      return String.format(
          "%s -> %s: Fragments %d to %d of %d of message %d",
          from, to, first.index() + 1, last.index() + 1, last.count(), last.assembly());
    }
  }

  /** A version of a place that a member has decided about. */
  private record Known(SimulatedMember member, @Nullable Place place, Version version) {}

  private final Words words;
  private final Set<Known> known = new HashSet<>();

  /** The last sequence of each origin that each member knows of. */
  private final Map<SimulatedMember, Map<Long, Long>> sequences = new HashMap<>();

  private List<Line> lines = new ArrayList<>();
  private List<Line> shown = lines;
  private @Nullable Datagram lastSent;

  Dialogue(Words words) {
    this.words = words;
  }

  /** Returns the lines since the last call; equal ones are one line, where the first was. */
  List<String> take() {
    Map<String, Integer> counted = new LinkedHashMap<>();
    joinFragments();
    lines.forEach(line -> counted.merge(line.toString(), 1, Integer::sum));
    lines = new ArrayList<>();
    lastSent = null;
    return counted.entrySet().stream()
        .map(
            line ->
                line.getKey() + (line.getValue() == 1 ? "" : "  (" + line.getValue() + " times)"))
        .toList();
  }

  /** Messages take turns with their fragments: those of a message become one line, the first. */
  private void joinFragments() {
    List<Line> open = new ArrayList<>();
    lines.removeIf(
        line -> {
          Fragments part = line.fragments;
          if (part == null || !line.lostTo.isEmpty()) {
            return false;
          }
          for (Line before : open) {
            Fragments joined = before.fragments == null ? null : before.fragments.with(part);
            if (joined != null) {
              before.fragments = joined;
              return true;
            }
          }
          open.add(line);
          return false;
        });
  }

  /** What happens from now on is not shown. */
  void pause() {
    shown = lines;
    lines = new ArrayList<>();
  }

  /** What happens from now on is shown again. */
  void resume() {
    lines = shown;
    lastSent = null;
  }

  /** Adds a line that stands alone. */
  void add(String text) {
    lines.add(new Line("", text));
    lastSent = null;
  }

  /** Adds a line about a member, to the last one if only the member differs. */
  void add(SimulatedMember subject, String verb, String rest) {
    lastSent = null;
    Line last = lines.isEmpty() ? null : lines.get(lines.size() - 1);
    if (last == null
        || last.subjects.isEmpty()
        || !last.verb.equals(verb)
        || !last.rest.equals(rest)) {
      last = new Line(verb, rest);
      lines.add(last);
    }
    last.subjects.add(subject.toString());
  }

  @Override
  public void event(Simulation simulation, String what) {
    add(what);
  }

  @Override
  public void event(Simulation simulation, SimulatedMember member, Object what) {
    if (what instanceof Operation operation) {
      add(member, verb(operation), object(operation) + words.version(operation.version()));
    } else if (what instanceof SimulatedMember.Waited waited) {
      add(member, "returns", "from its write " + end(waited));
    } else if (what instanceof List<?> notices) {
      notices.forEach(notice -> add(member, "logs", words.record(simulation, notice)));
    } else if (what instanceof Instruction instruction) {
      event(simulation, member, instruction);
    } else {
      add(member, what.toString(), "");
    }
  }

  private String end(SimulatedMember.Waited waited) {
    return words.version(waited.write().version())
        + (waited.missing().isEmpty()
            ? ", which all have acknowledged"
            : " with a time-out: not acknowledged by " + String.join(", ", waited.missing()));
  }

  private static String verb(Operation operation) {
    return switch (operation.kind()) {
      case PUT -> "writes";
      case REMOVE -> "removes";
      case CLEAR -> "clears";
      case LOAD -> "caches";
    };
  }

  private static String object(Operation operation) {
    Place place = operation.place();
    return place == null ? "the cache at " : place.key() + " ";
  }

  /** Instructions that a reader can do without have no words. */
  private void event(Simulation simulation, SimulatedMember member, Instruction instruction) {
    if (instruction instanceof Instruction.TrustAbove trust) {
      if (trust.floor().time() > 0) {
        add(member, "sets", "its trust floor to " + words.version(trust.floor()));
      }
    } else if (instruction instanceof Instruction.Distrust distrust) {
      add(member, "discards", "all records at or below " + words.version(distrust.upTo()));
    } else if (instruction instanceof Instruction.StartAnew anew) {
      String cause =
          switch (anew.cause()) {
            case COPY -> "because a copy of it sends";
            case CLOCK_AHEAD -> "because its clock is ahead, and sets that back";
            case ERROR -> "because its thread failed";
          };
      add(member, "starts", "anew " + cause);
    } else if (!(instruction instanceof Instruction.ShiftClock
        || instruction instanceof Instruction.DistrustLost
        || instruction instanceof Instruction.Prolong
        || instruction instanceof Instruction.Relay)) {
      add(member, "follows", words.record(simulation, instruction));
    }
  }

  @Override
  public void applied(
      Simulation simulation,
      SimulatedMember member,
      Application application,
      ApplyOutcome outcome) {
    Version version = application.change().version();
    Place place =
        application.change().key() == null
            ? null
            : simulation.places().of(application.change().cache(), application.change().key());
    boolean isNews =
        known.add(new Known(member, place, version)) && version.origin() != member.id().origin();
    if (outcome == ApplyOutcome.DROPPED && !isNews) {
      return;
    }
    add(
        member,
        switch (outcome) {
          case APPLIED, UNDECODABLE_KEY -> "applies";
          case DROPPED -> "discards";
          case DEFERRED -> "defers";
          case AHEAD_OF_CLOCK, STALE_HISTORY -> "rejects";
          case FAILED, DISTRUSTED -> "cannot apply";
        },
        words.change(simulation, application.change())
            + path(application.path())
            + switch (outcome) {
              case APPLIED, DROPPED, DEFERRED -> "";
              case UNDECODABLE_KEY -> ", which it cannot decode";
              case AHEAD_OF_CLOCK -> ", which is too far ahead in time";
              case STALE_HISTORY -> ", which may have been removed";
              case FAILED -> ", and has a fence";
              case DISTRUSTED -> ", and discards what is as old";
            });
  }

  private static String path(ApplyRule.Path path) {
    return path == ApplyRule.Path.LIVE
        ? ""
        : " (" + path.name().toLowerCase(Locale.ROOT).replace('_', '-') + ")";
  }

  @Override
  public void datagram(
      Simulation simulation, Datagram datagram, @Nullable SimulatedMember to, Fate fate) {
    if (fate == Fate.SENT) {
      List<String> messages =
          datagram.messages().stream()
              .filter(Dialogue::isNewsWhenSent)
              .map(message -> words.message(simulation, message))
              .toList();
      if (!messages.isEmpty()) {
        String from = datagram.from().toString();
        String receivers = to == null ? "all" : to.toString();
        add(from + " -> " + receivers + ": " + String.join("; ", messages));
        if (datagram.messages().size() == 1
            && datagram.messages().get(0) instanceof Message.Fragment fragment) {
          lines.get(lines.size() - 1).fragments =
              new Fragments(from, receivers, fragment, fragment);
        }
        lastSent = datagram;
      }
    } else if (fate == Fate.LOST && to != null && datagram == lastSent) {
      lines.get(lines.size() - 1).lostTo.add(to.toString());
    } else if (fate == Fate.ARRIVED && to != null) {
      datagram.messages().forEach(message -> arrived(simulation, datagram, to, message));
    }
  }

  private static boolean isNewsWhenSent(Message message) {
    if (message instanceof Message.StateRequest request) {
      return request.nextChunk() == 0 && !request.stop();
    }
    return !(message instanceof Message.Heartbeat
        || message instanceof Message.Hello
        || message instanceof Message.Scrub);
  }

  private void arrived(
      Simulation simulation, Datagram datagram, SimulatedMember to, Message message) {
    long origin = datagram.opened().from().origin();
    if (message instanceof Message.Data data) {
      isNewSequence(to, origin, data.sequence());
    } else if (message instanceof Message.Fragment fragment) {
      isNewSequence(to, origin, fragment.sequence());
    } else if (message instanceof Message.StateChunk chunk && chunk.beginning() != null) {
      chunk.beginning().applied().forEach(each -> isNewSequence(to, each));
    } else if (message instanceof Message.Heartbeat heartbeat) {
      if (isNewSequence(to, origin, heartbeat.sequence())) {
        add(to, "receives", heartbeatOf(datagram) + ": sequence " + heartbeat.sequence());
      }
      List<Message.Applied> news =
          heartbeat.applied().stream().filter(each -> isNewSequence(to, each)).toList();
      if (!news.isEmpty()) {
        add(to, "receives", heartbeatOf(datagram) + ": applied " + Words.applied(simulation, news));
      }
    } else if (message instanceof Message.Scrub scrub
        && scrub.keys().stream().anyMatch(key -> differs(to, scrub.cache(), key))) {
      add(to, "receives", words.message(simulation, scrub) + " of " + datagram.from());
    }
  }

  private static String heartbeatOf(Datagram datagram) {
    return "Heartbeat of " + datagram.from();
  }

  private static boolean differs(SimulatedMember member, long cache, Message.KeyVersion key) {
    Version held = member.version(cache, key.key());
    return held != null && !held.equals(key.version());
  }

  private boolean isNewSequence(SimulatedMember member, Message.Applied applied) {
    return applied.origin() != member.id().origin()
        && isNewSequence(member, applied.origin(), applied.highest());
  }

  private boolean isNewSequence(SimulatedMember member, long origin, long sequence) {
    Map<Long, Long> last = sequences.computeIfAbsent(member, absent -> new HashMap<>());
    boolean isNew = sequence > last.getOrDefault(origin, 0L);
    if (isNew) {
      last.put(origin, sequence);
    }
    return isNew;
  }
}
