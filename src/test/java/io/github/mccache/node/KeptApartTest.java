package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeptApartTest {

  private long nanos = Long.MAX_VALUE - 5;
  private int read;
  private String label = "web-1";
  private final KeptApart apart =
      new KeptApart(
          new NodeOptions(
              "me", "shop", "urn:green", "", 1_344, Duration.ofSeconds(2), new Random(1)),
          datagram -> {
            read++;
            return label;
          },
          () -> nanos);

  private List<String> datagramFrom(String host) {
    InetSocketAddress source = InetSocketAddress.createUnresolved(host, 1);
    return LogOutput.of(() -> apart.onDatagram(ByteBuffer.allocate(64), source));
  }

  @Test
  void onDatagram_first_isOneWarningThatNamesBoth() {
    assertThat(datagramFrom("10.0.0.1"))
        .singleElement()
        .asString()
        .contains("WARN", "me: member web-1 at 10.0.0.1", "cluster name shop", "urn:green");
    assertThat(datagramFrom("10.0.0.1")).isEmpty();
  }

  @Test
  void onDatagram_manyAddresses_logAtMostOneLineAnHourAndEachOnce() {
    int lines = 0;
    for (int i = 0; i < 1_000; i++) {
      lines += datagramFrom("10.0.0." + i).size();
    }
    assertThat(lines).isEqualTo(1);
    assertThat(read).isEqualTo(1);

    nanos += KeptApart.PAUSE_NANOS;
    assertThat(datagramFrom("10.0.0.0")).isEmpty();
    assertThat(datagramFrom("10.0.0.7")).hasSize(1);
    for (int i = 0; i < 1_000; i++) {
      nanos += KeptApart.PAUSE_NANOS;
      lines += datagramFrom("10.0.1." + i).size();
    }
    assertThat(lines).isLessThanOrEqualTo(100);
  }

  @Test
  void onDatagram_withoutAName_waitsForOneThatHasIt() {
    label = null;
    assertThat(datagramFrom("10.0.0.1")).isEmpty();
    label = "line\nbreak";

    assertThat(datagramFrom("10.0.0.1"))
        .singleElement()
        .asString()
        .contains("member line?break at");
  }

  @Test
  void onDatagram_neverAName_endsAfterFewReadsWithTheAddress() {
    label = null;
    int lines = 0;
    for (int i = 0; i < 1_000; i++) {
      lines += datagramFrom("10.0.0.1").size();
    }
    assertThat(lines).isEqualTo(1);
    assertThat(read).isLessThan(100);
  }
}
