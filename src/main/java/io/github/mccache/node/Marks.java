package io.github.mccache.node;

import io.github.mccache.protocol.Version;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The tombstones and fences of one cache. A mark is kept for at least {@link #RETENTION_MILLIS}, so
 * that a late or repeated change does not bring a removed key back. The number of marks is bounded:
 * at the cap the oldest goes early, but none before it was sent, or others would never hear of it;
 * those are bounded by the keys that are to be sent. Whatever is forgotten raises {@link
 * #forgottenUpTo}, the {@code gc_floor} of the protocol, which keeps history from being taken for
 * news.
 *
 * <p>Thread-safe. The mark of a key is put and removed only by the thread that holds the key.
 */
@SuppressWarnings("ReferenceEquality") // a mark is replaced by another that may say the same
final class Marks<K> {

  /** How long a mark is kept at least. */
  static final long RETENTION_MILLIS = 60_000;

  private final ConcurrentHashMap<K, Mark> marks = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Map.Entry<K, Mark>> byAge = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();
  private final Floor forgottenUpTo = new Floor();
  private final int maximum;

  Marks(int maximum) {
    this.maximum = maximum;
  }

  @Nullable Mark get(K key) {
    return marks.get(key);
  }

  void put(K key, Mark mark) {
    marks.put(key, mark);
    byAge.add(Map.entry(key, mark));
    if (queued.incrementAndGet() > 2 * (maximum + marks.size())) {
      leaveOutReplaced();
    }
    forgetOld(mark.sinceMillis());
  }

  /** The marks that a key has had before its last one are no use: they must not fill the queue. */
  private void leaveOutReplaced() {
    byAge.removeIf(
        entry -> {
          boolean replaced = isReplaced(entry);
          if (replaced) {
            queued.decrementAndGet();
          }
          return replaced;
        });
  }

  private boolean isReplaced(Map.Entry<K, Mark> entry) {
    return marks.get(entry.getKey()) != entry.getValue();
  }

  /** Removes the mark of a key because the key has an entry that is newer. */
  void remove(K key) {
    marks.remove(key);
  }

  /**
   * Returns the highest version of a mark that is no longer known, {@link Version#NONE} at first.
   */
  Version forgottenUpTo() {
    return forgottenUpTo.get();
  }

  int size() {
    return marks.size();
  }

  /** Forgets the marks that are past their retention, and the oldest ones above the cap. */
  void forgetOld(long nowMillis) {
    for (Map.Entry<K, Mark> oldest = byAge.peek(); oldest != null; oldest = byAge.peek()) {
      boolean replaced = isReplaced(oldest);
      boolean due = nowMillis - oldest.getValue().sinceMillis() >= RETENTION_MILLIS;
      if (!replaced && !due && marks.size() <= maximum) {
        return;
      }
      if (byAge.remove(oldest)) {
        if (!replaced && !oldest.getValue().isSent()) {
          byAge.add(oldest);
          return; // one at a time: perhaps none was sent
        }
        queued.decrementAndGet();
        forget(oldest.getKey(), oldest.getValue());
      }
    }
  }

  /** The floor first: whoever misses the mark must already see the floor. */
  private void forget(K key, Mark mark) {
    if (marks.get(key) == mark) {
      forgottenUpTo.raise(mark.version());
      marks.remove(key, mark);
    }
  }
}
