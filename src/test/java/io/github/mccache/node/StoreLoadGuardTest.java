package io.github.mccache.node;

import static io.github.mccache.node.StoreFixture.at;
import static io.github.mccache.node.StoreFixture.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Payload;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoreLoadGuardTest {

  private final LoadGuard<Object> loads = new LoadGuard<>();

  private LoadGuard.Reservation<Object> reserve(Object key, long millis) {
    Payload encoded = payload(key);
    return loads.reserve(key, LoadGuard.hashOf(encoded.codec(), encoded.bytes()), at(millis));
  }

  @Test
  void isUnbroken_nothingCame_isTrue() {
    LoadGuard.Reservation<Object> reservation = reserve("k", 1);

    assertThat(loads.isUnbroken(reservation)).isTrue();
    assertThat(reservation.version()).isEqualTo(at(1));
  }

  @Test
  void breakLoads_ofTheKey_breaksThoseInFlightAndNoLaterOne() {
    LoadGuard.Reservation<Object> first = reserve("k", 1);
    LoadGuard.Reservation<Object> second = reserve("k", 2);

    loads.breakLoads("k");

    assertThat(loads.isUnbroken(first)).isFalse();
    assertThat(loads.isUnbroken(second)).isFalse();
    assertThat(loads.isUnbroken(reserve("k", 3))).isTrue();
  }

  @Test
  void breakLoads_ofOtherKeys_sparesEveryLoad() {
    for (int i = 0; i < 5_000; i++) {
      LoadGuard.Reservation<Object> reservation = reserve(i, 1);
      for (int other = 0; other < 100; other++) {
        loads.breakLoads(10_000 + i * 100 + other);
        loads.breakEncoded(payload(10_000 + i * 100 + other));
      }
      assertThat(loads.isUnbroken(reservation)).isTrue();
      loads.release(reservation);
    }
  }

  @Test
  void breakLoads_entryThatIsGone_breaksThoseThatBeganBeforeItAlone() {
    LoadGuard.Reservation<Object> before = reserve("k", 1);
    LoadGuard.Reservation<Object> after = reserve("k", 3);

    loads.breakLoads("k", at(2));

    assertThat(loads.isUnbroken(before)).isFalse();
    assertThat(loads.isUnbroken(after)).isTrue();
  }

  @Test
  void breakEncoded_sameBytes_breaksTheLoad() {
    LoadGuard.Reservation<Object> reservation = reserve("k", 1);
    LoadGuard.Reservation<Object> neighbour = reserve("l", 1);

    loads.breakEncoded(payload("k"));

    assertThat(loads.isUnbroken(reservation)).isFalse();
    assertThat(loads.isUnbroken(neighbour)).isTrue();
  }

  @Test
  void breakAllLoads_ofAnOldClear_sparesWhatBeganLongAfterIt() {
    LoadGuard.Reservation<Object> soonAfter = reserve("k", 900);
    LoadGuard.Reservation<Object> longAfter = reserve("k", 1_100);

    loads.breakAllLoads(at(0).time());

    assertThat(loads.isUnbroken(soonAfter)).isFalse();
    assertThat(loads.isUnbroken(longAfter)).isTrue();
  }

  @Test
  void breakAllLoads_forAnyReason_breaksThemAndNoLaterClearMoreThanItsOwn() {
    LoadGuard.Reservation<Object> broken = reserve("k", 10_000);
    loads.breakAllLoads();
    LoadGuard.Reservation<Object> later = reserve("k", 10_001);
    loads.breakAllLoads(at(0).time());

    assertThat(loads.isUnbroken(broken)).isFalse();
    assertThat(loads.isUnbroken(later)).isTrue();
  }

  @Test
  void release_twice_endsTheLoadOnce() {
    LoadGuard.Reservation<Object> first = reserve("k", 1);
    LoadGuard.Reservation<Object> second = reserve("k", 2);

    loads.release(first);
    loads.release(first);
    loads.breakLoads("k");

    assertThat(loads.isUnbroken(first)).isFalse();
    assertThat(loads.isUnbroken(second)).isFalse();
    assertThat(loads.size()).isEqualTo(1);
  }

  @Test
  void reserve_moreThanMayBeInFlight_breaksTheEldest() {
    List<LoadGuard.Reservation<Object>> all = new ArrayList<>();
    for (int i = 0; i <= LoadGuard.MAXIMUM; i++) {
      all.add(loads.reserve(i, 0, at(1)));
    }

    assertThat(loads.size()).isEqualTo(LoadGuard.MAXIMUM);
    assertThat(loads.isUnbroken(all.get(0))).isFalse();
    assertThat(loads.isUnbroken(all.get(1))).isTrue();
  }
}
