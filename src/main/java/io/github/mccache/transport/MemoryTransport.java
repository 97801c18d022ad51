package io.github.mccache.transport;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One member's end of a {@link MemoryNetwork}. Thread-safe. */
public final class MemoryTransport implements Transport {

  private final MemoryNetwork network;
  private final String nodeName;
  private final MemoryAddress address;
  private final TransportCounters counters = new TransportCounters();
  private final AtomicBoolean started = new AtomicBoolean();
  private volatile @Nullable Receiver receiver;

  MemoryTransport(MemoryNetwork network, String nodeName) {
    this.network = network;
    this.nodeName = nodeName;
    this.address = new MemoryAddress(nodeName);
  }

  @Override
  public void start(Receiver receiver) {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "the transport " + description() + " was started or closed before");
    }
    this.receiver = receiver;
    network.join(this);
  }

  @Override
  public void send(ByteBuffer datagram) {
    if (receiver == null) {
      counters.sendFailures.increment();
      return;
    }
    counters.sent(datagram.remaining());
    counters.sendFailures.add(network.send(this, datagram));
  }

  @Override
  public void send(ByteBuffer datagram, SocketAddress to) {
    if (receiver == null || !(to instanceof MemoryAddress member)) {
      counters.sendFailures.increment();
      return;
    }
    counters.unicastSent(datagram.remaining());
    counters.sendFailures.add(network.send(this, datagram, member));
  }

  MemoryAddress address() {
    return address;
  }

  void deliver(ByteBuffer datagram, MemoryAddress source, boolean unicast) {
    Receiver current = receiver;
    if (current == null) {
      return;
    }
    if (unicast) {
      counters.unicastReceived(datagram.remaining());
    } else {
      counters.received(datagram.remaining());
    }
    try {
      current.onDatagram(datagram.asReadOnlyBuffer(), source);
    } catch (RuntimeException | Error e) {
      counters.receiverFailures.increment();
    }
  }

  @Override
  public String description() {
    return "memory network " + network.name() + ", member " + nodeName;
  }

  @Override
  public TransportStatistics statistics() {
    return counters.snapshot(0, 0);
  }

  @Override
  public void close() {
    started.set(true);
    receiver = null;
    network.leave(this);
  }
}
