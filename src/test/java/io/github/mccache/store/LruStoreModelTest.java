package io.github.mccache.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The store against a map in order of use, one thread, any sequence of operations. */
final class LruStoreModelTest {

  enum Kind {
    GET,
    PEEK,
    READ_IN_STEP,
    TOUCH,
    SET,
    SET_WHEN_FREE,
    SET_QUIETLY,
    REMOVE,
    ITERATE
  }

  /** The value is its own weight. */
  record Operation(Kind kind, int key, long value) {}

  @Provide
  Arbitrary<List<Operation>> operations() {
    return Combinators.combine(
            Arbitraries.of(Kind.class),
            Arbitraries.integers().between(0, 9),
            Arbitraries.longs().between(0, 12))
        .as(Operation::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(120);
  }

  @Provide
  Arbitrary<Long> maxima() {
    return Arbitraries.longs().between(0, 8);
  }

  @Property(tries = 400)
  void operations_boundedByEntries_areThoseOfTheModel(
      @ForAll("operations") List<Operation> operations, @ForAll("maxima") long maximum) {
    check(operations, List.of(Bound.entries(maximum)));
  }

  @Property(tries = 400)
  void operations_boundedByEntriesAndWeight_areThoseOfTheModel(
      @ForAll("operations") List<Operation> operations, @ForAll("maxima") long maximum) {
    check(operations, List.of(Bound.entries(maximum), new Bound<>(10, (key, value) -> value)));
  }

  @Property(tries = 100)
  void operations_unbounded_areThoseOfTheModel(@ForAll("operations") List<Operation> operations) {
    check(operations, List.of());
  }

  private static void check(List<Operation> operations, List<Bound<Integer, Long>> bounds) {
    List<Map.Entry<Integer, Long>> evicted = new ArrayList<>();
    LruStore<Integer, Long> store =
        new LruStore<>(bounds, (key, value) -> evicted.add(Map.entry(key, value)));
    Model model = new Model(bounds);
    for (Operation operation : operations) {
      assertThat(apply(store, operation)).as("%s", operation).isEqualTo(model.apply(operation));
      assertThat(evicted).as("evictions after %s", operation).isEqualTo(model.evicted);
      assertThat(StoreFixture.contents(store)).isEqualTo(model.entries);
      assertThat(store.size()).isEqualTo(model.entries.size());
      for (int i = 0; i < bounds.size(); i++) {
        assertThat(store.weight(i)).isEqualTo(model.weight(i));
      }
      assertThat(StoreFixture.leftovers(store)).isZero();
    }
  }

  private static Object apply(LruStore<Integer, Long> store, Operation operation) {
    int key = operation.key();
    switch (operation.kind()) {
      case GET:
        return store.get(key);
      case PEEK:
        return store.peek(key);
      case READ_IN_STEP:
        return store.compute(key, Slot::get);
      case TOUCH:
        store.computeWhenFree(key, Slot::touch);
        return null;
      case SET:
        return store.compute(
            key,
            slot -> {
              Long previous = slot.get();
              slot.set(operation.value());
              return previous;
            });
      case SET_WHEN_FREE:
        store.computeWhenFree(key, slot -> slot.set(operation.value()));
        return null;
      case SET_QUIETLY:
        store.computeWhenFree(key, slot -> slot.setQuietly(operation.value()));
        return null;
      case REMOVE:
        return store.compute(
            key,
            slot -> {
              Long previous = slot.get();
              slot.remove();
              return previous;
            });
      case ITERATE:
        return StoreFixture.contents(store);
    }
    throw new AssertionError(operation);
  }

  /** Insertion order is order of use: a use takes the entry out and puts it in again. */
  private static final class Model {
    final LinkedHashMap<Integer, Long> entries = new LinkedHashMap<>();
    final List<Map.Entry<Integer, Long>> evicted = new ArrayList<>();
    private final List<Bound<Integer, Long>> bounds;

    Model(List<Bound<Integer, Long>> bounds) {
      this.bounds = bounds;
    }

    Object apply(Operation operation) {
      int key = operation.key();
      Long previous = entries.get(key);
      switch (operation.kind()) {
        case GET:
          use(key);
          return previous;
        case PEEK, READ_IN_STEP:
          return previous;
        case TOUCH:
          use(key);
          return null;
        case SET, SET_WHEN_FREE:
          entries.remove(key);
          put(key, operation.value());
          return operation.kind() == Kind.SET ? previous : null;
        case SET_QUIETLY:
          put(key, operation.value());
          return null;
        case REMOVE:
          return entries.remove(key);
        case ITERATE:
          return Map.copyOf(entries);
      }
      throw new AssertionError(operation);
    }

    private void use(int key) {
      Long value = entries.remove(key);
      if (value != null) {
        entries.put(key, value);
      }
    }

    private void put(int key, long value) {
      entries.put(key, value);
      for (Bound<Integer, Long> bound : bounds) {
        if (entries.containsKey(key) && weight(bound, key, value) > bound.maximum()) {
          evict(key);
        }
      }
      for (int i = 0; i < bounds.size(); i++) {
        while (weight(i) > bounds.get(i).maximum()) {
          evict(entries.keySet().iterator().next());
        }
      }
    }

    private void evict(int key) {
      evicted.add(Map.entry(key, entries.remove(key)));
    }

    long weight(int bound) {
      return entries.entrySet().stream()
          .mapToLong(e -> weight(bounds.get(bound), e.getKey(), e.getValue()))
          .sum();
    }

    private static long weight(Bound<Integer, Long> bound, int key, long value) {
      return bound.weight().applyAsLong(key, value);
    }
  }
}
