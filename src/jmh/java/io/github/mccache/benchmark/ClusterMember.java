package io.github.mccache.benchmark;

import io.github.mccache.api.EntryMetadata;
import io.github.mccache.api.McCache;
import io.github.mccache.api.Mode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * One member in a JVM of its own: does what it is told on standard input, line by line, and answers
 * each line with one line on standard output that begins with {@value MemberProcess#ANSWER} and the
 * same word. Ends when its input does.
 */
final class ClusterMember {

  /** How many keys all members write to. */
  static final int CHANGED_KEYS = 1_000;

  private static final long JOIN_MILLIS = 15_000;
  private static final int PUTS_PER_LOOK_AT_THE_CLOCK = 64;

  private final SharedCaches caches;
  private Runnable stopAnswering = () -> {};

  private ClusterMember(SharedCaches caches) {
    this.caches = caches;
  }

  /** Runs until standard input ends. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    SharedCaches caches = SharedCaches.open(new Properties(), Mode.REPLICATE);
    PrintStream out = System.out;
    try {
      out.println(MemberProcess.ANSWER + "ready");
      ClusterMember member = new ClusterMember(caches);
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        List<String> words = List.of(line.split(" "));
        out.println(MemberProcess.ANSWER + words.get(0) + " " + member.obey(words));
      }
    } finally {
      caches.manager().close();
    }
  }

  private String obey(List<String> words) throws IOException, InterruptedException {
    return switch (words.get(0)) {
      case "join" -> {
        caches.awaitMembers(Integer.parseInt(words.get(1)), JOIN_MILLIS);
        yield "";
      }
      case "answer" -> {
        stopAnswering = new Rally(caches.visibility()).answer(sight(words.get(1)));
        yield "";
      }
      case "stop" -> {
        stopAnswering.run();
        yield "";
      }
      case "play" ->
          play(sight(words.get(1)), Integer.parseInt(words.get(2)), Integer.parseInt(words.get(3)));
      case "write" -> write(Integer.parseInt(words.get(1)), Long.parseLong(words.get(2)));
      case "figures" ->
          caches.figures().entrySet().stream()
              .map(figure -> figure.getKey() + "=" + figure.getValue())
              .collect(Collectors.joining(" "));
      case "checksum" -> caches.changes().checksum().toString();
      case "versions" -> versions();
      default -> throw new IllegalArgumentException("unknown command " + words.get(0));
    };
  }

  private static Rally.Sight sight(String word) {
    return Rally.Sight.valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** Returns the number of rounds, of lost ones, and p50, p99, p99.9 and maximum in nanoseconds. */
  private String play(Rally.Sight sight, int warmUpSeconds, int seconds)
      throws InterruptedException {
    Rally.Result result = new Rally(caches.visibility()).play(sight, warmUpSeconds, seconds);
    Histogram nanos = result.roundTripNanos();
    return String.format(
        "%d %d %d %d %d %d",
        nanos.getTotalCount(),
        result.lost(),
        nanos.getValueAtPercentile(50),
        nanos.getValueAtPercentile(99),
        nanos.getValueAtPercentile(99.9),
        nanos.getMaxValue());
  }

  /** Puts as fast as it can; returns how often and in how many nanoseconds. */
  private String write(int seconds, long seed) {
    McCache<String, String> cache = caches.changes();
    String[] keys = Workload.keys("key", CHANGED_KEYS);
    String[] values = Workload.values(seed);
    SplittableRandom random = new SplittableRandom(seed);
    long begun = System.nanoTime();
    long end = begun + TimeUnit.SECONDS.toNanos(seconds);
    long puts = 0;
    while (System.nanoTime() - end < 0) {
      for (int i = 0; i < PUTS_PER_LOOK_AT_THE_CLOCK; i++) {
        cache.put(keys[random.nextInt(keys.length)], values[(int) (puts++ % values.length)]);
      }
    }
    return puts + " " + (System.nanoTime() - begun);
  }

  /** Returns the version of every key that is here. */
  private String versions() {
    McCache<String, String> cache = caches.changes();
    return cache.keys().stream()
        .map(key -> key + "=" + cache.metadata(key).map(EntryMetadata::version).orElse(null))
        .map(text -> text.replace(" ", ""))
        .collect(Collectors.joining(" "));
  }
}
