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
 * Caches that have rejected a value because they were opened after it was written. No member sends
 * it again, so such a cache requests a full transfer once: from the sender of the value, because
 * the others may have rejected it too, or from another peer while the sender does not answer. A
 * cache does so every {@value #PAUSE_NANOS} ns at most, so that a peer that sends old values costs
 * little. Confined to the thread of {@link Replica}.
 */
final class Refusals {

  static final long PAUSE_NANOS = 5_000_000_000L;

  /** So many senders are remembered for each cache; rejected values of others stay misses. */
  static final int MAX_SENDERS = 256;

  private final Map<Long, Map<Long, Rejected>> rejected = new HashMap<>();

  /** When each cache requested a transfer last. */
  private final Map<Long, Long> requestedNanos = new HashMap<>();

  /**
   * The rejected values of one sender.
   *
   * @param upTo their highest hybrid time; {@link Long#MAX_VALUE} if other members had written them
   * @param othersRequested whether another peer was requested to send them
   */
  private record Rejected(long upTo, boolean othersRequested) {}

  /** Nothing is to be requested any more for other caches than these. */
  void retain(Collection<Long> caches) {
    rejected.keySet().retainAll(caches);
    requestedNanos.keySet().retainAll(caches);
  }

  void onRejected(long cache, Version version, NodeId from) {
    Map<Long, Rejected> senders = rejected.computeIfAbsent(cache, unknown -> new HashMap<>());
    long sender = from.origin();
    Rejected before = senders.getOrDefault(sender, new Rejected(0, false));
    if (senders.size() < MAX_SENDERS || senders.containsKey(sender)) {
      long time = version.origin() == sender ? version.time() : Long.MAX_VALUE;
      senders.put(sender, new Rejected(Math.max(time, before.upTo()), false));
    }
  }

  /**
   * Returns the caches that are to request a transfer now.
   *
   * @param isDonor whether a member can be a donor
   * @param isGone whether a member never can be one again
   */
  Set<Long> takeDue(long nowNanos, LongPredicate isDonor, LongPredicate isGone) {
    if (rejected.isEmpty()) {
      return Set.of();
    }
    forget(
        Set.copyOf(rejected.keySet()),
        (sender, each) -> each.othersRequested() && isGone.test(sender));
    Set<Long> due = new LinkedHashSet<>();
    rejected.forEach(
        (cache, senders) -> {
          Long last = requestedNanos.get(cache);
          if ((last == null || nowNanos - last >= PAUSE_NANOS) && isUseful(senders, isDonor)) {
            due.add(cache);
          }
        });
    due.forEach(cache -> requestedNanos.put(cache, nowNanos));
    return due;
  }

  private static boolean isUseful(Map<Long, Rejected> senders, LongPredicate isDonor) {
    return senders.entrySet().stream()
        .anyMatch(each -> !each.getValue().othersRequested() || isDonor.test(each.getKey()));
  }

  /** Returns whether a member has sent a value that one of these caches rejected. */
  boolean isSentBy(Collection<Long> caches, long member) {
    return caches.stream()
        .anyMatch(cache -> rejected.getOrDefault(cache, Map.of()).containsKey(member));
  }

  /** These caches request all records of a donor. */
  void onRequested(Collection<Long> caches, long donor) {
    forget(caches, (sender, each) -> sender == donor);
    for (long cache : caches) {
      Map<Long, Rejected> senders = rejected.get(cache);
      if (senders != null) {
        senders.replaceAll((sender, each) -> new Rejected(each.upTo(), true));
      }
    }
  }

  /**
   * These caches have received all records of a donor.
   *
   * @param beginning the beginning of the transfer; the donor does not hold what it rejected itself
   */
  void onReceived(Collection<Long> caches, Beginning beginning) {
    Map<Long, Long> applied = new HashMap<>();
    beginning.applied().forEach(each -> applied.put(each.origin(), each.completeTime()));
    long floor = beginning.floor().time();
    forget(
        caches,
        (sender, each) -> each.upTo() > floor && each.upTo() <= applied.getOrDefault(sender, 0L));
  }

  private void forget(Collection<Long> caches, BiPredicate<Long, Rejected> which) {
    for (long cache : caches) {
      Map<Long, Rejected> senders = rejected.getOrDefault(cache, Map.of());
      senders.entrySet().removeIf(each -> which.test(each.getKey(), each.getValue()));
      if (senders.isEmpty()) {
        rejected.remove(cache);
      }
    }
  }
}
