package io.github.mccache.replication;

import io.github.mccache.protocol.Message;
import org.jspecify.annotations.Nullable;

/**
 * Gives messages to the effects of a step: whole where they fit into a datagram, in pieces where
 * they do not. Confined to the thread of {@link Replica}.
 */
final class Sender {

  private final ReplicaOptions options;
  private final OutgoingFragments fragments;

  Sender(ReplicaOptions options, OutgoingFragments fragments) {
    this.options = options;
    this.fragments = fragments;
  }

  /** Returns whether messages in pieces are still waiting to be sent. */
  boolean isBusy() {
    return fragments.hasPending();
  }

  /** Returns how many bytes of a datagram a message takes. */
  int sizeOf(Message message) {
    return options.bodies().sizeOf(message);
  }

  /**
   * Sends a message.
   *
   * @param to the origin of the member that it is for, null for all
   * @return how many bytes have been sent; pieces are sent, and charged, later
   */
  int send(Message message, @Nullable Long to, EffectsCollector effects) {
    int bytes = sizeOf(message);
    if (bytes > options.frameCapacity()) {
      long sequence = message instanceof Message.Data data ? data.sequence() : 0;
      fragments.add(options.bodies().encode(message), sequence, to);
      return 0;
    }
    effects.send(new Outgoing(message, to));
    return bytes;
  }
}
