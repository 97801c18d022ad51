package io.github.mccache.jcache;

import io.github.mccache.node.ChangeVersion;
import io.github.mccache.node.CoherentStore;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import javax.cache.integration.CacheWriterException;
import javax.cache.integration.CompletionListener;
import javax.cache.processor.EntryProcessor;
import javax.cache.processor.EntryProcessorException;
import javax.cache.processor.EntryProcessorResult;
import org.jspecify.annotations.Nullable;

/**
 * The operations of a cache on many keys, see {@link javax.cache.Cache}. They are atomic per key; a
 * loader or writer is called once for all keys. Thread-safe.
 */
final class BulkOperations<K, V> {

  private final OperationRunner<K, V> runner;
  private final CacheParts<K, V> parts;
  private final CoherentStore<K, V> store;
  private final DeclaredTypes<K, V> types;

  BulkOperations(OperationRunner<K, V> runner, CacheParts<K, V> parts) {
    this.runner = runner;
    this.parts = parts;
    this.store = parts.store();
    this.types = parts.types();
  }

  Map<K, V> getAll(Set<? extends K> keys) {
    requireKeys(keys);
    return runner.perform(
        outcome -> {
          Map<K, V> found = new HashMap<>();
          Map<K, K> missed = new LinkedHashMap<>();
          Map<K, CoherentStore.Load> missing = new LinkedHashMap<>();
          try {
            for (K key : keys) {
              K own = store.ownKey(key);
              V value = runner.on(own, outcome, EntryStep::read);
              if (value != null) {
                found.put(key, value);
              } else if (parts.reader().isEnabled()) {
                missed.put(key, own);
                missing.computeIfAbsent(own, store::beginLoad);
              } else {
                runner.noteMiss(own);
              }
            }
            Map<K, V> loaded = loadAll(missing, outcome, false);
            missed.forEach(
                (key, own) -> {
                  V value = loaded.get(own);
                  if (value != null) {
                    found.put(key, value);
                  }
                });
          } finally {
            missing.values().forEach(CoherentStore.Load::close);
          }
          return found;
        });
  }

  /**
   * Calls the loader once for all these keys, stores what it gives, and returns it by the keys as
   * they are kept.
   */
  private Map<K, V> loadAll(
      Map<K, CoherentStore.Load> loads, Outcome<K, V> outcome, boolean replaceExistingValues) {
    Map<K, V> result = new HashMap<>();
    Map<K, V> loaded = loads.isEmpty() ? Map.of() : parts.reader().loadAll(loads.keySet());
    loads.forEach(
        (key, load) -> {
          V value = loaded.get(key);
          if (value != null) {
            result.put(key, value);
            Object held = store.holdLoaded(value);
            runner.on(key, outcome, step -> storeLoaded(step, held, load, replaceExistingValues));
          }
        });
    return result;
  }

  void putAll(Map<? extends K, ? extends V> map) {
    runner.requireOpen();
    if (map.isEmpty()) {
      return;
    }
    map.forEach(
        (key, value) -> {
          types.requireKey(key);
          types.requireValue(value);
        });
    runner.perform(
        outcome -> {
          Map<K, V> values = new LinkedHashMap<>();
          map.forEach((key, value) -> values.put(store.ownKey(key), value));
          Map<K, Object> held = new LinkedHashMap<>();
          values.forEach((key, value) -> held.put(key, runner.hold(value)));
          if (parts.writer().isEnabled()) {
            store.withKeys(held.keySet(), () -> writeAll(values, held, outcome));
          } else {
            held.forEach(
                (key, value) -> runner.on(key, outcome, step -> putUnwritten(step, value)));
          }
          return null;
        });
  }

  private boolean putUnwritten(EntryStep<K, V> step, Object held) {
    CoherentStore.Load missed = runner.takeMiss(step.key());
    if (missed == null) {
      return step.putWritten(held);
    }
    try (missed) {
      step.fill(held, null, missed);
      return true;
    }
  }

  private @Nullable Void writeAll(Map<K, V> values, Map<K, Object> held, Outcome<K, V> outcome) {
    Set<K> unwritten = new HashSet<>();
    CacheWriterException failure = parts.writer().writeAll(values, unwritten);
    held.forEach(
        (key, value) -> {
          if (failure == null || !unwritten.contains(key)) {
            runner.on(key, outcome, step -> step.putWritten(value));
          }
        });
    if (failure != null) {
      throw failure;
    }
    return null;
  }

  void removeAll(Set<? extends K> keys) {
    requireKeys(keys);
    runner.perform(
        outcome -> {
          Set<K> own = new LinkedHashSet<>();
          keys.forEach(key -> own.add(store.ownKey(key)));
          if (parts.writer().isEnabled()) {
            store.withKeys(own, () -> deleteAll(own, outcome, EntryStep::removeDeleted));
          } else {
            own.forEach(key -> runner.on(key, outcome, EntryStep::removeDeleted));
          }
          return null;
        });
  }

  /** Removes what the writer deletes, and throws what it throws afterwards. */
  private @Nullable Void deleteAll(
      Set<K> keys, Outcome<K, V> outcome, Function<EntryStep<K, V>, Boolean> removal) {
    Set<K> undeleted = new HashSet<>();
    CacheWriterException failure =
        keys.isEmpty() ? null : parts.writer().deleteAll(keys, undeleted);
    for (K key : keys) {
      if (failure == null || !undeleted.contains(key)) {
        runner.on(key, outcome, removal);
      }
    }
    if (failure != null) {
      throw failure;
    }
    return null;
  }

  /**
   * Removes every entry, one cluster-wide message in all. When a writer refuses some of them, those
   * that it took are removed one by one and the rest stays.
   */
  void removeAll() {
    runner.perform(
        outcome -> {
          outcome.written();
          store.removeAll(begun -> removePresent(begun, outcome));
          return null;
        });
  }

  private void removePresent(ChangeVersion begun, Outcome<K, V> outcome) {
    Set<K> keys = presentKeys();
    if (parts.writer().isEnabled()) {
      store.withKeys(keys, () -> deleteAll(keys, outcome, EntryStep::removeDeleted));
    } else {
      keys.forEach(key -> runner.on(key, outcome, step -> step.removeForClear(begun)));
    }
  }

  private Set<K> presentKeys() {
    Set<K> keys = new HashSet<>();
    store.iterator().forEachRemaining(entry -> keys.add(entry.getKey()));
    return keys;
  }

  void clear() {
    runner.perform(
        outcome -> {
          outcome.written();
          store.clear();
          return null;
        });
  }

  <T> Map<K, EntryProcessorResult<T>> invokeAll(
      Set<? extends K> keys, EntryProcessor<K, V, T> processor, Object... arguments) {
    runner.requireOpen();
    Objects.requireNonNull(processor, "entry processor");
    requireKeys(keys);
    return runner.acknowledged(
        all -> {
          Map<K, EntryProcessorResult<T>> results = new HashMap<>();
          for (K key : keys) {
            Outcome<K, V> outcome = new Outcome<>();
            EntryProcessorResult<T> result = resultOf(key, processor, outcome, arguments);
            if (outcome.hasWritten()) {
              all.written();
            }
            if (result != null) {
              results.put(key, result);
            }
          }
          return results;
        });
  }

  private <T> @Nullable EntryProcessorResult<T> resultOf(
      K key, EntryProcessor<K, V, T> processor, Outcome<K, V> outcome, Object... arguments) {
    try {
      T result =
          runner.<@Nullable T>run(
              outcome,
              o ->
                  runner.on(
                      store.ownKey(key), o, step -> runner.process(step, processor, arguments)));
      return result == null ? null : () -> result;
    } catch (EntryProcessorException e) {
      return failed(e);
    } catch (RuntimeException e) {
      runner.requireOpen();
      return failed(new EntryProcessorException(e));
    }
  }

  private static <T> EntryProcessorResult<T> failed(EntryProcessorException failure) {
    return () -> {
      throw failure;
    };
  }

  void loadAll(
      Set<? extends K> keys, boolean replaceExistingValues, @Nullable CompletionListener listener) {
    requireKeys(keys);
    Set<K> own = new LinkedHashSet<>();
    keys.forEach(key -> own.add(runner.ownKey(key)));
    CompletableFuture<@Nullable Void> done =
        parts.reader().hasLoader()
            ? runner.<@Nullable Void>async(() -> loadNow(own, replaceExistingValues))
            : CompletableFuture.completedFuture(null);
    if (listener != null) {
      CompletionReport.to(listener, done);
    }
  }

  private @Nullable Void loadNow(Set<K> keys, boolean replaceExistingValues) {
    return runner.perform(
        outcome -> {
          Map<K, CoherentStore.Load> loads = new LinkedHashMap<>();
          try {
            for (K key : keys) {
              if (replaceExistingValues || runner.peekReadable(key) == null) {
                loads.put(key, store.beginLoad(key));
              }
            }
            loadAll(loads, outcome, replaceExistingValues);
          } finally {
            loads.values().forEach(CoherentStore.Load::close);
          }
          return null;
        });
  }

  private static <K, V> @Nullable Void storeLoaded(
      EntryStep<K, V> step, Object held, CoherentStore.Load load, boolean replaceExistingValues) {
    if (replaceExistingValues || !step.exists()) {
      step.storeLoaded(held, load);
    }
    return null;
  }

  private void requireKeys(Set<? extends K> keys) {
    runner.requireOpen();
    for (K key : keys) {
      Objects.requireNonNull(key, "key");
    }
  }
}
