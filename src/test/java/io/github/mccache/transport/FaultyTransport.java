package io.github.mccache.transport;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Loses, doubles and reorders what is sent through another transport, as the seed of its random
 * source says. Thread-safe.
 */
public final class FaultyTransport implements Transport {

  private static final int HELD_AT_MOST = 4;

  /** A way to send, to all or to one. */
  @FunctionalInterface
  private interface Way {
    void send(ByteBuffer datagram);
  }

  private record Held(ByteBuffer datagram, Way way) {}

  private final Transport transport;
  private final RandomGenerator random;
  private final double loss;
  private final double duplication;
  private final double reordering;
  private final List<Held> held = new ArrayList<>();

  public FaultyTransport(
      Transport transport,
      RandomGenerator random,
      double loss,
      double duplication,
      double reordering) {
    this.transport = transport;
    this.random = random;
    this.loss = loss;
    this.duplication = duplication;
    this.reordering = reordering;
  }

  @Override
  public void start(Receiver receiver) {
    transport.start(receiver);
  }

  @Override
  public void send(ByteBuffer datagram) {
    send(datagram, transport::send);
  }

  @Override
  public void send(ByteBuffer datagram, SocketAddress to) {
    send(datagram, copy -> transport.send(copy, to));
  }

  private synchronized void send(ByteBuffer datagram, Way way) {
    ByteBuffer copy = ByteBuffer.allocate(datagram.remaining()).put(datagram).flip();
    if (random.nextDouble() < loss) {
      return;
    }
    if (random.nextDouble() < duplication) {
      way.send(copy.duplicate());
    }
    if (held.size() < HELD_AT_MOST && random.nextDouble() < reordering) {
      held.add(new Held(copy, way));
      return;
    }
    way.send(copy);
    release();
  }

  /** Sends what is held back, the last first. */
  public synchronized void release() {
    for (int i = held.size() - 1; i >= 0; i--) {
      held.get(i).way().send(held.get(i).datagram());
    }
    held.clear();
  }

  @Override
  public String description() {
    return transport.description() + ", with faults";
  }

  @Override
  public TransportStatistics statistics() {
    return transport.statistics();
  }

  @Override
  public void close() {
    release();
    transport.close();
  }
}
