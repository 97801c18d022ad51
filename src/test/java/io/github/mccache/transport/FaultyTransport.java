package io.github.mccache.transport;

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

  private final Transport transport;
  private final RandomGenerator random;
  private final double loss;
  private final double duplication;
  private final double reordering;
  private final List<ByteBuffer> held = new ArrayList<>();

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
  public synchronized void send(ByteBuffer datagram) {
    ByteBuffer copy = ByteBuffer.allocate(datagram.remaining()).put(datagram).flip();
    if (random.nextDouble() < loss) {
      return;
    }
    if (random.nextDouble() < duplication) {
      transport.send(copy.duplicate());
    }
    if (held.size() < HELD_AT_MOST && random.nextDouble() < reordering) {
      held.add(copy);
      return;
    }
    transport.send(copy);
    release();
  }

  /** Sends what is held back, the last first. */
  public synchronized void release() {
    for (int i = held.size() - 1; i >= 0; i--) {
      transport.send(held.get(i));
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
