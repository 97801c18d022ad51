package io.github.mccache.jcache;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Remembers when entries are to expire and expires them in time, read or not. Deadlines are grouped
 * by {@value #BUCKET_MILLIS} ms; a key stands in one group, the earliest that was asked for, and is
 * asked again when that is due, so that a key that is written or read often costs one look-up each
 * time.
 *
 * <p>Thread-safe. It has no thread: a worker of the manager runs when the first group is due.
 */
final class ExpiryQueue<K> {

  /** How late an expiry may be, besides the time that the timer takes. */
  static final long BUCKET_MILLIS = 16;

  /** Later deadlines are never reached, and the time of their group could not be counted. */
  private static final long LATEST_MILLIS = Long.MAX_VALUE - 2 * BUCKET_MILLIS;

  /** Below this many keys nothing is tidied up. */
  private static final int LEAST_TO_TIDY = 4_096;

  private final LongSupplier nowMillis;
  private final Workers workers;
  private final Consumer<K> expire;
  private final Predicate<K> isHeld;
  private final ConcurrentHashMap<K, Long> bucketOf = new ConcurrentHashMap<>();
  private final ConcurrentSkipListMap<Long, Set<K>> buckets = new ConcurrentSkipListMap<>();
  private final Object timerLock = new Object();
  private long wakeMillis = Long.MAX_VALUE;
  private @Nullable Future<?> timer;
  private volatile int tidyAt = LEAST_TO_TIDY;
  private volatile boolean closed;

  /**
   * Makes an empty queue.
   *
   * @param nowMillis the time by which entries expire
   * @param workers runs what is due
   * @param expire expires a key if it is due, else schedules it again if it has a deadline
   * @param isHeld whether there is still an entry of this key
   */
  ExpiryQueue(LongSupplier nowMillis, Workers workers, Consumer<K> expire, Predicate<K> isHeld) {
    this.nowMillis = nowMillis;
    this.workers = workers;
    this.expire = expire;
    this.isHeld = isHeld;
  }

  /** Sees to it that the key is looked at once its deadline has passed. */
  void schedule(K key, long deadlineMillis) {
    if (deadlineMillis > LATEST_MILLIS) {
      return;
    }
    long bucket = deadlineMillis / BUCKET_MILLIS + 1;
    Long before = bucketOf.get(key);
    if ((before != null && before <= bucket) || closed) {
      return;
    }
    bucketOf.merge(key, bucket, Math::min);
    buckets.compute(
        bucket,
        (number, keys) -> {
          Set<K> present = keys == null ? ConcurrentHashMap.newKeySet() : keys;
          present.add(key);
          return present;
        });
    wakeAt(bucket * BUCKET_MILLIS);
    tidyIfLarge();
  }

  /** Expires what is due now. */
  void runDue() {
    long dueBucket = nowMillis.getAsLong() / BUCKET_MILLIS;
    for (Map.Entry<Long, Set<K>> first = buckets.firstEntry();
        first != null && first.getKey() <= dueBucket && !closed;
        first = buckets.firstEntry()) {
      Set<K> keys = buckets.remove(first.getKey());
      if (keys != null) {
        for (K key : keys) {
          if (bucketOf.remove(key, first.getKey())) {
            expire.accept(key);
          }
        }
      }
    }
    synchronized (timerLock) {
      wakeMillis = Long.MAX_VALUE;
    }
    Map.Entry<Long, Set<K>> next = buckets.firstEntry();
    if (next != null) {
      wakeAt(next.getKey() * BUCKET_MILLIS);
    }
  }

  private void wakeAt(long millis) {
    synchronized (timerLock) {
      if (closed || millis >= wakeMillis) {
        return;
      }
      wakeMillis = millis;
      if (timer != null) {
        timer.cancel(false);
      }
      long delay = Math.max(1, millis - nowMillis.getAsLong());
      try {
        timer = workers.executeAfter(this::runDue, delay);
      } catch (RejectedExecutionException e) {
        closed = true;
      } catch (OutOfMemoryError noThread) {
        wakeMillis = Long.MAX_VALUE; // the next deadline tries again; a read expires what is due
      }
    }
  }

  /**
   * Forgets keys whose entries went before their time, so that this is not larger than twice the
   * cache.
   */
  private void tidyIfLarge() {
    if (bucketOf.size() < tidyAt) {
      return;
    }
    tidyAt = Integer.MAX_VALUE;
    bucketOf.forEach(
        (key, bucket) -> {
          if (!isHeld.test(key) && bucketOf.remove(key, bucket)) {
            buckets.computeIfPresent(
                bucket, (number, keys) -> keys.remove(key) && keys.isEmpty() ? null : keys);
          }
        });
    tidyAt = Math.max(LEAST_TO_TIDY, bucketOf.size() * 2);
  }

  /** Returns how many keys wait. */
  int size() {
    return bucketOf.size();
  }

  /** Stops the timer; nothing expires any more. */
  void close() {
    synchronized (timerLock) {
      closed = true;
      if (timer != null) {
        timer.cancel(false);
      }
    }
    bucketOf.clear();
    buckets.clear();
  }
}
