package io.github.mccache.replication;

import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message.ClearFloor;
import io.github.mccache.protocol.Version;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The highest clear known of each cache that this member has, or had, open. A floor outlives its
 * cache, since a destroyed cache was cleared as well and others may have missed it; above {@value
 * #MAX_CACHES} caches the lowest floor of a closed one is forgotten. Floors of other caches are not
 * kept, so that peers cannot make this grow. Confined to the thread of {@link Replica}.
 *
 * <p>A floor that lies ahead of this member's clock is refused by the node. It is then held back,
 * with all later ones, until the clock has come near: it would otherwise be offered again with
 * every heartbeat.
 */
final class ClearFloors {

  static final int MAX_CACHES = 1_024;

  /** What is further ahead is nonsense: it is refused once a day. */
  private static final long LONGEST_WAIT_MILLIS = 24L * 60 * 60 * 1_000;

  private static final class Floor {
    private Version version = Version.NONE;
    private Version before = Version.NONE;
    private long refusedTime = Long.MAX_VALUE;
    private long heldBackUntilNanos;
  }

  private final TreeMap<Long, Floor> floors = new TreeMap<>();
  private Set<Long> open = Set.of();
  private long lastTold = Long.MAX_VALUE;

  /** Returns the floors, already known, of the caches that were opened by this change. */
  List<ClearFloor> onOpenCaches(Set<Long> nowOpen) {
    List<ClearFloor> known = new ArrayList<>();
    for (long cache : nowOpen) {
      Floor floor = floors.computeIfAbsent(cache, absent -> new Floor());
      if (!open.contains(cache) && floor.version.isAfter(Version.NONE)) {
        known.add(new ClearFloor(cache, floor.version));
      }
    }
    open = new HashSet<>(nowOpen);
    while (floors.size() > MAX_CACHES && forgetLowestClosed()) {
      // one at a time
    }
    return known;
  }

  /** A cache was cleared here. */
  void raise(ClearFloor cleared) {
    Floor floor = floors.computeIfAbsent(cleared.cache(), absent -> new Floor());
    if (cleared.version().isAfter(floor.version)) {
      floor.before = floor.version;
      floor.version = cleared.version();
    }
  }

  /** Returns the highest clear known of a cache, {@link Version#NONE} if there is none. */
  Version floor(long cache) {
    Floor floor = floors.get(cache);
    return floor == null ? Version.NONE : floor.version;
  }

  /** Returns the floors of all caches that were cleared. */
  List<ClearFloor> all() {
    List<ClearFloor> all = new ArrayList<>();
    addRaised(all, floors, MAX_CACHES);
    return all;
  }

  /** Another member tells of a floor; returns whether it is news that should be applied. */
  boolean learn(ClearFloor told, long nowNanos) {
    Floor floor = floors.get(told.cache());
    if (floor == null || !told.version().isAfter(floor.version)) {
      return false;
    }
    if (told.version().time() >= floor.refusedTime) {
      if (nowNanos - floor.heldBackUntilNanos < 0) {
        return false;
      }
      floor.refusedTime = Long.MAX_VALUE;
    }
    floor.before = floor.version;
    floor.version = told.version();
    return true;
  }

  /** The clock was moved: what was ahead of it may not be any more. */
  void forgetRefusals() {
    for (Floor floor : floors.values()) {
      floor.refusedTime = Long.MAX_VALUE;
    }
  }

  /**
   * The clock was set back and the caches took back what is above this hybrid time: those floors
   * are news again when others tell them and the clock has got there.
   */
  void takeBackAbove(long limitTime) {
    for (Floor floor : floors.values()) {
      if (floor.version.time() > limitTime) {
        floor.version = floor.before.time() > limitTime ? Version.NONE : floor.before;
      }
    }
  }

  /** The node refused a version because it is ahead of its clock. */
  void onRefused(Version refused, long receiverTime, long nowNanos) {
    for (Floor floor : floors.values()) {
      if (floor.version.equals(refused)) {
        long aheadMillis = refused.millis() - HybridTime.millis(receiverTime);
        long waitMillis =
            Math.min(
                LONGEST_WAIT_MILLIS, Math.max(0, aheadMillis - ApplyRule.MAX_AHEAD_MILLIS) + 1);
        floor.version = floor.before;
        floor.refusedTime = refused.time();
        floor.heldBackUntilNanos = nowNanos + waitMillis * 1_000_000;
      }
    }
  }

  /**
   * Returns up to {@code limit} floors for a heartbeat, going on where the last call ended: all of
   * them in every heartbeat as long as they fit.
   */
  List<ClearFloor> next(int limit) {
    List<ClearFloor> told = new ArrayList<>();
    addRaised(told, floors.tailMap(lastTold, false), limit);
    addRaised(told, floors.headMap(lastTold, true), limit);
    if (!told.isEmpty()) {
      lastTold = told.get(told.size() - 1).cache();
    }
    return told;
  }

  private static void addRaised(List<ClearFloor> told, Map<Long, Floor> from, int limit) {
    Iterator<Map.Entry<Long, Floor>> entries = from.entrySet().iterator();
    while (told.size() < limit && entries.hasNext()) {
      Map.Entry<Long, Floor> entry = entries.next();
      if (entry.getValue().version.isAfter(Version.NONE)) {
        told.add(new ClearFloor(entry.getKey(), entry.getValue().version));
      }
    }
  }

  private boolean forgetLowestClosed() {
    return floors.entrySet().stream()
        .filter(entry -> !open.contains(entry.getKey()))
        .min((left, right) -> left.getValue().version.compareTo(right.getValue().version))
        .map(lowest -> floors.remove(lowest.getKey()) != null)
        .orElse(false);
  }
}
