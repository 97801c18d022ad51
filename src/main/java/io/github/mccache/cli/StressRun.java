package io.github.mccache.cli;

import io.github.mccache.cli.StressScore.Equality;
import java.io.IOException;
import java.io.PrintStream;
import java.net.DatagramSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One run of {@link Stress}: one aperture, with JVMs of its own. For one thread. */
final class StressRun implements AutoCloseable {

  private static final long START_MILLIS = 120_000;
  private static final long ANSWER_MILLIS = 60_000;
  private static final long START_TOGETHER_MICROS = 500_000;
  private static final Duration GIVE_UP = Duration.ofSeconds(60);
  private static final Duration STILL_EQUAL = Duration.ofSeconds(1);
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final StressOptions options;
  private final Aperture aperture;
  private final PrintStream out;
  private final List<MemberProcess> members = new ArrayList<>();

  /** Makes a run that has not begun. */
  StressRun(StressOptions options, Aperture aperture, PrintStream out) {
    this.options = options;
    this.aperture = aperture;
    this.out = out;
  }

  /** Starts the members, lets them work, and compares them. */
  StressScore score() throws IOException, InterruptedException {
    start();
    Figures before = figures();
    Duration processorBefore = processorTime();
    long begin = work();
    showProgress(before);
    long end = awaitEnd();
    Duration processorTime = processorTime().minus(processorBefore);
    Equality equality = awaitEquality(end);
    Figures figures = figures().minus(before);
    return new StressScore(
        aperture,
        options.lossPercent(),
        options.members(),
        micros(end - begin),
        figures,
        processorTime,
        equality,
        Comparison.ofDumps(ask("dump", ANSWER_MILLIS)));
  }

  private void start() throws IOException, InterruptedException {
    List<String> cluster =
        List.of(
            "-Dmccache.cluster.name=stress-" + ProcessHandle.current().pid(),
            "-Dmccache.cluster.multicast.port=" + freePort(),
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error");
    for (int number = 0; number < options.members(); number++) {
      StressMember.Arguments arguments =
          new StressMember.Arguments(
              number, options.keys(), aperture, options.lossPercent() / 100, options.seed());
      members.add(
          MemberProcess.start("member-" + number, StressMember.class, cluster, arguments.words()));
    }
    for (MemberProcess member : members) {
      answer(member, "ready", START_MILLIS);
    }
    ask("join " + (options.members() - 1), START_MILLIS);
  }

  /** A port that nobody has on this machine right now, so that two runs do not meet. */
  private static int freePort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      return socket.getLocalPort();
    }
  }

  /** Returns when the members begin, in microseconds of the epoch. */
  private long work() throws IOException, InterruptedException {
    long begin = StressWorkload.nowMicros() + START_TOGETHER_MICROS;
    ask("work " + begin + " " + options.duration().toNanos(), ANSWER_MILLIS);
    StressWorkload.awaitMicros(begin);
    return begin;
  }

  private void showProgress(Figures before) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    long total = options.duration().toNanos();
    for (long next = PROGRESS_NANOS; next < total; next += PROGRESS_NANOS) {
      LockSupport.parkNanos(begun + next - System.nanoTime());
      Figures figures = figures().minus(before);
      out.printf(
          Locale.ROOT,
          "aperture %s, %d s of %d: %,d operations, %,d changes sent, %,d of %,d datagrams lost on"
              + " purpose%n",
          aperture,
          TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun),
          options.duration().toSeconds(),
          figures.get(StressMember.OPERATIONS),
          figures.get(StressMember.CHANGES_SENT),
          figures.get(StressMember.DATAGRAMS_LOST),
          figures.get(StressMember.DATAGRAMS_ARRIVED));
    }
  }

  /** Returns when the last member was done, in microseconds of the epoch. */
  private long awaitEnd() throws IOException, InterruptedException {
    return ask("end", options.duration().toMillis() + ANSWER_MILLIS).stream()
        .mapToLong(Long::parseLong)
        .max()
        .orElseThrow();
  }

  private Equality awaitEquality(long endMicros) throws IOException, InterruptedException {
    Duration longest = Duration.ZERO;
    while (true) {
      long asked = System.nanoTime();
      boolean equal = isEqual();
      Duration after = micros(StressWorkload.nowMicros() - endMicros);
      Duration look = Duration.ofNanos(System.nanoTime() - asked);
      longest = look.compareTo(longest) > 0 ? look : longest;
      if (equal) {
        LockSupport.parkNanos(STILL_EQUAL.toNanos());
        return new Equality(true, after, longest, isEqual());
      }
      if (after.compareTo(GIVE_UP) > 0) {
        return new Equality(false, after, longest, false);
      }
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }

  private boolean isEqual() throws IOException, InterruptedException {
    return new HashSet<>(ask("checksum", ANSWER_MILLIS)).size() == 1;
  }

  private static Duration micros(long micros) {
    return Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros));
  }

  private Figures figures() throws IOException, InterruptedException {
    return ask("figures", ANSWER_MILLIS).stream()
        .map(Figures::parse)
        .reduce(Figures.NONE, Figures::plus);
  }

  private Duration processorTime() {
    return members.stream().map(MemberProcess::processorTime).reduce(Duration.ZERO, Duration::plus);
  }

  /** Asks all members at once and returns what each answers. */
  private List<String> ask(String command, long timeoutMillis)
      throws IOException, InterruptedException {
    for (MemberProcess member : members) {
      member.send(command);
    }
    String word = command.split(" ", -1)[0];
    List<String> answers = new ArrayList<>();
    for (MemberProcess member : members) {
      answers.add(answer(member, word, timeoutMillis));
    }
    return answers;
  }

  private static String answer(MemberProcess member, String word, long timeoutMillis)
      throws IOException, InterruptedException {
    String beginning = "done " + word;
    String line =
        member.await(
            said -> said.equals(beginning) || said.startsWith(beginning + " "),
            beginning,
            timeoutMillis);
    return line.substring(beginning.length()).trim();
  }

  /** Ends the members. */
  @Override
  public void close() {
    members.forEach(MemberProcess::endInput); // all leave at once
    members.forEach(MemberProcess::close);
  }
}
