package io.github.mccache.simulation;

import io.github.mccache.protocol.Change;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A few members of the simulation that follow the commands of a text, with one cache of the keys k0
 * to k3. {@link Dialogue} words what happens.
 *
 * <p>The commands before the members start:
 *
 * <pre>
 * mode update             the mode of the cache; replicate otherwise
 * room 2                  how many entries each cache holds; unlimited otherwise
 * slow                    members begin to send at 500 kB/s, not at 20 MB/s
 * clock m2 +5 s           the wall clock of m2 is 5 s ahead
 * application m2 2.0      the application version of m2
 * closed m2               m2 starts without the cache
 * members 3               three members start together and meet
 * members 3 of 4          the same, with a place for a fourth member
 * </pre>
 *
 * <p>The commands after that:
 *
 * <pre>
 * start m3
 * copy m3 m0              starts m3 as the incarnation that m0 is
 * open m2                 opens the cache of a member that started without it
 * put m0 k0 red           writes a value; red*5000 is a value of that many characters
 * put m0 k0 red acknowledged    the same with acknowledge = all and a time-out of 2 s
 * remove m0 k0            removes a key
 * clear m0                clears the cache
 * load m0 k0              begins a load
 * loaded m0 k0 red        ends a load
 * lose m0                 m0 forgets what it has to send, as faulty software would
 * cut m0 m2               datagrams from m0 to m2 are lost; with "both", in either direction
 * drop m0 m2 Data 3       the next datagram with such a message is lost from m0 to m2
 * heal                    no datagram is lost any more
 * crash m0                m0 ends without a message
 * leave m0                m0 leaves at once
 * close m0                m0 closes: it waits half a second for the others, and leaves
 * pause m0, resume m0     m0 stops, and goes on with what it received meanwhile
 * run 20 ms               time passes; s and min as well
 * skip 20 min             time passes, and what happens meanwhile is not shown
 * show k0                 shows the record of a key on every member
 * </pre>
 */
final class Conversation implements AutoCloseable {

  private static final int KEYS = 4;
  private static final Set<String> BEFORE_MEMBERS =
      Set.of("mode", "room", "slow", "clock", "application", "closed");

  private final Words words = new Words();
  private final Dialogue dialogue = new Dialogue(words);
  private final Map<String, SimulatedMember.BegunLoad> loads = new HashMap<>();
  private final Map<String, SimulatedMember> members = new LinkedHashMap<>();
  private final List<Consumer<Simulation>> setUp = new ArrayList<>();
  private Mode mode = Mode.REPLICATE;
  private final Set<Ingredient> ingredients = EnumSet.noneOf(Ingredient.class);
  private int room;
  private @Nullable Simulation simulation;

  /** Follows one command. */
  void perform(String line) {
    String[] words = line.trim().split(" +");
    if (simulation != null && BEFORE_MEMBERS.contains(words[0])) {
      throw new IllegalArgumentException("has no effect after \"members\": " + line);
    }
    switch (words[0]) {
      case "mode" -> mode = Mode.valueOf(words[1].toUpperCase(Locale.ROOT));
      case "slow" -> ingredients.add(Ingredient.PRESSURE);
      case "room" -> room = Integer.parseInt(words[1]);
      case "clock" -> {
        long aheadMillis = nanos(words[2], words[3]) / Scenario.MILLISECOND;
        deploy(words[1], each -> each.withClockAhead(aheadMillis));
      }
      case "application" -> deploy(words[1], each -> each.withApplication(words[2]));
      case "closed" -> deploy(words[1], Deployment::withoutCaches);
      case "members" -> members(words);
      case "start" -> start(words[1]);
      case "open" -> member(words[1]).openCaches();
      case "copy" -> copy(words[1], member(words[2]));
      case "put" -> put(words);
      case "lose" -> member(words[1]).loseUnsent();
      case "remove" -> did(member(words[1]), each -> each.remove(key(words[2])));
      case "clear" -> did(member(words[1]), each -> each.clear(0, false));
      case "load" -> loads.put(words[1] + words[2], member(words[1]).beginLoad(key(words[2])));
      case "loaded" -> loaded(words);
      case "cut" -> cut(words);
      case "drop" -> drop(words);
      case "heal" -> simulation().network().heal();
      case "close" -> member(words[1]).close();
      case "crash" -> stop(words[1], SimulatedMember::crash);
      case "leave" -> stop(words[1], SimulatedMember::leave);
      case "pause" -> member(words[1]).pause();
      case "resume" -> member(words[1]).resume();
      case "run" -> run(words);
      case "skip" -> skip(words);
      case "show" -> show(words[1]);
      default -> throw new IllegalArgumentException("unknown command: " + line);
    }
  }

  /** Returns what happened since the last call, line by line. */
  List<String> takeLines() {
    return dialogue.take();
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
            ingredients,
            places,
            List.of(mode),
            KEYS,
            0,
            room,
            1_344,
            8_192,
            0,
            List.of());
    simulation = new Simulation(scenario, dialogue);
    setUp.forEach(step -> step.accept(simulation()));
    for (int slot = 0; slot < founders; slot++) {
      start("m" + slot);
    }
    run("run 5 s".split(" "));
    dialogue.take();
  }

  private void deploy(String name, UnaryOperator<Deployment> change) {
    setUp.add(made -> made.deploy(slot(name), change));
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
    Place key = key(words[2]);
    String value = value(words[3]);
    boolean acknowledged = words.length > 4 && words[4].equals("acknowledged");
    did(
        member(words[1]),
        each -> {
          if (acknowledged) {
            each.putAcknowledged(key, value, Change.ETERNAL);
          } else {
            each.put(key, value, Change.ETERNAL);
          }
        });
  }

  private void loaded(String[] words) {
    SimulatedMember.BegunLoad load = loads.remove(words[1] + words[2]);
    if (load == null) {
      throw new IllegalArgumentException(words[1] + " does not load " + words[2]);
    }
    did(member(words[1]), each -> each.finishLoad(load, value(words[3]), Change.ETERNAL, false));
    Visible visible = member(words[1]).caches().read(key(words[2]));
    if (visible == null || !visible.value().equals(value(words[3]))) {
      dialogue.add(words[1] + " does not cache the loaded value");
    }
  }

  private void did(SimulatedMember member, Consumer<SimulatedMember> what) {
    what.accept(member);
    member.showTouched();
  }

  private void cut(String[] words) {
    link(words[1], words[2]).cut = true;
    if (words.length > 3) {
      link(words[2], words[1]).cut = true;
    }
  }

  private void drop(String[] words) {
    String beginning = String.join(" ", Arrays.asList(words).subList(3, words.length));
    link(words[1], words[2]).drop =
        datagram ->
            datagram.messages().stream()
                .anyMatch(each -> this.words.message(simulation(), each).startsWith(beginning));
  }

  private Link link(String from, String to) {
    return simulation().network().link(slot(from), slot(to));
  }

  private void stop(String name, Consumer<SimulatedMember> how) {
    SimulatedMember member = member(name);
    how.accept(member);
    simulation().stopped(member);
  }

  private void run(String[] words) {
    simulation().runUntil(simulation().nowNanos() + nanos(words[1], words[2]));
  }

  private void skip(String[] words) {
    dialogue.pause();
    run(words);
    dialogue.resume();
  }

  private static long nanos(String number, String unit) {
    long unitNanos =
        switch (unit) {
          case "ms" -> Scenario.MILLISECOND;
          case "s" -> Scenario.SECOND;
          case "min" -> 60 * Scenario.SECOND;
          default -> throw new IllegalArgumentException("unknown unit of time: " + unit);
        };
    return Long.parseLong(number) * unitNanos;
  }

  private void show(String key) {
    for (SimulatedMember member : simulation().running()) {
      Visible visible = member.caches().read(key(key));
      dialogue.add(
          member,
          "has",
          visible == null
              ? nothing(member, key(key))
              : shortened(visible.value()) + " " + words.version(visible.version()));
    }
  }

  private String nothing(SimulatedMember member, Place place) {
    if (!member.caches().isOpen()) {
      return "no such cache";
    }
    String mark = member.caches().mark(place);
    return mark == null ? "nothing" : words.record(simulation(), mark);
  }

  // ---- words ----

  private Simulation simulation() {
    if (simulation == null) {
      throw new IllegalArgumentException("no members yet: begin with \"members 3\"");
    }
    return simulation;
  }

  private SimulatedMember member(String name) {
    SimulatedMember member = members.get(name);
    if (member == null) {
      throw new IllegalArgumentException("no member " + name + " among " + members.keySet());
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
}
