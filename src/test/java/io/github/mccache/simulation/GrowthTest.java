package io.github.mccache.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowthTest {

  @Test
  void restriction_toLoss_everySeedHasLossAndNothingElse() {
    Restriction restriction =
        Restriction.toNothingBut(EnumSet.of(Ingredient.LOSS), 3, Integer.MAX_VALUE);
    for (long seed = 0; seed < 20; seed++) {
      assertThat(Scenario.of(seed, restriction).ingredients()).isEqualTo(Set.of(Ingredient.LOSS));
    }
    assertThat(restriction.arguments()).contains(" -Dwith=LOSS -Dwithout=BURSTS,ONE_WAY,");
  }

  @Test
  void report_twoSizes_tablesAndPicturesAreComplete(@TempDir Path directory) throws IOException {
    List<Seed> done = new ArrayList<>();
    TreeMap<Integer, Totals> bySize = new TreeMap<>();
    for (int members : new int[] {2, 3}) {
      bySize.put(members, Growth.measure(members, 1, 1, done::add));
    }
    assertThat(done).hasSize(2).noneMatch(Seed::isFailed);

    List<String> rows =
        new GrowthReport(bySize)
            .markdown()
            .lines()
            .filter(line -> line.startsWith("|"))
            .map(line -> line.replace(" ", ""))
            .toList();
    assertThat(rows).hasSize(8);
    for (int table = 0; table < 8; table += 4) {
      List<String> lines = rows.subList(table, table + 4);
      assertThat(lines.get(0)).startsWith("|members|");
      assertThat(lines.get(2)).startsWith("|2|");
      assertThat(lines.get(3)).startsWith("|3|");
      assertThat(lines).allMatch(line -> !line.contains("||") && !line.contains("NaN"));
      assertThat(lines.stream().map(line -> line.chars().filter(each -> each == '|').count()))
          .containsOnly(lines.get(0).chars().filter(each -> each == '|').count());
    }

    for (Path picture : new GrowthCharts(bySize).write(directory)) {
      assertThat(Files.readString(picture)).startsWith("<?xml").contains("<svg", "</svg>");
    }
  }
}
