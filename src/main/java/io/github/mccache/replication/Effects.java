package io.github.mccache.replication;

import io.github.mccache.protocol.Message;
import java.util.List;

/**
 * What a step of {@link Replica} asks its node to do, in this order within each list. Immutable.
 *
 * @param send messages for all members
 * @param apply changes for this member's caches
 * @param notices what people should hear, or counters should count
 */
public record Effects(List<Message> send, List<Application> apply, List<Notice> notices) {

  /** Nothing to do. */
  public static final Effects NONE = new Effects(List.of(), List.of(), List.of());

  public Effects {
    send = List.copyOf(send);
    apply = List.copyOf(apply);
    notices = List.copyOf(notices);
  }
}
