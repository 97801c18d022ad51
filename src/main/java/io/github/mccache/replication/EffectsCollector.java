package io.github.mccache.replication;

import io.github.mccache.protocol.Message;
import java.util.ArrayList;
import java.util.List;

/** The effects of one step, while the step runs. */
final class EffectsCollector {

  private final List<Outgoing> send = new ArrayList<>();
  private final List<Application> apply = new ArrayList<>();
  private final List<Instruction> instructions = new ArrayList<>();
  private final List<Notice> notices = new ArrayList<>();
  private Receipt receipt = Receipt.NONE;

  void send(Outgoing outgoing) {
    send.add(outgoing);
  }

  void send(Message message) {
    send.add(Outgoing.toAll(message));
  }

  void send(Message message, long origin) {
    send.add(Outgoing.toOne(message, origin));
  }

  void instruct(Instruction instruction) {
    instructions.add(instruction);
  }

  void apply(Application application) {
    apply.add(application);
  }

  void notice(Notice notice) {
    notices.add(notice);
  }

  /** Leaves something to be done until the changes have been applied; at once if there are none. */
  void onceApplied(Receipt step) {
    receipt = step;
  }

  Effects effects() {
    if (apply.isEmpty()) {
      receipt.onApplied(true, this);
      receipt = Receipt.NONE;
      if (send.isEmpty() && instructions.isEmpty() && notices.isEmpty()) {
        return Effects.NONE;
      }
    }
    return new Effects(send, apply, instructions, notices, receipt);
  }
}
