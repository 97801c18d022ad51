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
 * The caches of a member: the open ones, and closed ones that may still have changes to send.
 * Thread-safe.
 *
 * <p>A cache that is opened has missed all earlier changes. The absence of a record must not prove
 * anything there; therefore its trust floor begins at the highest hybrid time that this member has
 * seen, including the changes that it discarded because the cache was not open.
 */
final class CacheRegistry {

  private static final long HIGHEST_ORIGIN = -1; // they are compared as unsigned numbers

  /**
   * An open cache.
   *
   * @param warmUp whether it requests the records of other members
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
   * @param warmUp whether it requests the records of other members
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
   * Removes a cache, which is still drained until it has nothing to send; does nothing if it is not
   * attached.
   */
  synchronized void detach(ClusteredCache cache) {
    Attached present = open.get(cache.id());
    if (present != null && present.cache() == cache) {
      open.remove(cache.id());
      leaving.add(cache);
      changed.set(true);
    }
  }

  /** Returns whether caches were attached or detached since the last call. */
  boolean takeChanged() {
    return changed.getAndSet(false);
  }

  @Nullable ClusteredCache find(long id) {
    Attached attached = open.get(id);
    return attached == null ? null : attached.cache();
  }

  /**
   * Returns the cache of a change; null if it is not open: the change is discarded, and the clock
   * has observed its version.
   */
  @Nullable ClusteredCache findOrSkip(long id, Version version) {
    ClusteredCache found = find(id);
    return found == null ? findOrObserve(id, version) : found;
  }

  private synchronized @Nullable ClusteredCache findOrObserve(long id, Version version) {
    ClusteredCache found = find(id); // it may just have been attached
    if (found == null) {
      clock.observe(
          version.time()); // ignores a time far ahead: such a change is rejected later too
    }
    return found;
  }

  /** Returns the caches to drain: closed ones first, because their writes are older. */
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

  /** Returns the open caches with their options. */
  List<Attached> attached() {
    return List.copyOf(open.values());
  }

  /** Returns the descriptions of the open caches that are sent to other members. */
  List<CacheDescription> descriptions() {
    return attached().stream().map(Attached::description).toList();
  }

  /** Returns the name of a cache for logs, its number if it is not open. */
  String nameOf(long id) {
    ClusteredCache cache = find(id);
    return cache == null ? "number " + Long.toHexString(id) : cache.name();
  }
}
