package io.github.mccache.api;

import javax.cache.Cache;
import javax.cache.event.CacheEntryEvent;
import javax.cache.event.EventType;

/**
 * The events that this provider gives to listeners and filters; cast to it, or use {@link #unwrap},
 * to distinguish changes of other members from those of this member. Immutable.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
public abstract class McCacheEntryEvent<K, V> extends CacheEntryEvent<K, V> {

  private static final long serialVersionUID = 1L;

  /**
   * Makes an event.
   *
   * @param source the cache that changed on this member
   * @param eventType what happened
   */
  protected McCacheEntryEvent(Cache<K, V> source, EventType eventType) {
    super(source, eventType);
  }

  /**
   * Returns whether another member made the change. Remote events come after the fact, on a thread
   * of their own.
   */
  public abstract boolean isRemote();

  /** Returns the version of the change. */
  public abstract EntryVersion version();

  /**
   * Returns whether the entry was read on this member within the {@code callback-window} before a
   * remote change came: a caller on this member may use a value that has just become old. Always
   * false for local changes.
   */
  public abstract boolean isRecentlyRead();
}
