package io.github.mccache.replication;

import io.github.mccache.protocol.Message.Beginning;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Version;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.LongPredicate;

/**
 * Which caches refused what was told of a key because they were opened later than that was written:
 * nobody tells it again, and they are to ask for all that others hold. Who told it is asked once,
 * for the others may have refused it too; while he is silent somebody else is, once. A cache asks
 * at most every {@value #PAUSE_NANOS} ns, so that who can only send old news costs little. Confined
 * to the thread of {@link Replica}.
 */
final class Refusals {

  static final long PAUSE_NANOS = 5_000_000_000L;

  /** So many members are remembered for each cache; what more of them told stays a miss. */
  static final int MAX_TELLERS = 256;

  private final Map<Long, Map<Long, Told>> refused = new HashMap<>();

  /** When each cache asked last. */
  private final Map<Long, Long> askedNanos = new HashMap<>();

  /**
   * What was refused of what a member told.
   *
   * @param upTo the highest hybrid time of it; {@link Long#MAX_VALUE} if others had written it
   * @param othersAsked whether somebody else was asked for it
   */
  private record Told(long upTo, boolean othersAsked) {}

  /** Of other caches than these nothing is to be asked for any more. */
  void retain(Collection<Long> caches) {
    refused.keySet().retainAll(caches);
    askedNanos.keySet().retainAll(caches);
  }

  void onRefused(long cache, Version version, NodeId from) {
    Map<Long, Told> tellers = refused.computeIfAbsent(cache, unknown -> new HashMap<>());
    long teller = from.origin();
    Told before = tellers.getOrDefault(teller, new Told(0, false));
    if (tellers.size() < MAX_TELLERS || tellers.containsKey(teller)) {
      long time = version.origin() == teller ? version.time() : Long.MAX_VALUE;
      tellers.put(teller, new Told(Math.max(time, before.upTo()), false));
    }
  }

  /**
   * Returns the caches that are to ask now.
   *
   * @param isDonor who can be asked
   * @param isGone who never can
   */
  Set<Long> takeDue(long nowNanos, LongPredicate isDonor, LongPredicate isGone) {
    if (refused.isEmpty()) {
      return Set.of();
    }
    forget(
        Set.copyOf(refused.keySet()), (teller, told) -> told.othersAsked() && isGone.test(teller));
    Set<Long> due = new LinkedHashSet<>();
    refused.forEach(
        (cache, tellers) -> {
          Long last = askedNanos.get(cache);
          if ((last == null || nowNanos - last >= PAUSE_NANOS) && isUseful(tellers, isDonor)) {
            due.add(cache);
          }
        });
    due.forEach(cache -> askedNanos.put(cache, nowNanos));
    return due;
  }

  private static boolean isUseful(Map<Long, Told> tellers, LongPredicate isDonor) {
    return tellers.entrySet().stream()
        .anyMatch(each -> !each.getValue().othersAsked() || isDonor.test(each.getKey()));
  }

  /** Returns whether this member told what one of these caches refused. */
  boolean isToldBy(Collection<Long> caches, long member) {
    return caches.stream()
        .anyMatch(cache -> refused.getOrDefault(cache, Map.of()).containsKey(member));
  }

  /** These caches ask a member for all that it holds. */
  void onAsked(Collection<Long> caches, long donor) {
    forget(caches, (teller, told) -> teller == donor);
    for (long cache : caches) {
      Map<Long, Told> tellers = refused.get(cache);
      if (tellers != null) {
        tellers.replaceAll((teller, told) -> new Told(told.upTo(), true));
      }
    }
  }

  /**
   * These caches were given all that a donor held.
   *
   * @param beginning what held at the donor, which does not hold what it refused itself
   */
  void onGiven(Collection<Long> caches, Beginning beginning) {
    Map<Long, Long> applied = new HashMap<>();
    beginning.applied().forEach(each -> applied.put(each.origin(), each.completeTime()));
    long floor = beginning.floor().time();
    forget(
        caches,
        (teller, told) -> told.upTo() > floor && told.upTo() <= applied.getOrDefault(teller, 0L));
  }

  private void forget(Collection<Long> caches, BiPredicate<Long, Told> which) {
    for (long cache : caches) {
      Map<Long, Told> tellers = refused.getOrDefault(cache, Map.of());
      tellers.entrySet().removeIf(each -> which.test(each.getKey(), each.getValue()));
      if (tellers.isEmpty()) {
        refused.remove(cache);
      }
    }
  }
}
