package io.github.mccache.node;

import io.github.mccache.protocol.Version;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The tombstones and fences of one cache. A mark is kept for at least {@link #RETENTION_MILLIS}
 * <em>and</em> until every member that is remembered has applied it, so that neither a late change
 * nor a member that was away brings a removed key back. Whatever is forgotten raises {@link
 * #forgottenUpTo}, the {@code gc_floor} of the protocol, which keeps history from being taken for
 * news.
 *
 * <p><b>Bounds.</b> At the cap marks go early, and an eighth of them at once, so that looking for
 * them costs little for each: first the oldest that all living members have applied, which forgets
 * a member that lags behind and never a removal; if that is not enough the oldest whatever they
 * are. None goes before it was sent, or others would never hear of it; those have a cap of their
 * own, {@link #hasTooManyUnsent}, and it is for the caller to do something about them.
 *
 * <p>Thread-safe. The mark of a key is put and removed only by the thread that holds the key, but
 * for those that are forgotten.
 */
@SuppressWarnings("ReferenceEquality") // a mark is replaced by another that may say the same
final class Marks<K> {

  /** How long a mark is kept at least. */
  static final long RETENTION_MILLIS = 60_000;

  private final ConcurrentHashMap<K, Mark> marks = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Map.Entry<K, Mark>> byAge = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();
  private final AtomicInteger unsent = new AtomicInteger();
  private final ReentrantLock tidying = new ReentrantLock();
  private final Floor forgottenUpTo = new Floor();
  private final int maximum;
  private final int maximumUnsent;
  private final Stability stability;
  private final StoreCounters counters;

  /**
   * Makes an empty set of marks.
   *
   * @param maximum of those that were sent
   * @param maximumUnsent of those that were not
   */
  Marks(int maximum, int maximumUnsent, Stability stability, StoreCounters counters) {
    this.maximum = maximum;
    this.maximumUnsent = maximumUnsent;
    this.stability = stability;
    this.counters = counters;
  }

  @Nullable Mark get(K key) {
    return marks.get(key);
  }

  /** Returns the marks and their keys; weakly consistent. */
  Iterator<Map.Entry<K, Mark>> iterator() {
    return marks.entrySet().iterator();
  }

  void put(K key, Mark mark) {
    if (!mark.isSent()) {
      unsent.incrementAndGet();
    }
    markSent(marks.put(key, mark));
    byAge.add(Map.entry(key, mark));
    queued.incrementAndGet();
    forgetOld(mark.sinceMillis());
  }

  /** Removes the mark of a key because the key has an entry that is newer. */
  void remove(K key) {
    markSent(marks.remove(key));
  }

  /** Removes marks of which something else remembers more than they do: no floor rises. */
  void removeIf(Predicate<Mark> superfluous) {
    for (Map.Entry<K, Mark> entry : marks.entrySet()) {
      Mark mark = entry.getValue();
      if (superfluous.test(mark) && marks.remove(entry.getKey(), mark)) {
        markSent(mark);
      }
    }
  }

  /** Notes that a mark need not be sent, or not any more. */
  void markSent(@Nullable Mark mark) {
    if (mark != null && mark.markSent()) {
      unsent.decrementAndGet();
    }
  }

  /**
   * Returns the highest version of a mark that is no longer known, {@link Version#NONE} at first.
   */
  Version forgottenUpTo() {
    return forgottenUpTo.get();
  }

  /** The member starts anew: as one that has discarded nothing. */
  void restart() {
    forgottenUpTo.set(Version.NONE);
  }

  /** Notes that a record of this version is no longer known, which was not kept here. */
  void forgotten(Version version) {
    forgottenUpTo.raise(version);
  }

  int size() {
    return marks.size();
  }

  /** Returns whether more marks are to be sent than may be. */
  boolean hasTooManyUnsent() {
    return unsent.get() > maximumUnsent;
  }

  private boolean isAboveCap() {
    return marks.size() - unsent.get() > maximum;
  }

  /**
   * Forgets the marks that are past their time, and the oldest ones above the cap. If another
   * thread is about it, that one does.
   */
  void forgetOld(long nowMillis) {
    if (!tidying.tryLock()) {
      return;
    }
    try {
      forgetDue(nowMillis);
      if (isAboveCap()) {
        forgetDownTo(maximum - maximum / 8);
      }
      if (queued.get() > 2 * (maximum + marks.size())) {
        removeQueued(entry -> false); // those that were replaced alone
      }
    } finally {
      tidying.unlock();
    }
  }

  private void forgetDue(long nowMillis) {
    long stableTime = stability.stableTime();
    for (Map.Entry<K, Mark> oldest = byAge.peek(); oldest != null; oldest = byAge.peek()) {
      Mark mark = oldest.getValue();
      boolean due =
          nowMillis - mark.sinceMillis() >= RETENTION_MILLIS
              && mark.version().time() <= stableTime
              && mark.isSent();
      if (!due && !isReplaced(oldest)) {
        return;
      }
      byAge.remove(oldest);
      queued.decrementAndGet();
      forget(oldest.getKey(), mark);
    }
  }

  private void forgetDownTo(int target) {
    long stableTime = stability.stableTime();
    long aliveStableTime = stability.aliveStableTime();
    removeQueued(
        entry -> {
          Mark mark = entry.getValue();
          long time = mark.version().time();
          if (time > aliveStableTime || !isToGo(mark, target)) {
            return false;
          }
          if (time > stableTime) {
            counters.laggardForgotten();
          }
          return true;
        });
    if (!isAboveCap()) {
      return;
    }
    removeQueued(
        entry -> {
          boolean goes = isToGo(entry.getValue(), target);
          if (goes) {
            counters.forgottenEarly();
          }
          return goes;
        });
  }

  private boolean isToGo(Mark mark, int target) {
    return mark.isSent() && marks.size() - unsent.get() > target;
  }

  /** Removes from the queue what a test names, which is forgotten, and what was replaced. */
  private void removeQueued(Predicate<Map.Entry<K, Mark>> isToBeForgotten) {
    byAge.removeIf(
        entry -> {
          boolean goes = isReplaced(entry) || isToBeForgotten.test(entry);
          if (goes) {
            queued.decrementAndGet();
            forget(entry.getKey(), entry.getValue());
          }
          return goes;
        });
  }

  private boolean isReplaced(Map.Entry<K, Mark> entry) {
    return marks.get(entry.getKey()) != entry.getValue();
  }

  /** The floor first: whoever misses the mark must already see the floor. */
  private void forget(K key, Mark mark) {
    if (marks.get(key) == mark) {
      forgottenUpTo.raise(mark.version());
      marks.remove(key, mark);
    }
  }
}
