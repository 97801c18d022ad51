package io.github.mccache.node;

import io.github.mccache.protocol.Message;
import io.github.mccache.replication.Outgoing;
import io.github.mccache.transport.Transport;
import io.github.mccache.wire.FrameCodec;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages on their way out, sorted by where they go, so that those that go the same way share
 * datagrams. Messages to one destination keep their order. Confined to the thread of the event
 * loop.
 */
final class Postbox {

  /** At this many messages they are sent without being told to. */
  private static final int MOST_WAITING = 256;

  private final FrameCodec codec;
  private final Transport transport;
  private final Addresses addresses;
  private final NodeCounters counters;
  private final List<Message> toAll = new ArrayList<>();
  private final Map<SocketAddress, List<Message>> toOne = new HashMap<>();
  private int waiting;

  Postbox(FrameCodec codec, Transport transport, Addresses addresses, NodeCounters counters) {
    this.codec = codec;
    this.transport = transport;
    this.addresses = addresses;
    this.counters = counters;
  }

  /** Takes a message; one for a member whose address is not known goes to all. */
  void add(Outgoing outgoing) {
    Long to = outgoing.to();
    SocketAddress address = to == null ? null : addresses.of(to);
    if (address == null) {
      toAll.add(outgoing.message());
    } else {
      toOne.computeIfAbsent(address, unknown -> new ArrayList<>()).add(outgoing.message());
    }
    if (outgoing.message() instanceof Message.Data data) {
      counters.changesSent.add(data.changes().size());
    }
    waiting++;
    if (waiting >= MOST_WAITING) {
      flush();
    }
  }

  /** Sends what waits. */
  void flush() {
    if (waiting == 0) {
      return;
    }
    waiting = 0;
    try {
      if (!toAll.isEmpty()) {
        for (byte[] datagram : codec.encode(toAll)) {
          transport.send(counted(datagram));
        }
      }
      toOne.forEach(
          (address, messages) -> {
            for (byte[] datagram : codec.encode(messages)) {
              counters.datagramsToOne.increment();
              transport.send(counted(datagram), address);
            }
          });
    } finally { // what cannot be sent now cannot be sent the next time either
      toAll.clear();
      toOne.clear();
    }
  }

  private ByteBuffer counted(byte[] datagram) {
    counters.datagramsSent.increment();
    counters.bytesSent.add(datagram.length);
    return ByteBuffer.wrap(datagram);
  }
}
