package io.github.mccache.node;

import static io.github.mccache.node.StoreFixture.at;
import static io.github.mccache.node.StoreFixture.clear;
import static io.github.mccache.node.StoreFixture.invalidate;
import static io.github.mccache.node.StoreFixture.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mccache.codec.EncodingException;
import io.github.mccache.node.StoreOptions.Sharing;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyOutcome;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a member's own operations leave behind, and what it has to tell the others. */
class CoherentStoreTest {

  private final StoreFixture fixture = StoreFixture.of(Sharing.REPLICATE);

  // ---- versions ----

  @Test
  void write_afterALaterVersionWasSeen_isStampedAboveIt() {
    fixture.apply(put("k", "theirs", at(400)));

    Version own = fixture.write("k", "ours");

    assertThat(own.isAfter(at(400))).isTrue();
    assertThat(fixture.read("k")).isEqualTo("ours");
  }

  @Test
  void write_again_isStampedAboveTheOneBefore() {
    Version first = fixture.write("k", 1);
    Version removal = fixture.remove("k");
    Version second = fixture.write("k", 2);

    assertThat(removal.isAfter(first)).isTrue();
    assertThat(second.isAfter(removal)).isTrue();
  }

  // ---- what is sent ----

  @Test
  void withdraw_anyEntry_isAMissFromNowOn() {
    fixture.write("k", "before");
    fixture.apply(put("theirs", "before", at(400)));

    fixture.store.withdraw();

    assertThat(fixture.read("k")).isNull();
    assertThat(fixture.read("theirs")).isNull();
    fixture.write("k", "after");
    assertThat(fixture.read("k")).isNull();
    assertThat(fixture.store.size()).isZero();
  }

  @Test
  void drain_tenWritesOfOneKey_sendsTheLastAlone() {
    for (int i = 0; i < 10; i++) {
      fixture.write("k", i);
    }
    Version last = fixture.versionOf("k");

    List<Change> changes = fixture.drain();

    assertThat(changes).hasSize(1);
    assertThat(changes.get(0).version()).isEqualTo(last);
    assertThat(StoreFixture.text(changes.get(0))).isEqualTo("PUT k 9");
    assertThat(fixture.drain()).isEmpty();
  }

  @Test
  void drain_manyKeys_sendsEachOnceInTheOrderOfTheirFirstChange() {
    fixture.write("a", 1);
    fixture.write("b", 1);
    fixture.remove("c");
    fixture.write("a", 2);
    fixture.remove("b");

    assertThat(fixture.drained()).containsExactly("PUT a 2", "REMOVE b", "REMOVE c");
  }

  @Test
  void drain_ofAtMostOne_leavesTheRestForTheNext() {
    fixture.write("a", 1);
    fixture.write("b", 1);

    assertThat(fixture.store.drain(1, change -> true)).isEqualTo(1);
    assertThat(fixture.drained()).containsExactly("PUT b 1");
  }

  @Test
  void drain_writtenOverByAnother_tellsWhatIsHereNow() {
    fixture.write("k", "ours");
    fixture.apply(put("k", "theirs", at(100)));

    assertThat(fixture.drained()).containsExactly("PUT k theirs");
  }

  @Test
  void drain_writtenAgainAfterBeingSent_sendsTheNewOne() {
    fixture.write("k", 1);
    fixture.drain();
    fixture.write("k", 2);

    assertThat(fixture.drained()).containsExactly("PUT k 2");
  }

  @Test
  void drain_valueWithATimeToLive_sendsTheTime() {
    fixture.write("k", "v", 5_000);

    Change change = fixture.drain().get(0);

    assertThat(change.ttlMillis()).isEqualTo(5_000);
    assertThat(change.deadlineMillis()).isEqualTo(change.version().millis() + 5_000);
  }

  @Test
  void drain_expiredAtOnce_sendsAnInvalidation() {
    fixture.store.compute(
        "k",
        state -> {
          state.invalidate();
          return null;
        });

    assertThat(fixture.drained()).containsExactly("INVALIDATE k");
  }

  @Test
  void drain_evictedBeforeItWasSent_sendsAnInvalidationOfThatVersion() {
    StoreFixture small = StoreFixture.ofEntries(Sharing.REPLICATE, 1);
    Version evicted = small.write("a", 1);
    small.write("b", 1);

    List<Change> changes = small.drain();

    assertThat(changes.stream().map(StoreFixture::text)).containsExactly("INVALIDATE a", "PUT b 1");
    assertThat(changes.get(0).version()).isEqualTo(evicted);
    assertThat(small.heard).containsExactly("EVICTED a");
  }

  @Test
  void apply_evictedBeforeItWasSent_refusesWhatIsOlder() {
    StoreFixture small = StoreFixture.ofEntries(Sharing.REPLICATE, 1);
    small.advance(Duration.ofMillis(100));
    small.write("a", "ours");
    small.write("b", 1);

    small.apply(put("a", "stale", at(50)));

    assertThat(small.read("a")).isNull();
  }

  @Test
  void drain_evictedAfterItWasSent_sendsNothingMore() {
    StoreFixture small = StoreFixture.ofEntries(Sharing.REPLICATE, 1);
    small.write("a", 1);
    small.drain();
    small.write("b", 1);

    assertThat(small.drained()).containsExactly("PUT b 1");
  }

  @Test
  void drain_expiredBeforeItWasSent_sendsAnInvalidation() {
    fixture.write("k", "v", 10);
    fixture.advance(Duration.ofMillis(10));
    fixture.store.whenFree("k", state -> assertThat(state.expireIfDue()).isNotNull());

    assertThat(fixture.drained()).containsExactly("INVALIDATE k");
  }

  @Test
  void drain_expiredAfterItWasSent_sendsNothing() {
    fixture.write("k", "v", 10);
    fixture.drain();
    fixture.advance(Duration.ofMillis(10));
    fixture.store.whenFree("k", state -> assertThat(state.expireIfDue()).isNotNull());

    assertThat(fixture.drained()).isEmpty();
  }

  @Test
  void drain_valueAboveTheMaximum_sendsAnInvalidationAndCounts() {
    StoreFixture narrow = StoreFixture.ofValueBytes(Sharing.REPLICATE, 10);
    narrow.write("small", "0123456789");
    narrow.write("large", "0123456789x");

    assertThat(narrow.drained()).containsExactly("PUT small 0123456789", "INVALIDATE large");
    assertThat(narrow.store.counters().oversizedCount()).isEqualTo(1);
    assertThat(narrow.read("large")).isEqualTo("0123456789x");
  }

  @Test
  void write_valueThatCannotBeEncoded_isRefusedWhereItWouldBeSent() {
    for (Sharing sharing : List.of(Sharing.UPDATE, Sharing.REPLICATE)) {
      StoreFixture byReference = StoreFixture.byReference(sharing);
      assertThatThrownBy(() -> byReference.write("k", new Object()))
          .isInstanceOf(EncodingException.class);
      assertThatThrownBy(
              () ->
                  byReference.store.compute(
                      "k",
                      state ->
                          state.write(
                              byReference.store.holdLoaded(new Object()), KeyState.ETERNAL)))
          .isInstanceOf(EncodingException.class);

      assertThat(byReference.read("k")).isNull();
      assertThat(byReference.drained()).isEmpty();
    }
  }

  @Test
  void load_valueThatCannotBeEncoded_staysHereAndCounts() {
    for (StoreFixture fixture :
        List.of(StoreFixture.byReference(Sharing.REPLICATE), StoreFixture.of(Sharing.REPLICATE))) {
      Object value = new Unserializable(7);
      try (CoherentStore.Load load = fixture.store.beginLoad("k")) {
        fixture.store.compute(
            "k", state -> state.store(fixture.store.holdLoaded(value), KeyState.ETERNAL, load));
      }

      assertThat(fixture.read("k")).isSameAs(value);
      assertThat(fixture.drained()).isEmpty();
      assertThat(fixture.store.counters().unencodableCount()).isEqualTo(1);
      assertThat(fixture.store.checksum().entries()).isZero();
    }
  }

  private record Unserializable(int number) {}

  @Test
  void drain_keyThatCannotBeEncoded_sendsNothingAndCounts() {
    StoreFixture byReference = StoreFixture.byReference(Sharing.REPLICATE);
    byReference.write(new Object(), "v");
    byReference.write("k", "v");

    assertThat(byReference.drained()).containsExactly("PUT k v");
    assertThat(byReference.store.counters().unencodableCount()).isEqualTo(1);
  }

  // ---- modes ----

  @Test
  void drain_modeInvalidate_sendsNoValue() {
    StoreFixture invalidating = StoreFixture.of(Sharing.INVALIDATE);
    invalidating.write("a", 1);
    invalidating.remove("b");
    load(invalidating, "c");

    assertThat(invalidating.drained()).containsExactly("INVALIDATE a", "REMOVE b");
  }

  @Test
  void drain_modeUpdate_sendsValuesAndNoLoads() {
    StoreFixture updating = StoreFixture.of(Sharing.UPDATE);
    updating.write("a", 1);
    load(updating, "c");

    assertThat(updating.drained()).containsExactly("PUT a 1");
  }

  @Test
  void drain_modeReplicate_sendsLoadsAsFills() {
    load(fixture, "c");

    assertThat(fixture.drained()).containsExactly("FILL c loaded");
  }

  @Test
  void drain_modeLocal_sendsNothing() {
    StoreFixture local = StoreFixture.of(Sharing.LOCAL);
    local.write("a", 1);
    local.remove("a");
    load(local, "c");
    local.store.clear();

    assertThat(local.drained()).isEmpty();
  }

  private static void load(StoreFixture fixture, String key) {
    CoherentStore.Load load = fixture.store.beginLoad(key);
    assertThat(fixture.endLoad(key, "loaded", load)).isTrue();
  }

  // ---- clear ----

  @Test
  void clear_ofEntries_hidesThemAtOnceAndIsSentFirst() {
    fixture.write("a", 1);
    fixture.drain();
    fixture.write("b", 1);
    fixture.store.clear();
    fixture.write("c", 1);

    assertThat(fixture.read("a")).isNull();
    assertThat(fixture.read("b")).isNull();
    assertThat(fixture.read("c")).isEqualTo(1);
    assertThat(fixture.store.size()).isEqualTo(1);
    assertThat(fixture.drained()).containsExactly("CLEAR", "PUT c 1");
  }

  @Test
  void clear_twice_sendsTheLaterAlone() {
    fixture.store.clear();
    fixture.store.clear();
    Version floor = fixture.store.clearFloor();

    List<Change> changes = fixture.drain();

    assertThat(changes).hasSize(1);
    assertThat(changes.get(0).version()).isEqualTo(floor);
  }

  @Test
  void removeAll_asOfAMoment_sparesWhatCameAfterIt() {
    fixture.write("before", 1);

    fixture.store.removeAll(begun -> fixture.write("after", 1));

    assertThat(fixture.read("before")).isNull();
    assertThat(fixture.read("after")).isEqualTo(1);
    assertThat(fixture.drained()).containsExactly("REMOVE_ALL", "PUT after 1");
  }

  @Test
  void write_ofWhatWasReadBeforeAClear_doesNotSurviveIt() {
    fixture.write("k", 5);

    fixture.store.compute(
        "k",
        state -> {
          fixture.store.clear(); // as another thread may at any time
          return state.write(fixture.store.hold(6), KeyState.ETERNAL);
        });

    assertThat(fixture.read("k")).isNull();
    assertThat(fixture.drained()).containsExactly("CLEAR", "INVALIDATE k");
  }

  @Test
  void load_whileAnOldClearOfItsOwnIsHeard_isStored() {
    CoherentStore.Load load = fixture.store.beginLoad("k");
    long own = fixture.write("other", 1).origin();
    fixture.apply(Change.clear(fixture.store.id(), new Version(at(-1).time(), own)));

    fixture.store.compute(
        "k", state -> state.store(fixture.store.hold("loaded"), KeyState.ETERNAL, load));

    assertThat(fixture.read("k")).isEqualTo("loaded");
  }

  /**
   * As after destroyCache and createCache, when the floor of old comes back from the other members.
   */
  @Test
  void write_whileAnOldClearIsHeard_survivesWhereNothingWasRead() {
    fixture.store.compute(
        "k",
        state -> {
          fixture.apply(clear(at(1)));
          return state.write(fixture.store.hold(6), KeyState.ETERNAL);
        });

    assertThat(fixture.read("k")).isEqualTo(6);
  }

  /** A write that has its version already, and is published after the clear above that version. */
  @Test
  void write_clearedBeforeItWasPublished_leavesNothingBehind() {
    StoreFixture[] weighing = new StoreFixture[1];
    weighing[0] =
        StoreFixture.weighing(
            Sharing.LOCAL, // where the version comes before the weight
            (key, value) -> {
              weighing[0].store.clear();
              return 1;
            });

    weighing[0].write("k", "v");

    assertThat(weighing[0].read("k")).isNull();
    assertThat(weighing[0].store.size()).isZero();
  }

  // ---- loads ----

  @TestFactory
  Stream<DynamicTest> load_newsOfItsKeyCameMeanwhile_isNotCached() {
    record News(String name, Sharing sharing, Consumer<StoreFixture> happens) {}
    return Stream.of(
            new News("their put", Sharing.REPLICATE, f -> f.apply(put("k", "theirs", at(0)))),
            new News("their old put", Sharing.REPLICATE, f -> f.apply(put("k", "theirs", at(-9)))),
            new News(
                "their invalidation", Sharing.INVALIDATE, f -> f.apply(invalidate("k", at(0)))),
            new News(
                "their old invalidation",
                Sharing.INVALIDATE,
                f -> f.apply(invalidate("k", at(-9)))),
            new News(
                "their removal", Sharing.UPDATE, f -> f.apply(StoreFixture.remove("k", at(0)))),
            new News(
                "their put, mode update", Sharing.UPDATE, f -> f.apply(put("k", "theirs", at(0)))),
            new News("their clear", Sharing.REPLICATE, f -> f.apply(clear(at(10)))),
            new News("our put", Sharing.REPLICATE, f -> f.write("k", "ours")),
            new News("our removal", Sharing.REPLICATE, f -> f.remove("k")),
            new News("our clear", Sharing.REPLICATE, f -> f.store.clear()),
            new News("our put, local", Sharing.LOCAL, f -> f.write("k", "ours")),
            new News("our removal, local", Sharing.LOCAL, f -> f.remove("k")),
            new News("our expiring put, local", Sharing.LOCAL, CoherentStoreTest::invalidateHere),
            new News("our clear, local", Sharing.LOCAL, f -> f.store.clear()))
        .map(
            news ->
                DynamicTest.dynamicTest(
                    news.name(),
                    () -> {
                      StoreFixture own = StoreFixture.of(news.sharing());
                      CoherentStore.Load load = own.store.beginLoad("k");

                      news.happens().accept(own);

                      assertThat(own.endLoad("k", "loaded", load)).isFalse();
                      assertThat(own.read("k")).isNotEqualTo("loaded");
                    }));
  }

  private static void invalidateHere(StoreFixture fixture) {
    fixture.store.compute(
        "k",
        state -> {
          state.invalidate();
          return null;
        });
  }

  @ParameterizedTest
  @EnumSource(Sharing.class)
  void load_nothingHappenedMeanwhile_isCached(Sharing sharing) {
    StoreFixture own = StoreFixture.of(sharing);
    CoherentStore.Load load = own.store.beginLoad("k");
    own.advance(Duration.ofSeconds(59));

    assertThat(own.endLoad("k", "loaded", load)).isTrue();
    assertThat(own.read("k")).isEqualTo("loaded");
  }

  @ParameterizedTest
  @EnumSource(Sharing.class)
  void load_outlivesTheMarksAndOthersAreForgotten_isCachedAndStaysHere(Sharing sharing) {
    StoreFixture own = StoreFixture.of(sharing);
    CoherentStore.Load load = own.store.beginLoad("k");
    own.apply(StoreFixture.remove("other", at(1)));
    own.drain();
    own.advance(Duration.ofSeconds(61));
    own.becomeStable();
    own.drain();
    assertThat(own.store.mark("other")).as("forgotten").isNull();

    assertThat(own.endLoad("k", "loaded", load)).isTrue();
    assertThat(own.read("k")).isEqualTo("loaded");
    assertThat(own.drained()).isEmpty();
  }

  @TestFactory
  Stream<DynamicTest> load_newsOfItsKeyCameAndWasForgotten_isNotCached() {
    record News(String name, Sharing sharing, Consumer<StoreFixture> happens) {}
    return Stream.of(
            new News("their put", Sharing.REPLICATE, f -> f.apply(put("k", "v", at(1), 50))),
            new News(
                "their invalidation", Sharing.INVALIDATE, f -> f.apply(invalidate("k", at(1)))),
            new News(
                "their removal", Sharing.UPDATE, f -> f.apply(StoreFixture.remove("k", at(1)))),
            new News("our put", Sharing.REPLICATE, f -> f.write("k", "ours", 50)),
            new News("our put, local", Sharing.LOCAL, f -> f.write("k", "ours", 50)),
            new News("our removal", Sharing.REPLICATE, f -> f.remove("k")),
            new News("our removal, local", Sharing.LOCAL, f -> f.remove("k")))
        .map(
            news ->
                DynamicTest.dynamicTest(
                    news.name(),
                    () -> {
                      StoreFixture own = StoreFixture.of(news.sharing());
                      CoherentStore.Load load = own.store.beginLoad("k");
                      own.advance(Duration.ofMillis(10));
                      news.happens().accept(own);
                      own.drain();
                      for (int i = 0;
                          i < 2;
                          i++) { // the entry expires, then its fence is forgotten
                        own.advance(Duration.ofSeconds(61));
                        own.becomeStable();
                        own.store.compute("k", KeyState::expireIfDue);
                        own.drain();
                      }
                      assertThat(own.store.mark("k")).as("forgotten").isNull();
                      assertThat(own.store.holds("k")).isFalse();

                      assertThat(own.endLoad("k", "loaded", load)).isFalse();
                    }));
  }

  /** A key that is sent and that nobody can read. */
  private static final class UnreadableKey implements java.io.Serializable {

    private static final long serialVersionUID = 1L;

    private void readObject(ObjectInputStream in) throws IOException {
      throw new InvalidObjectException("no " + in.available());
    }
  }

  @Test
  void load_newsWhoseKeyCannotBeDecoded_isNotCached() {
    UnreadableKey key = new UnreadableKey();
    CoherentStore.Load load = fixture.store.beginLoad(key);
    CoherentStore.Load neighbour = fixture.store.beginLoad("l");

    assertThat(fixture.apply(StoreFixture.remove(key, at(0)))).isEqualTo(ApplyOutcome.DEFERRED);

    assertThat(fixture.endLoad(key, "loaded", load)).isFalse();
    assertThat(fixture.endLoad("l", "loaded", neighbour)).isTrue();
  }

  @Test
  void load_slowerThanItsTimeToLive_livesFromWhenItIsStored() {
    CoherentStore.Load load = fixture.store.beginLoad("k");
    fixture.advance(Duration.ofMillis(500));
    fixture.store.compute("k", state -> state.store(fixture.store.hold("loaded"), 100, load));

    fixture.advance(Duration.ofMillis(99));
    assertThat(fixture.read("k")).isEqualTo("loaded");
    assertThat(fixture.drain().get(0).ttlMillis()).isEqualTo(600);
    fixture.advance(Duration.ofMillis(1));
    assertThat(fixture.read("k")).isNull();
  }

  @Test
  void load_anOlderEntryExpiresMeanwhile_isCached() {
    fixture.write("k", "old", 50);
    CoherentStore.Load load = fixture.store.beginLoad("k");
    fixture.advance(Duration.ofMillis(100));
    fixture.drain();
    fixture.becomeStable();
    fixture.store.compute("k", KeyState::expireIfDue);

    assertThat(fixture.endLoad("k", "loaded", load)).isTrue();
  }

  @Test
  void load_ofAKeyRemovedLongBefore_isCached() {
    fixture.remove("k");
    CoherentStore.Load load = fixture.store.beginLoad("k");

    assertThat(fixture.endLoad("k", "loaded", load)).isTrue();
  }

  @Test
  void load_tombstoneOfItsKeyWasForgottenAtTheCap_isNotCached() {
    CoherentStore.Load load = fixture.store.beginLoad("k");
    fixture.remove("k");
    for (int i = 0; i < 10_001; i++) {
      fixture.remove(i);
    }
    fixture.drain();
    assertThat(fixture.store.mark("k")).as("forgotten at the cap").isNull();

    assertThat(fixture.endLoad("k", "loaded", load)).isFalse();
  }

  // ---- weighers ----

  @Test
  void write_weigherThrows_countsAsOne() {
    StoreFixture weighing =
        StoreFixture.weighing(
            Sharing.REPLICATE,
            (key, value) -> {
              throw new UnsupportedOperationException("cannot weigh");
            });

    weighing.write("k", "v");

    assertThat(weighing.read("k")).isEqualTo("v");
  }

  // ---- checksum ----

  @Test
  void checksum_ofTheSameEntries_dependsNeitherOnOrderNorOnTheFormOfValues() {
    StoreFixture other = StoreFixture.byReference(Sharing.LOCAL);
    for (int i = 0; i < 100; i++) {
      fixture.write("k" + i, new java.util.ArrayList<>(List.of(i)));
      other.write("k" + (99 - i), new java.util.ArrayList<>(List.of(99 - i)));
    }

    assertThat(other.store.checksum().hash()).isEqualTo(fixture.store.checksum().hash());
    assertThat(other.store.checksum().entries()).isEqualTo(100);
  }

  @Test
  void checksum_leavesOutWhatIsExpiredOrCleared() {
    Checksum empty = fixture.store.checksum();
    fixture.write("k", "v", 10);
    assertThat(fixture.store.checksum().hash()).isNotEqualTo(empty.hash());
    fixture.advance(Duration.ofMillis(10));

    assertThat(fixture.store.checksum().hash()).isEqualTo(empty.hash());
    assertThat(fixture.store.checksum().entries()).isZero();
  }
}
