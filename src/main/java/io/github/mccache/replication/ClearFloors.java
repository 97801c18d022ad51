package io.github.mccache.replication;

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
 * <p>A floor above the present of this member waits: any member repeats any floor with every
 * heartbeat, so that it is taken when its time has come. A forged or faulty one that was taken
 * earlier would discard, here and wherever this member repeats it, what others write until then.
 * Only the clear itself, which its origin sends once under a number of its stream, counts at once:
 * the clocks of two members differ.
 */
final class ClearFloors {

  static final int MAX_CACHES = 1_024;

  private static final class Floor {
    private Version version = Version.NONE;
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

  /**
   * Returns whether a floor that another member has sent is news that should be applied.
   *
   * @param limitMillis a floor above this time is not taken
   */
  boolean isNews(ClearFloor sent, long limitMillis) {
    Floor floor = floors.get(sent.cache());
    return floor != null
        && sent.version().isAfter(floor.version)
        && sent.version().millis() <= limitMillis;
  }

  /**
   * A clear of another member has been applied here.
   *
   * @param limitMillis a floor above this time is not taken
   * @return whether it was news
   */
  boolean learn(ClearFloor sent, long limitMillis) {
    boolean news = isNews(sent, limitMillis);
    if (news) {
      raise(sent);
    }
    return news;
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
