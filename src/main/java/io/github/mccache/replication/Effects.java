package io.github.mccache.replication;

import java.util.List;

/**
 * What a step of {@link Replica} has its node do: first follow the instructions, then apply the
 * changes, then send the messages, each list in its order. If there are changes, the node returns
 * what became of them by {@link Replica#onApplied}. Immutable.
 *
 * @param send messages, to all members or to one
 * @param apply changes for this member's caches
 * @param instructions what else is to be done to the caches and the clock
 * @param notices what people should read, or counters should count
 * @param receipt for the replica alone: what it does once the changes have been applied
 */
public record Effects(
    List<Outgoing> send,
    List<Application> apply,
    List<Instruction> instructions,
    List<Notice> notices,
    Receipt receipt) {

  /** Nothing to do. */
  public static final Effects NONE = new Effects(List.of(), List.of(), List.of(), List.of());

  public Effects {
    send = List.copyOf(send);
    apply = List.copyOf(apply);
    instructions = List.copyOf(instructions);
    notices = List.copyOf(notices);
  }

  /** Makes effects after which the replica has nothing left to do. */
  public Effects(
      List<Outgoing> send,
      List<Application> apply,
      List<Instruction> instructions,
      List<Notice> notices) {
    this(send, apply, instructions, notices, Receipt.NONE);
  }
}
