package io.github.mccache.node;

import static io.github.mccache.node.StoreFixture.at;
import static io.github.mccache.node.StoreFixture.clear;
import static io.github.mccache.node.StoreFixture.fill;
import static io.github.mccache.node.StoreFixture.invalidate;
import static io.github.mccache.node.StoreFixture.put;
import static io.github.mccache.node.StoreFixture.putUndecodable;
import static io.github.mccache.node.StoreFixture.remove;
import static io.github.mccache.node.StoreFixture.removeAll;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.node.StoreOptions.Sharing;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.ApplyRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** How changes of another member are applied: by version, in whatever order they come. */
class CoherentStoreApplyTest {

  private final StoreFixture fixture = StoreFixture.of(Sharing.REPLICATE);

  // ---- failures ----

  @TestFactory
  Stream<DynamicTest> apply_failsAnywhere_oldValueMissesUntilTheChangeIsApplied() {
    record Case(int readings, int failures, Change change) {}
    List<Case> cases = new ArrayList<>();
    for (Change change : List.of(put("k", "new", at(5)), remove("k", at(5)), clear(at(5)))) {
      for (int readings = 0; readings < 8; readings++) {
        cases.add(new Case(readings, 1, change));
        cases.add(new Case(readings, 2, change));
      }
    }
    return cases.stream()
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.change().kind()
                        + " fails at reading "
                        + row.readings()
                        + ", "
                        + row.failures()
                        + " times",
                    () -> failAndApplyAgain(row.readings(), row.failures(), row.change())));
  }

  private static void failAndApplyAgain(int readings, int failures, Change change) {
    StoreFixture own = StoreFixture.of(Sharing.REPLICATE);
    own.advance(Duration.ofMillis(100));
    own.apply(put("k", "old", at(1)));
    own.apply(put("other", "old", at(2)));
    own.readingsBefore = readings;
    own.failures = failures;

    boolean failed;
    try {
      failed = own.apply(change).isFailure();
    } catch (AssertionError e) { // so its caller discards what is as old
      failed = true;
      own.failures = 0;
      own.store.refuse(change.version());
    }
    own.failures = 0;
    String now = change.kind() == Change.Kind.PUT ? "new" : null;
    assertThat(own.read("k")).isEqualTo(failed ? null : now);
    own.apply(put("k", "late", at(3)));
    assertThat(own.read("k")).as("older than what failed").isEqualTo(failed ? null : now);

    own.apply(change, ApplyRule.Path.WARM_UP);
    assertThat(own.read("k")).isEqualTo(now);
  }

  @Test
  void refuse_entries_areTakenAgainAtTheirVersionAndNotBelow() {
    fixture.advance(Duration.ofMillis(100));
    fixture.apply(put("a", "a", at(2)));
    fixture.apply(put("b", "b", at(9)));

    fixture.store.refuse(at(5));

    assertThat(fixture.read("a")).isNull();
    assertThat(fixture.read("b")).isEqualTo("b");
    assertThat(fixture.store.floor()).isEqualTo(at(5));
    fixture.apply(put("a", "older", at(1)), ApplyRule.Path.WARM_UP);
    assertThat(fixture.read("a")).isNull();
    fixture.apply(put("a", "a", at(2)), ApplyRule.Path.WARM_UP);
    assertThat(fixture.read("a")).isEqualTo("a");
  }

  /** A write that no other member has yet is still sent. */
  @Test
  void refuse_ownWriteNotSent_isSentAsAnInvalidation() {
    fixture.write("k", "v");

    fixture.store.refuse(new Version(fixture.clock.next(), 1));

    assertThat(fixture.read("k")).isNull();
    assertThat(fixture.drained()).containsExactly("INVALIDATE k");
  }

  // ---- any order ----

  @TestFactory
  Stream<DynamicTest> apply_inEveryOrder_endsAtTheHighestVersion() {
    record Case(String end, Change... changes) {}
    return Stream.of(
            new Case("c", put("k", "a", at(1)), put("k", "b", at(2)), put("k", "c", at(3))),
            new Case(null, put("k", "a", at(1)), put("k", "b", at(2)), remove("k", at(3))),
            new Case("c", put("k", "a", at(1)), remove("k", at(2)), put("k", "c", at(3))),
            new Case(null, put("k", "a", at(1)), remove("k", at(2)), invalidate("k", at(3))),
            new Case("c", put("k", "a", at(1)), invalidate("k", at(2)), put("k", "c", at(3))),
            new Case("c", put("k", "a", at(1)), remove("k", at(2)), fill("k", "c", at(3))),
            new Case("c", fill("k", "a", at(1)), fill("k", "b", at(2)), put("k", "c", at(3))),
            new Case("c", put("k", "a", at(1)), clear(at(2)), put("k", "c", at(3))),
            new Case(null, put("k", "a", at(1)), put("k", "b", at(2)), clear(at(3))),
            new Case(null, put("k", "a", at(1)), fill("k", "b", at(2)), removeAll(at(3))),
            new Case("c", removeAll(at(1)), clear(at(2)), put("k", "c", at(3))),
            new Case(null, clear(at(4)), remove("k", at(2)), put("k", "c", at(3))),
            new Case(
                "d",
                clear(at(1)),
                remove("k", at(2)),
                invalidate("k", at(3)),
                put("k", "d", at(4))),
            new Case(null, put("k", "a", at(1)), putUndecodable("k", at(2)), fill("k", "c", at(0))),
            new Case("c", put("k", "a", at(1)), putUndecodable("k", at(2)), put("k", "c", at(3))))
        .map(
            row ->
                DynamicTest.dynamicTest(
                    Stream.of(row.changes())
                        .map(change -> change.kind() + "@" + change.version().millis() % 10)
                        .toList()
                        .toString(),
                    () -> {
                      for (List<Change> order : permutations(List.of(row.changes()))) {
                        StoreFixture own = StoreFixture.of(Sharing.REPLICATE);
                        own.advance(Duration.ofMillis(100));
                        order.forEach(own::apply);
                        order.forEach(own::apply); // repeated, as a network may

                        assertThat(own.read("k")).as("%s", order).isEqualTo(row.end());
                        assertThat(own.store.size()).isEqualTo(row.end() == null ? 0 : 1);
                        assertThat(own.drained()).as("nothing of its own to tell").isEmpty();
                      }
                    }));
  }

  private static <T> List<List<T>> permutations(List<T> elements) {
    if (elements.isEmpty()) {
      return List.of(List.of());
    }
    List<List<T>> all = new ArrayList<>();
    for (T first : elements) {
      List<T> rest = new ArrayList<>(elements);
      rest.remove(first);
      for (List<T> tail : permutations(rest)) {
        List<T> order = new ArrayList<>(List.of(first));
        order.addAll(tail);
        all.add(order);
      }
    }
    return all;
  }

  @Test
  void apply_olderThanOurs_isDropped() {
    fixture.advance(Duration.ofMillis(100));
    fixture.write("k", "ours");

    assertThat(fixture.apply(put("k", "theirs", at(50)))).isEqualTo(ApplyOutcome.DROPPED);

    assertThat(fixture.read("k")).isEqualTo("ours");
    assertThat(fixture.drained()).containsExactly("PUT k ours");
  }

  @Test
  void apply_olderThanOurRemoval_isDropped() {
    fixture.advance(Duration.ofMillis(100));
    fixture.remove("k");

    fixture.apply(put("k", "theirs", at(50)));

    assertThat(fixture.read("k")).isNull();
  }

  @Test
  void apply_sameMillisecond_theLargerOriginWins() {
    Version theirs = at(0);
    Version smaller = new Version(theirs.time(), StoreFixture.OTHER - 1);
    fixture.apply(put("k", "larger", theirs));

    assertThat(fixture.apply(put("k", "smaller", smaller))).isEqualTo(ApplyOutcome.DROPPED);

    assertThat(fixture.read("k")).isEqualTo("larger");
  }

  @Test
  void apply_sameVersionAndValue_changesNothing() {
    fixture.apply(put("k", "v", at(1)));

    assertThat(fixture.apply(put("k", "v", at(1)))).isEqualTo(ApplyOutcome.DROPPED);

    assertThat(fixture.read("k")).isEqualTo("v");
    assertThat(fixture.store.counters().conflictCount()).isZero();
  }

  @Test
  void apply_sameVersionAndAnotherValue_dropsBothAndCounts() {
    fixture.apply(put("k", "one", at(1)));
    fixture.apply(put("k", "two", at(1)));

    assertThat(fixture.read("k")).isNull();
    assertThat(fixture.store.counters().conflictCount()).isEqualTo(1);
    fixture.apply(put("k", "one", at(1)));
    assertThat(fixture.read("k")).isNull();
  }

  @Test
  void apply_pastItsDeadline_isAFence() {
    fixture.advance(Duration.ofMillis(100));
    fixture.apply(put("k", "old", at(1)));

    fixture.apply(put("k", "expired", at(10), 50));

    assertThat(fixture.read("k")).isNull();
    fixture.apply(put("k", "older", at(9)));
    assertThat(fixture.read("k")).isNull();
  }

  @Test
  void apply_withATimeToLive_expiresAtTheWritersDeadline() {
    fixture.apply(put("k", "v", at(0), 100));

    fixture.advance(Duration.ofMillis(99));
    assertThat(fixture.read("k")).isEqualTo("v");
    fixture.advance(Duration.ofMillis(1));
    assertThat(fixture.read("k")).isNull();
  }

  // ---- modes ----

  @Test
  void apply_modeUpdate_takesValuesOfHeldKeysAlone() {
    StoreFixture updating = StoreFixture.of(Sharing.UPDATE);
    updating.write("held", "ours");

    updating.apply(put("held", "theirs", at(10)));
    updating.apply(put("absent", "theirs", at(10)));

    assertThat(updating.read("held")).isEqualTo("theirs");
    assertThat(updating.read("absent")).isNull();
  }

  @Test
  void apply_modeInvalidate_takesNoValue() {
    StoreFixture invalidating = StoreFixture.of(Sharing.INVALIDATE);
    invalidating.write("k", "ours");

    invalidating.apply(put("k", "theirs", at(10)));

    assertThat(invalidating.read("k")).isNull();
  }

  // ---- clocks ----

  @Test
  void apply_aheadOfOurClock_isAMissAndOurClockDoesNotFollow() {
    fixture.write("k", "ours");

    ApplyOutcome outcome = fixture.apply(put("k", "theirs", at(1_001)));

    assertThat(outcome).isEqualTo(ApplyOutcome.AHEAD_OF_CLOCK);
    assertThat(fixture.read("k")).isNull();
    assertThat(fixture.write("k", "again").millis()).isLessThan(at(1_001).millis());
  }

  @Test
  void apply_withinTheSkew_isTaken() {
    assertThat(fixture.apply(put("k", "theirs", at(1_000)))).isEqualTo(ApplyOutcome.APPLIED);
    assertThat(fixture.read("k")).isEqualTo("theirs");
  }

  @Test
  void apply_clearAheadOfOurClock_clearsAsOfNow() {
    fixture.write("k", "ours");

    assertThat(fixture.apply(clear(at(100_000)))).isEqualTo(ApplyOutcome.AHEAD_OF_CLOCK);

    assertThat(fixture.read("k")).isNull();
    fixture.write("k", "again");
    assertThat(fixture.read("k")).isEqualTo("again");
  }

  // ---- what cannot be decoded ----

  @Test
  void read_undecodableValue_isAMissAFenceAndCounted() {
    fixture.apply(put("k", "old", at(1)));
    fixture.apply(putUndecodable("k", at(3)));
    assertThat(fixture.store.size()).isEqualTo(1);

    assertThat(fixture.read("k")).isNull();

    assertThat(fixture.store.size()).isZero();
    assertThat(fixture.store.counters().undecodableCount()).isEqualTo(1);
    fixture.apply(put("k", "older", at(2)));
    assertThat(fixture.read("k")).isNull();
    fixture.apply(put("k", "newer", at(4)));
    assertThat(fixture.read("k")).isEqualTo("newer");
    assertThat(fixture.drained()).isEmpty();
  }

  @Test
  void apply_undecodableValueThatIsToBeWeighed_isAMissAndNeverTheOldValue() {
    StoreFixture weighing = StoreFixture.weighing(Sharing.REPLICATE, (key, value) -> 1);
    weighing.apply(put("k", "old", at(1)));

    weighing.apply(putUndecodable("k", at(2)));

    assertThat(weighing.read("k")).isNull();
  }

  @Test
  void apply_weigherThrows_isTaken() {
    StoreFixture weighing =
        StoreFixture.weighing(
            Sharing.REPLICATE,
            (key, value) -> {
              throw new AssertionError("cannot weigh");
            });

    weighing.apply(put("k", "theirs", at(1)));

    assertThat(weighing.read("k")).isEqualTo("theirs");
  }

  @Test
  void apply_undecodableKey_changesNoEntryAndIsKeptForOthers() {
    Change change =
        Change.put(
            StoreFixture.id(),
            at(1),
            new Payload(60, new byte[] {1}),
            StoreFixture.payload("v"),
            Change.ETERNAL);

    assertThat(fixture.apply(change)).isEqualTo(ApplyOutcome.DEFERRED);
    assertThat(fixture.read("other")).isNull();
    assertThat(fixture.store.size()).isZero();
    assertThat(fixture.store.current(change.key())).isEqualTo(change);
    assertThat(fixture.store.counters().undecodableCount()).isEqualTo(1);
  }

  // ---- while a thread holds the key ----

  @Test
  void apply_keyIsHeld_returnsAtOnceAndTheNewestIsAppliedAfterwards() {
    fixture.write("k", "ours");
    List<ApplyOutcome> outcomes = new ArrayList<>();

    whileHeld(
        "k",
        () -> {
          outcomes.add(fixture.apply(put("k", "one", at(10))));
          outcomes.add(fixture.apply(put("k", "three", at(30))));
          outcomes.add(fixture.apply(put("k", "two", at(20))));
          outcomes.add(fixture.apply(put("other", "value", at(20))));
          assertThat(fixture.read("k")).as("a miss, for it is older").isNull();
        });

    assertThat(outcomes)
        .containsExactly(
            ApplyOutcome.DEFERRED,
            ApplyOutcome.DEFERRED,
            ApplyOutcome.DEFERRED,
            ApplyOutcome.APPLIED);
    assertThat(fixture.read("k")).isEqualTo("three");
    assertThat(fixture.read("other")).isEqualTo("value");
  }

  @Test
  void apply_keyIsHeldByAWriter_theHigherVersionWins() {
    CountDownLatch inStep = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    fixture.advance(Duration.ofMillis(100));
    Thread writer =
        new Thread(
            () ->
                fixture.store.compute(
                    "k",
                    state -> {
                      inStep.countDown();
                      StoreFixture.await(release);
                      return state.write("ours", KeyState.ETERNAL);
                    }));
    writer.start();
    StoreFixture.await(inStep);
    assertThat(fixture.apply(put("k", "theirs", at(50)))).isEqualTo(ApplyOutcome.DEFERRED);
    release.countDown();
    StoreFixture.join(writer);

    assertThat(fixture.read("k")).isEqualTo("ours");
  }

  @Test
  void apply_keyIsHeldAndTheNewestIsAheadOfOurClock_isAMiss() {
    fixture.write("k", "ours");

    whileHeld(
        "k",
        () -> {
          fixture.apply(put("k", "theirs", at(10)));
          fixture.apply(put("k", "ahead", at(10_000)));
        });

    assertThat(fixture.read("k")).isNull();
  }

  @Test
  void apply_keyIsHeldAndTheNewestIsAboveWhatWasForgotten_isNotTakenForHistory() {
    fixture.advance(Duration.ofMillis(100));
    fixture.remove("forgotten");
    fixture.drain();
    fixture.becomeStable();
    fixture.advance(Duration.ofMinutes(2));
    fixture.drain();

    whileHeld(
        "k",
        () -> {
          fixture.apply(put("k", "live", at(200)), ApplyRule.Path.LIVE);
          fixture.apply(put("k", "repaired", at(10)), ApplyRule.Path.REPAIR);
        });

    assertThat(fixture.read("k")).isEqualTo("live");
  }

  @Test
  void apply_historyBelowWhatWasForgotten_isNotTaken() {
    fixture.advance(Duration.ofMillis(100));
    fixture.remove("forgotten");
    fixture.drain();
    fixture.becomeStable();
    fixture.advance(Duration.ofMinutes(2));
    fixture.drain();

    assertThat(fixture.apply(put("k", "repaired", at(10)), ApplyRule.Path.REPAIR))
        .isEqualTo(ApplyOutcome.STALE_HISTORY);

    assertThat(fixture.read("k")).isNull();
  }

  /** As a writer sends that was stopped for minutes. */
  @Test
  void apply_liveBelowWhatWasForgotten_isNotTaken() {
    fixture.advance(Duration.ofMillis(100));
    fixture.remove("k");
    fixture.drain();
    fixture.becomeStable();
    fixture.advance(Duration.ofMinutes(2));
    fixture.drain();

    assertThat(fixture.apply(put("k", "late", at(10)))).isEqualTo(ApplyOutcome.STALE_HISTORY);

    assertThat(fixture.read("k")).isNull();
  }

  @Test
  void apply_clearWhileAKeyIsHeld_returnsAtOnceAndHidesIt() {
    fixture.write("k", "ours");

    whileHeld(
        "k",
        () -> {
          assertThat(fixture.apply(clear(at(10)))).isEqualTo(ApplyOutcome.APPLIED);
          assertThat(fixture.read("k")).isNull();
        });

    assertThat(fixture.store.size()).isZero();
  }

  private void whileHeld(String key, Runnable action) {
    fixture.whileHeld(key, action);
  }

  // ---- what is told ----

  @Test
  void apply_changes_areToldWithTheValuesBeforeAndAfter() {
    fixture.apply(put("k", "a", at(1)));
    fixture.apply(put("k", "b", at(2)));
    fixture.apply(remove("k", at(3)));
    fixture.apply(remove("k", at(4)));
    fixture.apply(fill("k", "c", at(5)));
    fixture.apply(invalidate("k", at(6)));
    fixture.apply(put("k", "stale", at(1)));

    assertThat(fixture.heard)
        .containsExactly(
            "WRITTEN k null>a",
            "WRITTEN k a>b",
            "REMOVED k b>null",
            "LOADED k null>c",
            "INVALIDATED k c>null");
  }

  @Test
  void apply_removeAll_tellsOfEachEntryAndClearOfNone() {
    fixture.write("a", 1);
    fixture.write("b", 2);
    fixture.apply(removeAll(at(10)));
    fixture.advance(Duration.ofMillis(20));
    fixture.write("c", 3);
    fixture.apply(clear(at(30)));

    assertThat(fixture.heard).containsExactlyInAnyOrder("REMOVED a 1>null", "REMOVED b 2>null");
    assertThat(fixture.store.size()).isZero();
  }

  @Test
  void apply_overAnExpiredEntry_tellsOfTheExpiryFirst() {
    fixture.write("k", "old", 10);
    fixture.advance(Duration.ofMillis(20));
    fixture.apply(put("k", "new", at(20)));

    assertThat(fixture.heard).containsExactly("EXPIRED k", "WRITTEN k null>new");
  }

  @Test
  void created_afterAnExpiry_isTheTimeOfTheNewEntry() {
    fixture.write("k", "old", 10);
    fixture.advance(Duration.ofMillis(20));
    fixture.apply(put("k", "new", at(20)));

    assertThat(fixture.store.find("k", fixture.store.nowMillis()).createdMillis())
        .isEqualTo(fixture.store.nowMillis());
  }
}
