package io.github.mccache.network;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Everything that some members hold, by member, by key: the hash of the value, and the version.
 * Immutable.
 */
record Contents(Map<String, Map<String, String>> byMember) {

  private static final int SHOWN = 10;

  /** Reads all keys of members. */
  static Contents of(List<MemberProcess> members) {
    Map<String, Map<String, String>> byMember = new LinkedHashMap<>();
    for (MemberProcess member : members) {
      byMember.put(member.name(), byKey(member.lines("dump")));
    }
    return new Contents(byMember);
  }

  /** Splits lines into the first word and the rest. */
  static Map<String, String> byKey(List<String> lines) {
    Map<String, String> entries = new TreeMap<>();
    for (String line : lines) {
      int space = line.indexOf(' ');
      entries.put(line.substring(0, space), line.substring(space + 1));
    }
    return entries;
  }

  /** Returns the number of keys that any member holds. */
  int size() {
    return keys().size();
  }

  private Set<String> keys() {
    Set<String> keys = new TreeSet<>();
    byMember.values().forEach(entries -> keys.addAll(entries.keySet()));
    return keys;
  }

  /** Returns what is not the same everywhere, a line per key; empty when all are equal. */
  List<String> differences() {
    List<String> differing = new ArrayList<>();
    for (String key : keys()) {
      Map<String, String> held = new LinkedHashMap<>();
      byMember.forEach((member, entries) -> held.put(member, entries.getOrDefault(key, "absent")));
      if (Set.copyOf(held.values()).size() > 1) {
        differing.add(key + " " + held);
      }
    }
    return shortened(differing);
  }

  /**
   * Returns which keys do not hold what their writers did last, a line per key. The last change of
   * a key is the last change that one of its writers made to it, so what is here must be one of
   * these.
   *
   * @param ledgers by writer, by key: the hash of the value, or {@link Load#ABSENT}
   */
  List<String> contradictions(List<Map<String, String>> ledgers) {
    Map<String, Set<String>> expected = new TreeMap<>();
    ledgers.forEach(
        ledger ->
            ledger.forEach(
                (key, last) -> expected.computeIfAbsent(key, any -> new TreeSet<>()).add(last)));
    List<String> wrong = new ArrayList<>();
    byMember.forEach(
        (member, entries) ->
            expected.forEach(
                (key, possible) -> {
                  String held = entries.getOrDefault(key, Load.ABSENT).split(" ")[0];
                  if (!possible.contains(held)) {
                    wrong.add(member + " holds " + key + " " + held + ", last was " + possible);
                  }
                }));
    return shortened(wrong);
  }

  private static List<String> shortened(List<String> lines) {
    if (lines.size() <= SHOWN) {
      return lines;
    }
    List<String> shown = new ArrayList<>(lines.subList(0, SHOWN));
    shown.add("… " + lines.size() + " in all");
    return shown;
  }
}
