package io.github.mccache.replication;

import java.util.List;

/**
 * What a step of {@link Replica} asks its node to do: the instructions, then the changes, then the
 * messages, which may tell of the changes; each list in its order. Immutable.
 *
 * @param send messages, to all or to one
 * @param apply changes for this member's caches
 * @param instructions what else is to be done to the caches and the clock
 * @param notices what people should hear, or counters should count
 */
public record Effects(
    List<Outgoing> send,
    List<Application> apply,
    List<Instruction> instructions,
    List<Notice> notices) {

  /** Nothing to do. */
  public static final Effects NONE = new Effects(List.of(), List.of(), List.of(), List.of());

  public Effects {
    send = List.copyOf(send);
    apply = List.copyOf(apply);
    instructions = List.copyOf(instructions);
    notices = List.copyOf(notices);
  }
}
