package io.github.mccache.simulation;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Message.Applied;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts messages, changes and versions into the words of a conversation. Versions are named v1, v2 …
 * in the order in which they appear. Times are left out, because they differ with every change of
 * the protocol.
 */
final class Words {

  private static final Pattern RAW_VERSION =
      Pattern.compile("Version\\[time=(\\d+), origin=(-?\\d+)\\]");
  private static final Pattern IDENTITY = Pattern.compile("\\b[0-9a-f]{32}\\b");
  private static final Pattern RECORD_HEADER = Pattern.compile("^(\\w+)\\[(.*)\\]$");

  private final Map<Version, String> versions = new HashMap<>();

  /** Returns the name of a version. */
  String version(Version version) {
    return version.time() == 0
        ? "none"
        : versions.computeIfAbsent(version, absent -> "v" + (versions.size() + 1));
  }

  String change(Simulation simulation, Change change) {
    return change(simulation, change.kind().name(), change.cache(), change.key(), change.version());
  }

  private String change(
      Simulation simulation, String kind, long cache, @Nullable Payload key, Version version) {
    return (kind + " " + (key == null ? "" : simulation.places().of(cache, key).key() + " "))
        + version(version);
  }

  /** Returns the words for any other record of the product, of its text. */
  String record(Simulation simulation, Object record) {
    String named =
        RAW_VERSION
            .matcher(record.toString())
            .replaceAll(
                raw ->
                    version(
                        new Version(Long.parseLong(raw.group(1)), Long.parseLong(raw.group(2)))));
    return RECORD_HEADER
        .matcher(IDENTITY.matcher(named).replaceAll(id -> member(simulation, id.group())))
        .replaceAll("$1 $2")
        .replaceAll(", nodeName=\\w*'*", "")
        .replaceAll("member=|from=|cache=-?\\d+, |, (receiverT|t)ime=\\d+", "")
        .replaceAll("(\\w+)=(\\d+)", "$2 $1")
        .strip();
  }

  private static String member(Simulation simulation, String identity) {
    for (SimulatedMember member : simulation.running()) {
      if (member.id().toString().equals(identity)) {
        return member.toString();
      }
    }
    SimulatedMember ended = simulation.find(Long.parseUnsignedLong(identity.substring(0, 16), 16));
    return ended == null ? "a former incarnation" : ended.toString();
  }

  private static String member(Simulation simulation, long origin) {
    SimulatedMember member = simulation.find(origin);
    return member == null ? "another incarnation" : member.toString();
  }

  /** Returns the words for a message. */
  String message(Simulation simulation, Message message) {
    if (message instanceof Message.Data data) {
      return "Data " + data.sequence() + " " + changes(simulation, data.changes());
    } else if (message instanceof Message.Fragment fragment) {
      return "Fragment "
          + (fragment.index() + 1)
          + " of "
          + fragment.count()
          + " of message "
          + fragment.assembly();
    } else if (message instanceof Message.Nak nak) {
      return "Nak of " + member(simulation, nak.stream()) + " " + missing(nak);
    } else if (message instanceof Message.Repair repair) {
      return repair(simulation, repair);
    } else if (message instanceof Message.Ack ack) {
      return "Ack " + applied(simulation, ack.applied());
    } else if (message instanceof Message.StateRequest request) {
      return request(simulation, request);
    } else if (message instanceof Message.StateChunk chunk) {
      return chunk(simulation, chunk);
    } else if (message instanceof Message.StaleHistory stale) {
      return "StaleHistory " + changes(simulation, stale.doubted());
    } else if (message instanceof Message.Bye bye) {
      return "Bye: sequence " + bye.sequence();
    } else if (message instanceof Message.Scrub scrub) {
      return scrub.keys().stream()
          .map(key -> change(simulation, "", scrub.cache(), key.key(), key.version()).strip())
          .sorted()
          .collect(Collectors.joining(", ", "Scrub [", "]"));
    } else if (message instanceof Message.Pull pull) {
      return pull.keys().stream()
          .map(key -> simulation.places().of(pull.cache(), key).key())
          .collect(Collectors.joining(", ", "Pull [", "]"));
    }
    return message.getClass().getSimpleName();
  }

  private static String missing(Message.Nak nak) {
    List<String> parts = new ArrayList<>();
    if (!nak.missing().isEmpty()) {
      parts.add("[" + ranges(nak.missing(), 0) + "]");
    }
    nak.fragments()
        .forEach(
            body ->
                parts.add(
                    "[fragments "
                        + ranges(body.missing(), 1)
                        + " of message "
                        + body.assembly()
                        + "]"));
    return String.join(" ", parts);
  }

  private static String ranges(List<Message.Range> ranges, int first) {
    return ranges.stream()
        .map(
            range ->
                range.first() == range.last()
                    ? "" + (range.first() + first)
                    : (range.first() + first) + " to " + (range.last() + first))
        .collect(Collectors.joining(", "));
  }

  private String repair(Simulation simulation, Message.Repair repair) {
    List<String> parts = new ArrayList<>();
    if (!repair.repaired().isEmpty()) {
      parts.add("of " + ranges(repair.repaired(), 0));
    }
    if (!repair.voided().isEmpty()) {
      parts.add("void " + ranges(repair.voided(), 0));
    }
    if (!repair.changes().isEmpty()) {
      parts.add(changes(simulation, repair.changes()));
    }
    if (repair.resync()) {
      parts.add("by state transfer only");
    }
    return "Repair " + String.join(" ", parts);
  }

  private static String request(Simulation simulation, Message.StateRequest request) {
    boolean everything =
        !request.caches().isEmpty()
            || request.known().stream()
                .anyMatch(known -> known.origin() == Message.StateRequest.ANY_ORIGIN);
    return "StateRequest "
        + (everything ? "of all records" : "beyond " + applied(simulation, request.known()));
  }

  private String chunk(Simulation simulation, Message.StateChunk chunk) {
    Message.Beginning beginning = chunk.beginning();
    if (beginning == null) {
      return "StateChunk " + changes(simulation, chunk.changes());
    }
    if (beginning.refused()) {
      return "StateChunk refused";
    }
    return "StateChunk "
        + changes(simulation, chunk.changes())
        + " applied "
        + applied(simulation, beginning.applied())
        + (beginning.floor().time() == 0 ? "" : " trust floor " + version(beginning.floor()));
  }

  /** Returns an applied vector without the members from which nothing was applied. */
  static String applied(Simulation simulation, List<Applied> applied) {
    return applied.stream()
        .filter(each -> each.highest() > 0)
        .map(each -> member(simulation, each.origin()) + ":" + sequences(each))
        .sorted()
        .collect(Collectors.joining(" ", "[", "]"));
  }

  private static String sequences(Applied applied) {
    return applied.highest() > applied.sequence()
        ? applied.sequence() + "-" + applied.highest()
        : "" + applied.sequence();
  }

  private String changes(Simulation simulation, List<Change> changes) {
    return changes.stream()
        .map(change -> change(simulation, change))
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
