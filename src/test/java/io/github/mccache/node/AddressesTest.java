package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AddressesTest {

  private final Addresses addresses = new Addresses(new SplittableRandom(1));

  @Test
  void of_heardFromTwoPlaces_isTheLast() {
    addresses.onDatagram(1, at(10), 100);
    addresses.onDatagram(1, at(11), 100);

    assertThat(sourceOf(1)).isEqualTo(at(11));
    assertThat(addresses.of(2)).isNull();
  }

  @Test
  void heard_moreMembersThanAreRemembered_forgetsWhoWasNotHeardForLongest() {
    addresses.onDatagram(1, at(1), 100);
    addresses.onDatagram(2, at(2), 100);
    for (int n = 0; n < Addresses.MAXIMUM_MEMBERS - 2; n++) {
      addresses.onDatagram(100 + n, at(3), 100);
    }
    addresses.onDatagram(1, at(1), 100);

    addresses.onDatagram(-1, at(4), 100);

    assertThat(sourceOf(1)).isEqualTo(at(1));
    assertThat(addresses.of(2)).isNull();
    assertThat(sourceOf(-1)).isEqualTo(at(4));
  }

  @Test
  void mayTake_unconfirmed_threeTimesWhatCameFromTheAddress() {
    addresses.onDatagram(1, at(1), 100);
    int room = 300 - Addresses.CHALLENGE_BYTES;
    assertThat(place(1).mayTake(room + 1)).isFalse();
    assertThat(place(1).mayTake(room - 10)).isTrue();
    assertThat(place(1).mayTake(11)).isFalse();
    assertThat(place(1).mayTake(10)).isTrue();
    assertThat(place(1).mayTakeChallenge(Addresses.CHALLENGE_BYTES)).isTrue();
    assertThat(place(1).mayTakeChallenge(1)).isFalse();

    addresses.onDatagram(1, at(2), 30);
    assertThat(place(1).mayTake(11)).as("another address begins anew").isFalse();
  }

  @Test
  void confirm_numberOfThatAddress_givesWhatWasHeldAndLiftsTheLimit() {
    addresses.onDatagram(1, at(1), 100);
    long token = place(1).challenge(0);
    assertThat(token).isNotZero();
    assertThat(place(1).challenge(1)).as("sent a moment ago").isZero();
    assertThat(place(1).challenge(50_000_000)).isEqualTo(token);
    assertThat(place(1).hold(new byte[] {7}, 0)).isTrue();

    addresses.onDatagram(2, at(2), 100);
    assertThat(addresses.confirm(1, at(1), token + 1)).as("another number").isEmpty();
    assertThat(addresses.confirm(1, at(2), token)).as("from another address").isEmpty();
    assertThat(addresses.confirm(2, at(2), token)).as("of another member").isEmpty();
    assertThat(addresses.confirm(2, at(2), 0)).as("no number was sent").isEmpty();
    assertThat(place(1).mayTake(1_000)).isFalse();

    assertThat(addresses.confirm(1, at(1), token)).containsExactly(new byte[] {7});
    assertThat(place(1).mayTake(1_000_000)).isTrue();
    assertThat(addresses.heldBytes()).isZero();
  }

  @Test
  void hold_forManyAddresses_isBoundedAndFreedWithTheAddress() {
    for (int n = 0; n < 100; n++) {
      addresses.onDatagram(n, at(n), 100);
      for (int i = 0; i < 100; i++) {
        place(n).hold(new byte[1_344], 0);
      }
    }
    assertThat(addresses.heldBytes())
        .isBetween(Addresses.MOST_HELD_BYTES - 1_344L, (long) Addresses.MOST_HELD_BYTES);

    for (int n = 0; n < 50; n++) {
      addresses.onDatagram(n, at(1_000), 100);
    }
    for (int n = 0; n < Addresses.MAXIMUM_MEMBERS; n++) {
      addresses.onDatagram(10_000 + n, at(3), 100);
    }
    assertThat(addresses.heldBytes()).isZero();
  }

  @Test
  void hold_longAfterTheFirst_dropsWhatNobodyWaitsForAnyMore() {
    addresses.onDatagram(1, at(1), 100);
    place(1).hold(new byte[1_000], 0);

    place(1).hold(new byte[10], 2_000_000_000L);

    assertThat(addresses.heldBytes()).isEqualTo(10);
  }

  private Addresses.Place place(long origin) {
    return Objects.requireNonNull(addresses.of(origin));
  }

  private SocketAddress sourceOf(long origin) {
    return place(origin).source();
  }

  private static SocketAddress at(int port) {
    return InetSocketAddress.createUnresolved("host", port);
  }
}
