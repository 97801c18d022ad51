package io.github.mccache.node;

import io.github.mccache.protocol.HybridTime;
import io.github.mccache.replication.ApplyRule;
import io.github.mccache.replication.Instruction;
import io.github.mccache.replication.Replica;
import java.util.function.Consumer;

/**
 * Follows what the replica wants done to whole caches and to the clock. Confined to the protocol
 * thread.
 */
final class Instructions {

  private final Replica replica;
  private final MemberClock clock;
  private final StampGate gate;
  private final CacheRegistry caches;
  private final FailureLog failures;
  private final CacheAnnouncements announcements;
  private final ChangeSender sender;
  private boolean renewalDue;

  Instructions(
      Replica replica, NodeParts parts, CacheAnnouncements announcements, ChangeSender sender) {
    this.replica = replica;
    this.clock = parts.clock();
    this.gate = parts.gate();
    this.caches = parts.caches();
    this.failures = parts.failures();
    this.announcements = announcements;
    this.sender = sender;
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
      move(shift.millis(), shift.rebase());
    } else if (instruction instanceof Instruction.Prolong prolong) {
      ClusteredCache cache = caches.find(prolong.cache());
      if (cache != null) {
        prolong.entries().forEach(cache::prolong);
      }
    } else if (instruction instanceof Instruction.Relay relay) {
      inEachCache("relay", cache -> cache.relay(relay.origin(), relay.aboveTime()));
    } else if (instruction instanceof Instruction.Renew) {
      renewalDue = true;
    }
  }

  /** Returns whether the member is to become another incarnation; then it is no longer due. */
  boolean takeRenewal() {
    boolean due = renewalDue;
    renewalDue = false;
    return due;
  }

  private void move(long millis, boolean rebase) {
    if (rebase) {
      clock.rebase(millis);
      long limit = HybridTime.ofMillis(clock.millis() + ApplyRule.MAX_AHEAD_MILLIS);
      gate.lower(clock.last());
      sender.lower(clock.last());
      replica.onRebased(clock.last()); // its complete time is below what the caches stamp now
      inEachCache("drop what is ahead", cache -> cache.dropAhead(limit));
      replica.onRebased(clock.last());
    } else if (millis > 0) {
      clock.shift(millis);
    } else {
      clock.slew(millis);
    }
  }

  void inEachCache(String operation, Consumer<ClusteredCache> action) {
    for (ClusteredCache cache : caches.open()) {
      try {
        action.accept(cache);
      } catch (RuntimeException | Error e) {
        failures.onCacheFailure(operation, cache.name(), e);
      }
    }
  }
}
