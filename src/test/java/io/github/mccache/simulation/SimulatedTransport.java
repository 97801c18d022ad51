package io.github.mccache.simulation;

import io.github.mccache.transport.Receiver;
import io.github.mccache.transport.Transport;
import io.github.mccache.transport.TransportStatistics;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Sends on the simulated network; what arrives comes by another way. */
final class SimulatedTransport implements Transport {

  /** Takes what is sent. */
  interface Wire {

    /**
     * Carries a datagram.
     *
     * @param to null for all
     */
    void send(byte[] datagram, @Nullable Address to);
  }

  /** Where a member can be answered; each process has another one. */
  static final class Address extends SocketAddress {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable SimulatedMember member;
    private final int slot;

    Address(@Nullable SimulatedMember member, int slot) {
      this.member = member;
      this.slot = slot;
    }

    @Nullable SimulatedMember member() {
      return member;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }

    /** The same in every run of a seed. */
    @Override
    public int hashCode() {
      return slot;
    }
  }

  private final Wire wire;

  SimulatedTransport(Wire wire) {
    this.wire = wire;
  }

  @Override
  public void start(Receiver receiver) {
    throw new UnsupportedOperationException("the simulation delivers by itself");
  }

  @Override
  public void send(ByteBuffer datagram) {
    wire.send(bytes(datagram), null);
  }

  @Override
  public void send(ByteBuffer datagram, SocketAddress to) {
    wire.send(bytes(datagram), (Address) to);
  }

  private static byte[] bytes(ByteBuffer datagram) {
    byte[] bytes = new byte[datagram.remaining()];
    datagram.get(bytes);
    return bytes;
  }

  @Override
  public String description() {
    return "the simulated network";
  }

  @Override
  public TransportStatistics statistics() {
    throw new UnsupportedOperationException("the simulation counts by itself");
  }

  @Override
  public void close() {}
}
