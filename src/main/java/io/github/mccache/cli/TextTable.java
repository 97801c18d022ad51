package io.github.mccache.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table whose columns line up in a terminal, and as Markdown writes it. The first column is
 * aligned to the left, the others to the right. For one thread.
 */
final class TextTable {

  private final List<List<String>> rows = new ArrayList<>();

  TextTable(List<String> heads) {
    rows.add(List.copyOf(heads));
  }

  void add(List<String> cells) {
    rows.add(List.copyOf(cells));
  }

  /** Returns lines of aligned text. */
  String text() {
    return rows.stream()
        .map(row -> String.join("  ", padded(row)) + "\n")
        .collect(Collectors.joining());
  }

  /** Returns lines of Markdown. */
  String markdown() {
    List<String> lines =
        rows.stream()
            .map(row -> "| " + String.join(" | ", padded(row)) + " |\n")
            .collect(Collectors.toCollection(ArrayList::new));
    List<Integer> widths = widths();
    lines.add(
        1,
        IntStream.range(0, widths.size())
            .mapToObj(i -> "-".repeat(widths.get(i) + 1) + (i == 0 ? "-" : ":"))
            .collect(Collectors.joining("|", "|", "|\n")));
    return String.join("", lines);
  }

  private List<Integer> widths() {
    return IntStream.range(0, rows.get(0).size())
        .mapToObj(i -> rows.stream().mapToInt(row -> row.get(i).length()).max().orElse(0))
        .toList();
  }

  private List<String> padded(List<String> row) {
    List<Integer> widths = widths();
    return IntStream.range(0, row.size())
        .mapToObj(i -> padded(row.get(i), widths.get(i), i == 0))
        .toList();
  }

  private static String padded(String cell, int width, boolean left) {
    String blanks = " ".repeat(width - cell.length());
    return left ? cell + blanks : blanks + cell;
  }
}
