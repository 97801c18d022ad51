package io.github.mccache.jcache;

import io.github.mccache.node.CoherentStore;
import io.github.mccache.node.KeyState;
import io.github.mccache.node.VersionedEntry;
import javax.cache.Cache;
import org.jspecify.annotations.Nullable;

/**
 * What the operations of a cache work with. Thread-safe.
 *
 * @param cache the cache itself, the source of its events
 * @param types what its keys and values are instances of
 * @param store its entries
 * @param expiry its deadlines
 * @param reader its loader
 * @param writer its writer
 * @param dispatcher its listeners
 * @param expiryQueue expires entries that nobody reads
 * @param misses what was missed not long ago; null where a put after a miss is a write
 * @param placesEarly whether other members may be told of a write in the place in history at which
 *     its step began
 */
record CacheParts<K, V>(
    Cache<K, V> cache,
    DeclaredTypes<K, V> types,
    CoherentStore<K, V> store,
    ExpiryDeadlines expiry,
    ReadThrough<K, V> reader,
    WriteThrough<K, V> writer,
    EventDispatcher<K, V> dispatcher,
    ExpiryQueue<K> expiryQueue,
    @Nullable RecentMisses<K> misses,
    boolean placesEarly) {

  /** Notes that an entry was read, and moves its deadline if the policy says so. */
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

  /** Sees to it that an entry expires in time, also when nobody reads it. */
  void noteDeadline(K key, VersionedEntry record) {
    long deadline = record.deadlineMillis();
    if (deadline != KeyState.ETERNAL) {
      expiryQueue.schedule(key, deadline);
    }
  }
}
