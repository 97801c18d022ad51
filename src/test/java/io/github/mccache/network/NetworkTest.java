package io.github.mccache.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What every build tries, on a machine that may be busy; {@link NetworkSoakTest} does the rest,
 * longer, and with the limit that holds on a quiet one.
 */
class NetworkTest extends NetworkFixture {

  private static final long EVENTUALLY_MILLIS = 60_000;

  NetworkTest() {
    super(EVENTUALLY_MILLIS);
  }

  @Test
  void noFault_everybodyWrites_allBecomeEqual() {
    startMembers(4);
    writeGently();
    Members.pass(2_000);
    stopWriting();
    assertEqualAndAsWritten(System.nanoTime(), EVENTUALLY_MILLIS);
  }

  @Test
  void loss10Percent_everybodyWrites_allBecomeEqual() {
    losesAndBecomesEqual(10, 5_000);
  }

  @Test
  void kill_writerInMidBurst_survivorsBecomeEqual() {
    killsOneInABurst(2_000);
  }

  @Test
  void partition_bothSidesWriteAndRemove_becomeEqualAndNothingComesBack() {
    partsAndHeals(5_000);
  }

  @Test
  void silence_ofMulticastToOne_becomesEqual() {
    hearsNoMulticastForAWhile(4_000);
  }

  /** Nothing is received, so that nothing is missed: without a word two caches never agree. */
  @Test
  void silence_ofAllMulticastFromTheStart_isLoggedAndCountsAsIsolated() {
    hosts = Hosts.of(2);
    hosts.faults().silence(1, 2);
    dropOwnMulticast(2);
    members =
        Members.apart(
            hosts,
            List.of("-Dmccache.cluster.expected-members=2", "-Dmccache.defaults.on-isolated=miss"));
    MemberProcess first = members.get(1);
    first.ask("put before value");
    assertThat(first.lines("stats")).contains("Isolated false", "AliveMembers 0");
    assertThat(first.ask("get before")).isEqualTo("value");

    members.list().forEach(member -> awaitStatistic(member, "Isolated true"));
    assertThat(first.ask("get before")).as("others may have changed it").isEqualTo("null");
    first.ask("put during value");
    assertThat(first.ask("get during")).as("its own write").isEqualTo("value");
    measured.happened(test, "packets silenced", hosts.faults().silenced());
    String alone = "has received no other member in its first 10 s";
    String notLooped = "none of its own multicast datagrams has come back";
    members.list().forEach(member -> assertThat(logged(member, alone)).hasSize(1));
    assertThat(logged(first, notLooped)).as("the switch drops it").isEmpty();
    assertThat(logged(members.get(2), notLooped)).as("the host drops it").hasSize(1);

    hosts.run(2, "nft", "delete table ip firewall");
    hosts.faults().heal();
    members.list().forEach(member -> awaitStatistic(member, "Isolated false"));
    assertEqual(System.nanoTime(), EVENTUALLY_MILLIS);
    assertThat(members.get(2).ask("get before")).isEqualTo("value");
    members.list().forEach(member -> assertThat(logged(member, alone)).hasSize(1));
  }

  /** As a firewall of the host does. */
  private void dropOwnMulticast(int host) {
    hosts.run(host, "nft", "add table ip firewall");
    hosts.run(host, "nft", "add chain ip firewall in { type filter hook input priority 0; }");
    hosts.run(host, "nft", "add rule ip firewall in ip daddr 224.0.0.0/4 drop");
  }

  private static void awaitStatistic(MemberProcess member, String line) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> member.lines("stats").contains(line));
  }

  private static List<String> logged(MemberProcess member, String text) {
    Pattern warning = Pattern.compile("WARN .*" + Pattern.quote(text));
    return member.log().stream().filter(line -> warning.matcher(line).find()).toList();
  }
}
