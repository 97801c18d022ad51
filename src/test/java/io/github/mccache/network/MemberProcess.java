package io.github.mccache.network;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A {@link NetworkMember} in a JVM of its own, on a host of its own. Thread-safe. */
final class MemberProcess implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 60;
  private static final long CLOSE_SECONDS = 5;
  private static final Path LOGS = Path.of("target", "network");

  /** An answer that is not complete yet. */
  private record Pending(List<String> lines, CompletableFuture<Answer> complete) {}

  /** What a member answered. */
  record Answer(List<String> lines, String result) {}

  private final String name;
  private final Path log;
  private final Process process;
  private final Writer commands;
  private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
  private final CompletableFuture<Long> ready = new CompletableFuture<>();
  private long lastNumber; // guarded by this

  private MemberProcess(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
    this.commands = process.outputWriter(StandardCharsets.UTF_8);
    Thread reader = new Thread(this::read, "reader-" + name);
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts a member and does not wait for it.
   *
   * @param classPathStart what comes before the class path of the tests
   */
  static MemberProcess start(
      String name, String namespace, List<String> classPathStart, List<String> systemProperties) {
    List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.add("-Dmccache.node-name=" + name);
    command.add("-Dorg.slf4j.simpleLogger.logFile=System.err");
    command.addAll(systemProperties);
    List<String> classPath = new ArrayList<>(classPathStart);
    classPath.add(System.getProperty("java.class.path"));
    command.addAll(List.of("-cp", String.join(":", classPath), NetworkMember.class.getName()));
    try {
      Files.createDirectories(LOGS);
      Path log = LOGS.resolve(namespace + ".log");
      return new MemberProcess(
          name,
          log,
          new ProcessBuilder(command)
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String name() {
    return name;
  }

  /** Returns what it, and whatever ran on its host before it, has logged up to now. */
  List<String> log() {
    try {
      return Files.readAllLines(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.equals(NetworkMember.READY)) {
          ready.complete(System.nanoTime());
        } else {
          take(line);
        }
      }
    } catch (IOException e) {
      // a killed process's output ends like this
    }
    IllegalStateException gone = new IllegalStateException(name + " has ended");
    ready.completeExceptionally(gone);
    pending.values().forEach(answer -> answer.complete.completeExceptionally(gone));
  }

  private void take(String line) {
    String[] words = line.split(" ", 3);
    Long number = Long.valueOf(words[0]);
    if (words[1].equals("+")) {
      pending.get(number).lines.add(words[2]);
      return;
    }
    Pending answered = pending.remove(number);
    if (words[1].equals("ok")) {
      answered.complete.complete(new Answer(answered.lines, words[2]));
    } else {
      answered.complete.completeExceptionally(new IllegalStateException(name + ": " + line));
    }
  }

  /** Waits until it has opened its cache and returns when that was, by this JVM's clock. */
  long awaitReady() {
    return get(ready);
  }

  /** Has something done and waits for the answer's last line. */
  String ask(String command) {
    return get(send(command)).result;
  }

  /** Has something done and waits for all the lines of the answer. */
  List<String> lines(String command) {
    return get(send(command)).lines;
  }

  /** Has something done. */
  synchronized CompletableFuture<Answer> send(String command) {
    long number = ++lastNumber;
    Pending answer = new Pending(new ArrayList<>(), new CompletableFuture<>());
    pending.put(number, answer);
    try {
      commands.write(number + " " + command + "\n");
      commands.flush();
    } catch (IOException e) {
      answer.complete.completeExceptionally(e);
    }
    return answer.complete;
  }

  /** Waits for an answer. */
  static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          "a member does not answer; the logs are in " + LOGS.toAbsolutePath(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Ends it at once, as {@code kill -9}. */
  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** Stops it until {@link #resume}; afterwards none of its threads runs. */
  void pause() {
    signal("STOP");
    while (!Command.run("sh", "-c", "cat /proc/" + process.pid() + "/task/*/status")
        .lines()
        .filter(line -> line.startsWith("State:"))
        .allMatch(line -> line.contains("stopped"))) {
      Members.pass(1);
    }
  }

  /** Lets it run again. */
  void resume() {
    signal("CONT");
  }

  private void signal(String signal) {
    if (!process.isAlive()) {
      return;
    }
    Command.run("sh", "-c", "kill -" + signal + " " + process.pid());
  }

  /** Lets it leave; ends it if it does not. */
  @Override
  public void close() {
    try (commands) {
      commands.write("0 close\n");
    } catch (IOException e) {
      // it is gone
    }
    awaitEnd();
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor(CLOSE_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
