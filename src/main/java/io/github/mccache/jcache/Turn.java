package io.github.mccache.jcache;

import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * An event that waits for its delivery to synchronous listeners. It is delivered after the earlier
 * events of its key. Its thread delivers and ends it; any thread may wait for its end.
 */
final class Turn<K, V> {

  private final JCacheEntryEvent<K, V> event;
  private @Nullable Turn<K, V> previous;
  private final CountDownLatch over = new CountDownLatch(1);

  /**
   * Makes the last turn of a key.
   *
   * @param previous the turn before it, null if there is none
   */
  Turn(JCacheEntryEvent<K, V> event, @Nullable Turn<K, V> previous) {
    this.event = event;
    this.previous = previous;
  }

  JCacheEntryEvent<K, V> event() {
    return event;
  }

  /** Waits for the delivery of earlier events of the key; an interrupt ends the wait. */
  void awaitEarlier() {
    if (previous != null) {
      try {
        previous.over.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      previous = null; // a chain of turns would keep all events of the key
    }
  }

  /** Lets the next event of the key be delivered. */
  void end() {
    over.countDown();
  }
}
