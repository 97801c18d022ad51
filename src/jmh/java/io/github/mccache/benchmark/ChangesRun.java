package io.github.mccache.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How many changes members can make at once, each in a JVM of its own and all on the same {@value
 * ClusterMember#CHANGED_KEYS} keys; and which keys still differ {@link #SETTLE_MILLIS} after that,
 * because an overloaded machine may take longer to repair what it lost.
 */
final class ChangesRun {

  private static final long SETTLE_MILLIS = 5_000;
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final List<MemberProcess> members;
  private final int port;
  private final int warmUpSeconds;
  private final int seconds;
  private final MarkdownTable table = new MarkdownTable(List.of("figure", "value"));

  ChangesRun(List<MemberProcess> members, int port, int warmUpSeconds, int seconds) {
    this.members = members;
    this.port = port;
    this.warmUpSeconds = warmUpSeconds;
    this.seconds = seconds;
  }

  MarkdownTable run() throws IOException, InterruptedException {
    write(warmUpSeconds);
    settle();
    Figures before = figures();
    OptionalLong dropsBefore = KernelDrops.ofPort(port);
    Written written = write(seconds);
    Figures atEnd = figures().minus(before);
    long settledMillis = settle();
    Figures settled = figures().minus(before);
    OptionalLong drops = KernelDrops.ofPort(port);

    reportRates(written, atEnd);
    reportCosts(settled);
    reportLosses(settled, drops.isPresent() ? drops.getAsLong() - dropsBefore.orElse(0) : -1);
    reportDifferences(settledMillis);
    return table;
  }

  // ---- what is done ----

  /**
   * What the members did.
   *
   * @param puts of all of them
   * @param seconds how long the slowest one took
   */
  private record Written(long puts, double seconds) {}

  private Written write(int forSeconds) throws IOException, InterruptedException {
    int seed = 1;
    for (MemberProcess member : members) {
      member.send("write " + forSeconds + " " + seed++);
    }
    long puts = 0;
    long nanos = 0;
    long timeout = TimeUnit.SECONDS.toMillis(forSeconds) + ClusterRun.ANSWER_MILLIS;
    for (MemberProcess member : members) {
      String[] words = member.await("write", timeout).split(" ");
      puts += Long.parseLong(words[0]);
      nanos = Math.max(nanos, Long.parseLong(words[1]));
    }
    return new Written(puts, nanos / 1e9);
  }

  /** Returns after how many milliseconds all checksums were equal, -1 if they did not become so. */
  private long settle() throws IOException, InterruptedException {
    long begun = System.nanoTime();
    long end = begun + TimeUnit.MILLISECONDS.toNanos(SETTLE_MILLIS);
    while (System.nanoTime() - end < 0) {
      long asked = System.nanoTime();
      if (new HashSet<>(ask("checksum")).size() == 1) {
        return TimeUnit.NANOSECONDS.toMillis(asked - begun);
      }
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
    return -1;
  }

  /** Asks all members at once. */
  private List<String> ask(String command) throws IOException, InterruptedException {
    for (MemberProcess member : members) {
      member.send(command);
    }
    List<String> answers = new ArrayList<>();
    for (MemberProcess member : members) {
      answers.add(member.await(command, ClusterRun.ANSWER_MILLIS));
    }
    return answers;
  }

  private Figures figures() throws IOException, InterruptedException {
    Figures sum = new Figures(new TreeMap<>());
    for (String answer : ask("figures")) {
      pairs(answer).forEach((name, text) -> sum.counts.merge(name, Long.valueOf(text), Long::sum));
    }
    return sum;
  }

  private static Map<String, String> pairs(String text) {
    Map<String, String> pairs = new HashMap<>();
    Arrays.stream(text.split(" "))
        .map(pair -> pair.split("=", 2))
        .filter(pair -> pair.length == 2)
        .forEach(pair -> pairs.put(pair[0], pair[1]));
    return pairs;
  }

  /** What the members have counted, summed up. */
  private record Figures(Map<String, Long> counts) {

    Figures minus(Figures before) {
      Map<String, Long> difference = new TreeMap<>(counts);
      before.counts.forEach((name, count) -> difference.merge(name, -count, Long::sum));
      return new Figures(difference);
    }

    long get(String name) {
      return counts.getOrDefault(name, 0L);
    }
  }

  // ---- what is reported ----

  private void reportRates(Written written, Figures figures) {
    double time = written.seconds();
    add("puts per second, all members", "%,.0f", written.puts() / time);
    long sent = figures.get("changes-sent");
    add("changes sent per second, all members", "%,.0f", sent / time);
    add("changes sent per put (conflation)", "%.3f", (double) sent / written.puts());
    add(
        "changes received per second, all members",
        "%,.0f",
        figures.get("changes-received") / time);
    add("of these applied", "%,.0f", figures.get("outcome-APPLIED") / time);
    add("of these older than what was there", "%,.0f", figures.get("outcome-DROPPED") / time);
    add(
        "of these left to the thread that held the key",
        "%,.0f",
        figures.get("outcome-DEFERRED") / time);
    add("datagrams sent per second, all members", "%,.0f", figures.get("datagrams-sent") / time);
  }

  private void reportCosts(Figures figures) {
    double changes = Math.max(1, figures.get("changes-sent"));
    add("changes per datagram", "%.1f", changes / Math.max(1, figures.get("datagrams-sent")));
    add("bytes of UDP payload per change", "%.0f", figures.get("bytes-sent") / changes);
  }

  private void reportLosses(Figures figures, long kernelDrops) {
    long expected = figures.get("datagrams-sent") * (members.size() - 1);
    long missing = expected - figures.get("datagrams-received");
    add("datagrams that should have come", "%,d", expected);
    add("never received", "%,d", missing);
    table.add(
        List.of(
            "dropped by the kernel, own ones included",
            kernelDrops < 0 ? "unknown" : String.format(Locale.ROOT, "%,d", kernelDrops)));
    add("received and dropped at the inbox", "%,d", figures.get("inbox-drops"));
  }

  private void reportDifferences(long settledMillis) throws IOException, InterruptedException {
    if (settledMillis >= 0) {
      add("all checksums equal after", "%,d ms", settledMillis);
      return;
    }
    table.add(List.of("all checksums equal after", "not in " + SETTLE_MILLIS + " ms"));
    List<Map<String, String>> versions = ask("versions").stream().map(ChangesRun::pairs).toList();
    Set<String> keys = new HashSet<>();
    versions.forEach(version -> keys.addAll(version.keySet()));
    long missing =
        keys.stream().filter(key -> versions.stream().anyMatch(v -> !v.containsKey(key))).count();
    long unequal =
        keys.stream()
            .filter(key -> versions.stream().map(v -> v.get(key)).distinct().count() > 1)
            .count();
    add("keys of " + keys.size() + " that are missing somewhere", "%,d", missing);
    add("keys of " + keys.size() + " with different versions", "%,d", unequal - missing);
  }

  private void add(String figure, String format, Object value) {
    table.add(List.of(figure, String.format(Locale.ROOT, format, value)));
  }
}
