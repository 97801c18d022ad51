package io.github.mccache.jcache;

import java.util.List;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.configuration.Factory;
import javax.cache.event.CacheEntryCreatedListener;
import javax.cache.event.CacheEntryEvent;
import javax.cache.event.CacheEntryEventFilter;
import javax.cache.event.CacheEntryExpiredListener;
import javax.cache.event.CacheEntryListener;
import javax.cache.event.CacheEntryListenerException;
import javax.cache.event.CacheEntryRemovedListener;
import javax.cache.event.CacheEntryUpdatedListener;
import javax.cache.event.EventType;
import org.jspecify.annotations.Nullable;

/**
 * A listener with its filter, as {@link CacheEntryListenerConfiguration} describes it. Thread-safe
 * as far as they are.
 */
final class ListenerRegistration<K, V> {

  private final CacheEntryListenerConfiguration<K, V> configuration;
  private final boolean synchronous;
  private final CacheEntryListener<? super K, ? super V> listener;
  private final @Nullable CacheEntryEventFilter<? super K, ? super V> filter;

  /**
   * Has the filter made, if there is to be one.
   *
   * @param listener which the factory of the configuration has made
   */
  ListenerRegistration(
      String cacheName,
      CacheEntryListenerConfiguration<K, V> configuration,
      CacheEntryListener<? super K, ? super V> listener) {
    this.configuration = configuration;
    this.listener = listener;
    synchronous = configuration.isSynchronous();
    Factory<CacheEntryEventFilter<? super K, ? super V>> filters =
        configuration.getCacheEntryEventFilterFactory();
    filter = filters == null ? null : Factories.make(cacheName, "listener filter", filters);
  }

  CacheEntryListenerConfiguration<K, V> configuration() {
    return configuration;
  }

  boolean isSynchronous() {
    return synchronous;
  }

  CacheEntryListener<? super K, ? super V> listener() {
    return listener;
  }

  /** Returns whether this is the very listener that is registered. */
  @SuppressWarnings("ReferenceEquality") // one that equals another is to be closed all the same
  boolean isOf(CacheEntryListener<?, ?> other) {
    return listener == other;
  }

  @Nullable CacheEntryEventFilter<? super K, ? super V> filter() {
    return filter;
  }

  /** Returns whether the listener receives events of this type. */
  boolean hears(EventType type) {
    return switch (type) {
      case CREATED -> listener instanceof CacheEntryCreatedListener;
      case UPDATED -> listener instanceof CacheEntryUpdatedListener;
      case REMOVED -> listener instanceof CacheEntryRemovedListener;
      case EXPIRED -> listener instanceof CacheEntryExpiredListener;
    };
  }

  /**
   * Delivers an event to the listener if its filter accepts it.
   *
   * @throws CacheEntryListenerException whatever the filter or the listener throws, with the cause
   */
  void deliver(JCacheEntryEvent<K, V> event) {
    try {
      if (filter == null || filter.evaluate(event)) {
        call(event);
      }
    } catch (CacheEntryListenerException e) {
      throw e;
    } catch (Exception e) {
      throw new CacheEntryListenerException("a listener of the cache failed", e);
    }
  }

  @SuppressWarnings("unchecked") // the configuration promises a listener for events of K and V
  private void call(JCacheEntryEvent<K, V> event) {
    Iterable<CacheEntryEvent<? extends K, ? extends V>> events = List.of(event);
    switch (event.getEventType()) {
      case CREATED -> ((CacheEntryCreatedListener<K, V>) listener).onCreated(events);
      case UPDATED -> ((CacheEntryUpdatedListener<K, V>) listener).onUpdated(events);
      case REMOVED -> ((CacheEntryRemovedListener<K, V>) listener).onRemoved(events);
      case EXPIRED -> ((CacheEntryExpiredListener<K, V>) listener).onExpired(events);
    }
  }
}
