package io.github.mccache.jcache;

import io.github.mccache.node.VersionedEntry;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import javax.cache.Cache;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the entries of a cache: weakly consistent, never null, {@code next} is a hit and
 * {@code remove} a removal (JSR-107, section 12.4). For one thread.
 */
final class EntryIterator<K, V> implements Iterator<Cache.Entry<K, V>> {

  private final OperationRunner<K, V> runner;
  private final CacheParts<K, V> parts;
  private final Iterator<Map.Entry<K, VersionedEntry>> all;
  private @Nullable Candidate<K, V> next;
  private @Nullable K lastKey; // as it is kept

  /** An entry that was alive when it was reached; whether it still is, is judged at each call. */
  private record Candidate<K, V>(K key, V value, VersionedEntry record) {}

  EntryIterator(OperationRunner<K, V> runner, CacheParts<K, V> parts) {
    this.runner = runner;
    this.parts = parts;
    this.all = parts.store().iterator();
  }

  /**
   * Returns whether there is an entry that has not expired.
   *
   * @throws IllegalStateException if the cache is closed
   */
  @Override
  public boolean hasNext() {
    runner.requireOpen();
    return peek(parts.store().nowMillis()) != null;
  }

  private @Nullable Candidate<K, V> peek(long nowMillis) {
    if (next != null && !parts.store().isLive(next.record(), nowMillis)) {
      next = null;
    }
    while (next == null && all.hasNext()) {
      Map.Entry<K, VersionedEntry> entry = all.next();
      VersionedEntry record = entry.getValue();
      if (parts.store().isLive(record, nowMillis)) {
        V value = parts.store().value(entry.getKey(), record);
        if (value != null) {
          next = new Candidate<>(entry.getKey(), value, record);
        }
      }
    }
    return next;
  }

  /**
   * Returns the next entry that has not expired by now. If {@link #hasNext} found one and other
   * threads have removed it and all that follow since, it is returned nevertheless: a loop over the
   * entries does not fail because the cache is cleared meanwhile.
   *
   * @throws NoSuchElementException if there is none, even if {@link #hasNext} found one that has
   *     expired since
   * @throws IllegalStateException if the cache is closed
   */
  @Override
  public Cache.Entry<K, V> next() {
    runner.requireOpen();
    long nowMillis = parts.store().nowMillis();
    Candidate<K, V> promised = next;
    Candidate<K, V> found = peek(nowMillis);
    runner.requireOpen(); // or what is closed meanwhile looks like what is empty
    if (found == null && promised != null && !promised.record().isExpired(nowMillis)) {
      found = promised;
    }
    if (found == null) {
      throw new NoSuchElementException("the cache has no further entry that has not expired");
    }
    next = null;
    lastKey = found.key();
    count(found, nowMillis);
    return new JCacheEntry<>(parts.store().callerKey(found.key()), found.value(), found.record());
  }

  /** Counts an entry that was alive at this time as a hit and an access. */
  private void count(Candidate<K, V> found, long nowMillis) {
    runner.perform(
        outcome -> {
          outcome.hit();
          parts.noteAccess(found.key(), found.record(), nowMillis);
          return null;
        });
  }

  /**
   * Removes the key that {@link #next} returned last, whatever its value is by now.
   *
   * @throws IllegalStateException before the first {@link #next}, and when called twice
   */
  @Override
  public void remove() {
    K key = lastKey;
    if (key == null) {
      throw new IllegalStateException("next() has not been called since the last remove()");
    }
    lastKey = null;
    parts.cache().remove(key);
  }
}
