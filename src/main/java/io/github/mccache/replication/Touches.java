package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends which entries were used here, in datagrams of their own, after everything else and a few
 * times a second at most. Confined to the thread of {@link Replica}.
 */
final class Touches {

  private static final long PAUSE_NANOS = 400_000_000;
  static final int MOST_AT_ONCE = 2_000;

  /** What a touch takes beside its key and version. */
  private static final int TTL_BYTES = 10;

  private final ReplicaParts parts;
  private long dueNanos;
  private long sent;

  Touches(ReplicaParts parts, long nowNanos) {
    this.parts = parts;
    this.dueNanos = nowNanos;
  }

  /** Returns how many entries were sent, each as often as it was. */
  long sent() {
    return sent;
  }

  /**
   * Returns how many entries may be given to {@link #send} now; if any, none for a while after
   * that.
   */
  int wanted(boolean dataWaits, long nowNanos) {
    if (nowNanos - dueNanos < 0 || !parts.pacer.mayTransfer(dataWaits)) {
      return 0;
    }
    dueNanos = nowNanos + PAUSE_NANOS;
    return MOST_AT_ONCE;
  }

  /** Sends them, if there is another member. */
  void send(long cache, List<Message.Touched> touched, long nowNanos, EffectsCollector effects) {
    if (parts.isAlone(nowNanos)) {
      return;
    }
    int budget = parts.options.dataBudgetBytes();
    int room = budget;
    List<Message.Touched> some = new ArrayList<>();
    for (Message.Touched entry : touched) {
      Change sized = Change.invalidate(cache, entry.version(), entry.key());
      int bytes = parts.options.sizeOf().applyAsInt(sized) + TTL_BYTES;
      if (bytes > budget) {
        continue; // its value travels in pieces; an age is not worth that
      }
      if (bytes > room) {
        flush(cache, some, effects);
        some.clear();
        room = budget;
      }
      some.add(entry);
      room -= bytes;
    }
    flush(cache, some, effects);
  }

  private void flush(long cache, List<Message.Touched> some, EffectsCollector effects) {
    if (!some.isEmpty()) {
      sent += some.size();
      Message.Touch touch = new Message.Touch(cache, some);
      parts.pacer.chargeTransfer(parts.sender.send(touch, null, effects));
    }
  }
}
