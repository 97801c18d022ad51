package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Message.ClearFloor;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import java.util.List;

/**
 * What follows from what a cache did with a change, whatever message brought it. Confined to the
 * thread of {@link Replica}.
 */
final class Outcomes {

  private final ReplicaParts parts;
  private long staleHistories;
  private long failures;

  Outcomes(ReplicaParts parts) {
    this.parts = parts;
  }

  /** Returns how many changes were rejected because their keys may have been removed since. */
  long staleHistories() {
    return staleHistories;
  }

  /** Returns how many changes could not be applied. */
  long failures() {
    return failures;
  }

  void note(
      Application application, ApplyOutcome outcome, long nowNanos, EffectsCollector effects) {
    Change change = application.change();
    if (outcome == ApplyOutcome.AHEAD_OF_CLOCK) {
      parts.catchup.onRefused(change.version().origin());
      rejectClock(change.version(), nowNanos, effects);
    } else if (outcome == ApplyOutcome.STALE_HISTORY) {
      doubt(application, effects);
    } else if (outcome.isFailure()) {
      failures++;
      parts.catchup.onFailed(application, outcome);
    } else if (change.kind().isWholeCache()) {
      long limitMillis = parts.records.clockMillis() + ApplyRule.MAX_AHEAD_MILLIS;
      parts.clearFloors.learn(new ClearFloor(change.cache(), change.version()), limitMillis);
    }
  }

  /** The writer receives a {@code ClockReject}, at most once per second. */
  private void rejectClock(Version rejected, long nowNanos, EffectsCollector effects) {
    if (parts.clockRejectsSent.mayPass(rejected.origin(), nowNanos)) {
      long receiverTime = parts.records.time();
      effects.send(new Message.ClockReject(rejected.origin(), rejected.time(), receiverTime));
    }
  }

  /**
   * A peer that sent the change in a state transfer receives a {@code StaleHistory}, so that it
   * discards its unverifiable copy. If nothing that new was ever forgotten here, and nothing lost,
   * the cache was only opened later than the change was written, and requests what others hold.
   */
  private void doubt(Application stale, EffectsCollector effects) {
    staleHistories++;
    Change change = stale.change();
    Payload key = change.key();
    boolean held = stale.path() == ApplyRule.Path.RESYNC;
    boolean forgottenHere = !change.version().isAfter(parts.records.collected());
    boolean hasValue = change.value() != null; // without one, the key misses either way
    if (hasValue && !forgottenHere && parts.records.lost().equals(Version.NONE)) {
      parts.catchup.onTooOldForCache(change.cache(), change.version(), stale.from());
    }
    if (held && key != null && forgottenHere && parts.catchup.isJoined()) {
      long to = stale.from().origin();
      Change doubt = Change.invalidate(change.cache(), change.version(), key);
      parts.pacer.charge(
          parts.sender.send(new Message.StaleHistory(to, List.of(doubt)), to, effects));
    }
  }
}
