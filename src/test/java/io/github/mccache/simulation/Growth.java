package io.github.mccache.simulation;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * {@code mvn -Pgrowth}: how traffic, memory and the time to agree grow with the number of members.
 * Each number of members in {@code -Dgrowth.members} runs seeds in which datagrams get lost and
 * nothing else goes wrong. Prints tables and writes them, and pictures of them, to {@code
 * target/simulation/growth*}; they are on the page {@code simulation.md}.
 */
public final class Growth {

  private static final int FEW = 16;
  private static final int MANY = 64;
  private static final int VERY_MANY = 100;

  private final PrintStream out;
  private final int seeds;
  private final int cycles;
  private final long beganNanos = System.nanoTime();

  private Growth(PrintStream out) {
    this.out = out;
    this.seeds = Integer.getInteger("growth.seeds", 6);
    this.cycles = Integer.getInteger("growth.cycles", 2);
  }

  /** Runs all sizes; the arguments are properties. */
  public static void main(String[] arguments) throws IOException {
    new Growth(System.out).run();
  }

  /** Returns what seeds from 0 on come to, with so many members. */
  static Totals measure(int members, int seeds, int cycles, Consumer<Seed> progress) {
    Restriction restriction =
        Restriction.toNothingBut(EnumSet.of(Ingredient.LOSS), members, cycles);
    Totals totals = new Totals();
    Campaign campaign = new Campaign(0, seeds, restriction, progress);
    campaign.totals(totals);
    campaign.run();
    return totals;
  }

  private void run() throws IOException {
    int[] sizes =
        Stream.of(System.getProperty("growth.members", "3,5,9,16").split(","))
            .mapToInt(text -> Integer.parseInt(text.trim()))
            .toArray();
    Path directory = Path.of(System.getProperty("directory", "target/simulation"));
    Files.createDirectories(directory);
    TreeMap<Integer, Totals> bySize = new TreeMap<>();
    for (int members : sizes) {
      bySize.put(members, measure(members, seedsFor(members), cyclesFor(members), this::progress));
    }
    GrowthReport report = new GrowthReport(bySize);
    Path page = directory.resolve("growth.md");
    Files.writeString(page, report.markdown());
    out.println();
    out.print(report.markdown());
    out.println();
    out.println("written: " + page);
    for (Path picture : new GrowthCharts(bySize).write(directory)) {
      out.println("written: " + picture);
    }
    if (bySize.values().stream().map(Totals::failures).anyMatch(failed -> !failed.isEmpty())) {
      System.exit(1);
    }
  }

  /** A run of twice as many members takes four times as long. */
  private int seedsFor(int members) {
    if (members <= FEW) {
      return 4 * seeds;
    }
    int divisor = members <= MANY ? 1 : members <= VERY_MANY ? 2 : 3;
    return (seeds + divisor - 1) / divisor;
  }

  private int cyclesFor(int members) {
    return members <= VERY_MANY ? cycles : (cycles + 1) / 2;
  }

  private void progress(Seed seed) {
    Scenario scenario = seed.scenario();
    double seconds = (System.nanoTime() - beganNanos) / 1e9;
    if (seed.isFailed()) {
      out.printf(Locale.ROOT, "%.0f s: FAILED %s%n", seconds, scenario.command());
      out.println("  " + seed.failure());
    } else {
      Map<String, Long> messages = seed.observations().messages();
      out.printf(
          Locale.ROOT,
          "%.0f s: %d members, seed %d: %.0f virtual seconds, %s%n",
          seconds,
          scenario.members(),
          scenario.seed(),
          seed.observations().virtualNanos() / 1e9,
          messages);
    }
  }
}
