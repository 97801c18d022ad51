package io.github.mccache.benchmark;

import java.io.BufferedReader;
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

/**
 * A {@link ClusterMember} in a JVM of its own. It ends when it is closed, or when this JVM does.
 * For one thread.
 */
final class MemberProcess implements AutoCloseable {

  /** What a line that is an answer begins with. */
  static final String ANSWER = "> ";

  static final String LOG_ERRORS = "-Dorg.slf4j.simpleLogger.defaultLogLevel=error";
  static final String LOG_TO_TERMINAL = "-Dorg.slf4j.simpleLogger.logFile=System.err";

  private static final String MORE_ARGUMENTS = "benchmark.member-arguments";
  private static final long CLOSE_SECONDS = 5;

  private final String name;
  private final Process process;
  private final Writer commands;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

  private MemberProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    this.commands = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    Thread reader = new Thread(this::read, "reader-" + name);
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts a member with this JVM's Java and class path; it says {@code ready} when it is. */
  static MemberProcess start(String name, LoopbackCluster cluster) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    command.add(LOG_ERRORS);
    command.add(LOG_TO_TERMINAL);
    command.addAll(cluster.asJvmArguments());
    command.add("-Dmccache.node-name=" + name);
    command.addAll(moreArguments(name));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(ClusterMember.class.getName());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    return new MemberProcess(name, process);
  }

  /** Returns what a profiler wants to be given; {@code %n} stands for the name of the member. */
  private static List<String> moreArguments(String name) {
    String given = System.getProperty(MORE_ARGUMENTS, "").trim();
    return given.isEmpty() ? List.of() : List.of(given.replace("%n", name).split("\\s+"));
  }

  private void read() {
    try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith(ANSWER)) { // a profiler may have its say on the same stream
          answers.add(line.substring(ANSWER.length()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String name() {
    return name;
  }

  void send(String command) throws IOException {
    commands.write(command + "\n");
    commands.flush();
  }

  /**
   * Returns the rest of the next answer, which must begin with this word.
   *
   * @throws IOException if it does not come in time, or is another one
   */
  String await(String word, long timeoutMillis) throws IOException, InterruptedException {
    String answer = answers.poll(timeoutMillis, TimeUnit.MILLISECONDS);
    if (answer == null || !(answer + " ").startsWith(word + " ")) {
      throw new IOException(
          name
              + " said "
              + (answer == null ? "nothing" : "\"" + answer + "\"")
              + " where \""
              + word
              + "\" was expected"
              + (process.isAlive() ? "" : "; it has ended with status " + process.exitValue()));
    }
    return answer.substring(word.length()).trim();
  }

  /** Ends the member's input, upon which it leaves; ends its process if it does not. */
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
