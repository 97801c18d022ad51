package io.github.mccache.jcache;

import io.github.mccache.api.EvictionListener;
import io.github.mccache.api.McCache;
import io.github.mccache.node.CoherentStore;
import io.github.mccache.node.VersionedEntry;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows from evictions: a count, a listener's call, and one warning if no setting chose the
 * bound. Thread-safe.
 */
final class Evictions<K, V> {

  private static final Logger LOG = LoggerFactory.getLogger(Evictions.class);

  private final String cacheName;
  private final boolean boundIsDefault;
  private final long maximumEntries;
  private final CacheStatistics statistics;
  private final AtomicBoolean warned = new AtomicBoolean();
  private final List<Entry<K, V>> listeners = new CopyOnWriteArrayList<>();

  /** A registration: equal to itself alone, so that one listener may be registered twice. */
  private static final class Entry<K, V> {

    private final EvictionListener<? super K, ? super V> listener;

    private Entry(EvictionListener<? super K, ? super V> listener) {
      this.listener = listener;
    }
  }

  Evictions(
      String cacheName, boolean boundIsDefault, long maximumEntries, CacheStatistics statistics) {
    this.cacheName = cacheName;
    this.boundIsDefault = boundIsDefault;
    this.maximumEntries = maximumEntries;
    this.statistics = statistics;
  }

  McCache.Registration add(EvictionListener<? super K, ? super V> listener) {
    Entry<K, V> entry = new Entry<>(Objects.requireNonNull(listener, "eviction listener"));
    listeners.add(entry);
    return () -> listeners.remove(entry);
  }

  /** Counts an eviction, and has the listeners called later, off the locks of the cache. */
  void evicted(
      CoherentStore<K, V> store, EventDispatcher<K, V> dispatcher, K key, VersionedEntry record) {
    statistics.countEviction();
    if (boundIsDefault && warned.compareAndSet(false, true)) {
      LOG.warn(
          "Cache {}: it evicts entries, because it holds {} and no bound is configured. Set"
              + " mccache.caches.\"{}\".maximum-entries, or mccache.defaults.maximum-entries for"
              + " all caches. Logged once; the counter CacheEvictions goes on.",
          cacheName,
          maximumEntries,
          cacheName);
    }
    if (!listeners.isEmpty()) {
      dispatcher.enqueue(() -> callListeners(store, key, record));
    }
  }

  private void callListeners(CoherentStore<K, V> store, K key, VersionedEntry record) {
    V value = store.value(key, record);
    if (value == null) {
      return;
    }
    for (Entry<K, V> entry : listeners) {
      try {
        entry.listener.onEvicted(store.callerKey(key), value);
      } catch (Throwable e) {
        LOG.warn("Cache {}: an eviction listener failed", cacheName, e);
      }
    }
  }
}
