package io.github.mccache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.transport.Receiver;
import io.github.mccache.transport.Transport;
import io.github.mccache.transport.TransportStatistics;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LossyTransportTest {

  private static final SocketAddress PEER = new InetSocketAddress("127.0.0.1", 1);
  private static final int MANY = 10_000;

  private final Wire wire = new Wire();
  private final List<Integer> received = new ArrayList<>();

  @Test
  void receive_fourPercent_losesSoManyAndCounts() {
    LossyTransport transport = started(0.04, 1);

    deliverMany();

    assertThat(transport.arrived()).isEqualTo(MANY);
    assertThat(transport.lost()).isBetween(300L, 500L).isEqualTo(MANY - received.size());
  }

  @Test
  void receive_noLoss_passesEverythingInOrder() {
    LossyTransport transport = started(0, 1);

    deliverMany();

    assertThat(received).hasSize(MANY).isSorted();
    assertThat(transport.lost()).isZero();
  }

  @Test
  void receive_twoReceivers_loseDifferentDatagrams() {
    started(0.5, 1);
    deliverMany();
    List<Integer> first = List.copyOf(received);
    received.clear();

    started(0.5, 2);
    deliverMany();

    assertThat(received).isNotEqualTo(first);
  }

  @Test
  void send_anyLoss_passesEverything() {
    LossyTransport transport = started(1, 1);

    transport.send(datagram(7));
    transport.send(datagram(8), PEER);

    assertThat(wire.sent).containsExactly("7 to all", "8 to " + PEER);
  }

  private LossyTransport started(double loss, long seed) {
    LossyTransport transport = new LossyTransport(wire, loss, seed);
    transport.start((datagram, source) -> received.add(datagram.getInt()));
    return transport;
  }

  private void deliverMany() {
    for (int i = 0; i < MANY; i++) {
      wire.receiver.onDatagram(datagram(i), PEER);
    }
  }

  private static ByteBuffer datagram(int number) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(number).flip();
  }

  /** What is below: remembers what is sent, and delivers what it is told to. */
  private static final class Wire implements Transport {

    private final List<String> sent = new ArrayList<>();
    private Receiver receiver = (datagram, source) -> {};

    @Override
    public void start(Receiver newReceiver) {
      receiver = newReceiver;
    }

    @Override
    public void send(ByteBuffer datagram) {
      sent.add(datagram.getInt() + " to all");
    }

    @Override
    public void send(ByteBuffer datagram, SocketAddress to) {
      sent.add(datagram.getInt() + " to " + to);
    }

    @Override
    public String description() {
      return "a wire";
    }

    @Override
    public TransportStatistics statistics() {
      return new TransportStatistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public void close() {}
  }
}
