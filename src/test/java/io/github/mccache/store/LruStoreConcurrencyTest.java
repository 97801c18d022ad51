package io.github.mccache.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real threads, brought to the point in question by latches. A hang fails by the time-out. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LruStoreConcurrencyTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void noThreadWaitsAnyMore() throws Exception {
    threads.shutdownNow();
    assertThat(WaitGraph.size()).isZero();
  }

  /** A thread that works on a key until it is told to end. */
  private final class Holder<K, V> {
    private final CountDownLatch end = new CountDownLatch(1);
    private final Future<?> done;

    Holder(LruStore<K, V> store, K key) throws InterruptedException {
      CountDownLatch begun = new CountDownLatch(1);
      done =
          threads.submit(
              () ->
                  store.compute(
                      key,
                      slot -> {
                        begun.countDown();
                        await(end);
                        return null;
                      }));
      begun.await();
    }

    void finish() throws Exception {
      end.countDown();
      done.get();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void awaitWaiting(int count) {
    while (WaitGraph.size() < count) {
      Thread.onSpinWait();
    }
  }

  private static void add(LruStore<Integer, Long> store, int key, long amount) {
    store.compute(
        key,
        slot -> {
          Long value = slot.get();
          slot.set(value == null ? amount : value + amount);
          return null;
        });
  }

  // Who waits for whom

  @Test
  void compute_otherKeysInUse_isNotHindered() throws Exception {
    record SameBin(int number) implements Comparable<SameBin> {
      @Override
      public int hashCode() {
        return 7;
      }

      @Override
      public int compareTo(SameBin other) {
        return Integer.compare(number, other.number);
      }
    }
    StoreFixture<SameBin, Integer> fixture = StoreFixture.ofEntries(100);
    Holder<SameBin, Integer> holder = new Holder<>(fixture.store, new SameBin(-1));
    for (int i = 0; i < 200; i++) {
      fixture.set(new SameBin(i), i);
    }
    assertThat(fixture.store.size()).isEqualTo(100);
    holder.finish();
  }

  @Test
  void get_keyInUse_returnsTheLatestValueWithoutWaiting() throws Exception {
    StoreFixture<String, String> fixture = StoreFixture.ofEntries(10);
    CountDownLatch set = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    Future<?> writer =
        threads.submit(
            () ->
                fixture.store.computeWhenFree(
                    "a",
                    slot -> {
                      slot.set("in the step");
                      set.countDown();
                      await(end);
                    }));
    set.await();
    assertThat(fixture.store.get("a")).isEqualTo("in the step");
    assertThat(fixture.store.peek("a")).isEqualTo("in the step");
    assertThat(fixture.contents()).containsEntry("a", "in the step");
    end.countDown();
    writer.get();
  }

  @Test
  void compute_keyInUse_waitsAndSeesTheOthersChange() throws Exception {
    StoreFixture<String, String> fixture = StoreFixture.ofEntries(10);
    Holder<String, String> holder = new Holder<>(fixture.store, "a");
    Future<String> waiter = threads.submit(() -> fixture.store.compute("a", Slot::get));
    awaitWaiting(1);
    fixture.store.computeWhenFree("a", slot -> slot.set("left for the holder"));
    assertThat(fixture.store.peek("a")).isNull();
    assertThat(waiter).isNotDone();
    holder.finish();
    assertThat(waiter.get()).isEqualTo("left for the holder");
    assertThat(StoreFixture.leftovers(fixture.store)).isZero();
  }

  @Test
  void compute_interruptedWhileItWaits_runsAndKeepsTheInterrupt() throws Exception {
    StoreFixture<String, String> fixture = StoreFixture.ofEntries(10);
    Holder<String, String> holder = new Holder<>(fixture.store, "a");
    List<Object> seen = Collections.synchronizedList(new ArrayList<>());
    Thread waiter =
        new Thread(
            () -> {
              seen.add(fixture.store.compute("a", slot -> "ran"));
              seen.add(Thread.currentThread().isInterrupted());
            });
    waiter.start();
    awaitWaiting(1);
    waiter.interrupt();
    holder.finish();
    waiter.join();
    assertThat(seen).containsExactly("ran", true);
  }

  @Test
  void computeWhenFree_keyInUse_runsOnTheHolderInOrder() throws Exception {
    StoreFixture<String, String> fixture = StoreFixture.ofEntries(10);
    Holder<String, String> holder = new Holder<>(fixture.store, "a");
    List<Integer> order = new ArrayList<>();
    List<Thread> ranOn = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      int number = i;
      fixture.store.computeWhenFree(
          "a",
          slot -> {
            order.add(number);
            ranOn.add(Thread.currentThread());
            if (number % 10 == 0) {
              throw new IllegalStateException("from a deferred step");
            }
          });
    }
    assertThat(order).isEmpty();
    holder.finish();
    assertThat(order).containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
    assertThat(ranOn).doesNotContain(Thread.currentThread());
    assertThat(fixture.uncaught).hasSize(10);
    assertThat(StoreFixture.leftovers(fixture.store)).isZero();
  }

  // Eviction

  @Test
  void eviction_eldestInUse_passesItOverAndLooksAgainAfterwards() throws Exception {
    StoreFixture<String, String> fixture = StoreFixture.ofEntries(2);
    fixture.set("a", "a1");
    fixture.set("b", "b1");
    Holder<String, String> holder = new Holder<>(fixture.store, "a");
    fixture.set("c", "c1");
    assertThat(fixture.contents()).containsOnlyKeys("a", "c");
    holder.finish();

    Holder<String, String> ofA = new Holder<>(fixture.store, "a");
    Holder<String, String> ofC = new Holder<>(fixture.store, "c");
    Holder<String, String> ofD = new Holder<>(fixture.store, "d");
    fixture.store.computeWhenFree("d", slot -> slot.set("d1"));
    ofD.finish();
    assertThat(fixture.contents()).as("only d was free").containsOnlyKeys("a", "c");
    ofA.finish();
    ofC.finish();
    assertThat(fixture.contents()).containsOnlyKeys("a", "c");
  }

  @Test
  void eviction_allInUse_happensWhenOneIsReleased() throws Exception {
    StoreFixture<String, String> fixture = StoreFixture.ofEntries(1);
    fixture.set("a", "a1");
    Holder<String, String> holder = new Holder<>(fixture.store, "a");
    fixture.store.compute(
        "b",
        slot -> {
          slot.set("b1");
          fixture.store.compute("c", Slot::get);
          assertThat(fixture.contents()).containsOnlyKeys("a", "b");
          holder.end.countDown();
          while (fixture.evicted.isEmpty()) {
            Thread.onSpinWait();
          }
          assertThat(fixture.contents()).containsOnlyKeys("b");
          return null;
        });
    holder.finish();
    assertThat(fixture.contents()).containsOnlyKeys("b");
  }

  // Deadlock

  /** Threads that hold a key each and then want the next one's. Returns what each one threw. */
  private List<Throwable> lockInACircle(List<LruStore<Integer, Long>> stores) throws Exception {
    CyclicBarrier allHold = new CyclicBarrier(stores.size());
    List<Future<Throwable>> results = new ArrayList<>();
    for (int i = 0; i < stores.size(); i++) {
      int mine = i;
      int next = (i + 1) % stores.size();
      Callable<Throwable> task =
          () ->
              stores
                  .get(mine)
                  .compute(
                      mine,
                      slot -> {
                        slot.set(1L);
                        return catchThrowable(
                            () -> {
                              allHold.await();
                              add(stores.get(next), next, 10);
                            });
                      });
      results.add(threads.submit(task));
    }
    List<Throwable> thrown = new ArrayList<>();
    for (Future<Throwable> result : results) {
      if (result.get() != null) {
        thrown.add(result.get());
      }
    }
    return thrown;
  }

  @Test
  void compute_twoThreadsCrosswise_oneIsRefusedAndTheOtherGoesOn() throws Exception {
    for (int round = 0; round < 300; round++) {
      StoreFixture<Integer, Long> fixture = StoreFixture.ofEntries(10);
      List<Throwable> thrown = lockInACircle(List.of(fixture.store, fixture.store));
      assertThat(thrown).hasSize(1).allMatch(t -> t instanceof KeyDeadlockException);
      assertThat(fixture.contents().values()).containsExactlyInAnyOrder(1L, 11L);
      assertThat(StoreFixture.leftovers(fixture.store)).isZero();
    }
  }

  @Test
  void compute_fiveThreadsInACircleOverTwoStores_oneIsRefused() throws Exception {
    for (int round = 0; round < 100; round++) {
      LruStore<Integer, Long> one = StoreFixture.<Integer, Long>ofEntries(10).store;
      LruStore<Integer, Long> two = StoreFixture.<Integer, Long>ofEntries(10).store;
      List<Throwable> thrown = lockInACircle(List.of(one, two, one, two, two));
      assertThat(thrown).hasSize(1).allMatch(t -> t instanceof KeyDeadlockException);
      assertThat(StoreFixture.leftovers(one) + StoreFixture.leftovers(two)).isZero();
    }
  }

  @Test
  void compute_waitsForOneThatWaitsForAThird_isNotRefused() throws Exception {
    StoreFixture<Integer, Long> fixture = StoreFixture.ofEntries(10);
    Holder<Integer, Long> holder = new Holder<>(fixture.store, 3);
    CountDownLatch holdsTwo = new CountDownLatch(1);
    Future<?> second =
        threads.submit(
            () ->
                fixture.store.computeWhenFree(
                    2,
                    slot -> {
                      holdsTwo.countDown();
                      add(fixture.store, 3, 1);
                    }));
    holdsTwo.await();
    Future<?> first =
        threads.submit(() -> fixture.store.computeWhenFree(1, slot -> add(fixture.store, 2, 1)));
    awaitWaiting(2);
    holder.finish();
    first.get();
    second.get();
    assertThat(fixture.contents()).isEqualTo(Map.of(2, 1L, 3, 1L));
    assertThat(fixture.uncaught).isEmpty();
  }

  @Test
  void compute_manyThreadsTakeKeysInAnyOrder_neverHangsAndLosesNothing() throws Exception {
    StoreFixture<Integer, Long> fixture = StoreFixture.ofEntries(100);
    AtomicInteger added = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    inParallel(
        4,
        thread -> {
          SplittableRandom random = new SplittableRandom(thread);
          for (int i = 0; i < 3_000; i++) {
            int outer = random.nextInt(3);
            int inner = random.nextInt(3);
            fixture.store.compute(
                outer,
                slot -> {
                  try {
                    Thread.yield();
                    add(fixture.store, inner, 1);
                    added.incrementAndGet();
                  } catch (KeyDeadlockException e) {
                    refused.incrementAndGet();
                  }
                  return null;
                });
          }
        });
    assertThat(added.get() + refused.get()).isEqualTo(12_000);
    assertThat(fixture.contents().values().stream().mapToLong(v -> v).sum()).isEqualTo(added.get());
    assertThat(StoreFixture.leftovers(fixture.store)).isZero();
  }

  // Stress

  private interface Task {
    void run(int thread) throws Exception;
  }

  private void inParallel(int count, Task task) throws Exception {
    CyclicBarrier start = new CyclicBarrier(count);
    List<Future<?>> results = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int thread = i;
      results.add(
          threads.submit(
              () -> {
                start.await();
                task.run(thread);
                return null;
              }));
    }
    for (Future<?> result : results) {
      result.get();
    }
  }

  @Test
  void compute_fourThreadsTenThousandIncrements_loseNothing() throws Exception {
    for (int keys : new int[] {1, 16}) {
      StoreFixture<Integer, Long> fixture = new StoreFixture<>();
      inParallel(
          4,
          thread -> {
            for (int i = 0; i < 10_000; i++) {
              add(fixture.store, i % keys, 1);
            }
          });
      assertThat(fixture.contents()).hasSize(keys);
      assertThat(fixture.contents().values()).allMatch(count -> count == 40_000 / keys);
      assertThat(StoreFixture.leftovers(fixture.store)).isZero();
    }
  }

  @Test
  void compute_fourThreadsTenThousandIncrementsUnderEviction_loseNothing() throws Exception {
    for (int maximum : new int[] {0, 1, 7}) {
      AtomicLongArray evicted = new AtomicLongArray(16);
      LruStore<Integer, Long> store =
          new LruStore<>(List.of(Bound.entries(maximum)), evicted::addAndGet);
      inParallel(
          4,
          thread -> {
            SplittableRandom random = new SplittableRandom(thread);
            for (int i = 0; i < 10_000; i++) {
              add(store, (i + thread) % 16, 1);
              store.get(random.nextInt(16));
            }
          });
      Map<Integer, Long> left = StoreFixture.contents(store);
      assertThat(left).hasSize(maximum);
      assertThat(store.size()).isEqualTo(maximum);
      for (int key = 0; key < 16; key++) {
        assertThat(evicted.get(key) + left.getOrDefault(key, 0L)).isEqualTo(2_500);
      }
      assertThat(StoreFixture.leftovers(store)).isZero();
    }
  }

  @Test
  void computeWhenFree_underStress_runsEveryStepOnceInTheOrderOfItsThread() throws Exception {
    StoreFixture<Integer, Long> fixture = new StoreFixture<>();
    Map<Integer, List<Integer>> ran = new ConcurrentHashMap<>();
    int[] unguarded = new int[1];
    inParallel(
        4,
        thread -> {
          List<Integer> mine = ran.computeIfAbsent(thread, t -> new ArrayList<>());
          for (int i = 0; i < 10_000; i++) {
            int number = i;
            if (i % 3 == 0) {
              fixture.store.compute(1, slot -> unguarded[0]++);
            }
            fixture.store.computeWhenFree(
                1,
                slot -> {
                  unguarded[0]++;
                  mine.add(number);
                });
          }
        });
    assertThat(unguarded[0]).isEqualTo(40_000 + 4 * 3_334);
    assertThat(ran.values())
        .hasSize(4)
        .allMatch(numbers -> numbers.equals(IntStream.range(0, 10_000).boxed().toList()));
    assertThat(fixture.store.table.all()).isEmpty();
  }

  @Test
  void everything_atOnce_leavesTheStoreConsistent() throws Exception {
    StoreFixture<Integer, Long> fixture =
        new StoreFixture<>(Bound.entries(20), new Bound<>(60, (key, value) -> value));
    LruStore<Integer, Long> store = fixture.store;
    inParallel(
        4,
        thread -> {
          SplittableRandom random = new SplittableRandom(thread);
          for (int i = 0; i < 20_000; i++) {
            int key = random.nextInt(64);
            long value = random.nextInt(random.nextInt(50) == 0 ? 70 : 8);
            switch (random.nextInt(8)) {
              case 0 -> fixture.remove(key);
              case 1 -> store.computeWhenFree(key, slot -> slot.setQuietly(value));
              case 2 -> store.computeWhenFree(key, Slot::touch);
              case 3 -> {
                for (Iterator<Map.Entry<Integer, Long>> all = store.iterator(); all.hasNext(); ) {
                  assertThat(all.next().getValue()).isBetween(0L, 70L);
                }
              }
              case 4, 5 -> fixture.set(key, value);
              default -> store.get(key);
            }
          }
        });
    Map<Integer, Long> left = fixture.contents();
    assertThat(left.size()).isLessThanOrEqualTo(20).isEqualTo((int) store.size());
    assertThat(store.weight(0)).isEqualTo(left.size());
    assertThat(store.weight(1))
        .isLessThanOrEqualTo(60)
        .isEqualTo(left.values().stream().mapToLong(v -> v).sum());
    assertThat(StoreFixture.leftovers(store)).isZero();
    assertThat(fixture.uncaught).isEmpty();
    // The order of use is whole, too: filling the store anew evicts what was there, each entry
    // once.
    fixture.evicted.clear();
    for (int key = 100; key < 120; key++) {
      fixture.set(key, 0L);
    }
    assertThat(fixture.evicted).containsExactlyInAnyOrderElementsOf(left.entrySet());
  }
}
