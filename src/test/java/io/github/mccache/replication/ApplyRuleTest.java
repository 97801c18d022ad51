package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.CACHE;
import static io.github.mccache.replication.Examples.payload;
import static io.github.mccache.replication.Examples.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyRule.Held;
import io.github.mccache.replication.ApplyRule.Known;
import io.github.mccache.replication.ApplyRule.Path;
import io.github.mccache.replication.ApplyRule.Situation;
import io.github.mccache.replication.ApplyRule.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Now is always 10,000 ms; versions are written by origin 5 unless a row says otherwise. */
class ApplyRuleTest {

  private static final long NOW = 10_000;
  private static final Version V = version(9_000, 5);
  private static final Version BELOW = new Version(V.time(), 4);
  private static final Version ABOVE = new Version(V.time(), 6);

  private static final String TABLE =
      """
      # kind       path    held       at      mode        more        verdict
      # --- what is not known yet
      PUT          LIVE    NOTHING    -       replicate   -           ENTRY
      PUT          REPAIR  NOTHING    -       replicate   -           ENTRY
      PUT          RESYNC  NOTHING    -       replicate   -           ENTRY
      PUT          SCRUB   NOTHING    -       replicate   -           ENTRY
      FILL         LIVE    NOTHING    -       replicate   -           ENTRY
      REMOVE       LIVE    NOTHING    -       replicate   -           TOMBSTONE
      INVALIDATE   LIVE    NOTHING    -       replicate   -           FENCE
      # --- what is newer than the record
      PUT          LIVE    ENTRY      below   replicate   -           ENTRY
      PUT          LIVE    TOMBSTONE  below   replicate   -           ENTRY
      PUT          LIVE    FENCE      below   replicate   -           ENTRY
      FILL         LIVE    ENTRY      below   replicate   -           ENTRY
      FILL         LIVE    TOMBSTONE  below   replicate   -           ENTRY
      REMOVE       LIVE    ENTRY      below   replicate   -           TOMBSTONE
      REMOVE       LIVE    FENCE      below   replicate   -           TOMBSTONE
      INVALIDATE   LIVE    ENTRY      below   replicate   -           FENCE
      INVALIDATE   LIVE    TOMBSTONE  below   replicate   -           FENCE
      # --- what is older, by the origin alone
      PUT          LIVE    ENTRY      above   replicate   -           OLDER
      PUT          LIVE    TOMBSTONE  above   replicate   -           OLDER
      PUT          LIVE    FENCE      above   replicate   -           OLDER
      FILL         LIVE    FENCE      above   replicate   -           OLDER
      REMOVE       LIVE    ENTRY      above   replicate   -           OLDER
      INVALIDATE   LIVE    ENTRY      above   replicate   -           OLDER
      # --- the same version again
      PUT          LIVE    ENTRY      same    replicate   equal       SAME
      PUT          LIVE    ENTRY      same    replicate   different   CONFLICT
      FILL         LIVE    ENTRY      same    replicate   different   CONFLICT
      PUT          LIVE    TOMBSTONE  same    replicate   -           CONFLICT
      PUT          LIVE    FENCE      same    replicate   -           SAME
      REMOVE       LIVE    TOMBSTONE  same    replicate   -           SAME
      REMOVE       LIVE    ENTRY      same    replicate   equal       CONFLICT
      REMOVE       LIVE    FENCE      same    replicate   -           SAME
      INVALIDATE   LIVE    ENTRY      same    replicate   different   SAME
      INVALIDATE   LIVE    TOMBSTONE  same    replicate   -           SAME
      INVALIDATE   LIVE    FENCE      same    replicate   -           SAME
      # --- cleared: at the floor is dead, above it is alive
      PUT          LIVE    NOTHING    -       replicate   floor=same  CLEARED
      PUT          LIVE    NOTHING    -       replicate   floor=above CLEARED
      PUT          LIVE    NOTHING    -       replicate   floor=below ENTRY
      REMOVE       LIVE    NOTHING    -       replicate   floor=same  CLEARED
      PUT          LIVE    ENTRY      above   replicate   floor=same  CLEARED
      # --- forgotten deletes: only where nothing is held, and whichever way it comes
      PUT          LIVE    NOTHING    -       replicate   gc=same     STALE_HISTORY
      FILL         LIVE    NOTHING    -       replicate   gc=above    STALE_HISTORY
      INVALIDATE   LIVE    NOTHING    -       replicate   gc=same     STALE_HISTORY
      PUT          LIVE    NOTHING    -       replicate   gc=below    ENTRY
      PUT          LIVE    FENCE      below   replicate   gc=above    ENTRY
      PUT          REPAIR  NOTHING    -       replicate   gc=same     STALE_HISTORY
      PUT          RESYNC  NOTHING    -       replicate   gc=above    STALE_HISTORY
      PUT          SCRUB   NOTHING    -       replicate   gc=same     STALE_HISTORY
      REMOVE       REPAIR  NOTHING    -       replicate   gc=same     STALE_HISTORY
      PUT          REPAIR  NOTHING    -       replicate   gc=below    ENTRY
      PUT          REPAIR  ENTRY      below   replicate   gc=same     ENTRY
      # --- a load that may be older than an entry that was evicted
      FILL         LIVE    NOTHING    -       replicate   lost=same   FULL
      FILL         RESYNC  NOTHING    -       replicate   lost=above  FULL
      FILL         LIVE    NOTHING    -       replicate   lost=below  ENTRY
      FILL         WARM_UP NOTHING    -       replicate   lost=above  ENTRY
      FILL         LIVE    FENCE      below   replicate   lost=above  ENTRY
      PUT          LIVE    NOTHING    -       replicate   lost=above  ENTRY
      # --- an answer to a loss may be older than what was lost; what comes live is not
      PUT          REPAIR  NOTHING    -       replicate   lost=same   FULL
      PUT          SCRUB   NOTHING    -       replicate   lost=above  FULL
      PUT          REPAIR  NOTHING    -       replicate   lost=below  ENTRY
      PUT          WARM_UP NOTHING    -       replicate   lost=above  ENTRY
      PUT          REPAIR  ENTRY      below   replicate   lost=above  ENTRY
      REMOVE       REPAIR  NOTHING    -       replicate   lost=above  TOMBSTONE
      # --- doubts: of exactly what is held; elsewhere as any invalidation, but never answered
      INVALIDATE   DOUBT   ENTRY      same    replicate   -           FENCE
      INVALIDATE   DOUBT   ENTRY      above   replicate   -           OLDER
      INVALIDATE   DOUBT   ENTRY      below   replicate   -           FENCE
      INVALIDATE   DOUBT   TOMBSTONE  same    replicate   -           SAME
      INVALIDATE   DOUBT   FENCE      same    replicate   -           SAME
      INVALIDATE   DOUBT   NOTHING    -       replicate   gc=same     OLDER
      INVALIDATE   DOUBT   NOTHING    -       replicate   -           FENCE
      INVALIDATE   DOUBT   ENTRY      same    replicate   floor=same  CLEARED
      # --- nearly full: values in bulk find no room, everything else does
      PUT          LIVE    NOTHING    -       replicate   full        ENTRY
      PUT          REPAIR  NOTHING    -       replicate   full        ENTRY
      PUT          RESYNC  NOTHING    -       replicate   full        FULL
      PUT          SCRUB   NOTHING    -       replicate   full        FULL
      FILL         SCRUB   NOTHING    -       replicate   full        FULL
      PUT          RESYNC  TOMBSTONE  below   replicate   full        FENCE
      PUT          RESYNC  ENTRY      below   replicate   full        ENTRY
      REMOVE       RESYNC  NOTHING    -       replicate   full        TOMBSTONE
      INVALIDATE   RESYNC  NOTHING    -       replicate   full        FENCE
      # --- mode update: values for keys that are held
      PUT          LIVE    ENTRY      below   update      -           ENTRY
      PUT          LIVE    NOTHING    -       update      -           ABSENT_NOT_TAKEN
      PUT          LIVE    TOMBSTONE  below   update      -           FENCE
      PUT          LIVE    FENCE      below   update      -           FENCE
      PUT          LIVE    ENTRY      above   update      -           OLDER
      FILL         LIVE    NOTHING    -       update      -           ABSENT_NOT_TAKEN
      FILL         LIVE    ENTRY      below   update      -           ENTRY
      FILL         LIVE    FENCE      below   update      -           FENCE
      FILL         LIVE    ENTRY      above   update      -           OLDER
      REMOVE       LIVE    NOTHING    -       update      -           TOMBSTONE
      INVALIDATE   LIVE    ENTRY      below   update      -           FENCE
      # --- mode invalidate: no values
      PUT          LIVE    ENTRY      below   invalidate  -           FENCE
      PUT          LIVE    NOTHING    -       invalidate  -           FENCE
      FILL         LIVE    ENTRY      below   invalidate  -           ABSENT_NOT_TAKEN
      REMOVE       LIVE    ENTRY      below   invalidate  -           TOMBSTONE
      INVALIDATE   LIVE    ENTRY      below   invalidate  -           FENCE
      """;

  @TestFactory
  List<DynamicTest> decide_rowOfTable_verdict() {
    List<DynamicTest> tests = new ArrayList<>();
    for (String line : TABLE.lines().filter(line -> !line.startsWith("#")).toList()) {
      String[] cell = line.trim().split(" +");
      tests.add(
          DynamicTest.dynamicTest(
              line,
              () ->
                  assertThat(
                          ApplyRule.decide(
                              change(cell[0]),
                              Path.valueOf(cell[1]),
                              known(cell[2], cell[3], cell[5]),
                              situation(cell[4], cell[5])))
                      .isEqualTo(Verdict.valueOf(cell[6]))));
    }
    assertThat(tests).hasSize(94);
    return tests;
  }

  @ParameterizedTest
  @CsvSource({"10999,ENTRY", "11000,ENTRY", "11001,AHEAD_OF_CLOCK", "99999999,AHEAD_OF_CLOCK"})
  void decide_versionAheadOfClock_refusedBeyondASecond(long millis, Verdict verdict) {
    Change change = put(version(millis, 5), Change.ETERNAL);

    assertThat(decide(change, Known.NOTHING)).isEqualTo(verdict);
    assertThat(ApplyRule.isAheadOfClock(change.version(), NOW))
        .isEqualTo(verdict == Verdict.AHEAD_OF_CLOCK);
  }

  @Test
  void decide_olderThanRecordAndAheadOfClock_olderSoThatNoFenceTakesTheKeyBack() {
    Change change = put(version(20_000, 5), Change.ETERNAL);

    assertThat(decide(change, Known.fence(version(20_000, 6)))).isEqualTo(Verdict.OLDER);
  }

  @ParameterizedTest
  @CsvSource({"999,FENCE", "1000,FENCE", "1001,ENTRY", "9223372036854775807,ENTRY"})
  void decide_valueWhoseLifeIsOver_fence(long ttlMillis, Verdict verdict) {
    assertThat(decide(put(V, ttlMillis), Known.NOTHING)).isEqualTo(verdict);
  }

  @Test
  void decide_valueWhoseLifeIsOverOlderThanRecord_older() {
    assertThat(decide(put(V, 1), Known.tombstone(ABOVE))).isEqualTo(Verdict.OLDER);
  }

  @Test
  void decide_differentVersions_bytesNotCompared() {
    Known known =
        Known.entry(
            BELOW,
            () -> {
              throw new AssertionError("compared");
            });

    assertThat(decide(put(V, Change.ETERNAL), known)).isEqualTo(Verdict.ENTRY);
  }

  @Test
  void decide_liveValue_fullnessNotAsked() {
    Situation situation =
        new Situation(
            false,
            false,
            Version.NONE,
            Version.NONE,
            Version.NONE,
            NOW,
            () -> {
              throw new AssertionError("asked");
            });

    assertThat(ApplyRule.decide(put(V, Change.ETERNAL), Path.LIVE, Known.NOTHING, situation))
        .isEqualTo(Verdict.ENTRY);
  }

  @Test
  void decide_clear_callersMistake() {
    assertThatThrownBy(() -> decide(Change.clear(CACHE, V), Known.NOTHING))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void clearFloor_anyOrder_highest() {
    assertThat(ApplyRule.clearFloor(BELOW, Change.clear(CACHE, V))).isEqualTo(V);
    assertThat(ApplyRule.clearFloor(V, Change.clear(CACHE, V))).isEqualTo(V);
    assertThat(ApplyRule.clearFloor(ABOVE, Change.clear(CACHE, V))).isEqualTo(ABOVE);
    assertThat(ApplyRule.clearFloor(Version.NONE, Change.clear(CACHE, V))).isEqualTo(V);
  }

  @Test
  void clearFloor_otherChange_callersMistake() {
    assertThatThrownBy(() -> ApplyRule.clearFloor(V, Change.remove(CACHE, V, payload("k"))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource(Verdict.class)
  void takesVersion_verdict_onlyThoseThatMoveTheRecord(Verdict verdict) {
    assertThat(verdict.takesVersion())
        .isEqualTo(
            List.of(Verdict.ENTRY, Verdict.TOMBSTONE, Verdict.FENCE, Verdict.CONFLICT)
                .contains(verdict));
  }

  @ParameterizedTest
  @EnumSource(Verdict.class)
  void breaksLoad_verdict_unlessNothingNewWasHeard(Verdict verdict) {
    assertThat(verdict.breaksLoad())
        .isNotEqualTo(
            List.of(Verdict.OLDER, Verdict.SAME, Verdict.CLEARED, Verdict.STALE_HISTORY)
                .contains(verdict));
  }

  @Test
  void isAheadOfClock_counterOfTheLastMillisecond_notAhead() {
    Version last = new Version(HybridTime.ofMillis(NOW + 501) - 1, 0);

    assertThat(ApplyRule.isAheadOfClock(last, NOW)).isFalse();
  }

  private static Verdict decide(Change change, Known known) {
    return ApplyRule.decide(change, Path.LIVE, known, situation("replicate", "-"));
  }

  private static Change put(Version version, long ttlMillis) {
    return Change.put(CACHE, version, payload("k"), payload("v"), ttlMillis);
  }

  private static Change change(String kind) {
    return switch (kind) {
      case "PUT" -> put(V, Change.ETERNAL);
      case "FILL" -> Change.fill(CACHE, V, payload("k"), payload("v"), Change.ETERNAL);
      case "REMOVE" -> Change.remove(CACHE, V, payload("k"));
      case "INVALIDATE" -> Change.invalidate(CACHE, V, payload("k"));
      default -> throw new IllegalArgumentException(kind);
    };
  }

  private static Known known(String held, String at, String more) {
    return Held.valueOf(held) == Held.NOTHING
        ? Known.NOTHING
        : new Known(Held.valueOf(held), at(at), () -> more.equals("equal"));
  }

  private static Situation situation(String mode, String more) {
    return new Situation(
        mode.equals("update"),
        mode.equals("invalidate"),
        more.startsWith("floor=") ? at(more.substring(6)) : Version.NONE,
        more.startsWith("gc=") ? at(more.substring(3)) : Version.NONE,
        more.startsWith("lost=") ? at(more.substring(5)) : Version.NONE,
        NOW,
        more.equals("full"));
  }

  private static Version at(String place) {
    return switch (place) {
      case "below" -> BELOW;
      case "same" -> V;
      case "above" -> ABOVE;
      default -> throw new IllegalArgumentException(place);
    };
  }
}
