package io.github.mccache.api;

/**
 * The place in history of a value that is being loaded: what {@link McCache#beginLoad} returns.
 * Thread-safe; the thread that completes it need not be the one that began it.
 *
 * @param <V> the type of values
 */
public interface LoadTicket<V> extends AutoCloseable {

  /**
   * Stores the loaded value, unless the key has changed or the cache was cleared since the load
   * began, here or as far as this member has received on others. A loaded value is not a write: it
   * is not written through, no write is counted, nobody waits for it, and in the modes {@code
   * invalidate} and {@code update} other members are sent nothing.
   *
   * @return whether it was stored; false even for a ticket that is completed or closed already
   * @throws IllegalStateException if the cache is closed
   * @throws javax.cache.CacheException if the value is to be copied and cannot be
   */
  boolean complete(V value);

  /** Gives the load up; does nothing once the ticket is completed or closed. */
  @Override
  void close();
}
