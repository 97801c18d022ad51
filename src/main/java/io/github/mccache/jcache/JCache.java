package io.github.mccache.jcache;

import io.github.mccache.api.CacheChecksum;
import io.github.mccache.api.EntryMetadata;
import io.github.mccache.api.EntryVersion;
import io.github.mccache.api.EvictionListener;
import io.github.mccache.api.LoadTicket;
import io.github.mccache.api.McCache;
import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.Mode;
import io.github.mccache.node.ChangeVersion;
import io.github.mccache.node.Checksum;
import io.github.mccache.node.CoherentStore;
import io.github.mccache.node.KeyState;
import io.github.mccache.node.VersionedEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.configuration.Configuration;
import javax.cache.integration.CacheWriterException;
import javax.cache.integration.CompletionListener;
import javax.cache.processor.EntryProcessor;
import javax.cache.processor.EntryProcessorException;
import javax.cache.processor.EntryProcessorResult;
import org.jspecify.annotations.Nullable;

/**
 * A cache (JSR-107, chapter 4). Each operation is a few steps on one key after another; what a step
 * means for events, statistics, writers and deadlines stands in {@link EntryStep}. Thread-safe:
 * operations on one key exclude one another, others never meet. Reads of what is present take no
 * lock.
 */
final class JCache<K, V> implements McCache<K, V> {

  private final CacheBuild<K, V> build;
  private final Lifecycle lifecycle;
  private final CacheStatistics statistics;
  private final CacheParts<K, V> parts;
  private final CoherentStore<K, V> store;
  private final DeclaredTypes<K, V> types;
  private final Workers workers;
  private final Acknowledgements acknowledgements;

  JCache(CacheBuild<K, V> build) {
    this.build = build;
    this.lifecycle = build.lifecycle();
    this.parts = build.parts(this);
    this.statistics = build.statistics();
    this.store = parts.store();
    this.types = parts.types();
    this.workers = build.workers();
    this.acknowledgements = build.acknowledgements();
  }

  CacheParts<K, V> parts() {
    return parts;
  }

  CacheBuild<K, V> build() {
    return build;
  }

  // ---- one key ----

  @Override
  public @Nullable V get(K key) {
    lifecycle.requireOpen();
    Objects.requireNonNull(key, "key");
    long start = startNanos();
    long now = store.nowMillis();
    VersionedEntry record = store.find(key, now);
    V value = record == null ? null : store.value(key, record);
    if (record != null && value != null) {
      parts.noteAccess(key, record, now);
      if (start != 0) {
        statistics.countHit(System.nanoTime() - start);
      }
      return value;
    }
    if (key.getClass().isArray()) {
      return get(ownKey(key)); // which is none
    }
    if (!parts.reader().isEnabled() && !store.isDue(key, now)) {
      return perform(
          outcome -> {
            noteMiss(key);
            outcome.miss();
            return null;
          });
    }
    return perform(outcome -> readOrLoad(store.ownKey(key), outcome));
  }

  private K ownKey(K key) {
    try {
      return store.ownKey(key);
    } catch (RuntimeException e) {
      throw Failures.translated(e);
    }
  }

  /** What the calling thread puts next may be what it has loaded since now. */
  private void noteMiss(K key) {
    RecentMisses<K> misses = parts.misses();
    if (misses != null) {
      misses.add(store.ownKey(key));
    }
  }

  private @Nullable V readOrLoad(K key, Outcome<K, V> outcome) {
    return on(
        key,
        outcome,
        step -> {
          V value = step.read();
          if (value != null) {
            return value;
          }
          if (parts.reader().isEnabled()) {
            return step.load();
          }
          noteMiss(key);
          return null;
        });
  }

  @Override
  public boolean containsKey(K key) {
    lifecycle.requireOpen();
    return peekReadable(Objects.requireNonNull(key, "key")) != null;
  }

  /** Returns the entry of a key, null if there is none whose value can be read. */
  private @Nullable VersionedEntry peekReadable(K key) {
    if (key.getClass().isArray()) {
      return peekReadable(ownKey(key)); // which is none
    }
    VersionedEntry record = store.peek(key, store.nowMillis());
    return record != null && store.isReadable(key, record) ? record : null;
  }

  @Override
  public void put(K key, V value) {
    write(
        key,
        value,
        (step, held) -> {
          put(step, value, held);
          return true;
        });
  }

  @Override
  public void put(K key, V value, @Nullable Duration timeToLive) {
    lifecycle.requireOpen();
    long ttlMillis = timeToLive == null ? KeyState.ETERNAL : ExpiryDeadlines.millis(timeToLive);
    write(
        key,
        value,
        (step, held) -> {
          CoherentStore.Load missed = takeMiss(step.key());
          if (missed == null) {
            step.put(value, held, ttlMillis);
          } else {
            try (missed) {
              step.fill(held, ttlMillis, missed);
            }
          }
          return true;
        });
  }

  /** Puts, or ends the load that the calling thread began with a miss; see {@link EntryStep}. */
  private boolean put(EntryStep<K, V> step, V value, Object held) {
    CoherentStore.Load missed = takeMiss(step.key());
    if (missed == null) {
      return step.put(value, held);
    }
    try (missed) {
      step.fill(held, null, missed);
      return true;
    }
  }

  private CoherentStore.@Nullable Load takeMiss(K key) {
    RecentMisses<K> misses = parts.misses();
    return misses == null ? null : misses.take(key);
  }

  @Override
  public @Nullable V getAndPut(K key, V value) {
    return this.<@Nullable V>write(
        key,
        value,
        (step, held) -> {
          V before = countedValue(step);
          put(step, value, held);
          return before;
        });
  }

  @Override
  public boolean putIfAbsent(K key, V value) {
    return write(
        key,
        value,
        (step, held) -> {
          if (step.exists()) {
            step.outcome().hit();
            return false;
          }
          step.outcome().miss();
          return put(step, value, held);
        });
  }

  @Override
  public boolean replace(K key, V value) {
    return write(
        key,
        value,
        (step, held) -> {
          if (!step.exists()) {
            step.outcome().miss();
            return false;
          }
          step.outcome().hit();
          step.put(value, held);
          return true;
        });
  }

  @Override
  public boolean replace(K key, V oldValue, V newValue) {
    lifecycle.requireOpen();
    types.requireValue(oldValue);
    return write(
        key,
        newValue,
        (step, held) -> {
          boolean replaces = matches(step, oldValue);
          if (replaces) {
            step.put(newValue, held);
          }
          return replaces;
        });
  }

  @Override
  public @Nullable V getAndReplace(K key, V value) {
    return this.<@Nullable V>write(
        key,
        value,
        (step, held) -> {
          V before = countedValue(step);
          if (before != null) {
            step.put(value, held);
          }
          return before;
        });
  }

  @Override
  public boolean remove(K key) {
    return change(key, this::remove);
  }

  /** What the calling thread puts after this is no load any more. */
  private boolean remove(EntryStep<K, V> step) {
    RecentMisses<K> misses = parts.misses();
    if (misses != null) {
      misses.forget(step.key());
    }
    return step.remove();
  }

  @Override
  public boolean remove(K key, V oldValue) {
    lifecycle.requireOpen();
    Objects.requireNonNull(oldValue, "old value");
    return change(key, step -> matches(step, oldValue) && remove(step));
  }

  @Override
  public @Nullable V getAndRemove(K key) {
    return this.<@Nullable V>change(
        key,
        step -> {
          V before = countedValue(step);
          remove(step);
          return before;
        });
  }

  /**
   * Returns the value and counts a hit or a miss; not an access, since the entry is about to
   * change.
   */
  private static <K, V> @Nullable V countedValue(EntryStep<K, V> step) {
    V value = step.value();
    if (value == null) {
      step.outcome().miss();
    } else {
      step.outcome().hit();
    }
    return value;
  }

  /**
   * Returns whether the entry has this value, and counts a hit or a miss; another value has been
   * accessed.
   */
  private static <K, V> boolean matches(EntryStep<K, V> step, V expected) {
    V value = countedValue(step);
    boolean matches = value != null && Objects.deepEquals(value, expected);
    if (!matches) {
      step.access();
    }
    return matches;
  }

  @Override
  public <T> @Nullable T invoke(K key, EntryProcessor<K, V, T> processor, Object... arguments) {
    lifecycle.requireOpen();
    Objects.requireNonNull(processor, "entry processor");
    return this.<@Nullable T>change(key, step -> process(step, processor, arguments));
  }

  private <T> @Nullable T process(
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

  // ---- many keys ----

  @Override
  public Map<K, V> getAll(Set<? extends K> keys) {
    requireKeys(keys);
    return perform(
        outcome -> {
          Map<K, V> found = new HashMap<>();
          Map<K, K> missed = new LinkedHashMap<>();
          Map<K, CoherentStore.Load> missing = new LinkedHashMap<>();
          try {
            for (K key : keys) {
              K own = store.ownKey(key);
              V value = on(own, outcome, EntryStep::read);
              if (value != null) {
                found.put(key, value);
              } else if (parts.reader().isEnabled()) {
                missed.put(key, own);
                missing.computeIfAbsent(own, store::beginLoad);
              } else {
                noteMiss(own);
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
            on(key, outcome, step -> storeLoaded(step, held, load, replaceExistingValues));
          }
        });
    return result;
  }

  @Override
  public void putAll(Map<? extends K, ? extends V> map) {
    lifecycle.requireOpen();
    if (map.isEmpty()) {
      return;
    }
    map.forEach(
        (key, value) -> {
          types.requireKey(key);
          types.requireValue(value);
        });
    perform(
        outcome -> {
          Map<K, V> values = new LinkedHashMap<>();
          map.forEach((key, value) -> values.put(store.ownKey(key), value));
          Map<K, Object> held = new LinkedHashMap<>();
          values.forEach((key, value) -> held.put(key, hold(value)));
          if (parts.writer().isEnabled()) {
            store.withKeys(held.keySet(), () -> writeAll(values, held, outcome));
          } else {
            held.forEach((key, value) -> on(key, outcome, step -> putUnwritten(step, value)));
          }
          return null;
        });
  }

  private boolean putUnwritten(EntryStep<K, V> step, Object held) {
    CoherentStore.Load missed = takeMiss(step.key());
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
            on(key, outcome, step -> step.putWritten(value));
          }
        });
    if (failure != null) {
      throw failure;
    }
    return null;
  }

  @Override
  public void removeAll(Set<? extends K> keys) {
    requireKeys(keys);
    perform(
        outcome -> {
          Set<K> own = new LinkedHashSet<>();
          keys.forEach(key -> own.add(store.ownKey(key)));
          if (parts.writer().isEnabled()) {
            store.withKeys(own, () -> deleteAll(own, outcome, EntryStep::removeDeleted));
          } else {
            own.forEach(key -> on(key, outcome, EntryStep::removeDeleted));
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
        on(key, outcome, removal);
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
  @Override
  public void removeAll() {
    perform(
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
      keys.forEach(key -> on(key, outcome, step -> step.removeForClear(begun)));
    }
  }

  private Set<K> presentKeys() {
    Set<K> keys = new HashSet<>();
    store.iterator().forEachRemaining(entry -> keys.add(entry.getKey()));
    return keys;
  }

  @Override
  public void clear() {
    perform(
        outcome -> {
          outcome.written();
          store.clear();
          return null;
        });
  }

  @Override
  public <T> Map<K, EntryProcessorResult<T>> invokeAll(
      Set<? extends K> keys, EntryProcessor<K, V, T> processor, Object... arguments) {
    lifecycle.requireOpen();
    Objects.requireNonNull(processor, "entry processor");
    requireKeys(keys);
    return acknowledged(
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
          this.<@Nullable T>run(
              outcome, o -> on(store.ownKey(key), o, step -> process(step, processor, arguments)));
      return result == null ? null : () -> result;
    } catch (EntryProcessorException e) {
      return failed(e);
    } catch (RuntimeException e) {
      lifecycle.requireOpen();
      return failed(new EntryProcessorException(e));
    }
  }

  private static <T> EntryProcessorResult<T> failed(EntryProcessorException failure) {
    return () -> {
      throw failure;
    };
  }

  @Override
  public void loadAll(
      Set<? extends K> keys, boolean replaceExistingValues, @Nullable CompletionListener listener) {
    requireKeys(keys);
    Set<K> own = new LinkedHashSet<>();
    keys.forEach(key -> own.add(ownKey(key)));
    CompletableFuture<@Nullable Void> done =
        parts.reader().hasLoader()
            ? async(() -> loadNow(own, replaceExistingValues))
            : CompletableFuture.completedFuture(null);
    if (listener != null) {
      CompletionReport.to(listener, done);
    }
  }

  private @Nullable Void loadNow(Set<K> keys, boolean replaceExistingValues) {
    return perform(
        outcome -> {
          Map<K, CoherentStore.Load> loads = new LinkedHashMap<>();
          try {
            for (K key : keys) {
              if (replaceExistingValues || peekReadable(key) == null) {
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

  @Override
  public Iterator<Cache.Entry<K, V>> iterator() {
    lifecycle.requireOpen();
    return new EntryIterator<>(this, parts);
  }

  /** Counts an entry that an iterator found alive at this time as a hit and an access. */
  void countIterated(K key, VersionedEntry record, long nowMillis) {
    perform(
        outcome -> {
          outcome.hit();
          parts.noteAccess(key, record, nowMillis);
          return null;
        });
  }

  private void requireKeys(Set<? extends K> keys) {
    lifecycle.requireOpen();
    for (K key : keys) {
      Objects.requireNonNull(key, "key");
    }
  }

  // ---- how an operation runs ----

  private <R extends @Nullable Object> R write(
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

  /** A put that turns out to end a load may give a value that cannot be sent. */
  private Object hold(V value) {
    return parts.misses() == null ? store.hold(value) : store.holdLoaded(value);
  }

  private <R extends @Nullable Object> R change(K key, Function<EntryStep<K, V>, R> action) {
    lifecycle.requireOpen();
    Objects.requireNonNull(key, "key");
    return perform(outcome -> on(store.ownKey(key), outcome, action));
  }

  private <R extends @Nullable Object> R on(
      K key, Outcome<K, V> outcome, Function<EntryStep<K, V>, R> action) {
    return store.compute(key, state -> action.apply(new EntryStep<>(parts, state, outcome)));
  }

  /**
   * Runs an operation, counts what it did, tells the synchronous listeners, also when it failed
   * half-way, and waits for the other members where that is wanted.
   */
  private <R extends @Nullable Object> R perform(Function<Outcome<K, V>, R> operation) {
    lifecycle.requireOpen();
    return acknowledged(outcome -> run(outcome, operation));
  }

  /** Runs what may write, and waits for the other members where that is wanted. */
  private <R extends @Nullable Object> R acknowledged(Function<Outcome<K, V>, R> operation) {
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

  /** As {@link #perform}, but waits for nobody. */
  private <R extends @Nullable Object> R run(
      Outcome<K, V> outcome, Function<Outcome<K, V>, R> operation) {
    long start = startNanos();
    R result;
    try {
      result = operation.apply(outcome);
    } catch (RuntimeException e) {
      finishFailed(outcome, start, e);
      throw lifecycle.isClosed() ? lifecycle.closed(e) : Failures.translated(e);
    } catch (Throwable e) { // an error, or a checked exception in disguise
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
  private long startNanos() {
    return statistics.isEnabled() ? System.nanoTime() | 1 : 0;
  }

  private <R extends @Nullable Object> CompletableFuture<R> async(Supplier<R> operation) {
    lifecycle.requireOpen();
    try {
      return CompletableFuture.supplyAsync(operation, workers);
    } catch (RejectedExecutionException e) {
      throw lifecycle.closed(e);
    }
  }

  // ---- what McCache adds ----

  @Override
  public Mode mode() {
    return build.isShared() ? build.settings().mode() : Mode.LOCAL;
  }

  @Override
  public long size() {
    lifecycle.requireOpen();
    return store.size();
  }

  @Override
  public Set<K> keys() {
    lifecycle.requireOpen();
    Set<K> keys = new HashSet<>();
    long now = store.nowMillis();
    store
        .iterator()
        .forEachRemaining(
            entry -> {
              if (store.isLive(entry.getValue(), now)
                  && store.isReadable(entry.getKey(), entry.getValue())) {
                keys.add(store.callerKey(entry.getKey()));
              }
            });
    return keys;
  }

  @Override
  public Optional<EntryMetadata> metadata(K key) {
    lifecycle.requireOpen();
    VersionedEntry record = peekReadable(Objects.requireNonNull(key, "key"));
    return Optional.ofNullable(record).map(this::metadataOf);
  }

  private EntryMetadata metadataOf(VersionedEntry record) {
    return new EntryMetadata(
        new EntryVersion(record.time(), record.origin()),
        record.origin() == build.origin(),
        Instant.ofEpochMilli(record.createdMillis()),
        instant(record.lastReadMillis(), VersionedEntry.NEVER),
        instant(record.deadlineMillis(), KeyState.ETERNAL));
  }

  private static @Nullable Instant instant(long millis, long none) {
    return millis == none ? null : Instant.ofEpochMilli(millis);
  }

  @Override
  public CompletableFuture<@Nullable V> getAsync(K key) {
    lifecycle.requireOpen();
    Objects.requireNonNull(key, "key");
    K copy = copyOf(key);
    return this.<@Nullable V>async(() -> forgetMiss(copy, get(copy)));
  }

  /** Returns a key that the caller cannot change before a worker sees it. */
  private K copyOf(K key) {
    try {
      return store.callerKey(key);
    } catch (RuntimeException e) {
      throw Failures.translated(e);
    }
  }

  /** What a worker puts next is for somebody else. */
  private @Nullable V forgetMiss(K key, @Nullable V value) {
    RecentMisses<K> misses = value == null ? parts.misses() : null;
    if (misses != null) {
      misses.forget(store.ownKey(key));
    }
    return value;
  }

  @Override
  public CompletableFuture<@Nullable Void> putAsync(K key, V value) {
    lifecycle.requireOpen();
    types.requireKey(key);
    types.requireValue(value);
    K copy = copyOf(key);
    return this.<@Nullable Void>async(
        () -> {
          put(copy, value);
          return null;
        });
  }

  @Override
  public CompletableFuture<Boolean> putIfAbsentAsync(K key, V value) {
    lifecycle.requireOpen();
    types.requireKey(key);
    types.requireValue(value);
    K copy = copyOf(key);
    return async(() -> putIfAbsent(copy, value));
  }

  @Override
  public CompletableFuture<Boolean> removeAsync(K key) {
    lifecycle.requireOpen();
    Objects.requireNonNull(key, "key");
    K copy = copyOf(key);
    return async(() -> remove(copy));
  }

  @Override
  public LoadTicket<V> beginLoad(K key) {
    lifecycle.requireOpen();
    types.requireKey(key);
    K own = ownKey(key);
    return new Ticket(own, store.beginLoad(own));
  }

  private final class Ticket implements LoadTicket<V> {

    private final K key;
    private final CoherentStore.Load load;

    Ticket(K key, CoherentStore.Load load) {
      this.key = key;
      this.load = load;
    }

    @Override
    public boolean complete(V value) {
      try (load) {
        lifecycle.requireOpen();
        types.requireValue(value);
        return perform(
            outcome -> {
              Object held = store.holdLoaded(value);
              return on(key, outcome, step -> step.storeLoaded(held, load));
            });
      }
    }

    @Override
    public void close() {
      load.close();
    }
  }

  @Override
  public Registration addEvictionListener(EvictionListener<? super K, ? super V> listener) {
    lifecycle.requireOpen();
    return build.evictions().add(listener);
  }

  @Override
  public CacheChecksum checksum() {
    lifecycle.requireOpen();
    Checksum checksum = store.checksum();
    return new CacheChecksum(checksum.entries(), checksum.hash());
  }

  @Override
  public boolean awaitCoherent(Duration timeout) throws InterruptedException {
    lifecycle.requireOpen();
    boolean coherent = build.awaitCoherent(Objects.requireNonNull(timeout, "timeout"));
    lifecycle.requireOpen();
    return coherent;
  }

  // ---- the cache itself ----

  @Override
  public String getName() {
    return build.name();
  }

  @Override
  public CacheManager getCacheManager() {
    return build.manager();
  }

  /**
   * Returns a copy of the configuration as it is now.
   *
   * @throws IllegalArgumentException for a class that it is not an instance of
   */
  @Override
  public <C extends Configuration<K, V>> C getConfiguration(Class<C> type) {
    McCacheConfiguration<K, V> configuration = build.configurationNow(parts);
    if (!type.isInstance(configuration)) {
      throw new IllegalArgumentException(
          "the configuration of a cache is no "
              + type.getName()
              + "; ask for "
              + McCacheConfiguration.class.getName()
              + " or what it implements");
    }
    return type.cast(configuration);
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    return Unwrap.unwrap(type, this);
  }

  @Override
  public void registerCacheEntryListener(CacheEntryListenerConfiguration<K, V> configuration) {
    lifecycle.requireOpen();
    ListenerRegistration<K, V> added =
        parts
            .dispatcher()
            .register(Objects.requireNonNull(configuration, "listener configuration"));
    if (lifecycle.isClosed()) { // perhaps after the listeners of this cache were closed
      build.closeables().close(added.listener(), added.filter());
      lifecycle.requireOpen();
    }
  }

  /**
   * Forgets a listener and leaves it open: its factory may hand it out again, to this cache or to
   * another one. Only what is registered when the cache is closed is closed with it.
   */
  @Override
  public void deregisterCacheEntryListener(CacheEntryListenerConfiguration<K, V> configuration) {
    lifecycle.requireOpen();
    parts.dispatcher().deregister(Objects.requireNonNull(configuration, "listener configuration"));
  }

  @Override
  public void close() {
    close("Cache.close()");
  }

  /** Closes on behalf of somebody, who is named to those that come too late. */
  void close(String caller) {
    if (lifecycle.close(caller)) {
      build.withdraw(parts);
      build.manager().forget(this);
      build.release(parts);
      build.leaveCluster();
    }
  }

  /** Empties the cache on every member, and closes it on this one. */
  void destroy() {
    store.clear();
    close("CacheManager.destroyCache()");
  }

  void requireOpen() {
    lifecycle.requireOpen();
  }

  @Override
  public boolean isClosed() {
    return lifecycle.isClosed();
  }

  /** Returns the name and whether the cache is closed: never what it holds. */
  @Override
  public String toString() {
    return "McCache[" + build.name() + (isClosed() ? ", closed" : "") + "]";
  }
}
