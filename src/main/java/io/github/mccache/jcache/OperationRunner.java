package io.github.mccache.jcache;

import io.github.mccache.node.CoherentStore;
import io.github.mccache.node.VersionedEntry;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.cache.processor.EntryProcessor;
import javax.cache.processor.EntryProcessorException;
import org.jspecify.annotations.Nullable;

/**
 * Runs every operation of a cache: on an open cache, one {@link EntryStep} a key, counted, its
 * events delivered, its changes acknowledged, its failures translated. Thread-safe.
 */
final class OperationRunner<K, V> {

  private final CacheParts<K, V> parts;
  private final CoherentStore<K, V> store;
  private final DeclaredTypes<K, V> types;
  private final Lifecycle lifecycle;
  private final CacheStatistics statistics;
  private final Acknowledgements acknowledgements;
  private final Executor workers;

  OperationRunner(CacheParts<K, V> parts, Lifecycle lifecycle) {
    this.parts = parts;
    this.store = parts.store();
    this.types = parts.types();
    this.lifecycle = lifecycle;
    this.statistics = parts.statistics();
    this.acknowledgements = parts.acknowledgements();
    this.workers = parts.workers();
  }

  void requireOpen() {
    lifecycle.requireOpen();
  }

  <R extends @Nullable Object> R write(
      K key, V value, BiFunction<EntryStep<K, V>, Object, R> action) {
    lifecycle.requireOpen();
    types.requireKey(key);
    types.requireValue(value);
    return perform(
        outcome -> {
          Object held = hold(value);
          return on(store.ownKey(key), outcome, step -> action.apply(step, held));
        });
  }

  /** Returns a value as the store keeps it; a put that ends a load may have an unsendable value. */
  Object hold(V value) {
    return parts.misses() == null ? store.hold(value) : store.holdLoaded(value);
  }

  <R extends @Nullable Object> R change(K key, Function<EntryStep<K, V>, R> action) {
    lifecycle.requireOpen();
    Objects.requireNonNull(key, "key");
    return perform(outcome -> on(store.ownKey(key), outcome, action));
  }

  <R extends @Nullable Object> R on(
      K key, Outcome<K, V> outcome, Function<EntryStep<K, V>, R> action) {
    return store.compute(key, state -> action.apply(new EntryStep<>(parts, state, outcome)));
  }

  /**
   * Runs an operation, counts what it did, and calls the synchronous listeners, even if it failed
   * half-way. Then it waits for the acknowledgements of other members if the mode requires them.
   */
  <R extends @Nullable Object> R perform(Function<Outcome<K, V>, R> operation) {
    lifecycle.requireOpen();
    return acknowledged(outcome -> run(outcome, operation));
  }

  /** Runs an operation that may write, and waits for acknowledgements if the mode requires them. */
  <R extends @Nullable Object> R acknowledged(Function<Outcome<K, V>, R> operation) {
    try (Acknowledgements.Awaited awaited = acknowledgements.begin()) {
      Outcome<K, V> outcome = new Outcome<>();
      R result = operation.apply(outcome);
      acknowledgements.end(awaited, outcome.hasWritten());
      return result;
    } catch (Throwable e) {
      Acknowledgements.forgetOwed();
      throw e;
    }
  }

  /** Runs an operation as {@link #perform} does, without a wait for acknowledgements. */
  <R extends @Nullable Object> R run(Outcome<K, V> outcome, Function<Outcome<K, V>, R> operation) {
    long start = startNanos();
    R result;
    try {
      result = operation.apply(outcome);
    } catch (RuntimeException e) {
      finishFailed(outcome, start, e);
      throw lifecycle.isClosed() ? lifecycle.closed(e) : Failures.translated(e);
    } catch (Throwable e) { // an error, or an undeclared checked exception
      finishFailed(outcome, start, e);
      throw e;
    }
    finish(outcome, start);
    return result;
  }

  private void finishFailed(Outcome<K, V> outcome, long start, Throwable failure) {
    try {
      finish(outcome, start);
    } catch (Throwable e) {
      failure.addSuppressed(e);
    }
  }

  private void finish(Outcome<K, V> outcome, long start) {
    if (start != 0) {
      statistics.count(outcome, System.nanoTime() - start);
    }
    parts.dispatcher().deliver(outcome);
  }

  /** Returns the time if statistics are on, else 0. */
  long startNanos() {
    return statistics.isEnabled() ? System.nanoTime() | 1 : 0;
  }

  /** Runs an operation on a worker. */
  <R extends @Nullable Object> CompletableFuture<R> async(Supplier<R> operation) {
    lifecycle.requireOpen();
    try {
      return CompletableFuture.supplyAsync(operation, workers);
    } catch (RejectedExecutionException e) {
      throw lifecycle.closed(e);
    }
  }

  // ---- keys and misses ----

  K ownKey(K key) {
    try {
      return store.ownKey(key);
    } catch (RuntimeException e) {
      throw Failures.translated(e);
    }
  }

  /** Returns the entry of a key, null if there is none whose value can be read. */
  @Nullable VersionedEntry peekReadable(K key) {
    if (key.getClass().isArray()) {
      return peekReadable(ownKey(key)); // which is none
    }
    VersionedEntry record = store.peek(key, store.nowMillis());
    return record != null && store.isReadable(key, record) ? record : null;
  }

  /** Notes a miss, because the next put of the calling thread may end a load of the key. */
  void noteMiss(K key) {
    RecentMisses<K> misses = parts.misses();
    if (misses != null) {
      misses.add(store.ownKey(key));
    }
  }

  CoherentStore.@Nullable Load takeMiss(K key) {
    RecentMisses<K> misses = parts.misses();
    return misses == null ? null : misses.take(key);
  }

  // ---- entry processors ----

  <T> @Nullable T process(
      EntryStep<K, V> step, EntryProcessor<K, V, T> processor, Object... arguments) {
    if (step.exists()) {
      step.outcome().hit();
    } else {
      step.outcome().miss();
    }
    try (ProcessorEntry<K, V> entry = new ProcessorEntry<>(parts, step)) {
      T result = processed(entry, processor, arguments);
      entry.commit();
      return result;
    }
  }

  private static <K, V, T> @Nullable T processed(
      ProcessorEntry<K, V> entry, EntryProcessor<K, V, T> processor, Object... arguments) {
    try {
      return Callbacks.<@Nullable T>within(() -> processor.process(entry, arguments));
    } catch (EntryProcessorException e) {
      throw e;
    } catch (Exception e) {
      throw new EntryProcessorException(e);
    }
  }
}
