package io.github.mccache.cli;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A {@link DemoMember} in a JVM of its own, as the {@link Demo} sees it. */
final class DemoProcess implements AutoCloseable {

  private static final long CLOSE_SECONDS = 5;

  private final String name;
  private final Process process;
  private final Writer commands;
  private final BlockingQueue<Report> reports = new LinkedBlockingQueue<>();

  /**
   * What a member said.
   *
   * @param micros when, in microseconds since the epoch
   * @param words what
   */
  record Report(long micros, String words) {}

  /**
   * How a command went.
   *
   * @param begunMicros when the member began with it, in microseconds since the epoch
   * @param result what it gave, empty for nothing
   */
  record Done(long begunMicros, String result) {}

  private DemoProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    this.commands = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    Thread reader = new Thread(this::read, "demo-reader-" + name);
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts a member with this JVM's Java and class path; system properties say which cluster. */
  static DemoProcess start(String name, List<String> systemProperties) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx128m");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    command.addAll(systemProperties);
    command.add("-Dmccache.node-name=" + name);
    command.add("-cp");
    command.add(absolute(System.getProperty("java.class.path")));
    command.add(DemoMember.class.getName());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    return new DemoProcess(name, process);
  }

  private static String absolute(String classPath) {
    return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
        .splitAsStream(classPath)
        .map(part -> Path.of(part).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  String name() {
    return name;
  }

  private void read() {
    try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        int space = line.indexOf(' ');
        reports.add(
            new Report(Long.parseLong(line.substring(0, space)), line.substring(space + 1)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void send(String command) throws IOException {
    commands.write(command + "\n");
    commands.flush();
  }

  /**
   * Returns the next report that begins with these words; those before it are dropped.
   *
   * @throws IOException if it does not come in time
   */
  Report await(String beginning, long timeoutMillis) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    while (true) {
      Report report = reports.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (report == null) {
        throw new IOException(
            name
                + " did not say \""
                + beginning
                + "\" within "
                + timeoutMillis
                + " ms"
                + (process.isAlive() ? "" : "; it has ended with status " + process.exitValue()));
      }
      if (report.words().startsWith(beginning)) {
        return report;
      }
    }
  }

  /** Returns how a command went that was sent before. */
  Done awaitDone(String command, long timeoutMillis) throws IOException, InterruptedException {
    String beginning = "done " + command + " ";
    String words = await(beginning, timeoutMillis).words().substring(beginning.length());
    int space = words.indexOf(' ');
    return new Done(Long.parseLong(words.substring(0, space)), words.substring(space + 1));
  }

  /** Ends the member's input, upon which it leaves; ends the process if it does not. */
  @Override
  public void close() {
    try {
      commands.close();
      if (!process.waitFor(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
