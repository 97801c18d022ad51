package io.github.mccache.jcache;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes what the application gave to a cache and made closeable: loader, writer, expiry policy,
 * listeners (JSR-107, section 4.1.1). Each once; what they throw is logged.
 *
 * <p>A loader, writer or listener is not closed during a call of it, and is not called after it was
 * closed: calls are made between {@link #beginCall} and {@link #endCall}, and {@link #endCalls}
 * waits for them a moment before the first is closed. Thread-safe.
 */
final class Closeables {

  private static final Logger LOG = LoggerFactory.getLogger(Closeables.class);

  /**
   * Closing waits so long for calls that run; one that blocks for longer is closed all the same.
   */
  private static final long WAIT_MILLIS = 1_000;

  private final String cacheName;
  private final Lifecycle lifecycle;

  /** Calls hold it shared, closing alone. */
  private final ReentrantReadWriteLock calls = new ReentrantReadWriteLock();

  private final Set<Object> closed = Collections.newSetFromMap(new IdentityHashMap<>());

  Closeables(String cacheName, Lifecycle lifecycle) {
    this.cacheName = cacheName;
    this.lifecycle = lifecycle;
  }

  /** Returns whether a loader, writer or listener may be called; the caller then ends the call. */
  boolean beginCall() {
    if (calls.readLock().tryLock()) {
      if (!lifecycle.isClosed()) {
        return true;
      }
      calls.readLock().unlock();
    }
    return false;
  }

  /** Ends a call that has begun, on the same thread. */
  void endCall() {
    calls.readLock().unlock();
  }

  /**
   * Calls a loader or writer.
   *
   * @throws IllegalStateException if they have been closed
   */
  <T extends @Nullable Object> T call(Supplier<T> callback) {
    if (!beginCall()) {
      throw lifecycle.closed(null);
    }
    try {
      return Callbacks.<T>within(callback);
    } finally {
      endCall();
    }
  }

  /**
   * Waits a moment for the calls that run, once the cache is closed: none begins any more. A call
   * that closes its own cache waits for none.
   */
  void endCalls() {
    if (calls.getReadHoldCount() > 0) {
      return;
    }
    try {
      if (calls.writeLock().tryLock(WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
        calls.writeLock().unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  synchronized void close(@Nullable Object... candidates) {
    for (Object candidate : candidates) {
      if (candidate instanceof AutoCloseable closeable && closed.add(closeable)) {
        try {
          closeable.close();
        } catch (Throwable e) {
          LOG.warn("Cache {}: closing {} failed", cacheName, closeable.getClass().getName(), e);
        }
      }
    }
  }
}
