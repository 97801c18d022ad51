package io.github.mccache.store;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** A store with its evictions and uncaught exceptions on record, and words for what tests do. */
final class StoreFixture<K, V> {
  final List<Map.Entry<K, V>> evicted = Collections.synchronizedList(new ArrayList<>());
  final List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
  final LruStore<K, V> store;

  @SafeVarargs
  StoreFixture(Bound<K, V>... bounds) {
    store =
        new LruStore<>(
            List.of(bounds), (key, value) -> evicted.add(Map.entry(key, value)), uncaught::add);
  }

  static <K, V> StoreFixture<K, V> ofEntries(long maximum) {
    return new StoreFixture<>(Bound.entries(maximum));
  }

  void set(K key, V value) {
    set(store, key, value);
  }

  static <K, V> void set(LruStore<K, V> store, K key, V value) {
    store.compute(
        key,
        slot -> {
          slot.set(value);
          return null;
        });
  }

  void setQuietly(K key, V value) {
    store.compute(
        key,
        slot -> {
          slot.setQuietly(value);
          return null;
        });
  }

  boolean hasRoomFor(K key, V value) {
    return store.compute(key, slot -> slot.hasRoomFor(value));
  }

  void remove(K key) {
    store.compute(
        key,
        slot -> {
          slot.remove();
          return null;
        });
  }

  Map<K, V> contents() {
    return contents(store);
  }

  static <K, V> Map<K, V> contents(LruStore<K, V> store) {
    Map<K, V> contents = new HashMap<>();
    for (Iterator<Map.Entry<K, V>> i = store.iterator(); i.hasNext(); ) {
      Map.Entry<K, V> entry = i.next();
      contents.put(entry.getKey(), entry.getValue());
    }
    return contents;
  }

  /** Nodes without a value, or with a lock: none of them may be left at rest. */
  static <K, V> int leftovers(LruStore<K, V> store) {
    int count = 0;
    for (Node<K, V> node : store.table.all()) {
      count += node.value == null || node.lock() != null ? 1 : 0;
    }
    return count;
  }
}
