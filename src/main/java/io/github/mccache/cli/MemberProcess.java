package io.github.mccache.cli;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A member in a JVM of its own, which is told what to do line by line on its standard input and
 * answers line by line on its standard output. It ends when it is closed, or when this JVM does.
 * For one thread.
 */
final class MemberProcess implements AutoCloseable {

  private static final long CLOSE_SECONDS = 5;

  private final String name;
  private final Process process;
  private final Writer commands;
  private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();

  private MemberProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    this.commands = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    Thread reader = new Thread(this::read, "reader-" + name);
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts a small JVM with this one's Java and class path.
   *
   * @param name the label of the member
   * @param main runs in it
   * @param systemProperties as {@code -D…=…}; they say which cluster
   * @param arguments for {@code main}
   */
  static MemberProcess start(
      String name, Class<?> main, List<String> systemProperties, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx128m");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    command.addAll(systemProperties);
    command.add("-Dmccache.node-name=" + name);
    command.add("-cp");
    command.add(absolute(System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    return new MemberProcess(name, process);
  }

  private static String absolute(String classPath) {
    return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
        .splitAsStream(classPath)
        .map(part -> Path.of(part).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private void read() {
    try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        lines.add(Optional.of(line));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lines.add(Optional.empty());
    }
  }

  String name() {
    return name;
  }

  /** Returns how much processor time it has used, zero where that cannot be known. */
  Duration processorTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  void send(String command) throws IOException {
    commands.write(command + "\n");
    commands.flush();
  }

  /**
   * Returns the next line that is wanted; those before it are dropped.
   *
   * @param expected what is waited for, for the message of the exception
   * @throws IOException if it does not come in time, or the process ends
   */
  String await(Predicate<String> wanted, String expected, long timeoutMillis)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    while (true) {
      Optional<String> line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (line == null || line.isEmpty()) {
        throw new IOException(name + " did not say \"" + expected + "\" " + reason(timeoutMillis));
      }
      if (wanted.test(line.get())) {
        return line.get();
      }
    }
  }

  private String reason(long timeoutMillis) throws InterruptedException {
    return "within "
        + timeoutMillis
        + " ms"
        + (process.waitFor(100, TimeUnit.MILLISECONDS)
            ? "; it has ended with status " + process.exitValue()
            : "");
  }

  /** Ends the member's input, upon which it leaves; {@link #close} waits for that. */
  void endInput() {
    try {
      commands.close();
    } catch (IOException e) {
      process.destroyForcibly();
    }
  }

  /** Ends the member's input, upon which it leaves; ends the process if it does not. */
  @Override
  public void close() {
    endInput();
    try {
      if (!process.waitFor(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
