package io.github.mccache.cli;

import static io.github.mccache.cli.StressMember.BYTES_SENT;
import static io.github.mccache.cli.StressMember.CATCH_UPS;
import static io.github.mccache.cli.StressMember.CHANGES_SENT;
import static io.github.mccache.cli.StressMember.DATAGRAMS_ARRIVED;
import static io.github.mccache.cli.StressMember.DATAGRAMS_LOST;
import static io.github.mccache.cli.StressMember.DATAGRAMS_SENT;
import static io.github.mccache.cli.StressMember.DELETED;
import static io.github.mccache.cli.StressMember.EVICTED;
import static io.github.mccache.cli.StressMember.FAILURES;
import static io.github.mccache.cli.StressMember.FRAMES_MISSING;
import static io.github.mccache.cli.StressMember.INBOX_DROPS;
import static io.github.mccache.cli.StressMember.INSERTED;
import static io.github.mccache.cli.StressMember.KERNEL_DROPS;
import static io.github.mccache.cli.StressMember.OPERATIONS;
import static io.github.mccache.cli.StressMember.REPAIRS_SENT;
import static io.github.mccache.cli.StressMember.REPAIR_REQUESTS;
import static io.github.mccache.cli.StressMember.UPDATED;
import static io.github.mccache.cli.StressMember.VOIDS_SENT;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a run of {@link Stress} came to. Immutable.
 *
 * @param aperture the pause around which the members waited
 * @param lossPercent what was to be lost
 * @param members how many there were
 * @param worked from the first operation to the last
 * @param figures of all members, from before the first operation until the members were compared
 * @param processorTime of all members while they worked
 * @param equality when they were equal
 * @param comparison of what they held in the end
 */
record StressScore(
    Aperture aperture,
    double lossPercent,
    int members,
    Duration worked,
    Figures figures,
    Duration processorTime,
    Equality equality,
    Comparison comparison) {

  /**
   * Whether and when members were equal.
   *
   * @param reached whether they were
   * @param after the last operation; if not reached, how long they were looked at
   * @param longestLook the most time that asking all members took: what {@code after} may be too
   *     long by
   * @param lasting whether they still were, a while later
   */
  record Equality(boolean reached, Duration after, Duration longestLook, boolean lasting) {}

  /** How far chance may take a share from its probability, in standard deviations. */
  private static final double DEVIATIONS = 6;

  private static final int KEYS_NAMED = 5;

  /** Returns how many operations changed something: those that found what they wanted. */
  long mutations() {
    return figures.get(INSERTED) + figures.get(UPDATED) + figures.get(DELETED);
  }

  /** Returns how many changes left the members that made them; several of a key may go as one. */
  long changesSent() {
    return figures.get(CHANGES_SENT);
  }

  double operationsPerSecond() {
    return perSecond(figures.get(OPERATIONS));
  }

  double mutationsPerSecond() {
    return perSecond(mutations());
  }

  double changesSentPerSecond() {
    return perSecond(changesSent());
  }

  private double perSecond(long count) {
    return count / seconds(worked);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  /** Returns bytes of UDP payload per change sent; a datagram to all counts once. */
  double bytesPerChange() {
    return share(figures.get(BYTES_SENT), changesSent());
  }

  /** Returns datagrams per change sent, heartbeats and repairs included. */
  double datagramsPerChange() {
    return share(figures.get(DATAGRAMS_SENT), changesSent());
  }

  /** Returns which part of the datagrams that arrived was lost on purpose, in per cent. */
  double lostPercent() {
    return 100 * share(figures.get(DATAGRAMS_LOST), figures.get(DATAGRAMS_ARRIVED));
  }

  /** Returns how many processors were busy on average. */
  double processors() {
    return seconds(processorTime) / seconds(worked);
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  /**
   * Returns what is wrong, one sentence each; empty when nothing is.
   *
   * @param limit how late members may become equal
   */
  List<String> problems(Duration limit) {
    List<String> problems = new ArrayList<>();
    if (!equality.reached()) {
      problems.add("the members were not equal " + millis(equality.after()) + " after the end");
    } else if (equality.after().compareTo(limit) > 0) {
      problems.add(
          "the members were equal "
              + millis(equality.after())
              + " after the end, later than "
              + millis(limit));
    }
    if (equality.reached() && !equality.lasting()) {
      problems.add("the members were equal, but did not stay so");
    }
    addKeys(problems, comparison.differing(), "differ");
    addKeys(problems, comparison.missing(), "are missing somewhere");
    if (figures.get(EVICTED) > 0) {
      problems.add(figures.get(EVICTED) + " entries were evicted, though there was room for all");
    }
    if (!isLossAsWanted()) {
      problems.add(
          String.format(
              Locale.ROOT,
              "%.2f %% were to be lost, but %.2f %% were",
              lossPercent,
              lostPercent()));
    }
    if (figures.get(FAILURES) > 0) {
      problems.add(figures.get(FAILURES) + " exceptions were thrown inside: see the log");
    }
    return problems;
  }

  private static void addKeys(List<String> problems, List<String> keys, String what) {
    if (!keys.isEmpty()) {
      problems.add(
          keys.size()
              + " keys "
              + what
              + ": "
              + String.join(", ", keys.subList(0, Math.min(KEYS_NAMED, keys.size())))
              + (keys.size() > KEYS_NAMED ? ", …" : ""));
    }
  }

  /** Whether the loss counted is what chance would make of the loss wanted. */
  private boolean isLossAsWanted() {
    long arrived = figures.get(DATAGRAMS_ARRIVED);
    double wanted = lossPercent / 100;
    double deviation = Math.sqrt(arrived * wanted * (1 - wanted));
    return arrived > 0
        && Math.abs(figures.get(DATAGRAMS_LOST) - arrived * wanted) <= DEVIATIONS * deviation + 1;
  }

  /** Returns the figures for people, in the order in which they are shown. */
  Map<String, String> rows() {
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("operations per second", number("%,.0f", operationsPerSecond()));
    rows.put("of these changes", number("%,.0f", mutationsPerSecond()));
    rows.put("changes sent per second", number("%,.0f", changesSentPerSecond()));
    rows.put(
        "equal after the end",
        equality.reached() ? millis(equality.after()) : "not in " + millis(equality.after()));
    rows.put("keys", number("%,d", comparison.keys()));
    rows.put("keys that differ", number("%,d", comparison.differing().size()));
    rows.put("keys missing somewhere", number("%,d", comparison.missing().size()));
    rows.put("entries evicted", number("%,d", figures.get(EVICTED)));
    rows.put("bytes per change sent", number("%,.1f", bytesPerChange()));
    rows.put("datagrams per change sent", number("%,.3f", datagramsPerChange()));
    rows.put("datagrams sent", number("%,d", figures.get(DATAGRAMS_SENT)));
    rows.put("datagrams arrived, all members", number("%,d", figures.get(DATAGRAMS_ARRIVED)));
    rows.put("lost on purpose", number("%,d", figures.get(DATAGRAMS_LOST)));
    rows.put("lost on purpose, of those arrived", number("%.2f %%", lostPercent()));
    rows.put("dropped by the kernel beside", number("%,d", figures.get(KERNEL_DROPS)));
    rows.put("dropped at the inbox beside", number("%,d", figures.get(INBOX_DROPS)));
    rows.put("frames found missing", number("%,d", figures.get(FRAMES_MISSING)));
    rows.put("requests to repair", number("%,d", figures.get(REPAIR_REQUESTS)));
    rows.put("repairs sent", number("%,d", figures.get(REPAIRS_SENT)));
    rows.put("frames found superseded", number("%,d", figures.get(VOIDS_SENT)));
    rows.put("caught up by state transfer", number("%,d", figures.get(CATCH_UPS)));
    rows.put("processors busy", number("%.2f", processors()));
    rows.put("longest look at all members", millis(equality.longestLook()));
    return rows;
  }

  private static String number(String format, Object value) {
    return String.format(Locale.ROOT, format, value);
  }

  private static String millis(Duration duration) {
    return number("%,d ms", duration.toMillis());
  }
}
