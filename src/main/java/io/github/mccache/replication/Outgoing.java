package io.github.mccache.replication;

import io.github.mccache.protocol.Message;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way out. Immutable.
 *
 * @param message the message
 * @param to the origin of the member that it is for; null for all. Where the address of the member
 *     is not known it goes to all, and the others leave it alone
 */
public record Outgoing(Message message, @Nullable Long to) {

  /** Returns a message for all members. */
  static Outgoing toAll(Message message) {
    return new Outgoing(message, null);
  }

  /** Returns a message for one member. */
  static Outgoing toOne(Message message, long origin) {
    return new Outgoing(message, origin);
  }
}
