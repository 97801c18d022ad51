package io.github.mccache.node;

import io.github.mccache.protocol.Message.CacheDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The caches of a member: those that are open, and those that were closed and may still have
 * something to send. Thread-safe.
 */
final class CacheRegistry {

  private final ConcurrentHashMap<Long, ClusteredCache> open = new ConcurrentHashMap<>();
  private final Queue<ClusteredCache> leaving = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean changed = new AtomicBoolean();

  /**
   * Adds a cache.
   *
   * @throws IllegalArgumentException if there is one of the same number, naming both
   */
  void attach(ClusteredCache cache) {
    ClusteredCache present = open.putIfAbsent(cache.id(), cache);
    if (present != null) {
      throw new IllegalArgumentException(
          present.name().equals(cache.name())
              ? "the cache " + cache.name() + " is attached already"
              : "the caches "
                  + present.name()
                  + " and "
                  + cache.name()
                  + " have the same number, "
                  + Long.toHexString(cache.id())
                  + ", by which members name them: rename one of them");
    }
    changed.set(true);
  }

  /**
   * Removes a cache, which is still drained until it is empty; nothing happens if it is not there.
   */
  void detach(ClusteredCache cache) {
    if (open.remove(cache.id(), cache)) {
      leaving.add(cache);
      changed.set(true);
    }
  }

  /** Returns whether caches came or went since the last call. */
  boolean takeChanged() {
    return changed.getAndSet(false);
  }

  @Nullable ClusteredCache find(long id) {
    return open.get(id);
  }

  /** Returns the caches to drain: first those that leave, for they were written to before. */
  List<ClusteredCache> toDrain() {
    List<ClusteredCache> caches = new ArrayList<>(leaving);
    caches.addAll(open.values());
    return caches;
  }

  /** A cache has nothing left to send. */
  void drained(ClusteredCache cache) {
    leaving.remove(cache);
  }

  List<ClusteredCache> open() {
    return List.copyOf(open.values());
  }

  List<CacheDescription> descriptions() {
    return open.values().stream()
        .map(cache -> new CacheDescription(cache.id(), cache.name(), cache.modeName()))
        .toList();
  }

  /** Returns the name of a cache for logs, its number if it is not open. */
  String nameOf(long id) {
    ClusteredCache cache = open.get(id);
    return cache == null ? "number " + Long.toHexString(id) : cache.name();
  }
}
