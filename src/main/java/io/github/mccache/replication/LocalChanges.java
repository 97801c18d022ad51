package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import java.util.List;

/**
 * Tells the others what this member's caches change, by number and no faster than the rate allows,
 * and notices when it comes faster than it goes. Confined to the thread of {@link Replica}.
 */
final class LocalChanges {

  private static final int MOST_CHANGES_WANTED = 1_024;
  private static final long OVERLOADED_AFTER_NANOS = 1_000_000_000;

  private final ReplicaParts parts;
  private final OwnProgress own;
  private final Pacer pacer;
  private boolean ackWanted;
  private int lastWanted;
  private boolean throttled;
  private long throttledSinceNanos;
  private boolean overloaded;

  LocalChanges(ReplicaParts parts) {
    this.parts = parts;
    this.own = parts.own;
    this.pacer = parts.pacer;
  }

  /** See {@link Replica#onAckWanted}. */
  void setAckWanted(boolean wanted) {
    ackWanted = wanted;
  }

  /** Returns whether changes wait because the rate is used up. */
  boolean isThrottled() {
    return throttled;
  }

  /** See {@link Replica#isOverloaded}. */
  boolean isOverloaded() {
    return overloaded;
  }

  /**
   * See {@link Replica#changesWanted}; none are while it is {@linkplain #isThrottled throttled}.
   */
  int wanted(long nowNanos) {
    boolean may = parts.isAlone(nowNanos) || (pacer.mayData() && !parts.fragments.hasPending());
    lastWanted = may ? MOST_CHANGES_WANTED : 0;
    if (!may) {
      parts.alarm.wakeAt(nowNanos + Math.max(Alarm.LEAST_PAUSE_NANOS, pacer.nanosUntilData()));
      if (!throttled) {
        throttled = true;
        throttledSinceNanos = nowNanos;
      }
    }
    return lastWanted;
  }

  /** See {@link Replica#onLocal}. */
  void tell(List<Change> changes, long newCompleteTime, long nowNanos, EffectsCollector effects) {
    long complete = Math.max(own.completeTime(), newCompleteTime);
    if (parts.isAlone(nowNanos)) {
      keepBack(changes);
    } else {
      send(changes, complete, nowNanos, effects);
    }
    own.completeUpTo(complete);
    if (changes.size() < lastWanted) {
      throttled = false;
    }
  }

  /** See {@link Replica#onTimeAwaited}. */
  void tellTime(long newCompleteTime, long nowNanos, EffectsCollector effects) {
    own.completeUpTo(newCompleteTime);
    long sequence = own.next();
    parts.index.onSent(sequence, List.of());
    Message.Data time = new Message.Data(sequence, own.completeTime(), List.of(), ackWanted);
    pacer.charge(parts.sender.send(time, null, effects));
    parts.heartbeats.onData(nowNanos);
    parts.alarm.wakeAt(parts.heartbeats.dueNanos());
  }

  /** Says when values begin, and cease, to come faster than they go. */
  void onTick(long nowNanos, EffectsCollector effects) {
    boolean now = throttled && nowNanos - throttledSinceNanos >= OVERLOADED_AFTER_NANOS;
    if (now != overloaded) {
      overloaded = now;
      effects.notice(new Notice.Overloaded(now));
    }
  }

  /** The number is taken all the same: see the package's documentation. */
  private void keepBack(List<Change> changes) {
    if (!changes.isEmpty()) {
      parts.index.forgetUpTo(own.keepBack());
    }
  }

  private void send(List<Change> changes, long complete, long nowNanos, EffectsCollector effects) {
    List<List<Change>> messages = parts.packer.pack(changes, effects);
    for (int i = 0; i < messages.size(); i++) {
      boolean last = i == messages.size() - 1;
      long sequence = own.next();
      parts.index.onSent(sequence, messages.get(i));
      Message.Data data =
          new Message.Data(
              sequence, last ? complete : own.completeTime(), messages.get(i), last && ackWanted);
      pacer.chargeData(parts.sender.send(data, null, effects));
    }
    if (!messages.isEmpty()) {
      parts.heartbeats.onData(nowNanos);
      parts.alarm.wakeAt(parts.fragments.hasPending() ? nowNanos : parts.heartbeats.dueNanos());
    }
  }
}
