package io.github.mccache.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.entry;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class LruStoreTest {
  private final StoreFixture<String, String> three = StoreFixture.ofEntries(3);

  private void setThree(String... keys) {
    for (String key : keys) {
      three.set(key, key + "1");
    }
  }

  // Recency and eviction

  @Test
  void get_entryOfAFullStore_savesItFromEviction() {
    setThree("a", "b", "c");
    assertThat(three.store.get("a")).isEqualTo("a1");
    setThree("d");
    assertThat(three.evicted).containsExactly(entry("b", "b1"));
    assertThat(three.contents()).containsOnlyKeys("a", "c", "d");
  }

  @Test
  void get_moreReadsThanAreBuffered_allCount() {
    StoreFixture<Integer, Integer> fixture = StoreFixture.ofEntries(1000);
    for (int i = 0; i < 1000; i++) {
      fixture.set(i, i);
    }
    for (int i = 999; i >= 0; i--) {
      fixture.store.get(i);
    }
    for (int i = 0; i < 1000; i++) {
      fixture.set(1000 + i, i);
    }
    assertThat(fixture.evicted).extracting(Map.Entry::getKey).startsWith(999, 998).endsWith(1, 0);
    assertThat(fixture.evicted)
        .hasSize(1000)
        .isSortedAccordingTo((x, y) -> y.getKey() - x.getKey());
  }

  @Test
  void peek_entry_doesNotCountAsUse() {
    setThree("a", "b", "c");
    assertThat(three.store.peek("a")).isEqualTo("a1");
    setThree("d");
    assertThat(three.contents()).containsOnlyKeys("b", "c", "d");
  }

  @Test
  void slotGet_entry_doesNotCountAsUse() {
    setThree("a", "b", "c");
    String read = three.store.compute("a", Slot::get);
    assertThat(read).isEqualTo("a1");
    setThree("d");
    assertThat(three.contents()).containsOnlyKeys("b", "c", "d");
  }

  @Test
  void slotTouch_entry_countsAsUse() {
    setThree("a", "b", "c");
    three.store.computeWhenFree("a", Slot::touch);
    setThree("d");
    assertThat(three.contents()).containsOnlyKeys("a", "c", "d");
  }

  @Test
  void slotTouch_absent_changesNothing() {
    three.store.computeWhenFree("a", Slot::touch);
    assertThat(three.contents()).isEmpty();
    assertThat(three.store.size()).isZero();
  }

  @Test
  void slotSet_existing_countsAsUse() {
    setThree("a", "b", "c", "a", "d");
    assertThat(three.contents()).containsOnlyKeys("a", "c", "d");
  }

  @Test
  void slotSetQuietly_existing_keepsItsPlace() {
    setThree("a", "b", "c");
    three.setQuietly("a", "a2");
    assertThat(three.store.peek("a")).isEqualTo("a2");
    setThree("d");
    assertThat(three.evicted).containsExactly(entry("a", "a2"));
  }

  @Test
  void slotSetQuietly_absent_isMostRecent() {
    setThree("a", "b");
    three.setQuietly("c", "c1");
    setThree("d");
    assertThat(three.contents()).containsOnlyKeys("b", "c", "d");
  }

  @Test
  void slotReplace_existing_keepsItsPlaceAndItsWeight() {
    AtomicInteger asked = new AtomicInteger();
    StoreFixture<String, String> fixture =
        new StoreFixture<>(new Bound<>(2, (key, value) -> asked.incrementAndGet() * 0L + 1));
    fixture.set("a", "a1");
    fixture.set("b", "b1");
    fixture.store.computeWhenFree("a", slot -> slot.replace("a2"));

    assertThat(asked).hasValue(2);
    assertThat(fixture.store.peek("a")).isEqualTo("a2");
    fixture.set("c", "c1");
    assertThat(fixture.evicted).containsExactly(entry("a", "a2"));
  }

  @Test
  void slotSet_valueThatHasBeenWeighed_asksNoBoundAgain() {
    AtomicInteger asked = new AtomicInteger();
    StoreFixture<String, String> fixture =
        new StoreFixture<>(new Bound<>(5, (key, value) -> asked.incrementAndGet() * 0L + 3));
    fixture.store.computeWhenFree("a", slot -> slot.set("a1", slot.weigh("a1")));

    assertThat(asked).hasValue(1);
    assertThat(fixture.store.weight(0)).isEqualTo(3);
    fixture.store.computeWhenFree("b", slot -> slot.set("b1", slot.weigh("b1")));
    assertThat(fixture.evicted).containsExactly(entry("a", "a1"));
  }

  @Test
  void slotReplace_absent_isRefused() {
    assertThatThrownBy(
            () ->
                three.store.compute(
                    "a",
                    slot -> {
                      slot.replace("a1");
                      return null;
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(three.contents()).isEmpty();
  }

  @Test
  void iterator_entries_doesNotCountAsUse() {
    setThree("a", "b", "c");
    assertThat(three.contents()).containsOnlyKeys("a", "b", "c");
    setThree("d");
    assertThat(three.contents()).containsOnlyKeys("b", "c", "d");
  }

  @Test
  void compute_nestedSetOfOtherKeys_orderIsThatOfTheSets() {
    three.store.compute(
        "a",
        slot -> {
          slot.set("a1");
          setThree("b", "c");
          return null;
        });
    setThree("d");
    assertThat(three.evicted).containsExactly(entry("a", "a1"));
  }

  @Test
  void compute_storeFullOfKeysOfThisThread_evictsOnceTheyAreReleased() {
    StoreFixture<String, String> one = StoreFixture.ofEntries(1);
    one.store.compute(
        "a",
        outer -> {
          outer.set("a1");
          one.store.compute(
              "b",
              inner -> {
                inner.set("b1");
                one.store.compute("c", Slot::get);
                assertThat(one.evicted).isEmpty();
                return null;
              });
          assertThat(one.evicted).containsExactly(entry("b", "b1"));
          return null;
        });
    assertThat(one.contents()).containsOnlyKeys("a");
  }

  @Test
  void slotRemove_entry_isNotEvicted() {
    setThree("a", "b");
    three.remove("a");
    assertThat(three.store.get("a")).isNull();
    assertThat(three.store.size()).isEqualTo(1);
    assertThat(three.store.weight(0)).isEqualTo(1);
    assertThat(three.evicted).isEmpty();
  }

  @Test
  void eviction_callback_seesTheEntryGoneAndItsKeyLocked() {
    List<String> log = new ArrayList<>();
    AtomicReference<LruStore<String, String>> reference = new AtomicReference<>();
    LruStore<String, String> store =
        new LruStore<>(
            List.of(Bound.entries(1)),
            (key, value) -> {
              log.add("evicted " + key + ", now " + reference.get().peek(key));
              reference.get().computeWhenFree(key, slot -> log.add("free " + slot.key()));
              log.add("left " + key);
            });
    reference.set(store);
    StoreFixture.set(store, "a", "a1");
    StoreFixture.set(store, "b", "b1");
    assertThat(log).containsExactly("evicted a, now null", "left a", "free a");
    assertThat(StoreFixture.leftovers(store)).isZero();
  }

  @Test
  void eviction_callbackThrows_operationSucceedsAndHandlerIsTold() {
    List<Throwable> uncaught = new ArrayList<>();
    RuntimeException failure = new RuntimeException("from the callback");
    LruStore<String, String> store =
        new LruStore<>(
            List.of(Bound.entries(1)),
            (key, value) -> {
              throw failure;
            },
            uncaught::add);
    StoreFixture.set(store, "a", "a1");
    StoreFixture.set(store, "b", "b1");
    assertThat(uncaught).containsExactly(failure);
    assertThat(StoreFixture.contents(store)).containsOnlyKeys("b");
    assertThat(StoreFixture.leftovers(store)).isZero();
  }

  @Test
  void eviction_oneHashCodeForAllKeys_staysLogarithmic() {
    AtomicInteger comparisons = new AtomicInteger();
    record Colliding(int number, AtomicInteger comparisons) implements Comparable<Colliding> {
      @Override
      public int hashCode() {
        return 1;
      }

      @Override
      public boolean equals(Object other) {
        comparisons.incrementAndGet();
        return other instanceof Colliding colliding && colliding.number == number;
      }

      @Override
      public int compareTo(Colliding other) {
        comparisons.incrementAndGet();
        return Integer.compare(number, other.number);
      }
    }
    StoreFixture<Colliding, Integer> fixture = StoreFixture.ofEntries(5000);
    for (int i = 0; i < 20_000; i++) {
      fixture.set(new Colliding(i, comparisons), i);
    }
    assertThat(fixture.evicted).hasSize(15_000);
    assertThat(comparisons.get() / 20_000).isLessThan(200);
  }

  // Bounds and weights

  @Test
  void slotSet_secondBoundExceeded_evictsEldestUntilBothHold() {
    StoreFixture<String, String> fixture =
        new StoreFixture<>(Bound.entries(10), new Bound<>(10, (key, value) -> value.length()));
    fixture.set("a", "4444");
    fixture.set("b", "4444");
    fixture.set("c", "22");
    assertThat(fixture.evicted).isEmpty();
    fixture.set("d", "55555");
    assertThat(fixture.evicted).containsExactly(entry("a", "4444"), entry("b", "4444"));
    assertThat(fixture.store.weight(0)).isEqualTo(2);
    assertThat(fixture.store.weight(1)).isEqualTo(7);
  }

  @Test
  void slotSet_replacementHeavier_evictsEldest() {
    StoreFixture<String, String> fixture =
        new StoreFixture<>(new Bound<>(5, (key, value) -> value.length()));
    fixture.set("a", "22");
    fixture.set("b", "22");
    fixture.set("b", "4444");
    assertThat(fixture.evicted).containsExactly(entry("a", "22"));
    assertThat(fixture.store.weight(0)).isEqualTo(4);
  }

  @Test
  void slotSet_heavierThanTheBound_evictsThatEntryAlone() {
    StoreFixture<String, String> fixture =
        new StoreFixture<>(new Bound<>(5, (key, value) -> value.length()));
    fixture.set("a", "22");
    fixture.set("b", "666666");
    assertThat(fixture.evicted).containsExactly(entry("b", "666666"));
    assertThat(fixture.contents()).containsExactly(entry("a", "22"));
    fixture.set("a", "666666");
    assertThat(fixture.contents()).isEmpty();
    assertThat(fixture.store.size()).isZero();
    assertThat(fixture.store.weight(0)).isZero();
    assertThat(StoreFixture.leftovers(fixture.store)).isZero();
  }

  @Test
  void slotSet_tooHeavyThenLighterInOneStep_stays() {
    StoreFixture<String, String> fixture =
        new StoreFixture<>(new Bound<>(5, (key, value) -> value.length()));
    fixture.store.computeWhenFree(
        "a",
        slot -> {
          slot.set("666666");
          assertThat(slot.get()).isEqualTo("666666");
          slot.set("22");
        });
    assertThat(fixture.evicted).isEmpty();
    assertThat(fixture.contents()).containsExactly(entry("a", "22"));
    assertThat(fixture.store.weight(0)).isEqualTo(2);
  }

  @Test
  void slotSet_maximumOfZero_keepsNothing() {
    StoreFixture<String, String> fixture = StoreFixture.ofEntries(0);
    fixture.set("a", "a1");
    assertThat(fixture.contents()).isEmpty();
    assertThat(fixture.evicted).containsExactly(entry("a", "a1"));
  }

  @Test
  void slotSet_weightLargestLong_evictsThatEntryAlone() {
    StoreFixture<String, Long> fixture =
        new StoreFixture<>(new Bound<>(Long.MAX_VALUE, (key, value) -> value));
    fixture.set("a", 1L);
    fixture.set("b", Long.MAX_VALUE);
    assertThat(fixture.contents()).containsExactly(entry("a", 1L));
  }

  @Test
  void slotSet_noBounds_evictsNothing() {
    StoreFixture<Integer, Integer> fixture = new StoreFixture<>();
    for (int i = 0; i < 50_000; i++) {
      fixture.set(i, i);
    }
    assertThat(fixture.store.size()).isEqualTo(50_000);
    assertThat(fixture.evicted).isEmpty();
  }

  @Test
  void slotSet_negativeWeight_throwsAndChangesNothing() {
    StoreFixture<String, Long> fixture = new StoreFixture<>(new Bound<>(5, (key, value) -> value));
    fixture.set("a", 3L);
    assertThatThrownBy(() -> fixture.set("a", -1L))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bound 0 weighs an entry at -1; a weight must be 0 or more");
    assertThatThrownBy(() -> fixture.set("b", -1L)).isInstanceOf(IllegalArgumentException.class);
    assertThat(fixture.contents()).containsExactly(entry("a", 3L));
    assertThat(fixture.store.weight(0)).isEqualTo(3);
    assertThat(StoreFixture.leftovers(fixture.store)).isZero();
  }

  @Test
  void slotSet_weightThrows_throwsAndChangesNothing() {
    RuntimeException failure = new RuntimeException("from the weight");
    StoreFixture<String, Long> fixture =
        new StoreFixture<>(
            Bound.entries(3),
            new Bound<>(
                5,
                (key, value) -> {
                  throw failure;
                }));
    assertThat(catchThrowable(() -> fixture.set("a", 1L))).isSameAs(failure);
    assertThat(fixture.contents()).isEmpty();
    assertThat(fixture.store.weight(0)).isZero();
    assertThat(StoreFixture.leftovers(fixture.store)).isZero();
  }

  @Test
  void slotSet_weight_isAskedOncePerWrite() {
    AtomicInteger asked = new AtomicInteger();
    StoreFixture<String, String> fixture =
        new StoreFixture<>(new Bound<>(2, (key, value) -> asked.incrementAndGet() * 0L + 1));
    fixture.set("a", "a1");
    fixture.set("a", "a2");
    fixture.setQuietly("b", "b1");
    fixture.store.get("a");
    fixture.set("c", "c1");
    fixture.remove("a");
    assertThat(asked).hasValue(4);
  }

  @Test
  void slotHasRoomFor_inPlaceOfTheEntry_countsTheOthersAlone() {
    StoreFixture<String, String> fixture =
        new StoreFixture<>(new Bound<>(5, (key, value) -> value.length()));
    fixture.set("a", "22");
    fixture.set("b", "333");

    assertThat(fixture.hasRoomFor("a", "22")).isTrue();
    assertThat(fixture.hasRoomFor("a", "333")).isFalse();
    assertThat(fixture.hasRoomFor("c", "1")).isFalse();
    fixture.remove("b");
    assertThat(fixture.hasRoomFor("a", "55555")).isTrue();
    assertThat(fixture.hasRoomFor("c", "333")).isTrue();
    assertThat(fixture.hasRoomFor("c", "4444")).isFalse();
    assertThat(fixture.evicted).isEmpty();
  }

  @Test
  void bound_negativeMaximum_isRefused() {
    assertThatThrownBy(() -> Bound.entries(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
  }

  @Test
  void weight_unknownBound_throws() {
    assertThatThrownBy(() -> three.store.weight(1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  // Steps

  @Test
  void compute_absentKeyReadOnly_leavesNothingBehind() {
    assertThat(three.store.<String>compute("a", Slot::get)).isNull();
    assertThat(three.store.table.all()).isEmpty();
  }

  @Test
  void compute_setThenRemove_leavesNothingBehind() {
    three.store.computeWhenFree(
        "a",
        slot -> {
          slot.set("a1");
          slot.remove();
          slot.remove();
        });
    assertThat(three.store.table.all()).isEmpty();
    assertThat(three.store.size()).isZero();
  }

  @Test
  void compute_stepThrows_keepsWhatWasSetBeforeAndReleasesTheKey() {
    RuntimeException failure = new RuntimeException("from the step");
    Throwable thrown =
        catchThrowable(
            () ->
                three.store.compute(
                    "a",
                    slot -> {
                      slot.set("a1");
                      throw failure;
                    }));
    assertThat(thrown).isSameAs(failure);
    assertThat(three.store.get("a")).isEqualTo("a1");
    assertThat(StoreFixture.leftovers(three.store)).isZero();
  }

  @Test
  void compute_stepThrowsOnAbsentKey_leavesNothingBehind() {
    assertThatThrownBy(
            () ->
                three.store.compute(
                    "a",
                    slot -> {
                      throw new IllegalStateException("from the step");
                    }))
        .hasMessage("from the step");
    assertThat(three.store.table.all()).isEmpty();
  }

  @Test
  void compute_nestedOnTheSameKey_takesEffectAtOnce() {
    String result =
        three.store.compute(
            "a",
            outer -> {
              three.set("a", "inner");
              String seen = outer.get();
              three.remove("a");
              assertThat(outer.get()).isNull();
              outer.set("outer");
              return seen;
            });
    assertThat(result).isEqualTo("inner");
    assertThat(three.contents()).containsExactly(entry("a", "outer"));
    assertThat(StoreFixture.leftovers(three.store)).isZero();
  }

  @Test
  void slot_afterItsStep_refuses() {
    AtomicReference<Slot<String, String>> kept = new AtomicReference<>();
    three.store.computeWhenFree("a", kept::set);
    Slot<String, String> slot = kept.get();
    assertThatThrownBy(slot::get).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(slot::key).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> slot.set("x")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> slot.setQuietly("x")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(slot::remove).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(slot::touch).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void slot_inAnotherThread_refuses() {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    three.store.computeWhenFree(
        "a",
        slot -> {
          Thread thread = new Thread(() -> thrown.set(catchThrowable(slot::get)));
          thread.start();
          joinUninterrupted(thread);
        });
    assertThat(thrown.get()).isInstanceOf(IllegalStateException.class);
  }

  private static void joinUninterrupted(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void slotSet_null_isRefused() {
    assertThatThrownBy(() -> three.set("a", null)).isInstanceOf(NullPointerException.class);
    assertThat(three.store.table.all()).isEmpty();
  }

  @Test
  void slotKey_existing_isTheStoredInstance() {
    String stored = new String("a");
    three.set(stored, "a1");
    String key = three.store.compute(new String("a"), Slot::key);
    assertThat(key).isSameAs(stored);
  }

  // Steps that do not wait

  @Test
  void computeWhenFree_keyFree_runsAtOnce() {
    three.store.computeWhenFree("a", slot -> slot.set("a1"));
    assertThat(three.store.peek("a")).isEqualTo("a1");
  }

  @Test
  void computeWhenFree_keyHeldByThisThread_runsInOrderBeforeItIsReleased() {
    List<String> log = new ArrayList<>();
    three.store.compute(
        "a",
        slot -> {
          three.store.computeWhenFree("a", later -> log.add("first"));
          three.store.computeWhenFree(
              "a",
              later -> {
                log.add("second");
                three.store.computeWhenFree("a", evenLater -> log.add("third"));
              });
          three.store.compute("a", nested -> log.add("nested"));
          return log.add("step");
        });
    log.add("returned");
    assertThat(log).containsExactly("nested", "step", "first", "second", "third", "returned");
  }

  @Test
  void computeWhenFree_stepOfTheHolderThrows_runsAllTheSame() {
    assertThatThrownBy(
            () ->
                three.store.compute(
                    "a",
                    slot -> {
                      three.store.computeWhenFree("a", later -> later.set("later"));
                      throw new IllegalStateException("from the step");
                    }))
        .hasMessage("from the step");
    assertThat(three.store.peek("a")).isEqualTo("later");
  }

  @Test
  void computeWhenFree_throws_harmsNobodyAndIsReported() {
    AssertionError failure = new AssertionError("from the deferred step");
    boolean result =
        three.store.compute(
            "a",
            slot -> {
              three.store.computeWhenFree(
                  "a",
                  later -> {
                    throw failure;
                  });
              three.store.computeWhenFree("a", later -> later.set("after it"));
              return true;
            });
    assertThat(result).isTrue();
    three.store.computeWhenFree(
        "b",
        now -> {
          throw failure;
        });
    assertThat(three.uncaught).containsExactly(failure, failure);
    assertThat(three.store.peek("a")).isEqualTo("after it");
    assertThat(StoreFixture.leftovers(three.store)).isZero();
  }

  @Test
  void computeWhenFree_throwsAndNoHandlerWasGiven_reachesTheThreadsHandler() throws Exception {
    LruStore<String, String> store = new LruStore<>(List.of(), (key, value) -> {});
    RuntimeException failure = new RuntimeException("from the deferred step");
    assertThat(uncaughtOfAThreadThatThrows(store, failure)).isSameAs(failure);
  }

  @Test
  void computeWhenFree_handlerThrowsToo_bothReachTheThreadsHandler() throws Exception {
    IllegalStateException ofHandler = new IllegalStateException("from the handler");
    LruStore<String, String> store =
        new LruStore<>(
            List.of(),
            (key, value) -> {},
            thrown -> {
              throw ofHandler;
            });
    RuntimeException failure = new RuntimeException("from the deferred step");
    assertThat(uncaughtOfAThreadThatThrows(store, failure))
        .isSameAs(ofHandler)
        .hasSuppressedException(failure);
    assertThat(uncaughtOfAThreadThatThrows(store, ofHandler)).isSameAs(ofHandler);
  }

  private static Throwable uncaughtOfAThreadThatThrows(
      LruStore<String, String> store, RuntimeException failure) throws InterruptedException {
    AtomicReference<Throwable> uncaught = new AtomicReference<>();
    Thread thread =
        new Thread(
            () ->
                store.computeWhenFree(
                    "a",
                    slot -> {
                      throw failure;
                    }));
    thread.setUncaughtExceptionHandler((where, thrown) -> uncaught.set(thrown));
    thread.start();
    thread.join();
    return uncaught.get();
  }

  // Iteration

  @Test
  void iterator_atItsEnd_throws() {
    setThree("a");
    Iterator<Map.Entry<String, String>> iterator = three.store.iterator();
    assertThat(iterator.next()).isEqualTo(entry("a", "a1"));
    assertThat(iterator.hasNext()).isFalse();
    assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
    assertThatThrownBy(iterator::remove).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void iterator_keyLockedWithoutAnEntry_skipsIt() {
    setThree("a");
    three.store.compute(
        "b",
        slot -> {
          assertThat(three.contents()).containsOnlyKeys("a");
          assertThat(three.store.get("b")).isNull();
          assertThat(three.store.peek("b")).isNull();
          return null;
        });
  }

  @Test
  void get_nullKey_isRefused() {
    assertThatThrownBy(() -> three.store.get(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> three.set(null, "x")).isInstanceOf(NullPointerException.class);
  }
}
