package io.github.mccache.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeSet;

/** The tables of {@link Growth}, as the page {@code simulation.md} has them. */
final class GrowthReport {

  private static final List<String> COLUMNS =
      List.of(
          "members",
          "seeds",
          "virtual hours",
          "operations/s of the cluster",
          "datagrams/s per member",
          "bytes/s per member",
          "bytes/s per member at rest",
          "ends of loss",
          "agreed after ms: median",
          "99 %",
          "most");

  private final SortedMap<Integer, Totals> bySize;

  GrowthReport(SortedMap<Integer, Totals> bySize) {
    this.bySize = bySize;
  }

  String markdown() {
    StringBuilder text = new StringBuilder();
    List<List<String>> rows = new ArrayList<>(List.of(COLUMNS));
    bySize.forEach((members, totals) -> rows.add(row(members, totals)));
    append(text, rows);
    text.append(
        """

        Faults: every 1 to 12 s another share of the datagrams is lost, up to half of them, on all links or on some;
        sometimes none. The load belongs to the cluster, not to a member: the pauses between operations do not depend on
        the number of members, and one member does each operation, except that six of a hundred are writes of
        one key by all members in an instant. So the operations of the cluster grow, but more slowly than its
        members. The seed draws keys, caches and the length of the work; a row of fewer seeds has the first of
        them. Datagrams and bytes are what a member sends in the whole run, the calm at its end included, a
        multicast counted once. At rest: nothing is written and nothing is missing. Agreed after: from the end of
        loss and of writing until all members agree, looked at every 20 ms; 0 is at the first look.

        The most that one member held at a time, looked at every 0.5 s of virtual time:

        """);
    append(text, largest());
    bySize.forEach(
        (members, totals) ->
            totals
                .failures()
                .forEach(
                    (what, count) ->
                        text.append(
                            String.format(
                                Locale.ROOT,
                                "%nFAILED with %d members: %s in %d seeds.%n",
                                members,
                                what,
                                count))));
    return text.toString();
  }

  private static List<String> row(int members, Totals totals) {
    return List.of(
        Integer.toString(members),
        Long.toString(totals.seeds()),
        decimal("%.2f", totals.virtualHours()),
        decimal("%.1f", totals.operationsPerSecond()),
        decimal("%.2f", totals.datagramsPerMemberSecond()),
        decimal("%,.0f", totals.bytesPerMemberSecond()),
        decimal("%,.1f", totals.quietBytesPerMemberSecond()),
        Integer.toString(totals.convergences()),
        decimal("%,d", totals.convergencePercentile(50)),
        decimal("%,d", totals.convergencePercentile(99)),
        decimal("%,d", totals.convergencePercentile(100)));
  }

  /** What was never more than zero has no column. */
  private List<List<String>> largest() {
    TreeSet<String> names = new TreeSet<>();
    for (Totals totals : bySize.values()) {
      totals.highest().forEach((what, size) -> addIf(size > 0, names, what));
    }
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("members"));
    names.forEach(what -> head.add(what.equals("members") ? "other members" : what));
    rows.add(head);
    bySize.forEach(
        (members, totals) -> {
          List<String> row = new ArrayList<>(List.of(Integer.toString(members)));
          names.forEach(what -> row.add(decimal("%,d", totals.highest().getOrDefault(what, 0L))));
          rows.add(row);
        });
    return rows;
  }

  private static void addIf(boolean wanted, TreeSet<String> names, String name) {
    if (wanted) {
      names.add(name);
    }
  }

  private static String decimal(String format, Object number) {
    return String.format(Locale.ROOT, format, number);
  }

  /** Appends a table whose first row is its head; numbers are at the right. */
  private static void append(StringBuilder text, List<List<String>> rows) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    for (List<String> row : rows) {
      for (int column = 0; column < widths.length; column++) {
        text.append("| ")
            .append(" ".repeat(widths[column] - row.get(column).length()))
            .append(row.get(column))
            .append(' ');
      }
      text.append("|\n");
      if (row == rows.get(0)) {
        for (int width : widths) {
          text.append('|').append("-".repeat(width + 1)).append(':');
        }
        text.append("|\n");
      }
    }
  }
}
