package io.github.mccache.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.openjdk.jmh.Main;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs the JMH benchmarks that the command line of JMH names, with one thread and with two unless
 * it says how many, and prints the results as Markdown.
 */
public final class BenchmarkRun {

  private static final List<Integer> THREADS = List.of(1, 2);

  /** What is worth dividing by what, where both were measured. */
  private static final List<Ratio> RATIOS =
      List.of(
          new Ratio("mccache by reference", "caffeine by reference"),
          new Ratio("mccache by value", "caffeine by value"),
          new Ratio("alone", "not clustered"),
          new Ratio("one other", "not clustered"));

  private final List<RunResult> results = new ArrayList<>();

  private BenchmarkRun() {}

  /** Takes the arguments of {@code org.openjdk.jmh.Main}. */
  public static void main(String[] arguments)
      throws CommandLineOptionException, RunnerException, IOException {
    CommandLineOptions options = new CommandLineOptions(arguments);
    if (options.shouldHelp()
        || options.shouldList()
        || options.shouldListProfilers()
        || options.shouldListResultFormats()) {
      Main.main(arguments);
      return;
    }
    BenchmarkRun run = new BenchmarkRun();
    for (int threads :
        options.getThreads().hasValue() ? List.of(options.getThreads().get()) : THREADS) {
      run.results.addAll(
          new Runner(new OptionsBuilder().parent(options).threads(threads).build()).run());
    }
    run.print();
  }

  private void print() {
    System.out.printf("%nMillions of operations per second, all threads together. ");
    System.out.printf("%s.%n%n", Surroundings.describe());
    for (Map.Entry<String, List<RunResult>> group : byClass().entrySet()) {
      System.out.println("### " + group.getKey() + "\n\n" + table(group.getValue()));
    }
  }

  private Map<String, List<RunResult>> byClass() {
    return results.stream()
        .collect(
            Collectors.groupingBy(
                result -> words(result.getParams().getBenchmark())[0],
                LinkedHashMap::new,
                Collectors.toList()));
  }

  /** One row per operation and number of threads, one column per variant. */
  private static String table(Collection<RunResult> results) {
    Set<String> varying = varying(results);
    Map<List<String>, Map<String, Result<?>>> rows = new LinkedHashMap<>();
    Set<String> variants = new LinkedHashSet<>();
    for (RunResult result : results) {
      BenchmarkParams params = result.getParams();
      String variant = variant(params, varying);
      variants.add(variant);
      rows.computeIfAbsent(
              List.of(words(params.getBenchmark())[1], String.valueOf(params.getThreads())),
              row -> new HashMap<>())
          .put(variant, result.getPrimaryResult());
    }
    List<Ratio> ratios = RATIOS.stream().filter(ratio -> ratio.isAmong(variants)).toList();
    List<String> heads = new ArrayList<>(List.of("operation", "threads"));
    heads.addAll(variants);
    ratios.forEach(ratio -> heads.add(ratio.head()));
    MarkdownTable table = new MarkdownTable(heads);
    rows.forEach(
        (row, scores) -> {
          List<String> cells = new ArrayList<>(row);
          variants.forEach(variant -> cells.add(cell(scores.get(variant))));
          ratios.forEach(ratio -> cells.add(ratio.cell(scores)));
          table.add(cells);
        });
    return table.toString();
  }

  /** Returns the parameters that do not have one value for all. */
  private static Set<String> varying(Collection<RunResult> results) {
    Map<String, Set<String>> values = new TreeMap<>();
    for (RunResult result : results) {
      BenchmarkParams params = result.getParams();
      params
          .getParamsKeys()
          .forEach(
              key -> values.computeIfAbsent(key, k -> new HashSet<>()).add(params.getParam(key)));
    }
    values.values().removeIf(different -> different.size() == 1);
    return values.keySet();
  }

  private static String variant(BenchmarkParams params, Set<String> varying) {
    return varying.stream()
        .map(key -> params.getParam(key).toLowerCase(Locale.ROOT).replace('_', ' '))
        .collect(Collectors.joining(", "));
  }

  private static String cell(Result<?> result) {
    return result == null
        ? ""
        : String.format(Locale.ROOT, "%.2f ± %.2f", result.getScore(), result.getScoreError());
  }

  /** One variant as a multiple of another in the same run. */
  private record Ratio(String variant, String of) {

    boolean isAmong(Set<String> variants) {
      return variants.contains(variant) && variants.contains(of);
    }

    String head() {
      return variant + " / " + of;
    }

    String cell(Map<String, Result<?>> scores) {
      Result<?> over = scores.get(variant);
      Result<?> under = scores.get(of);
      return over == null || under == null
          ? ""
          : String.format(Locale.ROOT, "%.2f", over.getScore() / under.getScore());
    }
  }

  /** Returns the simple name of the class and the name of the method. */
  private static String[] words(String benchmark) {
    String[] words = benchmark.split("\\.");
    return new String[] {words[words.length - 2], words[words.length - 1]};
  }
}
