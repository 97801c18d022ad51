package io.github.mccache.jcache;

import io.github.mccache.api.McCache;
import io.github.mccache.node.CoherentStore;
import io.github.mccache.node.KeyState;
import io.github.mccache.node.VersionedEntry;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What the operations of a cache work with. Thread-safe.
 *
 * @param cache the cache itself, the source of its events
 * @param types of its keys and values
 * @param store its entries
 * @param expiry its deadlines
 * @param reader its loader
 * @param writer its writer
 * @param dispatcher its listeners
 * @param expiryQueue expires entries in time, read or not
 * @param misses recent misses; null if a put after a miss is a write
 * @param placesEarly whether a write may be published at the version that its step began with
 * @param statistics its counters
 * @param evictions its eviction listeners
 * @param acknowledgements its waits for other members
 * @param workers threads for its asynchronous operations
 */
record CacheParts<K, V>(
    McCache<K, V> cache,
    DeclaredTypes<K, V> types,
    CoherentStore<K, V> store,
    ExpiryDeadlines expiry,
    ReadThrough<K, V> reader,
    WriteThrough<K, V> writer,
    EventDispatcher<K, V> dispatcher,
    ExpiryQueue<K> expiryQueue,
    @Nullable RecentMisses<K> misses,
    boolean placesEarly,
    CacheStatistics statistics,
    Evictions<K, V> evictions,
    Acknowledgements acknowledgements,
    Executor workers) {

  /** Notes that an entry was read, and moves its deadline if the policy requires it. */
  void noteAccess(K key, VersionedEntry record, long nowMillis) {
    record.setLastReadMillis(nowMillis);
    long ttl = expiry.forAccess();
    if (ttl != ExpiryDeadlines.UNCHANGED) {
      long deadline = nowMillis + ttl;
      record.setDeadlineMillis(
          ttl == KeyState.ETERNAL || deadline < 0 ? KeyState.ETERNAL : deadline);
      store.noteUse(key, record);
      noteDeadline(key, record);
    }
  }

  /** Schedules the expiry of an entry, which then needs no read. */
  void noteDeadline(K key, VersionedEntry record) {
    long deadline = record.deadlineMillis();
    if (deadline != KeyState.ETERNAL) {
      expiryQueue.schedule(key, deadline);
    }
  }
}
