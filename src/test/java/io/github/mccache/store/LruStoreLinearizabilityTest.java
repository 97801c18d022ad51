package io.github.mccache.store;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jetbrains.lincheck.util.LoggingLevel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Lincheck runs random scenarios of a few operations on a few threads, in many interleavings, and
 * looks for a sequential order that explains the results. The last tests plant bugs, to show that
 * it would find one. The usual run is short; {@code -Dlincheck.effort=5} makes it thorough.
 */
@Tag("own-jvm")
final class LruStoreLinearizabilityTest {

  /** How many times the usual number of scenarios, for a thorough run by hand. */
  private static final int EFFORT = Integer.getInteger("lincheck.effort", 1);

  private static ModelCheckingOptions modelChecking() {
    return new ModelCheckingOptions()
        .logLevel(LoggingLevel.ERROR)
        .iterations(4 * EFFORT)
        .invocationsPerIteration(150 * EFFORT)
        .threads(2)
        .actorsPerThread(2)
        .actorsBefore(1)
        .actorsAfter(1);
  }

  private static StressOptions stress() {
    return new StressOptions()
        .logLevel(LoggingLevel.ERROR)
        .iterations(10 * EFFORT)
        .invocationsPerIteration(1_000)
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(1);
  }

  // Readers and steps, nothing evicted

  /** One key, for keys have only the order of use in common: {@link Accounting} is about that. */
  @Param(name = "key", gen = IntGen.class, conf = "1:1")
  @Param(name = "value", gen = IntGen.class, conf = "1:4")
  public static class MapOperations {
    final LruStore<Integer, Integer> store =
        new LruStore<>(List.of(Bound.entries(10)), (key, value) -> {});

    @Operation
    public Integer get(@Param(name = "key") int key) {
      return store.get(key);
    }

    @Operation
    public Integer peek(@Param(name = "key") int key) {
      return store.peek(key);
    }

    @Operation
    public Integer put(@Param(name = "key") int key, @Param(name = "value") int value) {
      return store.compute(
          key,
          slot -> {
            Integer previous = slot.get();
            slot.set(value);
            return previous;
          });
    }

    @Operation
    public boolean putIfAbsent(@Param(name = "key") int key, @Param(name = "value") int value) {
      return store.compute(
          key,
          slot -> {
            if (slot.get() != null) {
              return false;
            }
            slot.setQuietly(value);
            return true;
          });
    }

    @Operation
    public Integer remove(@Param(name = "key") int key) {
      return store.compute(
          key,
          slot -> {
            Integer previous = slot.get();
            slot.remove();
            return previous;
          });
    }

    @Operation
    public int increment(@Param(name = "key") int key) {
      return store.compute(
          key,
          slot -> {
            int next = slot.get() == null ? 1 : slot.get() + 1;
            return store.compute(
                key,
                nested -> {
                  nested.set(next);
                  return next;
                });
          });
    }
  }

  /** What {@link MapOperations} mean when nothing is concurrent. */
  public static class SequentialMap {
    private final Map<Integer, Integer> map = new HashMap<>();

    public Integer get(int key) {
      return map.get(key);
    }

    public Integer peek(int key) {
      return map.get(key);
    }

    public Integer put(int key, int value) {
      return map.put(key, value);
    }

    public boolean putIfAbsent(int key, int value) {
      return map.putIfAbsent(key, value) == null;
    }

    public Integer remove(int key) {
      return map.remove(key);
    }

    public int increment(int key) {
      return map.merge(key, 1, Integer::sum);
    }
  }

  @Test
  void mapOperations_modelChecked_areLinearizable() {
    modelChecking()
        .actorsPerThread(3)
        .iterations(8 * EFFORT)
        .sequentialSpecification(SequentialMap.class)
        .check(MapOperations.class);
  }

  @Test
  void mapOperations_stressed_areLinearizable() {
    stress().sequentialSpecification(SequentialMap.class).check(MapOperations.class);
  }

  // Evictions, steps left for others, keys taken crosswise: nothing may get lost or hang

  /**
   * A counter per key in a store of one entry. Evicted counts are carried on; what the counters
   * hold in the end must be what was added.
   */
  @Param(name = "key", gen = IntGen.class, conf = "1:3")
  public static class Accounting {
    private final AtomicInteger added = new AtomicInteger();
    private final AtomicInteger evicted = new AtomicInteger();
    private final AtomicInteger uncaught = new AtomicInteger();
    private final LruStore<Integer, Integer> store =
        new LruStore<>(
            List.of(Bound.entries(1)),
            (key, value) -> evicted.addAndGet(value),
            thrown -> uncaught.incrementAndGet());

    private void addOne(Slot<Integer, Integer> slot) {
      slot.set(slot.get() == null ? 1 : slot.get() + 1);
      added.incrementAndGet();
    }

    @Operation
    public void add(@Param(name = "key") int key) {
      store.compute(
          key,
          slot -> {
            addOne(slot);
            return null;
          });
    }

    @Operation
    public void addWhenFree(@Param(name = "key") int key) {
      store.computeWhenFree(key, this::addOne);
    }

    @Operation
    public void addToTwo(@Param(name = "key") int key, @Param(name = "key") int other) {
      store.compute(
          key,
          slot -> {
            addOne(slot);
            try {
              add(other);
            } catch (KeyDeadlockException refused) {
              // the other one is not added
            }
            return null;
          });
    }

    @Operation
    public void get(@Param(name = "key") int key) {
      store.get(key);
    }

    @Validate
    public void everyAdditionIsThere() {
      int entries = 0;
      int sum = 0;
      for (Node<Integer, Integer> node : store.table.all()) {
        check(node.value != null && node.lock() == null, "a node or lock is left");
        entries++;
        sum += node.value;
      }
      check(entries <= 1, "more entries than the bound allows");
      check(entries == store.size() && entries == store.weight(0), "the order lost count");
      check(sum + evicted.get() == added.get(), "an addition was lost or done twice");
      check(uncaught.get() == 0, "a step or the callback threw");
    }

    private static void check(boolean holds, String otherwise) {
      if (!holds) {
        throw new IllegalStateException(otherwise);
      }
    }
  }

  /** The operations of {@link Accounting} return nothing. */
  public static class Nothing {
    public void add(int key) {}

    public void addWhenFree(int key) {}

    public void addToTwo(int key, int other) {}

    public void get(int key) {}
  }

  @Test
  void accounting_modelChecked_losesNothing() {
    modelChecking().sequentialSpecification(Nothing.class).check(Accounting.class);
  }

  @Test
  void accounting_stressed_losesNothing() {
    stress().sequentialSpecification(Nothing.class).check(Accounting.class);
  }

  // Planted bugs

  /** Reads outside the step that writes. */
  @Param(name = "key", gen = IntGen.class, conf = "1:1")
  public static class TornIncrement {
    private final LruStore<Integer, Integer> store =
        new LruStore<>(List.of(Bound.entries(10)), (key, value) -> {});

    @Operation
    public int increment(@Param(name = "key") int key) {
      Integer previous = store.peek(key);
      int next = previous == null ? 1 : previous + 1;
      return store.compute(
          key,
          slot -> {
            slot.set(next);
            return next;
          });
    }
  }

  @Test
  void tornIncrement_modelChecked_isFound() {
    assertThatThrownBy(
            () ->
                modelChecking()
                    .sequentialSpecification(SequentialMap.class)
                    .minimizeFailedScenario(false)
                    .check(TornIncrement.class))
        .isInstanceOf(LincheckAssertionError.class)
        .hasMessageContaining("increment");
  }

  @Test
  void tornIncrement_stressed_isFound() {
    assertThatThrownBy(
            () ->
                stress()
                    .actorsPerThread(5)
                    .iterations(200)
                    .invocationsPerIteration(10_000)
                    .sequentialSpecification(SequentialMap.class)
                    .minimizeFailedScenario(false)
                    .check(TornIncrement.class))
        .isInstanceOf(LincheckAssertionError.class)
        .hasMessageContaining("increment");
  }
}
