package io.github.mccache.node;

import static io.github.mccache.node.StoreFixture.at;
import static io.github.mccache.node.StoreFixture.fill;
import static io.github.mccache.node.StoreFixture.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.node.StoreOptions.Sharing;
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

/** What a cache does when others do not follow, do not answer, or cannot be told as fast. */
class CoherentStorePressureTest {

  private static final int MORE_THAN_UNSENT = 100_001;

  private final StoreFixture small = StoreFixture.ofEntries(Sharing.REPLICATE, 1);

  // ---- fences of what goes by itself ----

  @Test
  void evict_notYetAppliedByAll_leavesAFence() {
    Version evicted = small.write("a", 1);
    small.drain();
    small.advance(Duration.ofHours(1));
    small.stableTime = evicted.time() - 1;

    small.write("b", 1);

    assertThat(small.store.mark("a").version()).isEqualTo(evicted);
    assertThat(small.apply(put("a", "older", at(-1)))).isEqualTo(ApplyOutcome.DROPPED);
  }

  @Test
  void evict_appliedByAll_leavesNothingButItsVersion() {
    Version evicted = small.write("a", 1);
    small.drain();
    small.becomeStable();

    small.write("b", 1);

    assertThat(small.store.mark("a")).isNull();
    assertThat(small.store.lost()).isEqualTo(evicted);
  }

  @Test
  void evict_appliedByAll_loadsThatBeganBeforeAreNotTaken() {
    CoherentStore.Load own = small.store.beginLoad("a");
    small.apply(fill("a", "newer", at(2)));
    small.becomeStable();
    small.write("b", 1);

    assertThat(small.endLoad("a", "older", own)).isFalse();
    assertThat(small.apply(fill("a", "older", at(1)))).isEqualTo(ApplyOutcome.DROPPED);
    assertThat(small.read("a")).isNull();
    assertThat(small.apply(fill("a", "newest", at(10)))).isEqualTo(ApplyOutcome.APPLIED);
  }

  @ParameterizedTest
  @EnumSource(
      value = ApplyRule.Path.class,
      names = {"RESYNC", "WARM_UP", "SCRUB"})
  void apply_inBulkAndAlmostFull_everythingThatEvictsNothing(ApplyRule.Path path) {
    StoreFixture own = StoreFixture.ofEntries(Sharing.REPLICATE, 20);
    for (int i = 1; i <= 20; i++) {
      assertThat(own.store.lacks(StoreFixture.payload("k" + i), at(i))).isTrue();
      assertThat(own.apply(put("k" + i, i, at(i)), path)).isEqualTo(ApplyOutcome.APPLIED);
    }

    assertThat(own.store.lacks(StoreFixture.payload("k21"), at(21))).isFalse();
    assertThat(own.apply(put("k21", 21, at(21)), path)).isEqualTo(ApplyOutcome.DROPPED);
    assertThat(own.store.size()).isEqualTo(20);
    assertThat(own.apply(put("k1", "newer", at(22)), path)).isEqualTo(ApplyOutcome.APPLIED);
  }

  @ParameterizedTest
  @EnumSource(
      value = ApplyRule.Path.class,
      names = {"RESYNC", "WARM_UP", "SCRUB"})
  void apply_inBulkAndFull_keyWhoseValueHasExpiredTakesANewOneInItsPlace(ApplyRule.Path path) {
    small.apply(put("a", "old", at(1), 1));
    small.advance(Duration.ofMillis(2));

    assertThat(small.apply(put("a", "new", at(3)), path)).isEqualTo(ApplyOutcome.APPLIED);
    assertThat(small.read("a")).isEqualTo("new");
  }

  @Test
  void apply_noRoomForANewerValueOfARemovedKey_takenWhenThereIs() {
    small.write("held", 1);
    small.remove("a");
    small.drain();
    assertThat(small.apply(put("a", "v", at(5)), ApplyRule.Path.RESYNC))
        .isEqualTo(ApplyOutcome.APPLIED);
    assertThat(small.read("a")).as("no room").isNull();
    assertThat(small.apply(put("a", "old", at(4)))).isEqualTo(ApplyOutcome.DROPPED);

    small.remove("held");
    assertThat(small.store.lacks(StoreFixture.payload("a"), at(5))).isTrue();
    small.apply(put("a", "v", at(5)), ApplyRule.Path.SCRUB);
    assertThat(small.read("a")).isEqualTo("v");
  }

  @Test
  void lacks_whatSpeaksAgainstAValue_isNotPulled() {
    StoreFixture own = StoreFixture.of(Sharing.REPLICATE);
    own.apply(put("held", 1, at(5)));
    own.apply(StoreFixture.invalidate("fenced", at(5)));
    own.remove("removed");

    assertThat(own.store.lacks(StoreFixture.payload("held"), at(5))).isFalse();
    assertThat(own.store.lacks(StoreFixture.payload("fenced"), at(5))).isFalse();
    assertThat(own.store.lacks(StoreFixture.payload("removed"), at(5))).isFalse();
    assertThat(own.store.lacks(StoreFixture.payload("unknown"), at(5))).isTrue();
    own.store.clear();
    assertThat(own.store.lacks(StoreFixture.payload("unknown"), at(-5))).as("cleared").isFalse();
    assertThat(StoreFixture.of(Sharing.UPDATE).store.lacks(StoreFixture.payload("k"), at(5)))
        .as("mode update")
        .isFalse();
  }

  @Test
  void lacks_olderThanWhatWasEvicted_isNotPulled() {
    small.apply(put("a", 1, at(5)));
    small.becomeStable();
    small.write("b", 1);
    small.remove("b");

    assertThat(small.store.lacks(StoreFixture.payload("a"), at(5))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void apply_noRoomForALoad_noOlderOneIsTakenEither(boolean stable) {
    small.write("held", 1);
    small.drain();
    small.stableTime = stable ? at(5).time() : at(0).time();

    assertThat(small.apply(fill("a", "newer", at(2)), ApplyRule.Path.RESYNC))
        .isEqualTo(ApplyOutcome.DROPPED);
    assertThat(small.apply(fill("a", "older", at(1)))).isEqualTo(ApplyOutcome.DROPPED);
    assertThat(small.store.mark("a") == null).isEqualTo(stable);
    assertThat(small.apply(fill("a", "newest", at(3)))).isEqualTo(ApplyOutcome.APPLIED);
  }

  @Test
  void evict_notSent_leavesAFenceWhateverOthersHaveApplied() {
    small.write("a", 1);
    small.becomeStable();

    small.write("b", 1);

    assertThat(small.store.mark("a")).isNotNull();
    assertThat(small.drained()).containsExactly("INVALIDATE a", "PUT b 1");
  }

  @Test
  void expire_appliedByAll_leavesNothing() {
    small.write("a", 1, 10);
    small.drain();
    small.becomeStable();
    small.advance(Duration.ofMillis(10));

    small.store.whenFree("a", KeyState::expireIfDue);

    assertThat(small.store.mark("a")).isNull();
    assertThat(small.store.size()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"REPLICATE", "LOCAL"})
  void load_itsKeyWasWrittenAndEvictedMeanwhile_isNotCached(Sharing sharing) {
    StoreFixture own = StoreFixture.ofEntries(sharing, 1);
    CoherentStore.Load load = own.store.beginLoad("a");
    own.write("a", "ours");
    own.drain();
    own.becomeStable();
    own.write("b", 1);
    own.drain();
    assertThat(own.store.mark("a")).isNull();

    assertThat(own.endLoad("a", "loaded before", load)).isFalse();
  }

  // ---- more to tell than can be remembered ----

  @Test
  void remove_moreUnsentThanMayBe_clearsTheCacheEverywhere() {
    StoreFixture own = StoreFixture.of(Sharing.REPLICATE);
    own.write("k", 1);

    List<String> logged =
        LogOutput.of(
            () -> {
              removeMany(own);
              removeMany(own);
            });

    assertThat(logged)
        .singleElement()
        .satisfies(line -> assertThat(line).contains("WARN").contains("books"));

    assertThat(own.store.counters().overflowCount()).isEqualTo(2);
    assertThat(own.read("k")).isNull();
    assertThat(own.store.marks()).isLessThan(10);
    assertThat(own.store.dirtyKeys()).isLessThan(10);
    assertThat(own.drained()).contains("CLEAR").hasSizeLessThan(10);
  }

  @Test
  void write_afterAnOverflow_isSeenAndSent() {
    StoreFixture own = StoreFixture.of(Sharing.REPLICATE);
    removeMany(own);

    own.write("k", 1);

    assertThat(own.read("k")).isEqualTo(1);
    assertThat(own.drained()).containsExactly("CLEAR", "PUT k 1");
  }

  private static void removeMany(StoreFixture own) {
    for (int i = 0; i < MORE_THAN_UNSENT; i++) {
      own.remove(i);
    }
  }

  @Test
  void clear_marksBelowIt_areDroppedWithoutRaisingAFloor() {
    small.remove("k");

    small.store.clear();

    assertThat(small.store.marks()).isZero();
    assertThat(small.store.collected()).isEqualTo(Version.NONE);
    assertThat(small.drained()).containsExactly("CLEAR");
    assertThat(small.apply(put("k", "older", at(-1)))).isEqualTo(ApplyOutcome.DROPPED);
  }

  /** Or others would take the keys for complete that the clear took away. */
  @Test
  void drain_clearWhileKeysAreDrained_isToldInTheSameRound() {
    StoreFixture own = StoreFixture.of(Sharing.REPLICATE);
    own.write("a", 1);
    own.write("b", 1);
    List<String> told = new ArrayList<>();

    int drained =
        own.store.drain(
            100,
            change -> {
              if (told.isEmpty()) {
                own.store.clear();
              }
              return told.add(StoreFixture.text(change));
            });

    assertThat(drained).isLessThan(100);
    assertThat(told).containsExactly("PUT a 1", "CLEAR");
  }

  // ---- isolation ----

  @Test
  void read_isolated_isAMissWhereTheCacheSaysSo() {
    StoreFixture own = StoreFixture.missingWhenIsolated();
    own.write("k", 1);
    assertThat(own.read("k")).isEqualTo(1);

    own.isolated = true;
    assertThat(own.read("k")).isNull();
    assertThat(own.versionOf("k")).isNull();
    own.store.whenFree("k", state -> assertThat(state.live()).isNull());
    own.store.whenFree("k", state -> assertThat(state.present()).isNotNull());
    assertThat(own.store.isLive(own.store.iterator().next().getValue(), 0)).isFalse();
    assertThat(own.store.holds("k")).isTrue();

    own.isolated = false;
    assertThat(own.read("k")).isEqualTo(1);
  }

  @Test
  void read_isolated_seesWhatWasWrittenHereSince() {
    StoreFixture own = StoreFixture.missingWhenIsolated();
    own.write("before", 1);
    own.isolated = true;
    own.isolatedSince = own.clock.last();
    own.write("since", 2);
    own.apply(StoreFixture.put("theirs", 3, at(1)));
    own.endLoad("loaded", 4, own.store.beginLoad("loaded"));

    assertThat(own.read("since")).isEqualTo(2);
    assertThat(own.read("before")).isNull();
    assertThat(own.read("theirs")).isNull();
    assertThat(own.read("loaded")).isNull();
  }

  @Test
  void read_isolated_isServedElsewhere() {
    StoreFixture own = StoreFixture.of(Sharing.REPLICATE);
    own.write("k", 1);
    own.isolated = true;

    assertThat(own.read("k")).isEqualTo(1);
  }
}
