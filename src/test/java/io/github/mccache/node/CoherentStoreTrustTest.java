package io.github.mccache.node;

import static io.github.mccache.node.StoreFixture.at;
import static io.github.mccache.node.StoreFixture.clear;
import static io.github.mccache.node.StoreFixture.invalidate;
import static io.github.mccache.node.StoreFixture.put;
import static io.github.mccache.node.StoreFixture.remove;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.node.StoreOptions.Sharing;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.ApplyRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is dropped, and not taken, because this member was away or its clock was wrong. */
class CoherentStoreTrustTest {

  private final StoreFixture fixture = StoreFixture.of(Sharing.REPLICATE);

  // ---- the limit that a cache opens with ----

  @ParameterizedTest
  @EnumSource(
      value = ApplyRule.Path.class,
      names = {"LIVE", "REPAIR", "RESYNC", "SCRUB"})
  void apply_atOrBelowTheLimit_isStaleHistory(ApplyRule.Path path) {
    fixture.store.trustAbove(at(10));

    assertThat(fixture.apply(put("k", "old", at(10)), path)).isEqualTo(ApplyOutcome.STALE_HISTORY);
    assertThat(fixture.apply(put("k", "new", at(11)), path)).isEqualTo(ApplyOutcome.APPLIED);

    assertThat(fixture.read("k")).isEqualTo("new");
    assertThat(fixture.store.floor()).isEqualTo(at(10));
    assertThat(fixture.store.collected()).isEqualTo(Version.NONE);
  }

  /** Or who takes over what this member has applied would never hear of the change. */
  @Test
  void apply_staleHistoryThatSomebodyMayLack_leavesAFence() {
    fixture.store.trustAbove(at(10));
    fixture.stableTime = at(8).time();

    fixture.apply(remove("lacked", at(9)));
    fixture.apply(put("known", "old", at(8)));

    assertThat(fixture.store.mark("lacked").version()).isEqualTo(at(9));
    assertThat(fixture.store.mark("known")).isNull();
    assertThat(fixture.drained()).isEmpty();

    fixture.store.trustAbove(at(5));
    assertThat(fixture.apply(remove("lacked", at(9)))).isEqualTo(ApplyOutcome.APPLIED);
  }

  @Test
  void apply_belowTheLimitWhereSomethingIsHeld_isTaken() {
    fixture.apply(put("k", "a", at(1)));
    fixture.store.trustAbove(at(10));

    fixture.apply(put("k", "b", at(2)));

    assertThat(fixture.read("k")).isEqualTo("b");
  }

  /** What was refused proves nothing about what is newer, and too old to be believed as well. */
  @Test
  void apply_belowTheLimitAndNewerThanWhatWasRefused_isRefusedToo() {
    fixture.store.trustAbove(at(10));
    assertThat(fixture.apply(put("k", "a", at(5)))).isEqualTo(ApplyOutcome.STALE_HISTORY);

    assertThat(fixture.apply(put("k", "b", at(7)), ApplyRule.Path.RESYNC))
        .isEqualTo(ApplyOutcome.STALE_HISTORY);
    assertThat(fixture.apply(put("k", "c", at(6)), ApplyRule.Path.RESYNC))
        .isEqualTo(ApplyOutcome.DROPPED);
    assertThat(fixture.read("k")).isNull();
    assertThat(fixture.apply(put("k", "d", at(11)), ApplyRule.Path.RESYNC))
        .isEqualTo(ApplyOutcome.APPLIED);
  }

  @Test
  void trustAbove_whileALoadIsInFlight_refusesItOnlyWhereNothingIsKnown() {
    fixture.write("known", "before");
    CoherentStore.Load known = fixture.store.beginLoad("known");
    CoherentStore.Load unknown = fixture.store.beginLoad("unknown");

    fixture.store.trustAbove(at(400));

    assertThat(fixture.endLoad("known", "loaded", known)).isTrue();
    assertThat(fixture.read("known")).isEqualTo("loaded");
    assertThat(fixture.endLoad("unknown", "loaded", unknown)).isFalse();
  }

  @Test
  void trustAbove_lowerOne_replacesTheLimit() {
    fixture.store.trustAbove(at(10));
    fixture.store.trustAbove(at(5));

    assertThat(fixture.store.floor()).isEqualTo(at(5));
    assertThat(fixture.apply(put("k", "v", at(6)))).isEqualTo(ApplyOutcome.APPLIED);
  }

  @Test
  void trustAbove_belowWhatWasForgotten_isNotFollowed() {
    Version removal = fixture.remove("k");
    fixture.drain();
    fixture.becomeStable();
    fixture.advance(Duration.ofMinutes(1));
    fixture.drain();

    fixture.store.trustAbove(Version.NONE);

    assertThat(fixture.store.collected()).isEqualTo(removal);
    assertThat(fixture.store.floor()).isEqualTo(removal);
  }

  @Test
  void apply_doubtOfAnEntry_isAFenceThatIsNotToldAsNews() {
    fixture.apply(put("k", "v", at(1)));

    assertThat(fixture.apply(invalidate("k", at(1)), ApplyRule.Path.DOUBT))
        .isEqualTo(ApplyOutcome.APPLIED);

    assertThat(fixture.read("k")).isNull();
    assertThat(fixture.drained()).isEmpty();
    assertThat(fixture.apply(put("k", "v", at(1)))).isEqualTo(ApplyOutcome.DROPPED);
  }

  /** It may have had no room for the value, and told so before who has it was heard. */
  @ParameterizedTest
  @EnumSource(
      value = ApplyRule.Path.class,
      names = {"REPAIR", "RESYNC", "WARM_UP", "SCRUB"})
  void apply_toldByWhoHasNoValueOfAVersion_theValueIsTakenFromWhoHasIt(ApplyRule.Path path) {
    fixture.apply(put("k", "older", at(1)));
    fixture.apply(invalidate("k", at(2)), path);
    assertThat(fixture.read("k")).isNull();

    assertThat(fixture.apply(put("k", "older", at(1)))).isEqualTo(ApplyOutcome.DROPPED);
    assertThat(fixture.apply(put("k", "v", at(2)), path)).isEqualTo(ApplyOutcome.APPLIED);

    assertThat(fixture.read("k")).isEqualTo("v");
  }

  @Test
  void apply_invalidationAsItHappens_refusesTheValueOfItsVersion() {
    fixture.apply(invalidate("k", at(2)));

    assertThat(fixture.apply(put("k", "v", at(2)), ApplyRule.Path.SCRUB))
        .isEqualTo(ApplyOutcome.DROPPED);

    assertThat(fixture.read("k")).isNull();
  }

  @Test
  void apply_doubtOfAnUnsentWrite_isStillTold() {
    Version own = fixture.write("k", "v");

    fixture.apply(invalidate("k", own), ApplyRule.Path.DOUBT);

    assertThat(fixture.read("k")).isNull();
    assertThat(fixture.drain()).containsExactly(invalidate("k", own));
  }

  // ---- starting anew ----

  private static final long NEXT = 0x99;

  @Test
  void startAnew_everything_isAMissAndOwnWritesAreInvalidatedOnce() {
    fixture.write("entry", "v");
    fixture.remove("removed");
    fixture.apply(put("theirs", "w", at(1)));
    fixture.apply(remove("removed there", at(2)));
    fixture.drain();

    fixture.store.startAnew(NEXT, 0);

    assertThat(fixture.read("entry")).isNull();
    assertThat(fixture.read("theirs")).isNull();
    assertThat(fixture.store.mark("theirs")).isNull();
    assertThat(fixture.store.mark("removed there")).isNull();
    List<Change> sent = fixture.drain();
    assertThat(sent.stream().map(StoreFixture::text))
        .containsExactlyInAnyOrder("INVALIDATE entry", "INVALIDATE removed");
    assertThat(sent).allMatch(change -> change.version().origin() == NEXT);
    assertThat(fixture.drained()).isEmpty();
    assertThat(fixture.write("new", "x").origin()).isEqualTo(NEXT);
  }

  @Test
  void startAnew_writesThatAllHaveApplied_areNotInvalidated() {
    Version applied = fixture.write("applied", "v");
    fixture.write("later", "w");
    fixture.drain();

    fixture.store.startAnew(NEXT, applied.time());

    assertThat(fixture.drain().stream().map(StoreFixture::text))
        .containsExactly("INVALIDATE later");
    assertThat(fixture.read("applied")).isNull();
  }

  @Test
  void startAnew_writesThatWereNotSent_areInvalidated() {
    Version unsent = fixture.write("unsent", "v");

    fixture.store.startAnew(NEXT, unsent.time());

    assertThat(fixture.drain().stream().map(StoreFixture::text))
        .containsExactly("INVALIDATE unsent");
  }

  @Test
  void startAnew_sameOrigin_changesNothing() {
    fixture.write("entry", "v");
    fixture.drain();

    fixture.store.startAnew(StoreFixture.OWN, 0);

    assertThat(fixture.drained()).isEmpty();
    assertThat(fixture.read("entry")).isEqualTo("v");
  }

  @Test
  void startAnew_keyIsHeld_isAMissAtOnceAndInvalidatedAfterwards() {
    fixture.write("entry", "v");
    fixture.drain();

    fixture.whileHeld(
        "entry",
        () -> {
          fixture.store.startAnew(NEXT, 0);
          assertThat(fixture.read("entry")).isNull();
          assertThat(fixture.drained()).isEmpty();
        });

    assertThat(fixture.drained()).containsExactly("INVALIDATE entry");
  }

  /** Changes of the time before arrive late, or from a donor that has not discarded them. */
  @Test
  void startAnew_olderChange_isNotTrustedUntilADonorHasItToo() {
    fixture.apply(put("k", 1, at(0)));

    fixture.store.startAnew(NEXT, 0);

    assertThat(fixture.apply(put("k", 1, at(0)))).isEqualTo(ApplyOutcome.STALE_HISTORY);
    fixture.store.trustAbove(Version.NONE);
    assertThat(fixture.apply(put("k", 1, at(0)))).isEqualTo(ApplyOutcome.APPLIED);
  }

  @Test
  void startAnew_loadUnderWay_isNotCached() {
    CoherentStore.Load load = fixture.store.beginLoad("k");

    fixture.store.startAnew(NEXT, 0);

    assertThat(fixture.endLoad("k", "loaded", load)).isFalse();
  }

  // ---- distrust ----

  @Test
  void distrust_upToAVersion_dropsAllAtOrBelowIt() {
    fixture.apply(put("old", 1, at(10)));
    fixture.apply(put("new", 2, at(11)));
    fixture.apply(remove("removed", at(9)));
    fixture.apply(remove("removed later", at(11)));
    fixture.heard.clear();

    fixture.store.distrust(at(10));

    assertThat(fixture.read("old")).isNull();
    assertThat(fixture.read("new")).isEqualTo(2);
    assertThat(fixture.store.mark("old")).isNull();
    assertThat(fixture.store.mark("removed")).isNull();
    assertThat(fixture.store.mark("removed later")).isNotNull();
    assertThat(fixture.store.floor()).isEqualTo(at(10));
    assertThat(fixture.store.collected()).isEqualTo(Version.NONE);
    assertThat(fixture.heard).containsExactly("INVALIDATED old 1>null");
    assertThat(fixture.apply(put("old", 1, at(10)))).isEqualTo(ApplyOutcome.STALE_HISTORY);
  }

  @Test
  void distrust_keyIsHeld_isAMissAtOnce() {
    fixture.apply(put("k", 1, at(10)));

    fixture.whileHeld(
        "k",
        () -> {
          fixture.store.distrust(at(10));
          assertThat(fixture.read("k")).isNull();
        });

    assertThat(fixture.store.size()).isZero();
  }

  @Test
  void distrust_unsentChanges_areStillTold() {
    Version written = fixture.write("written", 1);
    Version removed = fixture.remove("removed");

    fixture.store.distrust(at(10));

    assertThat(fixture.read("written")).isNull();
    assertThat(fixture.drain())
        .containsExactly(invalidate("written", written), remove("removed", removed));
  }

  /** Nobody else can be asked what this member has written. */
  @Test
  void distrust_writtenHere_itsVersionRemainsKnownUntilItIsHeardAgain() {
    Version written = fixture.write("written", 1);
    Version removed = fixture.remove("removed");
    fixture.drain();

    fixture.store.distrust(at(10));

    assertThat(fixture.read("written")).isNull();
    assertThat(fixture.store.mark("written").version()).isEqualTo(written);
    assertThat(fixture.store.mark("removed").version()).isEqualTo(removed);
    assertThat(fixture.drained()).isEmpty();
    fixture.apply(put("written", 1, written), ApplyRule.Path.WARM_UP);
    assertThat(fixture.read("written")).isEqualTo(1);
  }

  @Test
  void distrust_loadUnderWay_isNotCached() {
    CoherentStore.Load load = fixture.store.beginLoad("k");

    fixture.store.distrust(at(-10));

    assertThat(fixture.endLoad("k", "loaded", load)).isFalse();
  }

  // ---- a clock that was ahead ----

  private static long time(long millis) {
    return at(millis).time();
  }

  private static StoreFixture anHourAhead() {
    StoreFixture ahead = StoreFixture.of(Sharing.REPLICATE);
    ahead.advance(Duration.ofHours(1));
    return ahead;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void startAnew_clockWasAhead_invalidationsAreOfThePresent(boolean sent) {
    StoreFixture ahead = anHourAhead();
    ahead.write("ahead", 2);
    if (sent) { // and rejected by the others
      ahead.drain();
    }
    ahead.clock.rebase(-3_600_000);

    ahead.store.startAnew(NEXT, time(0));

    List<Change> invalidations = ahead.drain();
    assertThat(invalidations.stream().map(StoreFixture::text)).containsExactly("INVALIDATE ahead");
    assertThat(invalidations.get(0).version().time()).isLessThan(time(1));
    ahead.write("ahead", 3);
    assertThat(ahead.read("ahead")).isEqualTo(3);
  }

  @Test
  void startAnew_clearOfAnotherMemberAhead_hidesNothingAnyMore() {
    StoreFixture ahead = anHourAhead();
    ahead.apply(clear(at(3_600_000)));
    ahead.clock.rebase(-3_600_000);

    ahead.store.startAnew(NEXT, 0);

    assertThat(ahead.store.clearFloor()).isEqualTo(Version.NONE);
    ahead.write("k", 1);
    assertThat(ahead.read("k")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void startAnew_clearedHere_isMadeOnceMore(boolean sent) {
    StoreFixture ahead = anHourAhead();
    ahead.store.clear();
    if (sent) {
      ahead.drain();
    }
    ahead.clock.rebase(-3_600_000);

    ahead.store.startAnew(NEXT, 0);

    assertThat(ahead.drained()).containsExactly("CLEAR");
    assertThat(ahead.store.clearFloor().time()).isLessThan(time(1));
  }

  @Test
  void startAnew_floorsAhead_beginAtThePresent() {
    StoreFixture ahead = anHourAhead();
    ahead.store.trustAbove(at(3_000_000));
    ahead.remove("forgotten");
    ahead.drain();
    ahead.becomeStable();
    ahead.advance(Duration.ofMinutes(1));
    ahead.drain();
    assertThat(ahead.store.collected().time()).isGreaterThan(time(3_000_000));
    ahead.clock.rebase(-3_660_000);

    ahead.store.startAnew(NEXT, Long.MAX_VALUE);

    assertThat(ahead.store.collected()).isEqualTo(Version.NONE);
    assertThat(ahead.store.floor().time()).isLessThan(time(1));
  }

  /** What is left may be half a second ahead of the clock: a write of it must win all the same. */
  @Test
  void write_overAnEntryAheadOfTheClock_isStampedAboveIt() {
    fixture.apply(put("k", 1, at(400)));
    fixture.apply(remove("removed", at(400)));
    fixture.clock.rebase(0);
    assertThat(HybridTime.millis(fixture.clock.last())).isEqualTo(at(0).millis());

    List<Version> versions = new ArrayList<>();
    versions.add(fixture.write("k", 2));
    versions.add(fixture.write("removed", 2));

    assertThat(versions).allMatch(version -> version.isAfter(at(400)));
  }
}
