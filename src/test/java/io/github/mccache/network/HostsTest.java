package io.github.mccache.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The broken network itself: each fault strikes what it says, as often as it says, and counts. */
class HostsTest {

  private static final int DATAGRAMS = 400;
  private static final String GROUP = "239.192.77.67";

  private Hosts hosts;

  @BeforeEach
  void build() {
    RealNetwork.assumeUsable();
    hosts = Hosts.of(3);
    for (int host = 1; host <= 3; host++) {
      // Nobody listens here: what would be told to the senders is no part of the count.
      hosts.run(host, "nft", "add table ip quiet");
      hosts.run(host, "nft", "add chain ip quiet out { type filter hook output priority 0; }");
      hosts.run(host, "nft", "add rule ip quiet out ip protocol icmp drop");
    }
    // Before anything is counted, each has asked for the other's address.
    send(1, Hosts.address(2), 1);
    send(2, Hosts.address(1), 1);
  }

  @AfterEach
  void close() {
    if (hosts != null) {
      hosts.close();
    }
  }

  @Test
  void faults_none_everythingArrivesOnce() {
    assertThat(received(2, () -> send(1, GROUP, DATAGRAMS))).isEqualTo(DATAGRAMS);
    assertThat(received(3, () -> send(1, GROUP, DATAGRAMS))).isEqualTo(DATAGRAMS);
    assertThat(received(2, () -> send(1, Hosts.address(2), DATAGRAMS))).isEqualTo(DATAGRAMS);
    assertThat(received(3, () -> send(1, Hosts.address(2), DATAGRAMS))).isZero();
  }

  @Test
  void lose_someOfThePackets_eachReceiverLosesOthers() {
    hosts.faults().lose(30);

    long third = hosts.packetsTo(3);
    long second = received(2, () -> send(1, GROUP, DATAGRAMS));
    third = hosts.packetsTo(3) - third;

    assertThat(second).isBetween(DATAGRAMS / 2L, DATAGRAMS * 9L / 10);
    assertThat(third).isBetween(DATAGRAMS / 2L, DATAGRAMS * 9L / 10);
    assertThat(hosts.faults().lost()).isEqualTo(2 * DATAGRAMS - second - third);
  }

  @Test
  void narrow_moreThanItCarries_theRestIsDropped() {
    hosts.faults().narrow(1_000);

    long third = hosts.packetsTo(3);
    long second = received(2, () -> send(1, GROUP, DATAGRAMS));
    third = hosts.packetsTo(3) - third;

    assertThat(second).isLessThan(DATAGRAMS / 2L);
    assertThat(third).isLessThan(DATAGRAMS / 2L);
    assertThat(hosts.faults().exceeding()).isEqualTo(2 * DATAGRAMS - second - third);
    hosts.faults().heal();
    assertThat(received(2, () -> send(1, GROUP, DATAGRAMS))).isEqualTo(DATAGRAMS);
  }

  @Test
  void duplicate_someOfTheDatagrams_arriveTwice() {
    hosts.faults().duplicate(30);

    long received = received(2, () -> send(1, Hosts.address(2), DATAGRAMS));

    assertThat(received).isGreaterThan(DATAGRAMS + DATAGRAMS / 10);
    assertThat(received).isEqualTo(DATAGRAMS + hosts.faults().doubled());
  }

  @Test
  void partition_twoGroups_hearOnlyTheirOwn() {
    hosts.faults().partition(Set.of(1, 2), Set.of(3));

    assertThat(received(2, () -> send(1, GROUP, DATAGRAMS))).isEqualTo(DATAGRAMS);
    assertThat(received(3, () -> send(1, GROUP, DATAGRAMS))).isZero();
    assertThat(received(1, () -> send(3, GROUP, DATAGRAMS))).isZero();
    assertThat(hosts.faults().severed()).isEqualTo(4L * DATAGRAMS);
    hosts.faults().heal();
    assertThat(received(3, () -> send(1, GROUP, DATAGRAMS))).isEqualTo(DATAGRAMS);
  }

  @Test
  void cut_oneWay_theOtherWayIsOpen() {
    hosts.faults().cut(1, 2);

    assertThat(received(2, () -> send(1, GROUP, DATAGRAMS))).isZero();
    assertThat(received(2, () -> send(1, Hosts.address(2), DATAGRAMS))).isZero();
    assertThat(received(1, () -> send(2, Hosts.address(1), DATAGRAMS))).isEqualTo(DATAGRAMS);
    assertThat(hosts.faults().severed()).isEqualTo(2L * DATAGRAMS);
  }

  @Test
  void silence_ofOneHost_unicastPasses() {
    hosts.faults().silence(2);

    assertThat(received(2, () -> send(1, GROUP, DATAGRAMS))).isZero();
    assertThat(received(3, () -> send(1, GROUP, DATAGRAMS))).isEqualTo(DATAGRAMS);
    assertThat(received(2, () -> send(1, Hosts.address(2), DATAGRAMS))).isEqualTo(DATAGRAMS);
    assertThat(hosts.faults().silenced()).isEqualTo(2L * DATAGRAMS);
  }

  @Test
  void close_hosts_leavesNothing() {
    String name = hosts.namespace(1);
    assertThat(namespaces()).contains(name);

    hosts.close();

    assertThat(namespaces()).doesNotContain(name);
  }

  private static List<String> namespaces() {
    return Command.run("ip", "netns", "list").lines().map(line -> line.split(" ")[0]).toList();
  }

  private long received(int host, Runnable sending) {
    long before = hosts.packetsTo(host);
    sending.run();
    return hosts.packetsTo(host) - before;
  }

  private void send(int from, String to, int datagrams) {
    hosts.run(
        from,
        "bash",
        "-c",
        "exec 3>/dev/udp/"
            + to
            + "/5000; for i in {1.."
            + datagrams
            + "}; do echo x >&3; done"
            + " 2>/dev/null; true");
  }
}
