package io.github.mccache.node;

import io.github.mccache.protocol.Message;
import io.github.mccache.replication.Outgoing;
import io.github.mccache.transport.Transport;
import io.github.mccache.wire.FrameCodec;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Outgoing messages by destination, so that messages to one destination share datagrams and keep
 * their order. Confined to the thread of the event loop.
 */
final class Postbox {

  /** At this many messages they are sent without {@link #flush}. */
  private static final int MOST_WAITING = 256;

  private final FrameCodec codec;
  private final Transport transport;
  private final Addresses addresses;
  private final NodeCounters counters;
  private final MemberClock clock;
  private final List<Message> toAll = new ArrayList<>();
  private final Map<Addresses.Place, List<Message>> toOne = new LinkedHashMap<>();
  private int waiting;

  Postbox(
      FrameCodec codec,
      Transport transport,
      Addresses addresses,
      NodeCounters counters,
      MemberClock clock) {
    this.codec = codec;
    this.transport = transport;
    this.addresses = addresses;
    this.counters = counters;
    this.clock = clock;
  }

  /** Adds a message; one to a member without a known address is multicast. */
  void add(Outgoing outgoing) {
    Long to = outgoing.to();
    Addresses.Place place = to == null ? null : addresses.of(to);
    if (place == null) {
      toAll.add(outgoing.message());
    } else {
      toOne.computeIfAbsent(place, unknown -> new ArrayList<>()).add(outgoing.message());
    }
    if (outgoing.message() instanceof Message.Data data) {
      counters.changesSent.add(data.changes().size());
    }
    waiting++;
    if (waiting >= MOST_WAITING) {
      flush();
    }
  }

  /** Sends the messages that wait. */
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
          (place, messages) -> codec.encode(messages).forEach(datagram -> send(datagram, place)));
    } finally { // a message that cannot be sent now could not be sent the next time either
      toAll.clear();
      toOne.clear();
    }
  }

  private void send(byte[] datagram, Addresses.Place place) {
    if (place.mayTake(datagram.length)) {
      sendTo(place.source(), datagram);
      return;
    }
    long now = clock.nanos();
    if (!place.hold(datagram, now)) {
      counters.answersWithheld.increment();
    }
    long token = place.challenge(now);
    if (token != 0) {
      byte[] challenge = codec.encodeChallenge(token);
      if (place.mayTakeChallenge(challenge.length)) {
        sendTo(place.source(), challenge);
      }
    }
  }

  /** Returns a token to the address that it came from, in no more bytes than the challenge had. */
  void respond(SocketAddress source, long token) {
    sendTo(source, codec.encodeResponse(token));
  }

  /** An address returned a token, which may be the one that was sent to it. */
  void confirm(long origin, SocketAddress source, long token) {
    addresses.confirm(origin, source, token).forEach(datagram -> sendTo(source, datagram));
  }

  private void sendTo(SocketAddress address, byte[] datagram) {
    counters.datagramsToOne.increment();
    transport.send(counted(datagram), address);
  }

  private ByteBuffer counted(byte[] datagram) {
    counters.datagramsSent.increment();
    counters.bytesSent.add(datagram.length);
    return ByteBuffer.wrap(datagram);
  }
}
