package io.github.mccache.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What members hold, key by key. Immutable.
 *
 * @param keys how many keys at least one member holds
 * @param differing keys that two members hold with different versions or values
 * @param missing keys that a member does not hold and another does
 */
record Comparison(int keys, List<String> differing, List<String> missing) {

  Comparison {
    differing = List.copyOf(differing);
    missing = List.copyOf(missing);
  }

  /** Compares what members answered when they were asked for all that they hold. */
  static Comparison ofDumps(List<String> dumps) {
    return of(dumps.stream().map(Comparison::entries).toList());
  }

  private static Map<String, String> entries(String dump) {
    return Arrays.stream(dump.split(" ", -1))
        .filter(entry -> !entry.isEmpty())
        .map(entry -> entry.split("=", 2))
        .collect(Collectors.toMap(entry -> entry[0], entry -> entry[1], (a, b) -> a, TreeMap::new));
  }

  /** Compares all keys of all members, each given as its version and value by key. */
  static Comparison of(List<Map<String, String>> members) {
    Set<String> keys = new TreeSet<>();
    members.forEach(member -> keys.addAll(member.keySet()));
    List<String> differing = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (String key : keys) {
      if (members.stream().anyMatch(member -> !member.containsKey(key))) {
        missing.add(key);
      }
      if (members.stream()
              .map(member -> member.get(key))
              .filter(Objects::nonNull)
              .distinct()
              .count()
          > 1) {
        differing.add(key);
      }
    }
    return new Comparison(keys.size(), differing, missing);
  }
}
