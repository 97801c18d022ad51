package io.github.mccache.node;

import io.github.mccache.replication.Instruction;
import java.util.function.Consumer;

/**
 * Follows what the replica wants done to whole caches and to the clock. Confined to the protocol
 * thread.
 */
final class Instructions {

  private final MemberClock clock;
  private final CacheRegistry caches;
  private final FailureLog failures;
  private final CacheAnnouncements announcements;
  private final Consumer<Instruction.StartAnew> startAnew;

  Instructions(
      NodeParts parts,
      CacheAnnouncements announcements,
      Consumer<Instruction.StartAnew> startAnew) {
    this.clock = parts.clock();
    this.caches = parts.caches();
    this.failures = parts.failures();
    this.announcements = announcements;
    this.startAnew = startAnew;
  }

  void follow(Instruction instruction) {
    if (instruction instanceof Instruction.Distrust distrust) {
      inEachCache("distrust", cache -> cache.distrust(distrust.upTo()));
    } else if (instruction instanceof Instruction.DistrustLost) {
      inEachCache("distrust what was lost", ClusteredCache::distrustLost);
    } else if (instruction instanceof Instruction.TrustAbove trust) {
      ClusteredCache cache = caches.find(trust.cache());
      if (cache != null && announcements.knows(cache)) { // not one that came since
        clock.observe(trust.floor().time());
        cache.trustAbove(trust.floor());
      }
    } else if (instruction instanceof Instruction.ShiftClock shift) {
      if (shift.millis() > 0) {
        clock.shift(shift.millis());
      } else {
        clock.slew(shift.millis());
      }
    } else if (instruction instanceof Instruction.Prolong prolong) {
      ClusteredCache cache = caches.find(prolong.cache());
      if (cache != null) {
        prolong.entries().forEach(cache::prolong);
      }
    } else if (instruction instanceof Instruction.Relay relay) {
      inEachCache("relay", cache -> cache.relay(relay.origin(), relay.aboveTime()));
    } else if (instruction instanceof Instruction.StartAnew anew) {
      startAnew.accept(anew);
    }
  }

  private void inEachCache(String operation, Consumer<ClusteredCache> action) {
    for (ClusteredCache cache : caches.open()) {
      try {
        action.accept(cache);
      } catch (RuntimeException | Error e) {
        failures.onCacheFailure(operation, cache.name(), e);
      }
    }
  }
}
