package io.github.mccache.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The figures of a test class, each with its limit where it has one, printed as a table. */
final class Measurements {

  private record Row(String what, String figure, String limit) {}

  private final List<Row> rows = new ArrayList<>();

  /** Notes a figure. */
  void note(String test, String what, Object figure) {
    rows.add(new Row(test + ": " + what, String.valueOf(figure), ""));
  }

  /** Notes a figure and fails when it is above its limit. */
  void atMost(long limit, String test, String what, long figure) {
    rows.add(new Row(test + ": " + what, String.valueOf(figure), "≤ " + limit));
    assertThat(figure).as(test + ": " + what).isLessThanOrEqualTo(limit);
  }

  /** Notes a figure and fails when it is not above 0: what is tested did not happen. */
  void happened(String test, String what, long figure) {
    rows.add(new Row(test + ": " + what, String.valueOf(figure), "> 0"));
    assertThat(figure).as(test + ": " + what).isPositive();
  }

  /** Prints all of them, if there are any. */
  void print(String title) {
    if (rows.isEmpty()) {
      return;
    }
    StringBuilder table = new StringBuilder("== " + title + "\n");
    for (Row row : rows) {
      table.append(String.format(Locale.ROOT, "%-78s %12s  %s%n", row.what, row.figure, row.limit));
    }
    System.out.println(table);
  }
}
