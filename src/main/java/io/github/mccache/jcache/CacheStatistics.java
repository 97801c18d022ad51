package io.github.mccache.jcache;

import java.util.concurrent.atomic.LongAdder;
import javax.cache.management.CacheStatisticsMXBean;

/**
 * The statistics of JSR-107, section 12: operations of this member only. Thread-safe; the figures
 * of one moment may be those of slightly different moments.
 */
final class CacheStatistics implements CacheStatisticsMXBean {

  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder puts = new LongAdder();
  private final LongAdder removals = new LongAdder();
  private final LongAdder evictions = new LongAdder();
  private final LongAdder getNanos = new LongAdder();
  private final LongAdder putNanos = new LongAdder();
  private final LongAdder removeNanos = new LongAdder();
  private volatile boolean enabled;

  boolean isEnabled() {
    return enabled;
  }

  void setEnabled(boolean newEnabled) {
    enabled = newEnabled;
  }

  /** Counts what an operation did, with the time that it took. */
  void count(Outcome<?, ?> outcome, long nanos) {
    if (outcome.hits() + outcome.misses() > 0) {
      hits.add(outcome.hits());
      misses.add(outcome.misses());
      getNanos.add(nanos);
    }
    if (outcome.puts() > 0) {
      puts.add(outcome.puts());
      putNanos.add(nanos);
    }
    if (outcome.removals() > 0) {
      removals.add(outcome.removals());
      removeNanos.add(nanos);
    }
  }

  void countHit(long nanos) {
    hits.increment();
    getNanos.add(nanos);
  }

  void countEviction() {
    if (enabled) {
      evictions.increment();
    }
  }

  @Override
  public void clear() {
    hits.reset();
    misses.reset();
    puts.reset();
    removals.reset();
    evictions.reset();
    getNanos.reset();
    putNanos.reset();
    removeNanos.reset();
  }

  @Override
  public long getCacheHits() {
    return hits.sum();
  }

  @Override
  public float getCacheHitPercentage() {
    return percentage(getCacheHits(), getCacheGets());
  }

  @Override
  public long getCacheMisses() {
    return misses.sum();
  }

  @Override
  public float getCacheMissPercentage() {
    return percentage(getCacheMisses(), getCacheGets());
  }

  @Override
  public long getCacheGets() {
    return getCacheHits() + getCacheMisses();
  }

  @Override
  public long getCachePuts() {
    return puts.sum();
  }

  @Override
  public long getCacheRemovals() {
    return removals.sum();
  }

  @Override
  public long getCacheEvictions() {
    return evictions.sum();
  }

  @Override
  public float getAverageGetTime() {
    return averageMicros(getNanos.sum(), getCacheGets());
  }

  @Override
  public float getAveragePutTime() {
    return averageMicros(putNanos.sum(), getCachePuts());
  }

  @Override
  public float getAverageRemoveTime() {
    return averageMicros(removeNanos.sum(), getCacheRemovals());
  }

  private static float percentage(long part, long whole) {
    return whole == 0 ? 0 : (float) (100.0 * part / whole);
  }

  private static float averageMicros(long nanos, long count) {
    return count == 0 ? 0 : (float) (nanos / 1_000.0 / count);
  }
}
