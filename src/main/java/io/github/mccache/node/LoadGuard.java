package io.github.mccache.node;

import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyRule;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Keeps a loaded value out of the cache when news of its key came in while the loader ran: a
 * counter per stripe of keys, moved by every remote change and by removals that leave no mark, and
 * one for clears. A stripe that moves for another key costs one load that is not cached.
 * Thread-safe.
 */
final class LoadGuard {

  private static final int STRIPES = 1024;

  private static final long CLOCKS_DIFFER_BY = HybridTime.ofMillis(ApplyRule.MAX_AHEAD_MILLIS);

  private final AtomicLongArray counters = new AtomicLongArray(STRIPES);
  private final AtomicLong clears = new AtomicLong();
  private final AtomicLong highestClear = new AtomicLong();

  /**
   * A load that is under way.
   *
   * @param version stamped before the loader was called
   * @param counter how often the key's stripe had moved by then
   * @param clears how often the cache had been cleared by then
   */
  record Reservation(Version version, long counter, long clears) {}

  Reservation reserve(Object key, Version version) {
    return new Reservation(version, counters.get(stripe(key)), clears.get());
  }

  /** Breaks the loads of a key that are under way. */
  void breakLoads(Object key) {
    counters.incrementAndGet(stripe(key));
  }

  /** Breaks all loads that are under way. */
  void breakAllLoads() {
    breakAllLoads(Long.MAX_VALUE);
  }

  /**
   * Breaks the loads that began before a clear, or so soon after it, by their own clock, that they
   * may have begun before.
   *
   * @param clearTime the hybrid time of the clear, which may be heard late
   */
  void breakAllLoads(long clearTime) {
    highestClear.accumulateAndGet(clearTime, Math::max);
    clears.incrementAndGet();
  }

  boolean isUnbroken(Object key, Reservation reservation) {
    return counters.get(stripe(key)) == reservation.counter()
        && (clears.get() == reservation.clears()
            || reservation.version().time() - CLOCKS_DIFFER_BY > highestClear.get());
  }

  private static int stripe(Object key) {
    int hash = key.hashCode() * 0x9e3779b9;
    return hash >>> (32 - Integer.numberOfTrailingZeros(STRIPES));
  }
}
