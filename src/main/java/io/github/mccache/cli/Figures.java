package io.github.mccache.cli;

import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongBinaryOperator;
import java.util.stream.Collectors;

/**
 * Counters by name, as members send them and as they are added up. Immutable.
 *
 * @param counts in the order of their names
 */
record Figures(Map<String, Long> counts) {

  static final Figures NONE = new Figures(Map.of());

  Figures {
    counts = Collections.unmodifiableMap(new TreeMap<>(counts));
  }

  /** Reads what {@link #toString} returns. */
  static Figures parse(String text) {
    return new Figures(
        Arrays.stream(text.split(" ", -1))
            .filter(pair -> !pair.isEmpty())
            .map(pair -> pair.split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> Long.valueOf(pair[1]))));
  }

  /**
   * Returns a counter.
   *
   * @throws IllegalArgumentException if nobody counts it
   */
  long get(String name) {
    Long count = counts.get(name);
    if (count == null) {
      throw new IllegalArgumentException("\"" + name + "\" is not among " + counts.keySet());
    }
    return count;
  }

  Figures plus(Figures others) {
    return with(others, Long::sum);
  }

  Figures minus(Figures before) {
    return with(before, (now, then) -> now - then);
  }

  private Figures with(Figures others, LongBinaryOperator operator) {
    Map<String, Long> result = new TreeMap<>(counts);
    others.counts.forEach(
        (name, count) ->
            result.put(name, operator.applyAsLong(counts.getOrDefault(name, 0L), count)));
    return new Figures(result);
  }

  @Override
  public String toString() {
    return counts.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(" "));
  }
}
