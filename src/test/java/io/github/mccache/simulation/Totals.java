package io.github.mccache.simulation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What many seeds come to. */
final class Totals {

  private final Map<String, Long> highest = new TreeMap<>();
  private final Map<String, Long> messages = new TreeMap<>();
  private final Map<String, Integer> failures = new TreeMap<>();
  private final List<Long> convergenceMillis = new ArrayList<>();
  private long seeds;
  private long virtualNanos;
  private long memberNanos;
  private long bytes;
  private long datagrams;
  private long operations;
  private long acknowledged;
  private long quietBytes;
  private long quietMemberNanos;

  void add(Seed seed) {
    seeds++;
    if (seed.isFailed()) {
      failures.merge(seed.what(), 1, Integer::sum);
    }
    Observations seen = seed.observations();
    if (seen == null) {
      return;
    }
    virtualNanos += seen.virtualNanos();
    memberNanos += seen.memberNanos();
    bytes += seen.bytes();
    datagrams += seen.datagrams();
    operations += seen.operations();
    acknowledged += seen.acknowledgedWrites();
    quietBytes += seen.quietBytes();
    quietMemberNanos += seen.quietMemberNanos();
    seen.highest().forEach((what, size) -> highest.merge(what, size, Math::max));
    seen.messages().forEach((what, sent) -> messages.merge(what, sent, Long::sum));
    seen.convergenceNanos().forEach(nanos -> convergenceMillis.add(nanos / Scenario.MILLISECOND));
  }

  long seeds() {
    return seeds;
  }

  double virtualHours() {
    return virtualNanos / 3_600e9;
  }

  Map<String, Integer> failures() {
    return failures;
  }

  /** Returns how many operations all members together did in a second of virtual time. */
  double operationsPerSecond() {
    return operations / Math.max(1, virtualNanos / 1e9);
  }

  double datagramsPerMemberSecond() {
    return datagrams / memberSeconds();
  }

  double bytesPerMemberSecond() {
    return bytes / memberSeconds();
  }

  /** Returns what a member sent in a second without writes in which nothing was missing. */
  double quietBytesPerMemberSecond() {
    return quietBytes / Math.max(1, quietMemberNanos / 1e9);
  }

  private double memberSeconds() {
    return Math.max(1, memberNanos / 1e9);
  }

  /** Returns the largest that was seen at one member, by what it is. */
  Map<String, Long> highest() {
    return highest;
  }

  /** Returns how often it was measured how long it took to agree. */
  int convergences() {
    return convergenceMillis.size();
  }

  long convergencePercentile(int percent) {
    if (convergenceMillis.isEmpty()) {
      return 0;
    }
    List<Long> sorted = new ArrayList<>(convergenceMillis);
    Collections.sort(sorted);
    return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
  }

  /** Returns one line for the documentation's tools. */
  String json(int members) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "{\"members\": %d, \"seeds\": %d, \"hours\": %.2f, \"operations\": %d,"
                + " \"failures\": %d, \"datagramsPerMemberSecond\": %.2f,"
                + " \"bytesPerMemberSecond\": %.1f, \"quietBytesPerMemberSecond\": %.1f,"
                + " \"convergenceMillis\": {",
            members,
            seeds,
            virtualHours(),
            operations,
            failures.values().stream().mapToInt(Integer::intValue).sum(),
            datagramsPerMemberSecond(),
            bytesPerMemberSecond(),
            quietBytesPerMemberSecond()));
    for (int percent : new int[] {50, 90, 99, 100}) {
      text.append(percent == 50 ? "" : ", ")
          .append('"')
          .append(percent)
          .append("\": ")
          .append(convergencePercentile(percent));
    }
    text.append("}, \"largest\": {");
    String separator = "";
    for (Map.Entry<String, Long> one : highest.entrySet()) {
      text.append(separator).append('"').append(one.getKey()).append("\": ").append(one.getValue());
      separator = ", ";
    }
    return text.append("}}").toString();
  }

  /** Returns one line for people. */
  String line() {
    return String.format(
        Locale.ROOT,
        "%d seeds, %.1f virtual hours, %d operations, %d of them acknowledged, failures %s, per"
            + " member %.1f datagrams/s and %.0f bytes/s, agreed after %d / %d / %d ms (median, 99"
            + " %%, most), largest %s, messages %s",
        seeds,
        virtualHours(),
        operations,
        acknowledged,
        failures,
        datagramsPerMemberSecond(),
        bytesPerMemberSecond(),
        convergencePercentile(50),
        convergencePercentile(99),
        convergencePercentile(100),
        highest,
        messages);
  }
}
