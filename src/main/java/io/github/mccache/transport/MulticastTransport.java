package io.github.mccache.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * UDP multicast over one network interface, IPv4 or IPv6, and unicast between the members' own
 * sockets. Thread-safe. It receives from both on one daemon thread, {@code mccache-receive-<node
 * name>}, which outlives errors of its sockets: it waits, 10 ms to 1 s, and opens them anew when
 * they are closed or fail again. The member then has another port of its own, which the others
 * learn from its next datagram.
 */
public final class MulticastTransport implements Transport {

  private static final Logger LOG = LoggerFactory.getLogger(MulticastTransport.class);

  private static final long FIRST_BACK_OFF_MILLIS = 10;
  private static final long LAST_BACK_OFF_MILLIS = 1_000;
  private static final long JOIN_MILLIS = 200;

  private final MulticastOptions options;
  private final InterfaceChoice choice;
  private final MulticastSockets sockets;
  private final TransportCounters counters = new TransportCounters();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Object lifecycle = new Object();

  private @Nullable Thread thread; // guarded by lifecycle
  private volatile @Nullable OpenSockets opened;
  private volatile int actualReceiveBuffer;
  private volatile boolean sendFailing;
  private int receiveFailures; // in a row; of the receiving thread
  private boolean spoiled; // the sockets are to be opened anew; of the receiving thread

  /**
   * Chooses the interface and opens nothing.
   *
   * @throws TransportException when there is no such interface, or when it is not loopback and the
   *     options are not {@code insecure}
   */
  public MulticastTransport(MulticastOptions options) {
    this(
        options,
        InterfaceSelector.ofThisMachine()
            .select(options.interfaceSetting(), options.insecure(), options.groupAddress()));
  }

  private MulticastTransport(MulticastOptions options, InterfaceChoice choice) {
    this(options, choice, new MulticastSockets(choice, options));
  }

  MulticastTransport(MulticastOptions options, InterfaceChoice choice, MulticastSockets sockets) {
    this.options = options;
    this.choice = choice;
    this.sockets = sockets;
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
    OpenSockets both = sockets.open();
    opened = both;
    actualReceiveBuffer = both.receiveBuffer();
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
    OpenSockets both = opened;
    int bytes = datagram.remaining();
    if (both == null) {
      counters.sendFailures.increment();
      return;
    }
    try {
      if (both.send(datagram)) {
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

  @Override
  public void send(ByteBuffer datagram, SocketAddress to) {
    OpenSockets both = opened;
    int bytes = datagram.remaining();
    if (both == null || !(to instanceof InetSocketAddress address) || !isMember(address)) {
      counters.sendFailures.increment();
      return;
    }
    try {
      if (both.send(datagram, address)) {
        counters.unicastSent(bytes);
      } else {
        counters.sendFailures.increment();
      }
    } catch (IOException | RuntimeException e) {
      // Counted only: the protocol detects that a member is gone, and logs it.
      counters.sendFailures.increment();
    }
  }

  /** Returns whether a member of this group can be there. */
  private boolean isMember(InetSocketAddress to) {
    InetAddress address = to.getAddress();
    return address != null
        && to.getPort() > 0
        && !address.isMulticastAddress()
        && !address.isAnyLocalAddress()
        && isWithinReach(address);
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
    while (closing.getCount() > 0) {
      try {
        OpenSockets both = usableSockets();
        if (both == null) {
          return;
        }
        both.receive(
            (datagram, source, unicast) -> deliver(receiver, both, datagram, source, unicast));
        if (Thread.interrupted()) {
          LOG.trace("{}: the receiving thread was interrupted", options.nodeName());
        }
      } catch (PortUnreachableException late) {
        counters.receiveFailures
            .increment(); // a peer's machine has sent it; nothing is broken here
      } catch (IOException | RuntimeException | Error e) {
        outlive(e);
      }
    }
  }

  /** Goes on after whatever it was, be it want of memory: this thread must not end before close. */
  private void outlive(Throwable failure) {
    try {
      if (closing.getCount() > 0) {
        receiveFailed(failure);
      }
    } catch (RuntimeException | Error e) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(FIRST_BACK_OFF_MILLIS));
    }
  }

  /** Returns the sockets, opened anew when they are of no more use; null when closing. */
  private @Nullable OpenSockets usableSockets() throws IOException {
    OpenSockets both = opened;
    if (both != null && both.isOpen() && !spoiled) {
      return both;
    }
    synchronized (lifecycle) {
      if (closing.getCount() == 0) {
        return null;
      }
      closeSockets();
      OpenSockets anew = sockets.open();
      opened = anew;
      spoiled = false;
      LOG.info("{}: has opened its sockets for {} anew", options.nodeName(), description());
      return anew;
    }
  }

  private void receiveFailed(Throwable cause) {
    counters.receiveFailures.increment();
    if (receiveFailures == 0) {
      LOG.warn(
          "{}: cannot receive from {}: {}; goes on trying, and counts",
          options.nodeName(),
          description(),
          cause.toString());
    }
    spoiled = receiveFailures > 0;
    long backOffMillis =
        Math.min(FIRST_BACK_OFF_MILLIS << Math.min(receiveFailures, 10), LAST_BACK_OFF_MILLIS);
    receiveFailures++;
    try {
      boolean closed = closing.await(backOffMillis, TimeUnit.MILLISECONDS);
      LOG.trace("{}: waited, closed: {}", options.nodeName(), closed);
    } catch (InterruptedException notOurs) {
      LOG.trace("{}: the receiving thread was interrupted", options.nodeName(), notOurs);
    }
  }

  private void deliver(
      Receiver receiver,
      OpenSockets both,
      ByteBuffer datagram,
      SocketAddress source,
      boolean unicast) {
    receiveFailures = 0;
    if (both.isOwn(source)) {
      counters.looped.increment();
      return;
    }
    if (!(source instanceof InetSocketAddress from) || !isWithinReach(from.getAddress())) {
      counters.strangers.increment();
      return;
    }
    if (unicast) {
      counters.unicastReceived(datagram.remaining());
    } else {
      counters.received(datagram.remaining());
    }
    try {
      receiver.onDatagram(datagram, source);
    } catch (RuntimeException | Error e) {
      counters.receiverFailures.increment();
    }
  }

  /** Returns whether datagrams may come from there and go there. */
  private boolean isWithinReach(InetAddress address) {
    return !choice.loopback() || address.isLoopbackAddress();
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
  public boolean reachesOthers() {
    return !choice.loopback();
  }

  @Override
  public long loopedBack() {
    return counters.looped.sum();
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
    OpenSockets both = opened;
    opened = null;
    if (both == null) {
      return;
    }
    try {
      both.close();
    } catch (IOException e) {
      LOG.debug("{}: a socket did not close cleanly", options.nodeName(), e);
    }
  }
}
