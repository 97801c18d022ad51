package io.github.mccache.api;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.cache.Cache;
import org.jspecify.annotations.Nullable;

/**
 * A JCache cache with what JSR-107 leaves out, by {@code cache.unwrap(McCache.class)}. Thread-safe.
 * Every method throws {@link IllegalStateException} once the cache is closed and {@link
 * NullPointerException} for a null argument unless its documentation differs.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
public interface McCache<K, V> extends Cache<K, V> {

  /** Returns what the cache sends to other members. */
  Mode mode();

  /** Returns the number of entries on this member, some of which may just have expired. */
  long size();

  /**
   * Returns the keys on this member, as a copy of the moment that the caller may keep; no
   * statistics are counted, no access is noted. Keys that are arrays are in it by identity, as in
   * any set: go through them.
   */
  Set<K> keys();

  /**
   * Returns what is known of an entry, empty when the key is absent or expired; counts nothing,
   * notes no access.
   */
  Optional<EntryMetadata> metadata(K key);

  /**
   * As {@link #put}, with a time to live of this entry's own instead of the {@code ExpiryPolicy}'s.
   *
   * @param timeToLive above zero, or null for ever
   * @throws IllegalArgumentException for a time to live of zero or less
   */
  void put(K key, V value, @Nullable Duration timeToLive);

  /**
   * As {@link #get}, on the cache's executor; completes with null for a miss, exceptionally with
   * what get throws.
   */
  CompletableFuture<@Nullable V> getAsync(K key);

  /** As {@link #put(Object, Object)}, on the cache's executor. */
  CompletableFuture<@Nullable Void> putAsync(K key, V value);

  /** As {@link #putIfAbsent}, on the cache's executor. */
  CompletableFuture<Boolean> putIfAbsentAsync(K key, V value);

  /** As {@link #remove(Object)}, on the cache's executor. */
  CompletableFuture<Boolean> removeAsync(K key);

  /**
   * Takes the place of a load in history: to be called before the value of a key is read from where
   * it comes from. What changes the key between then and {@link LoadTicket#complete} wins.
   *
   * <pre>{@code
   * try (LoadTicket<Book> ticket = books.beginLoad(isbn)) {
   *   Book book = database.find(isbn);
   *   ticket.complete(book);
   *   return book;
   * }
   * }</pre>
   *
   * @return to be completed or closed
   */
  LoadTicket<V> beginLoad(K key);

  /**
   * Registers a listener of evictions on this member.
   *
   * @return closes the registration; closing it twice does nothing
   */
  Registration addEvictionListener(EvictionListener<? super K, ? super V> listener);

  /** Returns a short proof of what this member holds, for comparison with another member's. */
  CacheChecksum checksum();

  /**
   * Waits until every live member has applied every change, to any cache, that any member had made
   * when the call began, by the clock of this member. Returns true at once for a {@linkplain
   * Mode#LOCAL local} cache and where no other member is alive. Not to be called from a loader,
   * writer or entry processor, which hold a key.
   *
   * @param timeout how long to wait at most; of zero or less, it is only looked
   * @return false if it took longer
   * @throws javax.cache.CacheException if this member has failed (see {@link
   *     MemberMXBean#isFailed})
   * @throws InterruptedException if the thread is interrupted before or while it has to wait
   */
  boolean awaitCoherent(Duration timeout) throws InterruptedException;

  /** What {@link #addEvictionListener} returns. */
  interface Registration extends AutoCloseable {

    /** Ends the registration. */
    @Override
    void close();
  }
}
