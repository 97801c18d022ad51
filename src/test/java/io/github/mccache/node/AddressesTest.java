package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.junit.jupiter.api.Test;

class AddressesTest {

  private final Addresses addresses = new Addresses();

  @Test
  void of_heardFromTwoPlaces_isTheLast() {
    addresses.heard(1, at(10));
    addresses.heard(1, at(11));

    assertThat(addresses.of(1)).isEqualTo(at(11));
    assertThat(addresses.of(2)).isNull();
  }

  @Test
  void heard_moreMembersThanAreRemembered_forgetsWhoWasNotHeardForLongest() {
    addresses.heard(1, at(1));
    addresses.heard(2, at(2));
    for (int n = 0; n < Addresses.MAXIMUM_MEMBERS - 2; n++) {
      addresses.heard(100 + n, at(3));
    }
    addresses.heard(1, at(1));

    addresses.heard(-1, at(4));

    assertThat(addresses.of(1)).isEqualTo(at(1));
    assertThat(addresses.of(2)).isNull();
    assertThat(addresses.of(-1)).isEqualTo(at(4));
  }

  private static SocketAddress at(int port) {
    return InetSocketAddress.createUnresolved("host", port);
  }
}
