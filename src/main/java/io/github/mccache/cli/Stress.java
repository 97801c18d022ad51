package io.github.mccache.cli;

import io.github.mccache.cli.StressOptions.UsageException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The stress test of McCache for Python, scored: members in JVMs of their own work on the same keys
 * over loopback multicast that loses datagrams, and are compared key by key when they are done. The
 * exit status is 0 when all of them were equal in time, 1 when they were not, 2 when it could not
 * be found out.
 */
public final class Stress {

  private Stress() {}

  /** Runs what the arguments say and exits; {@code --help} shows them. */
  @SuppressWarnings("SystemOut")
  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), System.out));
  }

  /** Returns the exit status. */
  static int run(List<String> arguments, PrintStream out) {
    if (arguments.contains("--help")) {
      out.print(StressOptions.USAGE);
      return 0;
    }
    try {
      return run(StressOptions.parse(arguments), out);
    } catch (UsageException e) {
      out.println(e.getMessage());
      return 2;
    } catch (IOException e) {
      out.println("The stress test failed: " + e.getMessage());
      return 2;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 2;
    }
  }

  private static int run(StressOptions options, PrintStream out)
      throws IOException, InterruptedException {
    out.printf(
        Locale.ROOT,
        "%d members in JVMs of their own, %d keys, %s %% of the datagrams lost by each, %d s a run,"
            + " seed %d.%n",
        options.members(),
        options.keys(),
        options.lossPercent(),
        options.duration().toSeconds(),
        options.seed());
    List<StressScore> scores = new ArrayList<>();
    for (Aperture aperture : options.apertures()) {
      try (StressRun run = new StressRun(options, aperture, out)) {
        scores.add(run.score());
      }
    }
    TextTable table = table(scores);
    out.printf("%n%s", options.markdown() ? table.markdown() : table.text());
    return judge(scores, options, out) ? 0 : 1;
  }

  private static TextTable table(List<StressScore> scores) {
    TextTable table =
        new TextTable(
            Stream.concat(
                    Stream.of("aperture"),
                    scores.stream().map(score -> score.aperture().toString()))
                .toList());
    for (String row : scores.get(0).rows().keySet()) {
      table.add(
          Stream.concat(
                  Stream.of(row), scores.stream().map(score -> score.rows().getOrDefault(row, "")))
              .collect(Collectors.toList()));
    }
    return table;
  }

  private static boolean judge(List<StressScore> scores, StressOptions options, PrintStream out) {
    boolean passed = true;
    out.println();
    for (StressScore score : scores) {
      List<String> problems = score.problems(options.limit());
      passed &= problems.isEmpty();
      out.printf(
          "aperture %s: %s%n",
          score.aperture(), problems.isEmpty() ? "all members equal" : String.join("; ", problems));
    }
    return passed;
  }
}
