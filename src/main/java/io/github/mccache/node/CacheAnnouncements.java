package io.github.mccache.node;

import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.Effects;
import io.github.mccache.replication.Replica;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The open caches as the replica knows them. Confined to the protocol thread. */
final class CacheAnnouncements {

  private final Replica replica;
  private final MemberClock clock;
  private final CacheRegistry caches;
  private final FailureLog failures;
  private final Consumer<Effects> perform;

  /** The caches that the replica knows, by their numbers. */
  private final Map<Long, ClusteredCache> announced = new HashMap<>();

  CacheAnnouncements(Replica replica, NodeParts parts, Consumer<Effects> perform) {
    this.replica = replica;
    this.clock = parts.clock();
    this.caches = parts.caches();
    this.failures = parts.failures();
    this.perform = perform;
  }

  /** Returns whether the replica means this cache by its number, and not an earlier one. */
  boolean knows(ClusteredCache cache) {
    return announced.get(cache.id()) == cache;
  }

  /**
   * Gives the replica the caches that are open now.
   *
   * @param origin the one under which this member writes
   */
  void announce(long origin) {
    List<CacheRegistry.Attached> open = caches.attached();
    // A cache that was closed and opened again is another one, though it has the same number.
    List<CacheRegistry.Attached> still = open.stream().filter(this::isNoStranger).toList();
    if (still.size() < open.size()) {
      announce(still);
    }
    announce(open);
    for (CacheRegistry.Attached attached : open) {
      ClusteredCache cache = attached.cache();
      startAnew(cache, origin, 0); // it may have been made while this member started anew
      Version floor = cache.clearFloor();
      if (announced.put(cache.id(), cache) != cache && floor.isAfter(Version.NONE)) {
        Message.ClearFloor clear = new Message.ClearFloor(cache.id(), floor);
        perform.accept(replica.onClearFloor(clear, clock.nanos()));
      }
    }
    announced.keySet().retainAll(open.stream().map(attached -> attached.cache().id()).toList());
  }

  /** See {@link ClusteredCache#startAnew}; a cache that fails may hold what is in doubt. */
  void startAnew(ClusteredCache cache, long origin, long appliedUpTo) {
    try {
      cache.startAnew(origin, appliedUpTo);
    } catch (RuntimeException | Error e) {
      failures.onCacheFailure("start anew", cache.name(), e);
      cache.withdraw();
    }
  }

  private boolean isNoStranger(CacheRegistry.Attached attached) {
    ClusteredCache known = announced.get(attached.cache().id());
    return known == null || known == attached.cache();
  }

  private void announce(List<CacheRegistry.Attached> open) {
    Set<Long> warm = new HashSet<>();
    for (CacheRegistry.Attached attached : open) {
      if (attached.warmUp()) {
        warm.add(attached.cache().id());
      }
    }
    List<Message.CacheDescription> descriptions =
        open.stream().map(CacheRegistry.Attached::description).toList();
    perform.accept(replica.onCaches(descriptions, warm, clock.nanos()));
  }
}
