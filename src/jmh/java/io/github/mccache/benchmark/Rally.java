package io.github.mccache.benchmark;

import io.github.mccache.api.McCache;
import io.github.mccache.api.McCacheEntryEvent;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.configuration.MutableCacheEntryListenerConfiguration;
import javax.cache.event.CacheEntryCreatedListener;
import javax.cache.event.CacheEntryEvent;
import javax.cache.event.CacheEntryUpdatedListener;
import org.HdrHistogram.Histogram;

/**
 * Ping-pong between two members: one puts a number under {@code ping}, the other, as soon as it
 * sees it, puts it under {@code pong}, and the first, as soon as it sees that, knows how long both
 * changes took together by its own clock alone. The next number follows at once. A change that is
 * lost ends its round after a second and is counted; it is in no percentile.
 */
final class Rally {

  /** How a player sees the other's change. */
  enum Sight {
    /** By calling {@code get} again and again. */
    POLLING,
    /** By an asynchronous listener, which also answers: no thread is awake between two changes. */
    LISTENER
  }

  /**
   * What came of it.
   *
   * @param roundTripNanos both changes together, round by round
   * @param lost rounds that did not end
   */
  record Result(Histogram roundTripNanos, long lost) {}

  private static final String PING = "ping";
  private static final String PONG = "pong";
  private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Two who never sleep would take all processors from those who deliver. */
  private static final boolean YIELDS = Runtime.getRuntime().availableProcessors() < 8;

  private final McCache<String, Long> cache;

  // Guarded by this while the listener plays.
  private final Histogram roundTripNanos = new Histogram(3);
  private long sequence = System.nanoTime(); // above what an earlier rally left
  private long lost;
  private long begunNanos;
  private long playNanos;
  private long endNanos;

  Rally(McCache<String, Long> cache) {
    this.cache = cache;
  }

  // ---- who measures ----

  Result play(Sight sight, int warmUpSeconds, int seconds) throws InterruptedException {
    playNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(warmUpSeconds);
    endNanos = playNanos + TimeUnit.SECONDS.toNanos(seconds);
    if (sight == Sight.POLLING) {
      playByPolling();
    } else {
      playByListener();
    }
    return new Result(roundTripNanos, lost);
  }

  private void playByPolling() {
    while (System.nanoTime() - endNanos < 0) {
      serve();
      long deadline = begunNanos + LOST_NANOS;
      while (seen(PONG) != sequence && System.nanoTime() - deadline < 0) {
        pause();
      }
      score(seen(PONG) == sequence);
    }
  }

  private void playByListener() throws InterruptedException {
    CountDownLatch over = new CountDownLatch(1);
    CacheEntryListenerConfiguration<String, Long> listener =
        listener(
            PONG,
            number -> {
              synchronized (this) {
                if (number == sequence && over.getCount() > 0) {
                  score(true);
                  if (System.nanoTime() - endNanos < 0) {
                    serve();
                  } else {
                    over.countDown();
                  }
                }
              }
            });
    cache.registerCacheEntryListener(listener);
    synchronized (this) {
      serve();
    }
    while (!over.await(LOST_NANOS / 10, TimeUnit.NANOSECONDS)) {
      serveAgainIfLost(over);
    }
    cache.deregisterCacheEntryListener(listener);
  }

  private synchronized void serveAgainIfLost(CountDownLatch over) {
    if (over.getCount() > 0 && System.nanoTime() - begunNanos > LOST_NANOS) {
      score(false);
      if (System.nanoTime() - endNanos < 0) {
        serve();
      } else {
        over.countDown();
      }
    }
  }

  private void serve() {
    sequence++;
    begunNanos = System.nanoTime();
    cache.put(PING, sequence);
  }

  private void score(boolean returned) {
    long now = System.nanoTime();
    if (now - playNanos < 0) {
      return;
    }
    if (returned) {
      roundTripNanos.recordValue(now - begunNanos);
    } else {
      lost++;
    }
  }

  // ---- who answers ----

  /** Answers until the returned action is run. */
  Runnable answer(Sight sight) {
    return sight == Sight.POLLING ? answerByPolling() : answerByListener();
  }

  private Runnable answerByPolling() {
    CountDownLatch stopped = new CountDownLatch(1);
    Thread answering =
        new Thread(
            () -> {
              long last = seen(PING);
              while (stopped.getCount() > 0) {
                long number = seen(PING);
                if (number == last) {
                  pause();
                } else {
                  last = number;
                  cache.put(PONG, number);
                }
              }
            },
            "answering");
    answering.setDaemon(true);
    answering.start();
    return stopped::countDown;
  }

  private Runnable answerByListener() {
    CacheEntryListenerConfiguration<String, Long> listener =
        listener(PING, number -> cache.put(PONG, number));
    cache.registerCacheEntryListener(listener);
    return () -> cache.deregisterCacheEntryListener(listener);
  }

  // ---- both ----

  private long seen(String key) {
    Long number = cache.get(key);
    return number == null ? Long.MIN_VALUE : number;
  }

  private static void pause() {
    if (YIELDS) {
      Thread.yield();
    } else {
      Thread.onSpinWait();
    }
  }

  private static CacheEntryListenerConfiguration<String, Long> listener(
      String key, LongConsumer numbers) {
    return new MutableCacheEntryListenerConfiguration<>(
        () -> new Ear(key, numbers), null, false, false);
  }

  /** Hears what other members write under one key. */
  private record Ear(String key, LongConsumer numbers)
      implements CacheEntryCreatedListener<String, Long>, CacheEntryUpdatedListener<String, Long> {

    @Override
    public void onCreated(Iterable<CacheEntryEvent<? extends String, ? extends Long>> events) {
      events.forEach(this::hear);
    }

    @Override
    public void onUpdated(Iterable<CacheEntryEvent<? extends String, ? extends Long>> events) {
      events.forEach(this::hear);
    }

    private void hear(CacheEntryEvent<? extends String, ? extends Long> event) {
      if (event.getKey().equals(key) && ((McCacheEntryEvent<?, ?>) event).isRemote()) {
        numbers.accept(event.getValue());
      }
    }
  }
}
