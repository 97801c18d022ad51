package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.transport.FreePort;
import io.github.mccache.transport.MulticastOptions;
import io.github.mccache.transport.MulticastTransport;
import io.github.mccache.wire.Refusal;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Two members over real multicast on loopback. */
class NodeMulticastTest {

  private static final String GROUP = "239.192.77.67";

  @Test
  void put_twoMembersOnLoopback_arriveAndRubbishIsCounted() throws Exception {
    int port = FreePort.next();
    MemberClock firstClock = MemberClock.system();
    MemberClock secondClock = MemberClock.system();
    try (Node first = start("first", port, firstClock);
        Node second = start("second", port, secondClock)) {
      TestCache here = new TestCache("cache", firstClock).on(first);
      TestCache there = new TestCache("cache", secondClock).on(second);
      sendRubbish(port);

      for (int n = 0; n < 100; n++) {
        here.put("key " + n, "value");
        there.put("another " + n, "value");
      }

      Eventually.until(
          () -> here.contents().size() + " and " + there.contents().size() + " keys",
          () -> here.contents().size() == 200 && here.contents().equals(there.contents()));
      Eventually.until(
          () -> second.statistics().toString(),
          () -> second.statistics().refused().get(Refusal.NOT_OURS) == 1);
      assertThat(second.statistics().transport().strangers()).isZero();
      assertThat(first.statistics().refused()).containsEntry(Refusal.OWN, 0L);
      assertThat(first.members()).hasSize(1);
    }
  }

  private static void sendRubbish(int port) throws IOException {
    try (MulticastSocket stranger = new MulticastSocket()) {
      stranger.setNetworkInterface(NetworkInterface.getByInetAddress(loopback()));
      stranger.setTimeToLive(0);
      stranger.send(new DatagramPacket(new byte[500], 500, InetAddress.getByName(GROUP), port));
    }
  }

  private static InetAddress loopback() throws IOException {
    return InetAddress.getByName("127.0.0.1");
  }

  private static Node start(String nodeName, int port, MemberClock clock) {
    return Node.start(
        new NodeOptions(
            nodeName, "cluster", "urn:test", "", 1_344, Duration.ofSeconds(2), new SecureRandom()),
        new MulticastTransport(new MulticastOptions(nodeName, "loopback", false, GROUP, port, 1)),
        clock);
  }
}
