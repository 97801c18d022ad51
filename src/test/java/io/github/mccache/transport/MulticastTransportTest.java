package io.github.mccache.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real sockets, on loopback only. */
class MulticastTransportTest {

  private static final String IPV4_GROUP = "239.192.77.67";

  private int port;
  private MulticastTransport first;
  private MulticastTransport second;

  @BeforeEach
  void open() throws IOException {
    port = FreePort.next();
    first = new MulticastTransport(options("first", IPV4_GROUP));
    second = new MulticastTransport(options("second", IPV4_GROUP));
  }

  @AfterEach
  void close() {
    first.close();
    second.close();
  }

  @Test
  void send_twoMembersOnLoopback_eachHearsTheOtherAndNotItself() throws Exception {
    CollectingReceiver firstReceived = new CollectingReceiver();
    CollectingReceiver secondReceived = new CollectingReceiver();
    first.start(firstReceived);
    second.start(secondReceived);

    first.send(bytes("from the first"));
    assertThat(secondReceived.next()).isEqualTo("from the first");
    second.send(bytes("from the second"));
    assertThat(firstReceived.next()).isEqualTo("from the second");

    assertThat(firstReceived.all()).isEmpty();
    assertThat(first.statistics().sent()).isEqualTo(1);
    assertThat(first.statistics().sentBytes()).isEqualTo(14);
    assertThat(first.statistics().received()).isEqualTo(1);
    assertThat(first.statistics().receivedBytes()).isEqualTo(15);
    assertThat(first.statistics().actualReceiveBuffer()).isPositive();
    assertThat(first.description())
        .isEqualTo(IPV4_GROUP + ":" + port + " on lo (127.0.0.1), TTL 0");
  }

  @Test
  void receive_unicastToThePort_doesNotArrive() throws Exception {
    CollectingReceiver received = new CollectingReceiver();
    first.start(received);
    second.start(datagram -> {});
    try (DatagramSocket stranger = new DatagramSocket()) {
      byte[] greeting = {'h', 'i'};
      stranger.send(
          new java.net.DatagramPacket(
              greeting, greeting.length, new InetSocketAddress("127.0.0.1", port)));
    } catch (SocketException refused) {
      assertThat(refused).isNotNull(); // nobody listens there: just as good
    }
    second.send(bytes("after"));

    assertThat(received.next()).isEqualTo("after");
  }

  @Test
  void receive_receiverThatThrows_isCountedAndGoesOn() throws Exception {
    CollectingReceiver received = new CollectingReceiver();
    first.start(
        datagram -> {
          received.onDatagram(datagram);
          throw new IllegalStateException("a receiver's mistake");
        });
    second.start(datagram -> {});

    second.send(bytes("one"));
    second.send(bytes("two"));

    assertThat(received.next()).isEqualTo("one");
    assertThat(received.next()).isEqualTo("two");
    first.close();
    assertThat(first.statistics().receiverFailures()).isEqualTo(2);
  }

  @Test
  void receive_threadInterrupted_opensTheSocketAnew() throws Exception {
    CollectingReceiver received = new CollectingReceiver();
    first.start(received);
    second.start(datagram -> {});
    thread("mccache-receive-first").interrupt();
    while (first.statistics().receiveFailures() == 0) {
      Thread.onSpinWait();
    }

    // What is sent before the socket has joined again is lost, as any datagram may be.
    String got = null;
    while (got == null) {
      second.send(bytes("again"));
      got = received.all().poll(20, TimeUnit.MILLISECONDS);
    }

    assertThat(got).isEqualTo("again");
  }

  @Test
  void send_tooLarge_isCountedAndDoesNotThrow() {
    first.start(datagram -> {});

    first.send(ByteBuffer.allocate(70_000));

    assertThat(first.statistics().sendFailures()).isEqualTo(1);
    assertThat(first.statistics().sent()).isZero();
  }

  @Test
  void close_started_leavesNoThreadAndNoSocket() throws Exception {
    first.start(datagram -> {});
    assertThat(thread("mccache-receive-first")).isNotNull();

    first.close();
    first.close();
    first.send(bytes("too late"));

    assertThat(thread("mccache-receive-first")).isNull();
    assertThat(first.statistics().sendFailures()).isEqualTo(1);
    // Somebody who shares the port with nobody gets it.
    try (DatagramChannel exclusive = DatagramChannel.open(java.net.StandardProtocolFamily.INET)) {
      exclusive.bind(new InetSocketAddress(InetAddress.getByName(IPV4_GROUP), port));
      assertThat(exclusive.getLocalAddress()).isNotNull();
    }
    assertThatThrownBy(() -> first.start(datagram -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("was started or closed before");
  }

  @Test
  void close_fromTheReceiver_doesNotWaitForItself() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    first.start(
        datagram -> {
          first.close();
          closed.countDown();
        });
    second.start(datagram -> {});

    second.send(bytes("close"));

    assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void start_threadOfApplication_inheritsNothingFromIt() throws Exception {
    InheritableThreadLocal<String> secret = new InheritableThreadLocal<>();
    secret.set("of the application");
    AtomicReference<String> seen = new AtomicReference<>();
    CountDownLatch received = new CountDownLatch(1);
    first.start(
        datagram -> {
          seen.set(secret.get() + " " + Thread.currentThread().getContextClassLoader());
          received.countDown();
        });
    second.start(datagram -> {});

    second.send(bytes("look"));

    assertThat(received.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(seen.get()).isEqualTo("null null");
    assertThat(thread("mccache-receive-first").isDaemon()).isTrue();
  }

  @Test
  void start_portHeldExclusively_saysWhatToDo() throws Exception {
    try (DatagramChannel exclusive = DatagramChannel.open(java.net.StandardProtocolFamily.INET)) {
      exclusive.bind(new InetSocketAddress(port));

      assertThatThrownBy(() -> first.start(datagram -> {}))
          .isInstanceOf(TransportException.class)
          .hasMessageContaining(IPV4_GROUP + ":" + port + " on lo (127.0.0.1), TTL 0")
          .hasMessageContaining("mccache.cluster.multicast.port")
          .hasCauseInstanceOf(IOException.class);
      assertThat(thread("mccache-receive-first")).isNull();
    }
  }

  @Test
  void create_interfaceBeyondLoopback_isRefused() throws Exception {
    NetworkInterface outside =
        NetworkInterface.networkInterfaces()
            .filter(network -> network.inetAddresses().anyMatch(a -> a.getAddress().length == 4))
            .filter(network -> !isLoopback(network))
            .findFirst()
            .orElseGet(() -> abort("SKIPPED: this machine has no interface beyond loopback"));

    assertThatThrownBy(
            () ->
                new MulticastTransport(
                    new MulticastOptions("node", outside.getName(), false, IPV4_GROUP, port, 1)))
        .isInstanceOf(TransportException.class)
        .hasMessageContaining("mccache.cluster.insecure = true");
  }

  /**
   * Not every machine routes IPv6 multicast over loopback: then the member must say so, and what to
   * do.
   */
  @Test
  void start_ipv6GroupOnLoopback_worksOrSaysWhatToDo() throws Exception {
    CollectingReceiver received = new CollectingReceiver();
    try (MulticastTransport one = new MulticastTransport(options("one", "ff15::4d43"));
        MulticastTransport two = new MulticastTransport(options("two", "ff15::4d43"))) {
      one.start(datagram -> {});
      two.start(received);

      one.send(bytes("over IPv6"));

      assertThat(received.next()).isEqualTo("over IPv6");
    } catch (TransportException e) {
      assertThat(e).hasMessageContaining("ff15::4d43");
    }
  }

  private MulticastOptions options(String nodeName, String group) {
    return new MulticastOptions(nodeName, "loopback", false, group, port, 1);
  }

  private static boolean isLoopback(NetworkInterface network) {
    try {
      return network.isLoopback();
    } catch (SocketException gone) {
      return true;
    }
  }

  private static Thread thread(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .findFirst()
        .orElse(null);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
