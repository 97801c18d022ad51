package io.github.mccache.transport;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;

/**
 * The two sockets of a {@link MulticastTransport} while they are open. Any thread may send and
 * close; one receives.
 */
final class OpenSockets implements Closeable {

  private static final int LARGEST_DATAGRAM = 65_535;

  /** How many datagrams are taken from one socket before the other gets its turn. */
  private static final int BATCH = 64;

  /** Takes what was received. */
  @FunctionalInterface
  interface Sink {

    /**
     * Takes a datagram.
     *
     * @param unicast whether it came to the member's own socket
     */
    void accept(ByteBuffer datagram, SocketAddress source, boolean unicast);
  }

  private final DatagramChannel shared;
  private final DatagramChannel own;
  private final Selector selector;
  private final InetSocketAddress destination;
  private final SocketAddress ownAddress;
  private final int receiveBuffer;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(LARGEST_DATAGRAM);

  /** Takes over the sockets if it succeeds. */
  OpenSockets(DatagramChannel shared, DatagramChannel own, InetSocketAddress destination)
      throws IOException {
    this.shared = shared;
    this.own = own;
    this.destination = destination;
    this.ownAddress = own.getLocalAddress();
    this.receiveBuffer =
        Math.min(
            shared.getOption(StandardSocketOptions.SO_RCVBUF),
            own.getOption(StandardSocketOptions.SO_RCVBUF));
    this.selector = Selector.open();
    try {
      shared.register(selector, SelectionKey.OP_READ);
      own.register(selector, SelectionKey.OP_READ);
    } catch (IOException | RuntimeException e) {
      selector.close();
      throw e;
    }
  }

  /** Returns whether nothing has closed any of them. */
  boolean isOpen() {
    return shared.isOpen() && own.isOpen() && selector.isOpen();
  }

  /** Returns the bytes of kernel buffer of the socket that has fewer. */
  int receiveBuffer() {
    return receiveBuffer;
  }

  /** Returns whether a datagram with this source is one of the member's own. */
  boolean isOwn(SocketAddress source) {
    return ownAddress.equals(source);
  }

  /** Sends to the group and returns whether the system took it. */
  boolean send(ByteBuffer datagram) throws IOException {
    return send(datagram, destination);
  }

  /** Sends to one address and returns whether the system took it. */
  boolean send(ByteBuffer datagram, InetSocketAddress to) throws IOException {
    int bytes = datagram.remaining();
    return own.send(datagram, to) == bytes;
  }

  /**
   * Waits until a socket has something, the thread is interrupted or this is closed, and hands over
   * at most {@value #BATCH} datagrams of each socket.
   */
  void receive(Sink sink) throws IOException {
    selector.select();
    // A copy, and no lock held meanwhile: the receiver may close this.
    List<SelectionKey> ready = List.copyOf(selector.selectedKeys());
    selector.selectedKeys().clear();
    for (SelectionKey key : ready) {
      drain(key.channel() == own, sink);
    }
  }

  private void drain(boolean unicast, Sink sink) throws IOException {
    DatagramChannel channel = unicast ? own : shared;
    for (int i = 0; i < BATCH; i++) {
      buffer.clear();
      SocketAddress source = channel.receive(buffer);
      if (source == null) {
        return;
      }
      sink.accept(buffer.flip(), source, unicast);
    }
  }

  /**
   * Closes all of them, the selector last: a registered socket is held until then. What fails does
   * not keep the others open.
   */
  @Override
  public void close() throws IOException {
    try (selector;
        shared;
        own) {
      selector.wakeup();
    }
  }
}
