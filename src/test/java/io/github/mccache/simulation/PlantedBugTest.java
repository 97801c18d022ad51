package io.github.mccache.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.simulation.BugHunt.Kill;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A simulation that never fails proves little: it must notice every {@link PlantedBugs planted
 * bug}. Where each was noticed is remembered in {@code src/test/resources/planted-bugs.txt} and
 * tried first; what is stale there is looked for anew in a few seeds, and costs time until {@code
 * -Dplanted.rewrite=true} has written it down. With {@code -Dplanted.seeds} more of them are tried.
 * {@link CampaignTest} looks in more seeds.
 */
class PlantedBugTest {

  /** A minute of work at most. */
  private static final int FEW_SEEDS = Integer.getInteger("planted.seeds", 40);

  private static final Path REMEMBERED = Path.of("src/test/resources/planted-bugs.txt");

  @Test
  void everyPlantedBug_planted_changesTheCode() {
    List<String> unplanted = new ArrayList<>();
    for (PlantedBug bug : PlantedBugs.all()) {
      try {
        bug.planted().check();
      } catch (IllegalStateException e) {
        unplanted.add(bug.name() + ": " + e.getMessage());
      }
    }
    assertThat(unplanted).as("planted bugs that are none").isEmpty();
  }

  @Test
  void everyPlantedBug_whereRememberedOrInAFewSeeds_isNoticed() throws Exception {
    Map<String, Kill> remembered = remembered();
    String toRemember = assertNoticed(FEW_SEEDS, remembered);
    if (Boolean.getBoolean("planted.rewrite")) {
      Files.writeString(REMEMBERED, toRemember);
    }
  }

  /** Returns what is to be remembered; fails after it has shown where each was noticed. */
  static String assertNoticed(int seeds, Map<String, Kill> remembered) throws Exception {
    List<PlantedBug> bugs = PlantedBugs.all();
    BugHunt hunt = new BugHunt(seeds);
    List<@Nullable Kill> kills = hunt(hunt, bugs, remembered);
    List<String> unnoticed = new ArrayList<>();
    StringBuilder table = new StringBuilder();
    StringBuilder toRemember = new StringBuilder();
    for (int i = 0; i < bugs.size(); i++) {
      PlantedBug bug = bugs.get(i);
      Kill kill = kills.get(i);
      if (kill == null) {
        String where = hunt.looked(remembered.get(bug.name()));
        unnoticed.add(bug.name() + ": " + bug.description() + "; looked in " + where);
      } else {
        toRemember.append(bug.name()).append(' ').append(kill).append('\n');
      }
      table.append(line(bug, kill, kill != null && !kill.equals(remembered.get(bug.name()))));
    }
    System.out.println(table);
    assertThat(unnoticed).as("planted bugs that are not noticed").isEmpty();
    assertThat(bugs).hasSizeGreaterThanOrEqualTo(60);
    return toRemember.toString();
  }

  private static String line(PlantedBug bug, @Nullable Kill kill, boolean news) {
    return String.format(
        Locale.ROOT,
        "%-30s %-28s %-9s %s%s%n",
        bug.name(),
        kill == null ? "not noticed" : kill.invariant(),
        kill == null ? "" : "seed " + kill.seed(),
        bug.description(),
        news ? " (now at: " + kill + ")" : "");
  }

  private static List<@Nullable Kill> hunt(
      BugHunt hunt, List<PlantedBug> bugs, Map<String, Kill> remembered) throws Exception {
    ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try {
      List<Future<@Nullable Kill>> futures = new ArrayList<>();
      for (PlantedBug bug : bugs) {
        futures.add(threads.submit(() -> hunt.hunt(bug, remembered.get(bug.name()))));
      }
      List<@Nullable Kill> kills = new ArrayList<>();
      for (Future<@Nullable Kill> future : futures) {
        kills.add(future.get());
      }
      return kills;
    } finally {
      threads.shutdownNow();
    }
  }

  static Map<String, Kill> remembered() throws IOException {
    Map<String, Kill> kills = new HashMap<>();
    for (String line : Files.readAllLines(REMEMBERED)) {
      int space = line.indexOf(' ');
      kills.put(line.substring(0, space), Kill.parse(line.substring(space)));
    }
    return kills;
  }
}
