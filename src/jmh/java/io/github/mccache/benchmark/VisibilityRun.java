package io.github.mccache.benchmark;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * How long it takes from the call of {@code put} in one JVM until another one sees the value, by a
 * {@link Rally} of the first two members.
 */
final class VisibilityRun {

  private final MemberProcess player;
  private final MemberProcess answerer;
  private final int warmUpSeconds;
  private final int seconds;

  VisibilityRun(List<MemberProcess> members, int warmUpSeconds, int seconds) {
    this.player = members.get(0);
    this.answerer = members.get(1);
    this.warmUpSeconds = warmUpSeconds;
    this.seconds = seconds;
  }

  MarkdownTable run() throws IOException, InterruptedException {
    MarkdownTable table =
        new MarkdownTable(
            List.of(
                "seen by",
                "half a round trip: p50",
                "p99",
                "p99.9",
                "max",
                "whole round trip: p50",
                "p99",
                "rounds",
                "lost"));
    table.add(row("polling `get`", Rally.Sight.POLLING));
    table.add(row("a listener", Rally.Sight.LISTENER));
    return table;
  }

  private List<String> row(String name, Rally.Sight sight)
      throws IOException, InterruptedException {
    String how = sight.name().toLowerCase(Locale.ROOT);
    order(answerer, "answer " + how);
    player.send("play " + how + " " + warmUpSeconds + " " + seconds);
    long[] played = numbers(player.await("play", millis()));
    order(answerer, "stop");
    return List.of(
        name,
        micros(played[2] / 2),
        micros(played[3] / 2),
        micros(played[4] / 2),
        micros(played[5] / 2),
        micros(played[2]),
        micros(played[3]),
        String.valueOf(played[0]),
        String.valueOf(played[1]));
  }

  private static void order(MemberProcess member, String command)
      throws IOException, InterruptedException {
    member.send(command);
    member.await(command.split(" ")[0], ClusterRun.ANSWER_MILLIS);
  }

  private long millis() {
    return TimeUnit.SECONDS.toMillis(warmUpSeconds + seconds) + ClusterRun.ANSWER_MILLIS;
  }

  private static long[] numbers(String text) {
    return Arrays.stream(text.split(" ")).mapToLong(Long::parseLong).toArray();
  }

  private static String micros(long nanos) {
    return String.format(Locale.ROOT, "%,d µs", TimeUnit.NANOSECONDS.toMicros(nanos));
  }
}
