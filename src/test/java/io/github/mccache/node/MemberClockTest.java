package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

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

  @Test
  void observe_fartherAhead_isNotFollowed() {
    assertThat(clock.observe(HybridTime.ofMillis(START_MILLIS + 501))).isFalse();

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
}
