package io.github.mccache.cli;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * What {@link Stress} is told to do. Immutable.
 *
 * @param members how many JVMs
 * @param keys how many keys all of them work on
 * @param apertures the runs, one after the other
 * @param lossPercent of the datagrams that each member receives, 0 to 90
 * @param duration of a run, without the start of the JVMs and what comes after
 * @param seed of the operations, the pauses and the loss
 * @param limit how long after the end of the operations the members may still differ
 * @param markdown whether the table is for a page
 */
record StressOptions(
    int members,
    int keys,
    List<Aperture> apertures,
    double lossPercent,
    Duration duration,
    long seed,
    Duration limit,
    boolean markdown) {

  static final String USAGE =
      """
      Members in JVMs of their own, on this machine's loopback multicast, work on the same keys
      while datagrams are lost; then the time until they are equal, and what is not.

        --members 9      JVMs, 2 to 64
        --keys 100       keys, 1 to 100000
        --aperture 10ms  the pause around which a member waits between two operations, or none
        --sweep          all of 100ms, 10ms, 1ms, 0.1ms and none, one after the other
        --loss 4         per cent of the datagrams that each member loses, 0 to 90
        --seconds 20     how long a run takes, 1 to 86400
        --seed 1         where chance begins, a whole number
        --limit 2s       how long after the end members may differ, such as 500ms or 2s
        --markdown       the table as Markdown
        --help           this

      The exit status is 0 when all members were equal within the limit, 1 when they were not, 2
      when it could not be found out.
      """;

  /** Says which option is wrong, how, and what would be right. */
  static final class UsageException extends Exception {

    private static final long serialVersionUID = 1;

    UsageException(String message) {
      super(message);
    }
  }

  StressOptions {
    apertures = List.copyOf(apertures);
  }

  /**
   * Reads the command line.
   *
   * @throws UsageException at the first mistake
   */
  static StressOptions parse(List<String> arguments) throws UsageException {
    Reading reading = new Reading();
    Iterator<String> words = arguments.iterator();
    while (words.hasNext()) {
      String option = words.next();
      if (reading.takesFlag(option)) {
        continue;
      }
      if (!Reading.VALUED.contains(option)) {
        throw new UsageException(
            "There is no option \"" + option + "\"; there are " + Reading.ALL + ".");
      }
      if (!words.hasNext()) {
        throw new UsageException(option + " needs a value.");
      }
      reading.take(option, words.next());
    }
    return reading.result();
  }

  /** What has been read so far, or the defaults. */
  private static final class Reading {

    static final List<String> VALUED =
        List.of("--members", "--keys", "--aperture", "--loss", "--seconds", "--seed", "--limit");
    static final String ALL = String.join(", ", VALUED) + ", --sweep, --markdown and --help";

    private int members = 9;
    private int keys = 100;
    private List<Aperture> apertures = List.of(Aperture.parse("10ms"));
    private double lossPercent = 4;
    private int seconds = 20;
    private long seed = 1;
    private Duration limit = Duration.ofSeconds(2);
    private boolean markdown;
    private boolean apertureGiven;
    private boolean sweep;

    boolean takesFlag(String option) {
      sweep |= option.equals("--sweep");
      markdown |= option.equals("--markdown");
      return option.equals("--sweep") || option.equals("--markdown");
    }

    void take(String option, String value) throws UsageException {
      try {
        switch (option) {
          case "--members" -> members = (int) whole(value, 2, 64);
          case "--keys" -> keys = (int) whole(value, 1, 100_000);
          case "--aperture" -> {
            apertures = List.of(Aperture.parse(value));
            apertureGiven = true;
          }
          case "--loss" -> lossPercent = percent(value);
          case "--seconds" -> seconds = (int) whole(value, 1, 86_400);
          case "--seed" -> seed = whole(value, Long.MIN_VALUE, Long.MAX_VALUE);
          case "--limit" -> limit = Duration.ofNanos(pause(value));
          default -> throw new IllegalStateException("unread option " + option);
        }
      } catch (IllegalArgumentException e) {
        throw new UsageException(
            option + " is \"" + value + "\", but must be " + e.getMessage() + ".");
      }
    }

    private static long whole(String value, long least, long most) {
      String accepted =
          least == Long.MIN_VALUE
              ? "a whole number of 64 bits"
              : "a whole number from " + least + " to " + most;
      try {
        long number = Long.parseLong(value);
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(accepted, e);
      }
      throw new IllegalArgumentException(accepted);
    }

    private static double percent(String value) {
      String accepted = "a number of per cent from 0 to 90, such as 4 or 0.5";
      try {
        double number = Double.parseDouble(value.toLowerCase(Locale.ROOT));
        if (number >= 0 && number <= 90) {
          return number;
        }
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(accepted, e);
      }
      throw new IllegalArgumentException(accepted);
    }

    private static long pause(String value) {
      Aperture pause = value.equals("none") ? Aperture.NONE : parsed(value);
      if (pause.nanos() == 0) {
        throw new IllegalArgumentException("a time of up to 60s, such as 500ms or 2s");
      }
      return pause.nanos();
    }

    private static Aperture parsed(String value) {
      try {
        return Aperture.parse(value);
      } catch (IllegalArgumentException e) {
        return Aperture.NONE;
      }
    }

    StressOptions result() throws UsageException {
      if (sweep && apertureGiven) {
        throw new UsageException("--sweep runs every aperture: leave --aperture out.");
      }
      return new StressOptions(
          members,
          keys,
          sweep ? Aperture.SWEEP : apertures,
          lossPercent,
          Duration.ofSeconds(seconds),
          seed,
          limit,
          markdown);
    }
  }
}
