package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import java.util.List;

/**
 * Sends what this member's caches change, by number and no faster than the rate allows. What the
 * rate does not allow stays in the caches, each key with its newest value: nothing is left out, and
 * nothing is queued twice. Messages that fit into a datagram and pieces of those that do not take
 * turns, so that neither waits for all of the other. Confined to the thread of {@link Replica}.
 */
final class LocalChanges {

  /** As many as keep one call short. */
  private static final int MOST_CHANGES_WANTED = 512;

  private final ReplicaParts parts;
  private final OwnProgress own;
  private final Pacer pacer;
  private boolean ackWanted;
  private boolean waiting;

  LocalChanges(ReplicaParts parts) {
    this.parts = parts;
    this.own = parts.own;
    this.pacer = parts.pacer;
  }

  /** See {@link Replica#onAckWanted}. */
  void setAckWanted(boolean wanted) {
    ackWanted = wanted;
  }

  /** See {@link Replica#onBacklog}. */
  void setWaiting(boolean moreWaits) {
    waiting = moreWaits;
  }

  /** Returns whether changes wait, or may: they are not known while none are wanted. */
  boolean isWaiting() {
    return waiting;
  }

  /** See {@link Replica#changesWanted}. */
  int wanted(long nowNanos) {
    if (parts.isAlone(nowNanos) || (pacer.mayData() && parts.fragments.mayData(pacer.rate()))) {
      return MOST_CHANGES_WANTED;
    }
    waiting = true;
    parts.alarm.wakeAt(nowNanos + Math.max(Alarm.LEAST_PAUSE_NANOS, pacer.nanosUntilData()));
    return 0;
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
      int bytes = parts.sender.send(data, null, effects);
      pacer.chargeData(bytes);
      parts.fragments.onData(bytes);
    }
    if (!messages.isEmpty()) {
      parts.heartbeats.onData(nowNanos);
      parts.alarm.wakeAt(parts.fragments.hasPending() ? nowNanos : parts.heartbeats.dueNanos());
    }
  }
}
