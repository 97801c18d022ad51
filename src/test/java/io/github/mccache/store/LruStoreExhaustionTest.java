package io.github.mccache.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What is left of a store when the stack or the heap ends in the middle of its work. */
final class LruStoreExhaustionTest {

  private static final int MAXIMUM = 64;

  /** A recursion as a memoised function makes it: each value is computed within the step before. */
  private static void descend(LruStore<Integer, Integer> store, int key) {
    store.compute(
        key,
        slot -> {
          store.get(key % 7);
          slot.set(key);
          descend(store, key + 1);
          return null;
        });
  }

  /** Shifts the point at which the stack ends. */
  private static void descendBelow(int frames, Runnable action) {
    if (frames == 0) {
      action.run();
    } else {
      descendBelow(frames - 1, action);
    }
  }

  private static Throwable onSmallStack(Runnable action) throws InterruptedException {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                action.run();
              } catch (Throwable e) {
                thrown.set(e);
              }
            },
            "small stack",
            256 << 10);
    thread.start();
    thread.join();
    return thrown.get();
  }

  @Test
  void compute_recursionEndsTheStack_leavesNoLockAndASoundOrder() throws Exception {
    StoreFixture<Integer, Integer> fixture = StoreFixture.ofEntries(MAXIMUM);
    for (int i = 0; i < 10; i++) {
      fixture.set(i, i);
    }
    int ended = 0;
    for (int offset = 0; offset < 400; offset++) {
      int frames = offset;
      int first = offset * 100_000;
      Throwable thrown =
          onSmallStack(() -> descendBelow(frames, () -> descend(fixture.store, first)));
      ended += thrown instanceof StackOverflowError ? 1 : 0;
      fixture.remove(-1); // an operation with enough stack
      assertThat(StoreFixture.leftovers(fixture.store)).as("offset %d", offset).isZero();
      assertThat(fixture.store.size()).isEqualTo(fixture.contents().size());
      assertThat(fixture.store.size()).isLessThanOrEqualTo(MAXIMUM);
    }
    assertThat(ended).isEqualTo(400);
    assertThat(WaitGraph.size()).isZero();
    fixture.evicted.clear();
    for (int i = 0; i < MAXIMUM; i++) {
      fixture.set(-1 - i, i);
    }
    assertThat(fixture.contents()).hasSize(MAXIMUM);
    fixture.store.get(-1);
    fixture.set(1, 1);
    assertThat(fixture.evicted.get(fixture.evicted.size() - 1).getKey()).isEqualTo(-2);
    assertThat(fixture.uncaught.stream().allMatch(StackOverflowError.class::isInstance))
        .as("the callback of evictions may meet the end of the stack as well, and nothing else")
        .isTrue();
  }

  /**
   * Puts, evicts, removes, and leaves steps to one another; public for {@link AllocationFaults}.
   */
  public static final class Scenario implements Runnable {

    private final StoreFixture<Integer, Integer> fixture = StoreFixture.ofEntries(4);

    /** Made by reflection. */
    public Scenario() {
      for (int i = 0; i < 4; i++) {
        fixture.set(i, i);
      }
    }

    @Override
    public void run() {
      fixture.store.get(0);
      fixture.set(10, 10);
      fixture.store.compute(
          11,
          slot -> {
            fixture.store.computeWhenFree(11, later -> later.set(12));
            slot.set(11);
            return null;
          });
      fixture.remove(1);
      fixture.setQuietly(2, 3);
      fixture.store.withKeys(List.of(2, 3, 5), () -> fixture.store.compute(5, Slot::get));
    }

    /** Throws if the store is not as it should be at rest. */
    public void check() {
      fixture.remove(-1); // the next operation puts things right
      assertThat(StoreFixture.leftovers(fixture.store)).as("locks and empty nodes").isZero();
      assertThat(fixture.store.size()).isEqualTo(fixture.contents().size());
      for (int i = 20; i < 24; i++) {
        fixture.set(i, i);
      }
      assertThat(fixture.contents()).containsOnlyKeys(20, 21, 22, 23);
    }
  }

  @Test
  void anyOperation_allocationFails_leavesNoLockAndASoundOrder() throws Exception {
    Class<?> scenario = new AllocationFaults().loadClass(Scenario.class.getName());
    ((Runnable) scenario.getConstructor().newInstance()).run(); // initializes the classes
    int failures = 0;
    for (boolean more = true; more; ) {
      Object run = scenario.getConstructor().newInstance();
      AllocationFaults.failAfter(failures + 1);
      try {
        ((Runnable) run).run();
      } catch (OutOfMemoryError planted) {
        assertThat(planted).hasMessage("planted");
      }
      more = !AllocationFaults.isPending();
      AllocationFaults.failAfter(0);
      try {
        scenario.getMethod("check").invoke(run);
      } catch (InvocationTargetException e) {
        throw new AssertionError("after allocation " + (failures + 1) + " failed", e.getCause());
      }
      failures += more ? 1 : 0;
    }
    assertThat(failures).isGreaterThan(30);
  }
}
