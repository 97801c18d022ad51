package io.github.mccache.config;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds what a user may have meant. */
final class Nearest {

  private Nearest() {}

  /**
   * Returns the candidate that takes the fewest typing mistakes; one with the same last part counts
   * as near even if its sections are wrong or missing.
   */
  static String to(String text, List<String> candidates) {
    String folded = text.toLowerCase(Locale.ROOT);
    return candidates.stream()
        .min(
            Comparator.comparingInt(
                candidate -> distance(folded, candidate.toLowerCase(Locale.ROOT))))
        .orElseThrow(() -> new IllegalArgumentException("no candidates"));
  }

  /** Returns the whole key that is nearest to an unknown one, that of a section for a block. */
  static String key(SettingName unknown, boolean block) {
    if (unknown.template() != null) {
      return new SettingName(unknown.template(), to(unknown.name(), Catalogue.namesInTemplates()))
          .key();
    }
    List<String> names =
        block ? Catalogue.sections() : Catalogue.ALL.stream().map(Setting::name).toList();
    return SettingName.of(to(unknown.name(), names)).key();
  }

  private static int distance(String text, String candidate) {
    int lastParts = edits(lastPart(text), lastPart(candidate));
    return Math.min(3 * edits(text, candidate), 3 * lastParts + 4);
  }

  private static String lastPart(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
  static int edits(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int replace = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        cost[i][j] = Math.min(replace, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
