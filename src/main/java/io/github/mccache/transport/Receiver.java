package io.github.mccache.transport;

import java.net.SocketAddress;
import java.nio.ByteBuffer;

/** Takes the datagrams that a {@link Transport} receives. */
@FunctionalInterface
public interface Receiver {

  /**
   * Takes a datagram. Called on a thread of the transport, one call at a time unless the transport
   * documents otherwise; must not block. What it throws is counted and otherwise ignored.
   *
   * @param datagram the bytes between position and limit; reused after the call has returned
   * @param source where its sender can be answered, see {@link Transport#send(ByteBuffer,
   *     SocketAddress)}
   */
  void onDatagram(ByteBuffer datagram, SocketAddress source);
}
