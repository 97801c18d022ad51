package io.github.mccache.examples.shop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The application in a JVM of its own. */
final class Instance implements AutoCloseable {

  /** What it said to a command, and how often it has read the database until then. */
  record Answer(String text, int reads) {}

  private static final Pattern ANSWER = Pattern.compile("answer: (.*), after (\\d+) reads");

  private final List<String> output = new ArrayList<>();
  private final Process process;
  private final BufferedReader lines;
  private final PrintWriter commands;

  /** Starts it and returns before it is ready. */
  Instance(String cluster, int port) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Shop.class.getName());
    builder.environment().put("MCCACHE_CLUSTER_NAME", cluster);
    builder.environment().put("MCCACHE_CLUSTER_MULTICAST_PORT", String.valueOf(port));
    process = builder.redirectErrorStream(true).start();
    lines = process.inputReader(StandardCharsets.UTF_8);
    commands = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
  }

  /** Waits until it is ready, and returns what it is. */
  String ready() {
    return next("ready: ");
  }

  Answer ask(String command) {
    commands.println(command);
    Matcher answer = ANSWER.matcher(next("answer: "));
    if (!answer.matches()) {
      throw new AssertionError("no answer to " + command + ":\n" + String.join("\n", output));
    }
    return new Answer(answer.group(1), Integer.parseInt(answer.group(2)));
  }

  private String next(String beginning) {
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.add(line);
        if (line.startsWith(beginning)) {
          return line;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new AssertionError("it has ended:\n" + String.join("\n", output));
  }

  String output() {
    return String.join("\n", output);
  }

  @Override
  public void close() {
    commands.close();
    process.destroy();
  }
}
