package io.github.mccache.cli;

import io.github.mccache.transport.Receiver;
import io.github.mccache.transport.Transport;
import io.github.mccache.transport.TransportStatistics;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;

/**
 * Loses a share of what another transport receives, sent to all or to this member alone, and counts
 * it. Each receiver has one of its own, so that a datagram may reach some members and not others,
 * as on a network. Thread-safe.
 */
final class LossyTransport implements Transport {

  private final Transport transport;
  private final double loss;
  private final Random random; // thread-safe, unlike the newer generators
  private final LongAdder arrived = new LongAdder();
  private final LongAdder lost = new LongAdder();

  /**
   * Makes a transport that was not started.
   *
   * @param loss the probability that a datagram is lost, 0 to 1
   */
  LossyTransport(Transport transport, double loss, long seed) {
    this.transport = transport;
    this.loss = loss;
    this.random = new Random(seed);
  }

  /** Returns how many datagrams came to this receiver, those lost here included. */
  long arrived() {
    return arrived.sum();
  }

  /** Returns how many of them were lost here. */
  long lost() {
    return lost.sum();
  }

  @Override
  public void start(Receiver receiver) {
    transport.start((datagram, source) -> pass(receiver, datagram, source));
  }

  private void pass(Receiver receiver, ByteBuffer datagram, SocketAddress source) {
    arrived.increment();
    if (random.nextDouble() < loss) {
      lost.increment();
    } else {
      receiver.onDatagram(datagram, source);
    }
  }

  @Override
  public void send(ByteBuffer datagram) {
    transport.send(datagram);
  }

  @Override
  public void send(ByteBuffer datagram, SocketAddress to) {
    transport.send(datagram, to);
  }

  @Override
  public String description() {
    return transport.description() + ", losing " + 100 * loss + " % of what it receives";
  }

  @Override
  public boolean reachesOthers() {
    return transport.reachesOthers();
  }

  @Override
  public long loopedBack() {
    return transport.loopedBack();
  }

  @Override
  public TransportStatistics statistics() {
    return transport.statistics();
  }

  @Override
  public void close() {
    transport.close();
  }
}
