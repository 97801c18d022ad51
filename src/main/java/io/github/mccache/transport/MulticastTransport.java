package io.github.mccache.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * UDP multicast over one network interface, IPv4 or IPv6. Thread-safe. It receives on one daemon
 * thread, {@code mccache-receive-<node name>}, which outlives errors of its socket: it waits, 10 ms
 * to 1 s, and opens the socket anew when it has to.
 */
public final class MulticastTransport implements Transport {

  private static final Logger LOG = LoggerFactory.getLogger(MulticastTransport.class);

  private static final int LARGEST_DATAGRAM = 65_535;
  private static final long FIRST_BACK_OFF_MILLIS = 10;
  private static final long LAST_BACK_OFF_MILLIS = 1_000;
  private static final long JOIN_MILLIS = 250;

  private final MulticastOptions options;
  private final InterfaceChoice choice;
  private final MulticastSockets sockets;
  private final TransportCounters counters = new TransportCounters();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Object lifecycle = new Object();

  private @Nullable Thread thread; // guarded by lifecycle
  private volatile @Nullable DatagramChannel receiving;
  private volatile @Nullable Sending sending;
  private volatile int actualReceiveBuffer;
  private volatile boolean sendFailing;

  /** The sending socket with its two addresses, which change together. */
  private record Sending(
      DatagramChannel channel, InetSocketAddress destination, SocketAddress source) {}

  /**
   * Chooses the interface and opens nothing.
   *
   * @throws TransportException when there is no such interface, or when it is not loopback and the
   *     options do not say {@code insecure}
   */
  public MulticastTransport(MulticastOptions options) {
    this.options = options;
    this.choice =
        InterfaceSelector.ofThisMachine()
            .select(options.interfaceSetting(), options.insecure(), options.groupAddress());
    this.sockets = new MulticastSockets(choice, options);
  }

  /** Returns the interface on which it speaks, and why. */
  public InterfaceChoice interfaceChoice() {
    return choice;
  }

  @Override
  public void start(Receiver receiver) {
    synchronized (lifecycle) {
      if (thread != null || closing.getCount() == 0) {
        throw new IllegalStateException(
            "the transport " + description() + " was started or closed before");
      }
      try {
        open();
      } catch (IOException | RuntimeException e) {
        closeSockets();
        throw new TransportException(
            "multicast "
                + description()
                + " cannot be used: "
                + (e.getMessage() == null ? e.toString() : e.getMessage())
                + ". "
                + advice(),
            e);
      }
      Thread created =
          new Thread(
              null, () -> receive(receiver), "mccache-receive-" + options.nodeName(), 0, false);
      created.setDaemon(true);
      created.setContextClassLoader(null);
      thread = created;
      created.start();
    }
  }

  private void open() throws IOException {
    sockets.verifyRoute();
    DatagramChannel receiver = sockets.openReceiver();
    receiving = receiver;
    DatagramChannel sender = sockets.openSender();
    sending = new Sending(sender, sockets.destination(), sender.getLocalAddress());
    actualReceiveBuffer = receiver.getOption(StandardSocketOptions.SO_RCVBUF);
    if (actualReceiveBuffer < MulticastSockets.REQUESTED_BUFFER) {
      LOG.warn(
          "{}: the receive buffer is {} bytes, {} were asked for; bursts may lose datagrams, which"
              + " are then repaired. On Linux: sysctl -w net.core.rmem_max={}",
          options.nodeName(),
          actualReceiveBuffer,
          MulticastSockets.REQUESTED_BUFFER,
          MulticastSockets.REQUESTED_BUFFER);
    }
  }

  private String advice() {
    if (choice.loopback() && options.groupAddress().getAddress().length != 4) {
      return "IPv6 multicast on loopback needs a route that most systems do not have: use an IPv4"
          + " group, such as mccache.cluster.multicast.group = 239.192.77.67";
    }
    return "Check that the interface is up and multicast is permitted on it, that no other program"
        + " holds UDP port "
        + options.port()
        + " for itself, or choose others with mccache.cluster.interface and"
        + " mccache.cluster.multicast.port";
  }

  @Override
  public void send(ByteBuffer datagram) {
    Sending socket = sending;
    int bytes = datagram.remaining();
    if (socket == null) {
      counters.sendFailures.increment();
      return;
    }
    try {
      if (socket.channel.send(datagram, socket.destination) == bytes) {
        counters.sent(bytes);
        sendRecovered();
      } else {
        counters.sendFailures.increment(); // the socket's buffer is full
      }
    } catch (IOException | RuntimeException e) {
      counters.sendFailures.increment();
      sendFailed(e);
    }
  }

  private void sendFailed(Exception cause) {
    if (!sendFailing && closing.getCount() > 0) {
      sendFailing = true;
      LOG.warn(
          "{}: cannot send to {}: {}; goes on trying, and counts",
          options.nodeName(),
          description(),
          cause.toString());
    }
  }

  private void sendRecovered() {
    if (sendFailing) {
      sendFailing = false;
      LOG.info("{}: sends to {} again", options.nodeName(), description());
    }
  }

  private void receive(Receiver receiver) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(LARGEST_DATAGRAM);
    long backOffMillis = FIRST_BACK_OFF_MILLIS;
    while (closing.getCount() > 0) {
      try {
        DatagramChannel channel = usableReceiver();
        if (channel == null) {
          return;
        }
        buffer.clear();
        SocketAddress source = channel.receive(buffer);
        backOffMillis = FIRST_BACK_OFF_MILLIS;
        if (source != null) {
          deliver(receiver, buffer.flip(), source);
        }
      } catch (IOException | RuntimeException e) {
        if (closing.getCount() > 0) {
          receiveFailed(e, backOffMillis);
          backOffMillis = Math.min(2 * backOffMillis, LAST_BACK_OFF_MILLIS);
        }
      }
    }
  }

  /** Returns the receiving socket, opened anew when it was lost; null when closing. */
  private @Nullable DatagramChannel usableReceiver() throws IOException {
    DatagramChannel channel = receiving;
    if (channel != null && channel.isOpen()) {
      return channel;
    }
    synchronized (lifecycle) {
      if (closing.getCount() == 0) {
        return null;
      }
      DatagramChannel opened = sockets.openReceiver();
      receiving = opened;
      LOG.info("{}: receives from {} again", options.nodeName(), description());
      return opened;
    }
  }

  private void receiveFailed(Exception cause, long backOffMillis) {
    counters.receiveFailures.increment();
    if (backOffMillis == FIRST_BACK_OFF_MILLIS) {
      LOG.warn(
          "{}: cannot receive from {}: {}; goes on trying, and counts",
          options.nodeName(),
          description(),
          cause.toString());
    }
    // An interrupt is not ours: it has closed the socket, and would close the next one.
    if (Thread.interrupted()) {
      return;
    }
    try {
      boolean closed = closing.await(backOffMillis, TimeUnit.MILLISECONDS);
      LOG.trace("{}: waited, closed: {}", options.nodeName(), closed);
    } catch (InterruptedException notOurs) {
      LOG.trace("{}: the receiving thread was interrupted", options.nodeName(), notOurs);
    }
  }

  private void deliver(Receiver receiver, ByteBuffer datagram, SocketAddress source) {
    Sending own = sending;
    if (own != null && own.source.equals(source)) {
      return;
    }
    if (choice.loopback() && !isLoopback(source)) {
      counters.strangers.increment();
      return;
    }
    counters.received(datagram.remaining());
    try {
      receiver.onDatagram(datagram);
    } catch (RuntimeException | Error e) {
      counters.receiverFailures.increment();
    }
  }

  private static boolean isLoopback(SocketAddress source) {
    if (!(source instanceof InetSocketAddress from)) {
      return false;
    }
    InetAddress address = from.getAddress();
    return address != null && address.isLoopbackAddress();
  }

  @Override
  public String description() {
    return options.group()
        + ":"
        + options.port()
        + " on "
        + choice
        + ", TTL "
        + sockets.timeToLive();
  }

  @Override
  public TransportStatistics statistics() {
    return counters.snapshot(MulticastSockets.REQUESTED_BUFFER, actualReceiveBuffer);
  }

  @Override
  public void close() {
    Thread stopping;
    synchronized (lifecycle) {
      closing.countDown();
      closeSockets();
      stopping = thread;
    }
    if (stopping == null || stopping == Thread.currentThread()) {
      return;
    }
    boolean interrupted = Thread.interrupted(); // does not cut short what takes so little time
    try {
      stopping.join(JOIN_MILLIS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (stopping.isAlive()) {
      LOG.warn(
          "{}: the thread {} has not ended within {} ms; its receiver blocks",
          options.nodeName(),
          stopping.getName(),
          JOIN_MILLIS);
    }
  }

  private void closeSockets() {
    Sending sender = sending;
    sending = null;
    closeQuietly(sender == null ? null : sender.channel);
    DatagramChannel receiver = receiving;
    receiving = null;
    closeQuietly(receiver);
  }

  private void closeQuietly(@Nullable DatagramChannel channel) {
    if (channel == null) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("{}: a socket did not close cleanly", options.nodeName(), e);
    }
  }
}
