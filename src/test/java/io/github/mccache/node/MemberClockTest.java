package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mccache.protocol.HybridTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemberClockTest {

  private static final long START_MILLIS = 1_700_000_000_000L;

  private final AtomicLong wallMillis = new AtomicLong(START_MILLIS);
  private final AtomicLong nanos = new AtomicLong(-5_000_000);
  private final InstantSource wallClock = () -> Instant.ofEpochMilli(wallMillis.get());
  private final MemberClock clock = new MemberClock(wallClock, nanos::get);

  @Test
  void millis_nanosPass_followsThemAndNotTheWallClock() {
    assertThat(clock.millis()).isEqualTo(START_MILLIS);

    nanos.addAndGet(1_999_999);
    wallMillis.addAndGet(-3_600_000);

    assertThat(clock.millis()).isEqualTo(START_MILLIS + 1);
    assertThat(clock.nanos()).isEqualTo(-3_000_001);
  }

  @Test
  void next_timeStandsStill_goesUpByOne() {
    long first = clock.next();

    assertThat(first).isEqualTo(HybridTime.ofMillis(START_MILLIS));
    assertThat(clock.next()).isEqualTo(first + 1);
    assertThat(clock.last()).isEqualTo(first + 1);
  }

  @Test
  void next_millisecondPassed_beginsIt() {
    clock.next();
    clock.next();
    nanos.addAndGet(1_000_000);

    assertThat(clock.next()).isEqualTo(HybridTime.ofMillis(START_MILLIS + 1));
  }

  @Test
  void next_counterFull_carriesIntoTheMilliseconds() {
    long full = HybridTime.ofMillis(START_MILLIS + 1) - 1;
    assertThat(clock.observe(full)).isTrue();

    assertThat(clock.next()).isEqualTo(HybridTime.ofMillis(START_MILLIS + 1));
  }

  @Test
  void observe_halfASecondAhead_isFollowed() {
    long ahead = HybridTime.ofMillis(START_MILLIS + 501) - 1;

    assertThat(clock.observe(ahead)).isTrue();
    assertThat(clock.next()).isEqualTo(ahead + 1);
    assertThat(clock.millis()).isEqualTo(START_MILLIS);
  }

  /** So that a third member, which is a little behind, does not reject what is stamped then. */
  @Test
  void merge_timeOfAnotherMember_lessFarThanAVersionIsTaken() {
    assertThat(clock.merge(HybridTime.ofMillis(START_MILLIS + 501) - 1)).isTrue();
    assertThat(clock.merge(HybridTime.ofMillis(START_MILLIS + 501))).isFalse();
    assertThat(clock.observe(HybridTime.ofMillis(START_MILLIS + 1_000))).isTrue();
  }

  @Test
  void observe_fartherAhead_isNotFollowed() {
    assertThat(clock.observe(HybridTime.ofMillis(START_MILLIS + 1_001))).isFalse();
    assertThat(clock.merge(HybridTime.ofMillis(START_MILLIS + 501))).isFalse();

    assertThat(clock.last()).isZero();
    assertThat(clock.next()).isEqualTo(HybridTime.ofMillis(START_MILLIS));
  }

  @Test
  void observe_thePast_changesNothing() {
    long last = clock.next();

    assertThat(clock.observe(last - 1)).isTrue();
    assertThat(clock.last()).isEqualTo(last);
  }

  @Test
  void next_manyThreads_neverTwiceTheSame() throws Exception {
    MemberClock system = MemberClock.system();
    int threads = 4;
    int each = 20_000;
    Set<Long> seen = ConcurrentHashMap.newKeySet();
    List<Thread> running = new ArrayList<>();
    Set<String> wrong = Collections.synchronizedSet(new java.util.TreeSet<>());
    for (int i = 0; i < threads; i++) {
      Thread thread =
          new Thread(
              () -> {
                long before = 0;
                for (int n = 0; n < each; n++) {
                  long time = system.next();
                  if (time <= before || !seen.add(time)) {
                    wrong.add(before + " then " + time);
                  }
                  before = time;
                }
              });
      thread.start();
      running.add(thread);
    }
    for (Thread thread : running) {
      thread.join();
    }

    assertThat(wrong).isEmpty();
    assertThat(seen).hasSize(threads * each);
  }

  // ---- corrections ----

  private void advanceMillis(long millis) {
    nanos.addAndGet(millis * 1_000_000);
  }

  @Test
  void shift_forward_isAtOnce() {
    advanceMillis(10);

    clock.shift(700);

    assertThat(clock.millis()).isEqualTo(START_MILLIS + 710);
    advanceMillis(5);
    assertThat(clock.millis()).isEqualTo(START_MILLIS + 715);
    assertThat(HybridTime.millis(clock.next())).isEqualTo(START_MILLIS + 715);
  }

  @Test
  void shiftAndRebase_theOtherWay_areRefused() {
    assertThatThrownBy(() -> clock.shift(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> clock.rebase(1)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {-100, 100})
  void slew_eitherWay_isSpreadAtFivePerCent(long millis) {
    clock.slew(millis);

    assertThat(clock.millis()).isEqualTo(START_MILLIS);
    advanceMillis(1_000);
    assertThat(clock.millis()).isEqualTo(START_MILLIS + 1_000 + millis / 2);
    advanceMillis(1_000);
    assertThat(clock.millis()).isEqualTo(START_MILLIS + 2_000 + millis);
    advanceMillis(1_000);
    assertThat(clock.millis()).isEqualTo(START_MILLIS + 3_000 + millis);
  }

  @Test
  void slew_back_neverGoesBack() {
    clock.slew(-500);
    long before = clock.millis();
    for (int i = 0; i < 120_000; i++) {
      nanos.addAndGet(97_003);
      long now = clock.millis();
      assertThat(now).isGreaterThanOrEqualTo(before);
      before = now;
    }
    assertThat(before).isEqualTo(START_MILLIS + 120_000L * 97_003 / 1_000_000 - 500);
  }

  @Test
  void slew_whileAnotherIsUnderWay_takesItsPlace() {
    clock.slew(100);
    advanceMillis(1_000);
    clock.slew(-10);
    advanceMillis(10_000);

    assertThat(clock.millis()).isEqualTo(START_MILLIS + 11_000 + 50 - 10);
  }

  @Test
  void rebase_back_takesTheHybridClockAlong() {
    advanceMillis(10_000);
    clock.next();

    clock.rebase(-9_000);

    assertThat(clock.millis()).isEqualTo(START_MILLIS + 1_000);
    assertThat(clock.last()).isEqualTo(HybridTime.ofMillis(START_MILLIS + 1_000));
    assertThat(HybridTime.millis(clock.next())).isEqualTo(START_MILLIS + 1_000);
    assertThat(clock.observe(HybridTime.ofMillis(START_MILLIS + 2_001))).isFalse();
  }

  @Test
  void rebase_hybridClockBehind_staysThere() {
    long last = clock.next();
    advanceMillis(10_000);

    clock.rebase(-1_000);

    assertThat(clock.last()).isEqualTo(last);
  }
}
