package io.github.mccache.jcache;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.event.CacheEntryListener;
import javax.cache.event.CacheEntryListenerException;
import javax.cache.event.EventType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers events to listeners (JSR-107, chapter 8). Guarantees:
 *
 * <ul>
 *   <li>The events of a key reach each listener in the order in which they happened.
 *   <li>A synchronous listener is called on the thread that made the change, after the change and
 *       after the key was let go, before the operation returns. What it throws reaches the caller;
 *       all other listeners are called first.
 *   <li>An asynchronous listener is called on a worker, one event at a time; what it throws is
 *       logged. So is every listener called for what other members did.
 *   <li>A listener may use the cache, and so may a loader, writer or entry processor. Events that
 *       they cause, in this cache or another, are delivered at once, ahead of the order of keys.
 *       Waiting could deadlock: this thread may hold a key that an earlier listener needs.
 *   <li>At most {@value #MOST_WAITING} events wait for asynchronous listeners. Above that they are
 *       dropped, counted and logged once, so that a listener that blocks does not fill the memory.
 * </ul>
 *
 * <p>Thread-safe.
 */
final class EventDispatcher<K, V> {

  /** How many events may wait for the asynchronous listeners of a cache. */
  static final int MOST_WAITING = 100_000;

  private static final Logger LOG = LoggerFactory.getLogger(EventDispatcher.class);

  private final String cacheName;
  private final Closeables closeables;
  private final SerialQueue queue;
  private final List<ListenerRegistration<K, V>> registrations = new CopyOnWriteArrayList<>();
  private final ConcurrentHashMap<K, Turn<K, V>> lastTurns = new ConcurrentHashMap<>();
  private final LongAdder dropped = new LongAdder();
  private final AtomicBoolean dropLogged = new AtomicBoolean();

  EventDispatcher(String cacheName, Executor workers, Closeables closeables) {
    this.cacheName = cacheName;
    this.closeables = closeables;
    this.queue = new SerialQueue(workers, MOST_WAITING);
  }

  /**
   * Registers a listener and returns its registration. A listener whose filter cannot be made is
   * closed, unless it is here already.
   *
   * @throws IllegalArgumentException if this configuration is registered already
   */
  ListenerRegistration<K, V> register(CacheEntryListenerConfiguration<K, V> configuration) {
    synchronized (registrations) {
      for (ListenerRegistration<K, V> registration : registrations) {
        if (registration.configuration().equals(configuration)) {
          throw new IllegalArgumentException(
              "cache " + cacheName + " has a listener of this configuration already");
        }
      }
      ListenerRegistration<K, V> added = made(configuration);
      registrations.add(added);
      return added;
    }
  }

  private ListenerRegistration<K, V> made(CacheEntryListenerConfiguration<K, V> configuration) {
    CacheEntryListener<? super K, ? super V> listener =
        Factories.make(cacheName, "listener", configuration.getCacheEntryListenerFactory());
    try {
      return new ListenerRegistration<>(cacheName, configuration, listener);
    } catch (Throwable e) {
      if (registrations.stream().noneMatch(present -> present.isOf(listener))) {
        closeables.close(listener);
      }
      throw e;
    }
  }

  /** Forgets the listener of a configuration, if there is one. */
  void deregister(CacheEntryListenerConfiguration<K, V> configuration) {
    synchronized (registrations) {
      registrations.removeIf(registration -> registration.configuration().equals(configuration));
    }
  }

  /** Returns the listeners, in the order of their registration. */
  List<ListenerRegistration<K, V>> registrations() {
    return List.copyOf(registrations);
  }

  /** Returns whether a listener receives such events; if not, none needs to be made. */
  boolean hears(EventType type) {
    for (ListenerRegistration<K, V> registration : registrations) {
      if (registration.hears(type)) {
        return true;
      }
    }
    return false;
  }

  /** Returns how many events were dropped because too many waited. */
  long droppedCount() {
    return dropped.sum();
  }

  /**
   * Takes an event of this member while its key is held, hands it to the asynchronous listeners,
   * and notes in the outcome that synchronous ones have to receive it.
   */
  void publish(JCacheEntryEvent<K, V> event, Outcome<K, V> outcome) {
    boolean synchronous = false;
    boolean asynchronous = false;
    for (ListenerRegistration<K, V> registration : registrations) {
      if (registration.hears(event.getEventType())) {
        synchronous |= registration.isSynchronous();
        asynchronous |= !registration.isSynchronous();
      }
    }
    if (asynchronous) {
      enqueue(() -> deliverQuietly(event, false));
    }
    if (synchronous) {
      outcome.await(lastTurns.compute(event.ownKey(), (key, last) -> new Turn<>(event, last)));
    }
  }

  /**
   * Takes an event that no caller waits for: of another member, or of an expiry in time. All
   * listeners are called on a worker.
   *
   * @param event called on the worker, may return null for none
   */
  void publishInBackground(Supplier<@Nullable JCacheEntryEvent<K, V>> event) {
    enqueue(
        () -> {
          JCacheEntryEvent<K, V> made = event.get();
          if (made != null) {
            deliverQuietly(made, true);
          }
        });
  }

  /** Runs a task after the events that wait; it counts as one. */
  void enqueue(Runnable task) {
    if (!queue.add(task)) {
      dropped.increment();
      if (dropLogged.compareAndSet(false, true)) {
        LOG.warn(
            "Cache {}: its listeners are too slow: {} events wait and those that come are dropped."
                + " Said once; the counter DroppedEvents goes on.",
            cacheName,
            MOST_WAITING);
      }
    }
  }

  private void deliverQuietly(JCacheEntryEvent<K, V> event, boolean synchronousToo) {
    if (!event.hasValue()) {
      return;
    }
    for (ListenerRegistration<K, V> registration : registrations) {
      if (registration.hears(event.getEventType())
          && (synchronousToo || !registration.isSynchronous())) {
        try {
          deliver(registration, event);
        } catch (CacheEntryListenerException | Error e) {
          LOG.warn("Cache {}: an asynchronous listener failed", cacheName, e);
        }
      }
    }
  }

  /**
   * Delivers the events of a call to the synchronous listeners; requires that no key is held.
   *
   * @throws CacheEntryListenerException the first that a listener or filter caused, after all have
   *     been called; an {@link Error} is thrown as it is
   */
  void deliver(Outcome<K, V> outcome) {
    if (outcome.turns().isEmpty()) {
      return;
    }
    boolean outermost = Callbacks.enter();
    List<Throwable> failures = new ArrayList<>(0);
    try {
      for (Turn<K, V> turn : outcome.turns()) {
        if (outermost) {
          turn.awaitEarlier();
        }
        deliver(turn, failures);
      }
    } finally {
      Callbacks.exit(outermost);
    }
    if (!failures.isEmpty()) {
      throw thrown(failures.get(0));
    }
  }

  private static CacheEntryListenerException thrown(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return (CacheEntryListenerException) failure;
  }

  private void deliver(Turn<K, V> turn, List<Throwable> failures) {
    try {
      boolean hasValue = turn.event().hasValue();
      for (ListenerRegistration<K, V> registration : registrations) {
        if (hasValue
            && registration.isSynchronous()
            && registration.hears(turn.event().getEventType())) {
          try {
            deliver(registration, turn.event());
          } catch (CacheEntryListenerException | Error e) {
            failures.add(e);
          }
        }
      }
    } finally {
      lastTurns.remove(turn.event().ownKey(), turn);
      turn.end();
    }
  }

  /** Calls a listener, unless the cache is closed: then no event is delivered any more. */
  private void deliver(ListenerRegistration<K, V> registration, JCacheEntryEvent<K, V> event) {
    if (closeables.beginCall()) {
      try {
        registration.deliver(event);
      } finally {
        closeables.endCall();
      }
    }
  }

  void close() {
    queue.close();
  }
}
