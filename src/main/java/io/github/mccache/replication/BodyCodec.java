package io.github.mccache.replication;

import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * Turns a message into bytes and back, so that one that is too long for a datagram can travel in
 * pieces. Confined to the thread of {@link Replica}.
 */
public interface BodyCodec {

  /** Returns an upper bound of the bytes that a message takes in a datagram. */
  int sizeOf(Message message);

  /** Returns the message as bytes. */
  byte[] encode(Message message);

  /**
   * Returns what another member encoded; null for nonsense, and for a message of a kind that is not
   * known.
   */
  @Nullable Message decode(NodeId from, byte[] body);
}
