package io.github.mccache.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
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
    second.start((datagram, source) -> {});
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
        (datagram, source) -> {
          received.onDatagram(datagram, source);
          throw new IllegalStateException("a receiver's mistake");
        });
    second.start((datagram, source) -> {});

    second.send(bytes("one"));
    second.send(bytes("two"));

    assertThat(received.next()).isEqualTo("one");
    assertThat(received.next()).isEqualTo("two");
    first.close();
    assertThat(first.statistics().receiverFailures()).isEqualTo(2);
  }

  @Test
  void receive_threadInterrupted_goesOnWithTheSameSockets() throws Exception {
    CollectingReceiver received = new CollectingReceiver();
    CollectingReceiver seen = new CollectingReceiver();
    first.start(received);
    second.start(seen);
    first.send(bytes("before"));
    seen.next();
    SocketAddress before = seen.lastSource();

    thread("mccache-receive-first").interrupt();
    second.send(bytes("again"));
    assertThat(received.next()).isEqualTo("again");
    first.send(bytes("after"));
    assertThat(seen.next()).isEqualTo("after");

    assertThat(seen.lastSource()).isEqualTo(before);
    assertThat(first.statistics().receiveFailures()).isZero();
  }

  @Test
  void receive_socketLost_opensBothAnewAndIsAnsweredAtTheNewPort() throws Exception {
    BreakableSockets sockets = new BreakableSockets(options("broken", IPV4_GROUP));
    CollectingReceiver received = new CollectingReceiver();
    CollectingReceiver seen = new CollectingReceiver();
    try (MulticastTransport broken = sockets.transport()) {
      broken.start(received);
      second.start(seen);
      broken.send(bytes("before"));
      seen.next();
      SocketAddress before = seen.lastSource();

      sockets.shared.close();
      second.send(bytes("look"), before); // wakes the thread, which finds the other one closed

      // What is sent before the socket has joined again is lost, as any datagram may be.
      String got = null;
      while (got == null || got.equals("look")) {
        second.send(bytes("again"));
        got = received.all().poll(20, TimeUnit.MILLISECONDS);
      }
      assertThat(got).isEqualTo("again");
      broken.send(bytes("after"));
      assertThat(seen.next()).isEqualTo("after");
      assertThat(seen.lastSource()).isNotEqualTo(before);
      second.send(bytes("to the new port"), seen.lastSource());
      do {
        got = received.next();
      } while (got.equals("again"));
      assertThat(got).isEqualTo("to the new port");
    }
  }

  @Test
  void receive_peersPortUnreachable_isCountedAndTheSocketsStay() throws Exception {
    BreakableSockets sockets = new BreakableSockets(options("told", IPV4_GROUP));
    CollectingReceiver received = new CollectingReceiver();
    try (MulticastTransport told = sockets.transport()) {
      told.start(received);
      second.start((datagram, source) -> {});
      DatagramChannel own = sockets.own;
      // Only to a connected socket does the system say that nobody is there.
      own.connect(new InetSocketAddress("127.0.0.1", FreePort.next()));
      for (int i = 1; i <= 3; i++) {
        int written = own.write(bytes("is anybody there?"));
        assertThat(written).isPositive();
        while (told.statistics().receiveFailures() < i) {
          Thread.onSpinWait();
        }
      }
      own.disconnect();

      second.send(bytes("after"));
      assertThat(received.next()).isEqualTo("after");
      assertThat(sockets.opened).isEqualTo(1);
    }
  }

  @Test
  void sendToOne_twoMembersOnOneHost_answerEachOtherAndAThirdHearsNothing() throws Exception {
    CollectingReceiver firstReceived = new CollectingReceiver();
    CollectingReceiver secondReceived = new CollectingReceiver();
    CollectingReceiver thirdReceived = new CollectingReceiver();
    try (MulticastTransport third = new MulticastTransport(options("third", IPV4_GROUP))) {
      first.start(firstReceived);
      second.start(secondReceived);
      third.start(thirdReceived);
      first.send(bytes("question"));
      assertThat(secondReceived.next()).isEqualTo("question");
      assertThat(thirdReceived.next()).isEqualTo("question");

      second.send(bytes("answer"), secondReceived.lastSource());
      assertThat(firstReceived.next()).isEqualTo("answer");
      first.send(bytes("thanks"), firstReceived.lastSource());
      assertThat(secondReceived.next()).isEqualTo("thanks");
      second.send(bytes("to all"));
      assertThat(thirdReceived.next()).isEqualTo("to all");

      assertThat(thirdReceived.all()).isEmpty();
      assertThat(third.statistics().unicastReceived()).isZero();
      TransportStatistics counted = second.statistics();
      assertThat(counted.sent()).isEqualTo(2);
      assertThat(counted.unicastSent()).isEqualTo(1);
      assertThat(counted.unicastSentBytes()).isEqualTo(6);
      assertThat(counted.received()).isEqualTo(2);
      assertThat(counted.unicastReceived()).isEqualTo(1);
      assertThat(counted.unicastReceivedBytes()).isEqualTo(6);
    }
  }

  @Test
  void sendToOne_memberThatIsGone_breaksNothing() throws Exception {
    CollectingReceiver firstReceived = new CollectingReceiver();
    CollectingReceiver secondReceived = new CollectingReceiver();
    first.start(firstReceived);
    second.start(secondReceived);
    try (MulticastTransport third = new MulticastTransport(options("third", IPV4_GROUP))) {
      third.start((datagram, source) -> {});
      third.send(bytes("soon gone"));
      assertThat(firstReceived.next()).isEqualTo("soon gone");
      assertThat(secondReceived.next()).isEqualTo("soon gone");
    }
    SocketAddress gone = firstReceived.lastSource();

    for (int i = 0; i < 100; i++) {
      first.send(bytes("is anybody there?"), gone);
    }
    first.send(bytes("to all"));
    assertThat(secondReceived.next()).isEqualTo("to all");
    second.send(bytes("answer"), secondReceived.lastSource());
    assertThat(firstReceived.next()).isEqualTo("answer");

    assertThat(first.statistics().receiveFailures()).isZero();
  }

  @Test
  void sendToOne_whereNoMemberCanBe_isCountedAndDoesNotThrow() throws Exception {
    List<SocketAddress> nowhere =
        List.of(
            new MemoryAddress("another kind"),
            InetSocketAddress.createUnresolved("localhost", port),
            new InetSocketAddress("127.0.0.1", 0),
            new InetSocketAddress("0.0.0.0", port),
            new InetSocketAddress(IPV4_GROUP, port),
            new InetSocketAddress("::1", port), // the socket is of the other family
            new InetSocketAddress("192.0.2.1", port)); // TEST-NET-1, beyond loopback
    first.send(bytes("too early"), new InetSocketAddress("127.0.0.1", port));
    first.start((datagram, source) -> {});

    for (SocketAddress to : nowhere) {
      first.send(bytes("nobody"), to);
    }
    first.send(ByteBuffer.allocate(70_000), new InetSocketAddress("127.0.0.1", port));
    first.close();
    first.send(bytes("too late"), new InetSocketAddress("127.0.0.1", port));

    assertThat(first.statistics().sendFailures()).isEqualTo(nowhere.size() + 3);
    assertThat(first.statistics().sent()).isZero();
  }

  @Test
  void sendToOne_itself_isNotHeard() throws Exception {
    CollectingReceiver firstReceived = new CollectingReceiver();
    CollectingReceiver secondReceived = new CollectingReceiver();
    first.start(firstReceived);
    second.start(secondReceived);
    first.send(bytes("here"));
    assertThat(secondReceived.next()).isEqualTo("here");

    first.send(bytes("to myself"), secondReceived.lastSource());
    second.send(bytes("to the first"), secondReceived.lastSource());

    assertThat(firstReceived.next()).isEqualTo("to the first");
    assertThat(firstReceived.all()).isEmpty();
  }

  @Test
  void receive_floodFromTheGroup_doesNotKeepUnicastWaiting() throws Exception {
    BlockingQueue<String> order = new LinkedBlockingQueue<>();
    CountDownLatch held = new CountDownLatch(1);
    CollectingReceiver secondReceived = new CollectingReceiver();
    first.start(
        (datagram, source) -> {
          order.add(StandardCharsets.UTF_8.decode(datagram).toString());
          awaitQuietly(held);
        });
    second.start(secondReceived);
    first.send(bytes("here"));
    assertThat(secondReceived.next()).isEqualTo("here");

    second.send(bytes("first of the flood"));
    while (order.isEmpty()) {
      Thread.onSpinWait();
    }
    for (int i = 0; i < 200; i++) {
      second.send(bytes("flood"));
    }
    second.send(bytes("for you"), secondReceived.lastSource());
    held.countDown();

    int before = 0;
    while (!"for you".equals(order.poll(60, TimeUnit.SECONDS))) {
      before++;
    }
    assertThat(before).as("datagrams that came before").isLessThan(200);
  }

  @Test
  void send_tooLarge_isCountedAndDoesNotThrow() {
    first.start((datagram, source) -> {});

    first.send(ByteBuffer.allocate(70_000));

    assertThat(first.statistics().sendFailures()).isEqualTo(1);
    assertThat(first.statistics().sent()).isZero();
  }

  @Test
  void close_started_leavesNoThreadAndNoSocket() throws Exception {
    first.start((datagram, source) -> {});
    assertThat(thread("mccache-receive-first")).isNotNull();

    first.close();
    first.close();
    first.send(bytes("too late"));

    assertThat(thread("mccache-receive-first")).isNull();
    assertThat(first.statistics().sendFailures()).isEqualTo(1);
    assertThat(isPortFree()).isTrue();
    assertThatThrownBy(() -> first.start((datagram, source) -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("was started or closed before");
  }

  @Test
  void close_fromTheReceiver_doesNotWaitForItself() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    first.start(
        (datagram, source) -> {
          first.close();
          closed.countDown();
        });
    second.start((datagram, source) -> {});

    second.send(bytes("close"));

    assertThat(closed.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void close_receiverThatBlocks_letsGoOfTheSocketsNevertheless() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    first.start(
        (datagram, source) -> {
          entered.countDown();
          awaitQuietly(released);
        });
    second.start((datagram, source) -> {});
    second.send(bytes("block"));
    assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
    second.close();

    first.close();

    assertThat(isPortFree()).isTrue();
    Thread thread = thread("mccache-receive-first");
    assertThat(thread).isNotNull();
    released.countDown();
    thread.join(60_000);
    assertThat(thread.isAlive()).isFalse();
  }

  @Test
  void start_threadOfApplication_inheritsNothingFromIt() throws Exception {
    InheritableThreadLocal<String> secret = new InheritableThreadLocal<>();
    secret.set("of the application");
    AtomicReference<String> seen = new AtomicReference<>();
    CountDownLatch received = new CountDownLatch(1);
    first.start(
        (datagram, source) -> {
          seen.set(secret.get() + " " + Thread.currentThread().getContextClassLoader());
          received.countDown();
        });
    second.start((datagram, source) -> {});

    second.send(bytes("look"));

    assertThat(received.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(seen.get()).isEqualTo("null null");
    assertThat(thread("mccache-receive-first").isDaemon()).isTrue();
  }

  @Test
  void start_portHeldExclusively_saysWhatToDo() throws Exception {
    try (DatagramChannel exclusive = DatagramChannel.open(java.net.StandardProtocolFamily.INET)) {
      exclusive.bind(new InetSocketAddress(port));

      assertThatThrownBy(() -> first.start((datagram, source) -> {}))
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
            .orElseGet(MulticastTransportTest::skip);

    assertThatThrownBy(
            () ->
                new MulticastTransport(
                    new MulticastOptions("node", outside.getName(), false, IPV4_GROUP, port, 1)))
        .isInstanceOf(TransportException.class)
        .hasMessageContaining("mccache.cluster.insecure = true");
  }

  private static NetworkInterface skip() {
    String reason = "this machine has no interface beyond loopback";
    if (Boolean.parseBoolean(System.getenv("CI"))) {
      throw new AssertionError("CI=true, but " + reason);
    }
    return abort("SKIPPED: " + reason);
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
      one.start((datagram, source) -> {});
      two.start(received);

      one.send(bytes("over IPv6"));

      assertThat(received.next()).isEqualTo("over IPv6");
    } catch (TransportException e) {
      assertThat(e).hasMessageContaining("ff15::4d43");
    }
  }

  /** Lets a test do to the sockets what a system might. */
  private static final class BreakableSockets extends MulticastSockets {

    private final MulticastOptions options;
    private final InterfaceChoice choice;
    volatile DatagramChannel shared;
    volatile DatagramChannel own;
    volatile int opened;

    BreakableSockets(MulticastOptions options) {
      this(
          options,
          InterfaceSelector.ofThisMachine()
              .select(options.interfaceSetting(), options.insecure(), options.groupAddress()));
    }

    private BreakableSockets(MulticastOptions options, InterfaceChoice choice) {
      super(choice, options);
      this.options = options;
      this.choice = choice;
    }

    MulticastTransport transport() {
      return new MulticastTransport(options, choice, this);
    }

    @Override
    DatagramChannel openShared() throws IOException {
      shared = super.openShared();
      return shared;
    }

    @Override
    DatagramChannel openOwn() throws IOException {
      own = super.openOwn();
      opened = opened + 1; // by the receiving thread, or before it was started
      return own;
    }
  }

  /** Returns whether somebody who shares the port with nobody gets it. */
  private boolean isPortFree() throws IOException {
    try (DatagramChannel exclusive = DatagramChannel.open(java.net.StandardProtocolFamily.INET)) {
      exclusive.bind(new InetSocketAddress(InetAddress.getByName(IPV4_GROUP), port));
      return true;
    } catch (BindException taken) {
      return false;
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
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
