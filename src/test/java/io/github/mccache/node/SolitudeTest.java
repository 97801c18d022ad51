package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.transport.Receiver;
import io.github.mccache.transport.Transport;
import io.github.mccache.transport.TransportStatistics;
import io.github.mccache.wire.Refusal;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SolitudeTest {

  private final Network network = new Network();
  private final NodeCounters counters = new NodeCounters();
  private long now = Long.MAX_VALUE - 7;
  private boolean receives;
  private Solitude solitude = solitude(1);

  private Solitude solitude(int expectedMembers) {
    return new Solitude(
        new NodeOptions(
            "me",
            "shop",
            "urn:x",
            "",
            1_344,
            Duration.ofSeconds(2),
            expectedMembers,
            new Random(1)),
        network,
        counters,
        now);
  }

  private List<String> pass(int seconds) {
    return LogOutput.of(
        () -> {
          for (int i = 0; i < 10 * seconds; i++) {
            now += 100_000_000;
            solitude.onTick(() -> receives, now);
          }
        });
  }

  @Test
  void onTick_nobodyReceivedBeyondLoopback_isOneWarningAfterTenSeconds() {
    assertThat(pass(9)).isEmpty();
    assertThat(pass(60))
        .singleElement()
        .asString()
        .contains("WARN", "me: has received no other member", "group on eth0", "expected-members");
    assertThat(solitude.isIsolated()).isFalse();
  }

  @Test
  void onTick_onLoopback_logsNothing() {
    network.reachesOthers = false;
    network.looped = 0;

    assertThat(pass(60)).isEmpty();
  }

  @Test
  void onTick_ownDatagramsDoNotComeBack_isOneWarningAtOnce() {
    network.looped = 0;

    assertThat(pass(3))
        .singleElement()
        .asString()
        .contains("WARN", "none of its own multicast", "group on eth0", "cluster.interface");
    assertThat(pass(3)).isEmpty();
  }

  @Test
  void isIsolated_othersAreExpectedAndNobodyWasEverReceived_untilOneIs() {
    solitude = solitude(2);
    pass(9);
    assertThat(solitude.isIsolated()).isFalse();
    assertThat(pass(2)).anyMatch(line -> line.contains("receives none of the 2 members"));
    assertThat(solitude.isIsolated()).isTrue();

    receives = true;
    assertThat(pass(1)).singleElement().asString().contains("INFO", "receives another member");
    assertThat(solitude.isIsolated()).isFalse();
    receives = false;
    pass(9);
    assertThat(solitude.isIsolated()).isFalse();
    pass(2);
    assertThat(solitude.isIsolated()).isTrue();
  }

  @Test
  void onTick_otherClustersAloneAreReceived_isOneLine() {
    network.reachesOthers = false;
    counters.refused(Refusal.OTHER_CLUSTER);
    counters.refused(Refusal.OTHER_CLUSTER);

    assertThat(pass(60))
        .singleElement()
        .asString()
        .contains("INFO", "2 datagrams of clusters with other names than shop");
  }

  /** A transport beyond loopback on which multicast works, unless a test says otherwise. */
  private static final class Network implements Transport {

    private boolean reachesOthers = true;
    private long looped = 1;

    @Override
    public void start(Receiver receiver) {}

    @Override
    public void send(ByteBuffer datagram) {}

    @Override
    public void send(ByteBuffer datagram, SocketAddress to) {}

    @Override
    public String description() {
      return "group on eth0";
    }

    @Override
    public boolean reachesOthers() {
      return reachesOthers;
    }

    @Override
    public long loopedBack() {
      return looped;
    }

    @Override
    public TransportStatistics statistics() {
      throw new AssertionError("not wanted");
    }

    @Override
    public void close() {}
  }
}
