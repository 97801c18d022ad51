package io.github.mccache.node;

import static io.github.mccache.node.StoreFixture.at;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StoreLoadGuardTest {

  private final LoadGuard loads = new LoadGuard();

  @Test
  void isUnbroken_nothingCame_isTrue() {
    LoadGuard.Reservation reservation = loads.reserve("k", at(1));

    assertThat(loads.isUnbroken("k", reservation)).isTrue();
    assertThat(reservation.version()).isEqualTo(at(1));
  }

  @Test
  void isUnbroken_newsOfTheKeyCame_isFalse() {
    LoadGuard.Reservation reservation = loads.reserve("k", at(1));

    loads.breakLoads("k");

    assertThat(loads.isUnbroken("k", reservation)).isFalse();
    assertThat(loads.isUnbroken("k", loads.reserve("k", at(2)))).isTrue();
  }

  @Test
  void breakLoads_ofOtherKeys_sparesAlmostAll() {
    int spared = 0;
    for (int i = 0; i < 1_000; i++) {
      LoadGuard.Reservation reservation = loads.reserve(i, at(1));
      loads.breakLoads(i + 1_000);
      spared += loads.isUnbroken(i, reservation) ? 1 : 0;
    }

    assertThat(spared).isGreaterThan(950);
  }

  /** Keys whose hash codes are the extremes must find a stripe, too. */
  @Test
  void reserve_anyHashCode_findsAStripe() {
    for (Object key : new Object[] {Integer.MIN_VALUE, Integer.MAX_VALUE, -1, 0, 1}) {
      LoadGuard.Reservation reservation = loads.reserve(key, at(1));
      assertThat(loads.isUnbroken(key, reservation)).isTrue();
    }
  }
}
