package io.github.mccache.cli;

import io.github.mccache.api.McCache;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * What one member does to the cache: 55 % lookups, 20 % insertions of what is absent, 20 % updates
 * and 5 % deletions of what is present, each of a key drawn from all, with a pause before each. The
 * same seed gives the same operations, but what they find depends on the others. Runs on one
 * thread; its counters may be read from any.
 */
final class StressWorkload {

  private static final int LOOKUPS = 55;
  private static final int INSERTIONS = 20;
  private static final int UPDATES = 20;

  private final McCache<String, String> cache;
  private final String[] keys;
  private final Aperture aperture;
  private final SplittableRandom random;
  private final String writer;

  private final LongAdder operations = new LongAdder();
  private final LongAdder lookups = new LongAdder();
  private final LongAdder inserted = new LongAdder();
  private final LongAdder updated = new LongAdder();
  private final LongAdder deleted = new LongAdder();
  private long written;

  /**
   * Makes a workload that has done nothing.
   *
   * @param writer begins every value that it writes: no two members may have the same
   */
  StressWorkload(
      McCache<String, String> cache, int keys, Aperture aperture, long seed, String writer) {
    this.cache = cache;
    this.keys = new String[keys];
    for (int i = 0; i < keys; i++) {
      this.keys[i] = String.format("key-%05d", i);
    }
    this.aperture = aperture;
    this.random = new SplittableRandom(seed);
    this.writer = writer;
  }

  /** Works for so long; returns when the last operation was done, in microseconds of the epoch. */
  long run(long nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() - end < 0) {
      long pause = Math.min(aperture.draw(random), end - System.nanoTime());
      if (pause > 0) {
        pause(pause);
      }
      operate();
    }
    return nowMicros();
  }

  /** Waits that long at least: a wait of the system may end early. */
  private static void pause(long nanos) {
    long until = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** Does one operation. */
  void operate() {
    int what = random.nextInt(100);
    String key = keys[random.nextInt(keys.length)];
    if (what < LOOKUPS) {
      lookups.increment();
      cache.get(key);
    } else if (what < LOOKUPS + INSERTIONS) {
      count(inserted, cache.putIfAbsent(key, nextValue()));
    } else if (what < LOOKUPS + INSERTIONS + UPDATES) {
      count(updated, cache.replace(key, nextValue()));
    } else {
      count(deleted, cache.remove(key));
    }
    operations.increment();
  }

  /** A value that nobody has written before, about as long as the small ones of the original. */
  private String nextValue() {
    return writer + "-" + ++written + "-abcdefghijklmnopqrstuvwxyz";
  }

  private static void count(LongAdder counter, boolean done) {
    if (done) {
      counter.increment();
    }
  }

  static long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  /** Waits until a microsecond of the epoch, so that members begin together. */
  static void awaitMicros(long micros) {
    for (long left = micros - nowMicros(); left > 0; left = micros - nowMicros()) {
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(left));
    }
  }

  long operations() {
    return operations.sum();
  }

  long lookups() {
    return lookups.sum();
  }

  long inserted() {
    return inserted.sum();
  }

  long updated() {
    return updated.sum();
  }

  long deleted() {
    return deleted.sum();
  }
}
