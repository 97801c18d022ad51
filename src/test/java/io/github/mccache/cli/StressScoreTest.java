package io.github.mccache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.cli.StressScore.Equality;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StressScoreTest {

  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final Comparison EQUAL = new Comparison(100, List.of(), List.of());
  private static final Equality IN_TIME =
      new Equality(true, Duration.ofMillis(40), Duration.ofMillis(3), true);

  /** Ten seconds of three members, of whose datagrams 4 % were lost. */
  private final Map<String, Long> counts =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(StressMember.OPERATIONS, 50_000L),
              Map.entry(StressMember.INSERTED, 1_000L),
              Map.entry(StressMember.UPDATED, 8_000L),
              Map.entry(StressMember.DELETED, 3_000L),
              Map.entry(StressMember.EVICTED, 0L),
              Map.entry(StressMember.CHANGES_SENT, 4_000L),
              Map.entry(StressMember.CHANGES_RECEIVED, 8_000L),
              Map.entry(StressMember.DATAGRAMS_SENT, 1_000L),
              Map.entry(StressMember.BYTES_SENT, 400_000L),
              Map.entry(StressMember.DATAGRAMS_ARRIVED, 2_000L),
              Map.entry(StressMember.DATAGRAMS_LOST, 80L),
              Map.entry(StressMember.KERNEL_DROPS, 0L),
              Map.entry(StressMember.INBOX_DROPS, 0L),
              Map.entry(StressMember.FRAMES_MISSING, 70L),
              Map.entry(StressMember.REPAIR_REQUESTS, 60L),
              Map.entry(StressMember.REPAIRS_SENT, 50L),
              Map.entry(StressMember.VOIDS_SENT, 20L),
              Map.entry(StressMember.CATCH_UPS, 0L),
              Map.entry(StressMember.FAILURES, 0L)));

  private StressScore score(Equality equality, Comparison comparison) {
    return new StressScore(
        Aperture.NONE,
        4,
        3,
        Duration.ofSeconds(10),
        new Figures(counts),
        Duration.ofSeconds(15),
        equality,
        comparison);
  }

  private StressScore score() {
    return score(IN_TIME, EQUAL);
  }

  @Test
  void rates_tenSeconds_arePerSecond() {
    assertThat(score().operationsPerSecond()).isEqualTo(5_000);
    assertThat(score().mutations()).isEqualTo(12_000);
    assertThat(score().mutationsPerSecond()).isEqualTo(1_200);
    assertThat(score().changesSentPerSecond()).isEqualTo(400);
    assertThat(score().processors()).isEqualTo(1.5);
  }

  @Test
  void costs_ofChangesSent_arePerChange() {
    assertThat(score().bytesPerChange()).isEqualTo(100);
    assertThat(score().datagramsPerChange()).isEqualTo(0.25);
    assertThat(score().lostPercent()).isEqualTo(4);
  }

  @Test
  void costs_nothingSent_areZero() {
    counts.put(StressMember.CHANGES_SENT, 0L);

    assertThat(score().bytesPerChange()).isZero();
    assertThat(score().datagramsPerChange()).isZero();
  }

  @Test
  void rows_ofAScore_areFormatted() {
    assertThat(score().rows())
        .containsEntry("operations per second", "5,000")
        .containsEntry("of these changes", "1,200")
        .containsEntry("equal after the end", "40 ms")
        .containsEntry("keys", "100")
        .containsEntry("datagrams per change sent", "0.250")
        .containsEntry("lost on purpose, of those arrived", "4.00 %");
  }

  @Test
  void problems_allEqualInTime_none() {
    assertThat(score().problems(LIMIT)).isEmpty();
  }

  @Test
  void problems_laterThanTheLimit_saysHowLate() {
    Equality late = new Equality(true, Duration.ofMillis(2_001), Duration.ofMillis(3), true);

    assertThat(score(late, EQUAL).problems(LIMIT))
        .containsExactly("the members were equal 2,001 ms after the end, later than 2,000 ms");
  }

  @Test
  void problems_neverEqual_saysHowLongItLooked() {
    Equality never = new Equality(false, Duration.ofSeconds(60), Duration.ofMillis(3), false);

    assertThat(score(never, EQUAL).problems(LIMIT))
        .containsExactly("the members were not equal 60,000 ms after the end");
    assertThat(score(never, EQUAL).rows()).containsEntry("equal after the end", "not in 60,000 ms");
  }

  @Test
  void problems_cameApartAgain_saysSo() {
    Equality brief = new Equality(true, Duration.ofMillis(40), Duration.ofMillis(3), false);

    assertThat(score(brief, EQUAL).problems(LIMIT))
        .containsExactly("the members were equal, but did not stay so");
  }

  @Test
  void problems_keysDifferOrAreMissing_namesSome() {
    Comparison comparison =
        new Comparison(100, List.of("a", "b", "c", "d", "e", "f"), List.of("g"));

    assertThat(score(IN_TIME, comparison).problems(LIMIT))
        .containsExactly("6 keys differ: a, b, c, d, e, …", "1 keys are missing somewhere: g");
  }

  @Test
  void problems_evictions_areNamed() {
    counts.put(StressMember.EVICTED, 2L);

    assertThat(score().problems(LIMIT))
        .containsExactly("2 entries were evicted, though there was room for all");
  }

  @Test
  void problems_nothingLost_saysSo() {
    counts.put(StressMember.DATAGRAMS_LOST, 0L);

    assertThat(score().problems(LIMIT)).containsExactly("4.00 % were to be lost, but 0.00 % were");
  }

  @Test
  void problems_nothingArrived_saysSo() {
    counts.put(StressMember.DATAGRAMS_ARRIVED, 0L);
    counts.put(StressMember.DATAGRAMS_LOST, 0L);

    assertThat(score().problems(LIMIT)).hasSize(1);
  }

  @Test
  void problems_lossAsChanceMakesIt_none() {
    counts.put(StressMember.DATAGRAMS_LOST, 95L);

    assertThat(score().problems(LIMIT)).isEmpty();
  }

  @Test
  void problems_exceptionsInside_areCounted() {
    counts.put(StressMember.FAILURES, 1L);

    assertThat(score().problems(LIMIT))
        .containsExactly("1 exceptions were thrown inside: see the log");
  }
}
