package io.github.mccache.simulation;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Version;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A few members of the simulation that do what a text says. What they say to each other is told in
 * words: versions are named v1, v2 … as they appear, signs of life that say nothing new are left
 * out, and so are times, which differ with every change of the protocol.
 *
 * <p>The commands:
 *
 * <pre>
 * members 3               three members that start together, and have met
 * members 3 of 4          there is a place for a fourth one
 * start m3
 * copy m3 m0              starts m3 as the incarnation that m0 is
 * put m0 k0 red           writes a value; put m0 k0 red*5000 one of so many characters
 * remove m0 k0            removes a key
 * clear m0                clears the cache
 * load m0 k0              begins a load
 * loaded m0 k0 red        ends it
 * cut m0 m2               nothing gets from m0 to m2, nor back if "both" is added
 * lossy m0 m2 300         so many of a thousand datagrams are lost
 * heal                    everything gets everywhere again
 * crash m0, leave m0, pause m0, resume m0
 * run 20 ms               time passes; s and min as well
 * skip 20 min             the same, and nobody listens
 * show k0                 what each has of a key
 * </pre>
 */
final class Conversation implements AutoCloseable {

  private static final int KEYS = 4;
  private static final int MOST_LINES = 1_000_000;
  private static final Pattern EVENT = Pattern.compile("^ *[0-9.]+ ms  (.*)$");
  private static final Pattern DATAGRAM =
      Pattern.compile("^(\\S+) -> (\\S+) (sends|arrives|lost) #\\d+ (.*)$");
  private static final Pattern RAW_VERSION =
      Pattern.compile("Version\\[time=(\\d+), origin=(-?\\d+)\\]");
  private static final Pattern VERSION = Pattern.compile("\\d+/\\d+\\.m\\d+'*");
  private static final Pattern HEARTBEAT = Pattern.compile("Heartbeat (\\d+)");
  private static final Set<String> SMALL_TALK = Set.of("Hello", "Scrub", "Pull");

  private final Transcript transcript = new Transcript(MOST_LINES);
  private final Map<String, String> versionNames = new HashMap<>();
  private final Map<String, SimulatedMember.BegunLoad> loads = new HashMap<>();
  private final Set<String> heartbeats = new HashSet<>();
  private final Map<String, SimulatedMember> members = new LinkedHashMap<>();
  private @Nullable Simulation simulation;
  private int read;
  private List<String> said = new ArrayList<>();

  /** Does one command. */
  void perform(String line) {
    String[] words = line.trim().split(" +");
    switch (words[0]) {
      case "members" -> members(words);
      case "start" -> start(words[1]);
      case "copy" -> copy(words[1], member(words[2]));
      case "put" -> put(words);
      case "remove" -> did(member(words[1]), each -> each.remove(key(words[2])));
      case "clear" -> did(member(words[1]), each -> each.clear(0, false));
      case "load" -> loads.put(words[1] + words[2], member(words[1]).beginLoad(key(words[2])));
      case "loaded" -> loaded(words);
      case "cut" -> cut(words);
      case "lossy" -> link(words).lossPerMille = Integer.parseInt(words[3]);
      case "heal" -> simulation().network().heal();
      case "crash" -> stop(words[1], SimulatedMember::crash);
      case "leave" -> stop(words[1], SimulatedMember::leave);
      case "pause" -> member(words[1]).pause();
      case "resume" -> member(words[1]).resume();
      case "run" -> run(words);
      case "skip" -> skip(words);
      case "show" -> show(words[1]);
      default -> throw new IllegalArgumentException("what is: " + line);
    }
  }

  /** Returns what was said since the last call. */
  List<String> takeSaid() {
    listen();
    List<String> taken = said;
    said = new ArrayList<>();
    return taken;
  }

  @Override
  public void close() {
    if (simulation != null) {
      simulation.holder().close();
    }
  }

  // ---- commands ----

  private void members(String[] words) {
    int founders = Integer.parseInt(words[1]);
    int places = words.length > 3 ? Integer.parseInt(words[3]) : founders;
    Scenario scenario =
        new Scenario(
            0,
            Restriction.NONE,
            EnumSet.noneOf(Ingredient.class),
            places,
            List.of(Mode.REPLICATE),
            KEYS,
            0,
            0,
            1_344,
            8_192,
            0,
            List.of());
    simulation = new Simulation(scenario, transcript);
    for (int slot = 0; slot < founders; slot++) {
      start("m" + slot);
    }
    skip("skip 5 s".split(" "));
    said.clear();
  }

  private void start(String name) {
    simulation().startMember(slot(name));
    meet();
  }

  private void copy(String name, SimulatedMember original) {
    simulation().startCopy(slot(name), original.id());
    meet();
  }

  private static int slot(String name) {
    return Integer.parseInt(name.replaceAll("[m']", ""));
  }

  private void meet() {
    for (SimulatedMember member : simulation().running()) {
      members.put(member.toString(), member);
    }
  }

  private void put(String[] words) {
    did(member(words[1]), each -> each.put(key(words[2]), value(words[3]), Change.ETERNAL));
  }

  private void loaded(String[] words) {
    SimulatedMember.BegunLoad load = loads.remove(words[1] + words[2]);
    if (load == null) {
      throw new IllegalArgumentException(words[1] + " does not load " + words[2]);
    }
    did(member(words[1]), each -> each.finishLoad(load, value(words[3]), Change.ETERNAL, false));
    Visible visible = member(words[1]).caches().read(key(words[2]));
    if (visible == null || !visible.value().equals(value(words[3]))) {
      listen();
      said.add(words[1] + " does not cache what was loaded");
    }
  }

  private void did(SimulatedMember member, Consumer<SimulatedMember> what) {
    what.accept(member);
    member.showTouched();
  }

  private void cut(String[] words) {
    link(words).cut = true;
    if (words.length > 3) {
      simulation().network().link(member(words[2]).slot(), member(words[1]).slot()).cut = true;
    }
  }

  private Link link(String[] words) {
    return simulation().network().link(member(words[1]).slot(), member(words[2]).slot());
  }

  private void stop(String name, Consumer<SimulatedMember> how) {
    SimulatedMember member = member(name);
    how.accept(member);
    simulation().stopped(member);
  }

  private void run(String[] words) {
    simulation().runUntil(simulation().nowNanos() + nanos(words));
  }

  private void skip(String[] words) {
    listen();
    run(words);
    List<String> before = said;
    said = new ArrayList<>();
    listen();
    said = before;
  }

  private static long nanos(String[] words) {
    long unit =
        switch (words[2]) {
          case "ms" -> Scenario.MILLISECOND;
          case "s" -> Scenario.SECOND;
          case "min" -> 60 * Scenario.SECOND;
          default -> throw new IllegalArgumentException("how long is " + words[2]);
        };
    return Long.parseLong(words[1]) * unit;
  }

  private void show(String key) {
    listen();
    for (SimulatedMember member : simulation().running()) {
      Visible visible = member.caches().read(key(key));
      said.add(
          member
              + " has "
              + (visible == null
                  ? nothing(member, key(key))
                  : shortened(visible.value()) + " " + version(visible.version())));
    }
  }

  private String nothing(SimulatedMember member, Place place) {
    String mark = member.caches().mark(place);
    return mark == null ? "nothing" : inWords(mark);
  }

  // ---- words ----

  private Simulation simulation() {
    if (simulation == null) {
      throw new IllegalArgumentException("how many members are there? Begin with: members 3");
    }
    return simulation;
  }

  private SimulatedMember member(String name) {
    SimulatedMember member = members.get(name);
    if (member == null) {
      throw new IllegalArgumentException("there is no member " + name + " among " + members);
    }
    return member;
  }

  private Place key(String name) {
    return simulation().places().at(0, Integer.parseInt(name.substring(1)));
  }

  private static String value(String word) {
    int star = word.indexOf('*');
    if (star < 0) {
      return word;
    }
    String part = word.substring(0, star) + ".";
    return part.repeat(1 + Integer.parseInt(word.substring(star + 1)) / part.length());
  }

  private static String shortened(String value) {
    return value.length() <= 20 ? value : value.length() + " characters";
  }

  private String version(Version version) {
    return inWords(Transcript.text(simulation(), version));
  }

  /** Adds what has happened since the last time. */
  private void listen() {
    List<String> lines = transcript.lines();
    for (String line : lines.subList(read, lines.size())) {
      Matcher event = EVENT.matcher(line);
      if (event.matches()) {
        hear(event.group(1));
      }
    }
    read = lines.size();
  }

  private void hear(String event) {
    Matcher datagram = DATAGRAM.matcher(event);
    if (!datagram.matches()) {
      said.add(inWords(event));
      return;
    }
    String how = datagram.group(3);
    String messages = worthTelling(datagram.group(1), datagram.group(4), how.equals("sends"));
    if (how.equals("arrives") || messages.isEmpty()) {
      return;
    }
    said.add(
        how.equals("sends")
            ? datagram.group(1) + " -> " + datagram.group(2) + ": " + inWords(messages)
            : "  lost on the way to " + datagram.group(2) + ": " + inWords(messages));
  }

  private String worthTelling(String from, String messages, boolean sent) {
    List<String> told = new ArrayList<>();
    for (String message : messages.split("; ")) {
      Matcher heartbeat = HEARTBEAT.matcher(message);
      boolean isHeartbeat = heartbeat.find();
      boolean isNews = isHeartbeat && sent && heartbeats.add(from + heartbeat.group());
      if (isHeartbeat ? isNews : !SMALL_TALK.contains(message)) {
        told.add(message);
      }
    }
    return String.join("; ", told);
  }

  private String inWords(String text) {
    String plain =
        RAW_VERSION
            .matcher(text)
            .replaceAll(
                raw ->
                    Transcript.text(
                        simulation(),
                        new Version(Long.parseLong(raw.group(1)), Long.parseLong(raw.group(2)))));
    return VERSION
        .matcher(plain)
        .replaceAll(this::named)
        .replace("r0/", "")
        .replaceAll("complete \\S+ ?", "")
        .replaceAll("@\\d+(/\\d+)?", "")
        .replaceAll(" by m\\d+'*", "")
        .replaceAll("Range\\[first=(\\d+), last=\\1\\]", "$1")
        .replaceAll("Range\\[first=(\\d+), last=(\\d+)\\]", "$1 to $2")
        .replaceAll("member=[0-9a-f]+, nodeName=", "")
        .replaceAll("cache=-?\\d+, ", "")
        .replaceAll("Relay\\[.*", "Relay")
        .replaceAll("0\\.f{16}", "none")
        .replaceAll("\\[\\]$", "")
        .replaceAll(" (void|repaired) \\[\\]", "");
  }

  private String named(MatchResult version) {
    return versionNames.computeIfAbsent(version.group(), absent -> "v" + (versionNames.size() + 1));
  }
}
