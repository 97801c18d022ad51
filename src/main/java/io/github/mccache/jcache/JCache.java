package io.github.mccache.jcache;

import io.github.mccache.api.CacheChecksum;
import io.github.mccache.api.EntryMetadata;
import io.github.mccache.api.EntryVersion;
import io.github.mccache.api.EvictionListener;
import io.github.mccache.api.LoadTicket;
import io.github.mccache.api.McCache;
import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.Mode;
import io.github.mccache.node.Checksum;
import io.github.mccache.node.CoherentStore;
import io.github.mccache.node.KeyState;
import io.github.mccache.node.VersionedEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.configuration.Configuration;
import javax.cache.integration.CompletionListener;
import javax.cache.processor.EntryProcessor;
import javax.cache.processor.EntryProcessorResult;
import org.jspecify.annotations.Nullable;

/**
 * A cache (JSR-107, chapter 4). Each operation is a few steps on one key after another; what a step
 * means for events, statistics, writers and deadlines stands in {@link EntryStep}. Thread-safe:
 * operations on one key exclude one another, others never meet. Reads of what is present take no
 * lock.
 */
final class JCache<K, V> implements McCache<K, V> {

  private final CacheManager manager;
  private final CacheLife<K, V> life;
  private final Lifecycle lifecycle;
  private final CacheStatistics statistics;
  private final CacheParts<K, V> parts;
  private final CoherentStore<K, V> store;
  private final DeclaredTypes<K, V> types;
  private final Evictions<K, V> evictions;
  private final OperationRunner<K, V> runner;
  private final BulkOperations<K, V> bulk;

  /**
   * Makes a cache that is not open yet.
   *
   * @param birth makes the parts and the life of this cache
   */
  JCache(CacheManager manager, Function<McCache<K, V>, CacheLife<K, V>> birth) {
    this.manager = manager;
    this.life = birth.apply(this);
    this.lifecycle = life.lifecycle();
    this.parts = life.parts();
    this.statistics = parts.statistics();
    this.store = parts.store();
    this.types = parts.types();
    this.evictions = parts.evictions();
    this.runner = new OperationRunner<>(parts, lifecycle);
    this.bulk = new BulkOperations<>(runner, parts);
  }

  CacheParts<K, V> parts() {
    return parts;
  }

  CacheLife<K, V> life() {
    return life;
  }

  // ---- one key ----

  @Override
  public @Nullable V get(K key) {
    lifecycle.requireOpen();
    Objects.requireNonNull(key, "key");
    long start = runner.startNanos();
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
      return get(runner.ownKey(key)); // which is none
    }
    if (!parts.reader().isEnabled() && !store.isDue(key, now)) {
      return runner.perform(
          outcome -> {
            runner.noteMiss(key);
            outcome.miss();
            return null;
          });
    }
    return runner.perform(outcome -> readOrLoad(store.ownKey(key), outcome));
  }

  private @Nullable V readOrLoad(K key, Outcome<K, V> outcome) {
    return runner.on(
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
          runner.noteMiss(key);
          return null;
        });
  }

  @Override
  public boolean containsKey(K key) {
    lifecycle.requireOpen();
    return runner.peekReadable(Objects.requireNonNull(key, "key")) != null;
  }

  @Override
  public void put(K key, V value) {
    runner.write(
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
    runner.write(
        key,
        value,
        (step, held) -> {
          CoherentStore.Load missed = runner.takeMiss(step.key());
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
    CoherentStore.Load missed = runner.takeMiss(step.key());
    if (missed == null) {
      return step.put(value, held);
    }
    try (missed) {
      step.fill(held, null, missed);
      return true;
    }
  }

  @Override
  public @Nullable V getAndPut(K key, V value) {
    return runner.<@Nullable V>write(
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
    return runner.write(
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
    return runner.write(
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
    return runner.write(
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
    return runner.<@Nullable V>write(
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
    return runner.change(key, this::remove);
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
    return runner.change(key, step -> matches(step, oldValue) && remove(step));
  }

  @Override
  public @Nullable V getAndRemove(K key) {
    return runner.<@Nullable V>change(
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
    return runner.<@Nullable T>change(key, step -> runner.process(step, processor, arguments));
  }

  // ---- many keys ----

  @Override
  public Map<K, V> getAll(Set<? extends K> keys) {
    return bulk.getAll(keys);
  }

  @Override
  public void putAll(Map<? extends K, ? extends V> map) {
    bulk.putAll(map);
  }

  @Override
  public void removeAll(Set<? extends K> keys) {
    bulk.removeAll(keys);
  }

  @Override
  public void removeAll() {
    bulk.removeAll();
  }

  @Override
  public void clear() {
    bulk.clear();
  }

  @Override
  public <T> Map<K, EntryProcessorResult<T>> invokeAll(
      Set<? extends K> keys, EntryProcessor<K, V, T> processor, Object... arguments) {
    return bulk.invokeAll(keys, processor, arguments);
  }

  @Override
  public void loadAll(
      Set<? extends K> keys, boolean replaceExistingValues, @Nullable CompletionListener listener) {
    bulk.loadAll(keys, replaceExistingValues, listener);
  }

  @Override
  public Iterator<Cache.Entry<K, V>> iterator() {
    lifecycle.requireOpen();
    return new EntryIterator<>(runner, parts);
  }

  // ---- what McCache adds ----

  @Override
  public Mode mode() {
    return life.mode();
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
    VersionedEntry record = runner.peekReadable(Objects.requireNonNull(key, "key"));
    return Optional.ofNullable(record).map(this::metadataOf);
  }

  private EntryMetadata metadataOf(VersionedEntry record) {
    return new EntryMetadata(
        new EntryVersion(record.time(), record.origin()),
        record.origin() == life.origin(),
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
    return runner.<@Nullable V>async(() -> forgetMiss(copy, get(copy)));
  }

  /** Returns a key that the caller cannot change before a worker sees it. */
  private K copyOf(K key) {
    try {
      return store.callerKey(key);
    } catch (RuntimeException e) {
      throw Failures.translated(e);
    }
  }

  /** Forgets the miss, because the next put of a worker belongs to another caller. */
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
    return runner.<@Nullable Void>async(
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
    return runner.async(() -> putIfAbsent(copy, value));
  }

  @Override
  public CompletableFuture<Boolean> removeAsync(K key) {
    lifecycle.requireOpen();
    Objects.requireNonNull(key, "key");
    K copy = copyOf(key);
    return runner.async(() -> remove(copy));
  }

  @Override
  public LoadTicket<V> beginLoad(K key) {
    lifecycle.requireOpen();
    types.requireKey(key);
    K own = runner.ownKey(key);
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
        return runner.perform(
            outcome -> {
              Object held = store.holdLoaded(value);
              return runner.on(key, outcome, step -> step.storeLoaded(held, load));
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
    return evictions.add(listener);
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
    boolean coherent = life.awaitCoherent(Objects.requireNonNull(timeout, "timeout"));
    lifecycle.requireOpen();
    return coherent;
  }

  // ---- the cache itself ----

  @Override
  public String getName() {
    return life.name();
  }

  @Override
  public CacheManager getCacheManager() {
    return manager;
  }

  /**
   * Returns a copy of the configuration as it is now.
   *
   * @throws IllegalArgumentException for a class that it is not an instance of
   */
  @Override
  public <C extends Configuration<K, V>> C getConfiguration(Class<C> type) {
    McCacheConfiguration<K, V> configuration = life.configurationNow();
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
      life.closeables().close(added.listener(), added.filter());
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

  /**
   * Closes the cache.
   *
   * @param caller the method that closes it, for the exceptions of later operations
   */
  void close(String caller) {
    life.close(caller);
  }

  /** Empties the cache on every member, and closes it on this one. */
  void destroy() {
    store.clear();
    close("CacheManager.destroyCache()");
  }

  @Override
  public boolean isClosed() {
    return lifecycle.isClosed();
  }

  /** Returns the name and whether the cache is closed: never what it holds. */
  @Override
  public String toString() {
    return "McCache[" + life.name() + (isClosed() ? ", closed" : "") + "]";
  }
}
