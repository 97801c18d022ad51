package io.github.mccache.simulation;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;

/**
 * {@code mvn -Psimulate -Dseeds=N -Dmembers=M}: runs seeds from {@code -Dfirst} on, prints how far
 * it is every few seconds, and what failed, shrunk, with the command that runs it again. It goes on
 * where an earlier campaign of the same arguments was stopped. One seed alone prints its last
 * events when it fails, {@code -Dlines} of them.
 */
public final class Campaigns {

  private static final long PROGRESS_NANOS = 5_000_000_000L;
  private static final int BATCH = 200;

  private final PrintStream out;
  private final long first;
  private final long count;
  private final Restriction restriction;
  private final Path directory;
  private final long beganNanos = System.nanoTime();
  private long toldNanos = beganNanos;
  private long done;
  private long doneBefore;
  private int failures;
  private double hours;

  private Campaigns(PrintStream out) throws IOException {
    this.out = out;
    this.first = Long.getLong("first", 0);
    this.count = Long.getLong("seeds", 100);
    this.restriction = Restriction.fromProperties();
    this.directory = Path.of(System.getProperty("directory", "target/simulation"));
    Files.createDirectories(directory);
  }

  /** Runs a campaign; the arguments are properties. */
  public static void main(String[] arguments) throws IOException {
    Campaigns campaigns = new Campaigns(System.out);
    boolean failed = campaigns.count == 1 ? campaigns.replay() : campaigns.run();
    if (failed) {
      System.exit(1);
    }
  }

  /** Runs one seed and shows its end. */
  private boolean replay() {
    Scenario scenario = Scenario.of(first, restriction);
    Seed seed = Seed.run(scenario);
    out.println(scenario);
    if (!seed.isFailed()) {
      Totals totals = new Totals();
      totals.add(seed);
      out.println(totals.line());
      return false;
    }
    int lines = Integer.getInteger("lines", 100);
    Seed.lastEvents(scenario, lines).forEach(out::println);
    report(seed);
    return true;
  }

  private boolean run() throws IOException {
    Path state = directory.resolve(stateName());
    long begin = first;
    if (Files.exists(state) && !Boolean.getBoolean("afresh")) {
      List<String> lines = Files.readAllLines(state);
      begin = Math.min(first + count, Long.parseLong(lines.get(0)));
      failures = Integer.parseInt(lines.get(1));
      hours = Double.parseDouble(lines.get(2));
      out.printf("going on at seed %d, after %d failures%n", begin, failures);
    }
    doneBefore = begin - first;
    done = doneBefore;
    Totals totals = new Totals();
    for (long seed = begin; seed < first + count; seed += BATCH) {
      long size = Math.min(BATCH, first + count - seed);
      Campaign campaign = new Campaign(seed, size, restriction, this::progress);
      campaign.totals(totals);
      for (Seed failed : campaign.run()) {
        if (!Boolean.getBoolean("unshrunk")) {
          shrink(failed);
        }
      }
      Files.writeString(state, (seed + size) + "\n" + failures + "\n" + hours + "\n");
    }
    String line = totals.line();
    out.println(line);
    Files.writeString(
        directory.resolve("summaries.jsonl"),
        totals.json(restriction.members()) + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    return failures > 0;
  }

  private String stateName() {
    String name = "first-" + first + "-seeds-" + count + restriction.arguments();
    return name.replaceAll("[^A-Za-z0-9]+", "-") + ".state";
  }

  private void progress(Seed seed) {
    done++;
    if (seed.isFailed()) {
      failures++;
      report(seed);
    } else {
      hours += seed.observations().virtualNanos() / 3_600e9;
    }
    long now = System.nanoTime();
    if (now - toldNanos >= PROGRESS_NANOS) {
      toldNanos = now;
      double rate = (done - doneBefore) / ((now - beganNanos) / 1e9);
      out.printf(
          Locale.ROOT,
          "%d of %d seeds, %.1f virtual hours, %.1f seeds/s, %d failures, %.0f s to go%n",
          done,
          count,
          hours,
          rate,
          failures,
          (count - done) / rate);
    }
  }

  private void report(Seed seed) {
    out.println("FAILED " + seed.scenario().command());
    out.println("  " + seed.failure());
    if (seed.failure() instanceof InvariantViolated) {
      return;
    }
    seed.failure().printStackTrace(out);
  }

  private void shrink(Seed failed) {
    Seed small = Shrinker.shrink(failed);
    if (small != failed) {
      out.println("SHRUNK to " + small.scenario().command());
      out.println("  " + small.failure());
    }
  }
}
