package io.github.mccache.node;

import io.github.mccache.protocol.Message.CacheDescription;
import io.github.mccache.protocol.Version;
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
 *
 * <p>A cache that is opened has heard nothing of what came before. So that the absence of a record
 * does not prove anything there, it begins by trusting nothing at or below the highest hybrid time
 * that this member has seen, also in changes that it left alone for want of the cache.
 */
final class CacheRegistry {

  private static final long HIGHEST_ORIGIN = -1; // they are compared as unsigned numbers

  /**
   * An open cache.
   *
   * @param warmUp whether it wants what others hold
   */
  record Attached(ClusteredCache cache, boolean warmUp) {

    CacheDescription description() {
      return new CacheDescription(cache.id(), cache.name(), cache.modeName());
    }
  }

  private final MemberClock clock;
  private final ConcurrentHashMap<Long, Attached> open = new ConcurrentHashMap<>();
  private final Queue<ClusteredCache> leaving = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean changed = new AtomicBoolean();

  CacheRegistry(MemberClock clock) {
    this.clock = clock;
  }

  /**
   * Adds a cache.
   *
   * @param warmUp whether it wants what others hold
   * @throws IllegalArgumentException if there is one of the same number, naming both
   */
  synchronized void attach(ClusteredCache cache, boolean warmUp) {
    Attached present = open.get(cache.id());
    if (present != null) {
      throw new IllegalArgumentException(
          present.cache().name().equals(cache.name())
              ? "the cache " + cache.name() + " is attached already"
              : "the caches "
                  + present.cache().name()
                  + " and "
                  + cache.name()
                  + " have the same number, "
                  + Long.toHexString(cache.id())
                  + ", by which members name them: rename one of them");
    }
    cache.trustAbove(new Version(clock.last(), HIGHEST_ORIGIN));
    open.put(cache.id(), new Attached(cache, warmUp));
    changed.set(true);
  }

  /**
   * Removes a cache, which is still drained until it is empty; nothing happens if it is not there.
   */
  synchronized void detach(ClusteredCache cache) {
    Attached present = open.get(cache.id());
    if (present != null && present.cache() == cache) {
      open.remove(cache.id());
      leaving.add(cache);
      changed.set(true);
    }
  }

  /** Returns whether caches came or went since the last call. */
  boolean takeChanged() {
    return changed.getAndSet(false);
  }

  @Nullable ClusteredCache find(long id) {
    Attached attached = open.get(id);
    return attached == null ? null : attached.cache();
  }

  /**
   * Returns the cache that a change is for; null if it is not open: then the clock has taken note
   * of the change that is left alone.
   */
  @Nullable ClusteredCache findOrSkip(long id, Version version) {
    ClusteredCache found = find(id);
    return found == null ? findOrObserve(id, version) : found;
  }

  private synchronized @Nullable ClusteredCache findOrObserve(long id, Version version) {
    ClusteredCache found = find(id); // may just have come
    if (found == null) {
      clock.observe(version.time()); // not if it is far ahead: such a change is refused later, too
    }
    return found;
  }

  /** Returns the caches to drain: first those that leave, for they were written to before. */
  List<ClusteredCache> toDrain() {
    List<ClusteredCache> caches = new ArrayList<>(leaving);
    caches.addAll(open());
    return caches;
  }

  /** A cache has nothing left to send. */
  void drained(ClusteredCache cache) {
    leaving.remove(cache);
  }

  List<ClusteredCache> open() {
    List<ClusteredCache> caches = new ArrayList<>();
    for (Attached attached : open.values()) {
      caches.add(attached.cache());
    }
    return caches;
  }

  /** Returns the open caches with what was said of them. */
  List<Attached> attached() {
    return List.copyOf(open.values());
  }

  /** Returns what other members are told of the open caches. */
  List<CacheDescription> descriptions() {
    return attached().stream().map(Attached::description).toList();
  }

  /** Returns the name of a cache for logs, its number if it is not open. */
  String nameOf(long id) {
    ClusteredCache cache = find(id);
    return cache == null ? "number " + Long.toHexString(id) : cache.name();
  }
}
