package io.github.mccache.cli;

import java.io.IOException;
import java.util.List;

/** A {@link DemoMember} in a JVM of its own, as the {@link Demo} sees it. */
final class DemoProcess implements AutoCloseable {

  private final MemberProcess process;

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

  private DemoProcess(MemberProcess process) {
    this.process = process;
  }

  /** Starts a member with this JVM's Java and class path; system properties say which cluster. */
  static DemoProcess start(String name, List<String> systemProperties) throws IOException {
    return new DemoProcess(
        MemberProcess.start(name, DemoMember.class, systemProperties, List.of()));
  }

  String name() {
    return process.name();
  }

  void send(String command) throws IOException {
    process.send(command);
  }

  /**
   * Returns the next report that begins with these words; those before it are dropped.
   *
   * @throws IOException if it does not come in time
   */
  Report await(String beginning, long timeoutMillis) throws IOException, InterruptedException {
    String line =
        process.await(said -> words(said).startsWith(beginning), beginning, timeoutMillis);
    return new Report(Long.parseLong(line.substring(0, line.indexOf(' '))), words(line));
  }

  private static String words(String line) {
    return line.substring(line.indexOf(' ') + 1);
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
    process.close();
  }
}
