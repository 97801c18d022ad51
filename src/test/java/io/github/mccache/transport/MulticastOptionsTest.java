package io.github.mccache.transport;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MulticastOptionsTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, 47474, 1, mccache.cluster.multicast.group = 10.0.0.1",
    "somewhere, 47474, 1, mccache.cluster.multicast.group = somewhere",
    "239.192.77.67, 0, 1, mccache.cluster.multicast.port = 0",
    "239.192.77.67, 65536, 1, mccache.cluster.multicast.port = 65536",
    "239.192.77.67, 47474, -1, mccache.cluster.multicast.hops = -1",
    "239.192.77.67, 47474, 256, mccache.cluster.multicast.hops = 256"
  })
  void create_outOfRange_namesTheSetting(String group, int port, int hops, String message) {
    assertThatThrownBy(() -> new MulticastOptions("node", "loopback", false, group, port, hops))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }
}
