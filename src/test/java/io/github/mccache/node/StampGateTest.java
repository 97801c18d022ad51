package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StampGateTest {

  private final AtomicLong time = new AtomicLong();
  private final StampGate gate = new StampGate(time::incrementAndGet);

  @Test
  void settle_nobodyInside_settlesTheNewestTime() {
    time.set(41);

    assertThat(gate.settle()).isEqualTo(42);
    assertThat(gate.settle()).isEqualTo(43);
  }

  @Test
  void settle_writerInside_waitsForItToLeave() {
    long settledBefore = gate.settle();
    long token = gate.enter();
    long stamp = time.incrementAndGet();

    assertThat(gate.settle()).isEqualTo(settledBefore);
    assertThat(gate.settle()).isEqualTo(settledBefore);
    gate.exit(token);
    assertThat(gate.settle()).isGreaterThan(stamp);
  }

  @Test
  void restart_clockSetBack_nothingAboveThePresentIsSettled() {
    time.set(100);
    gate.settle();
    long token = gate.enter();
    gate.settle(); // something is pending now

    time.set(50);
    gate.restart();
    assertThat(gate.settle()).isZero();
    gate.exit(token);
    assertThat(gate.settle()).isZero();
    assertThat(gate.settle()).isEqualTo(51);
  }

  @Test
  void settle_writerOfTheNextEpoch_doesNotHoldUpTheEarlierTime() {
    long early = gate.enter();
    long earlyStamp = time.incrementAndGet();
    gate.settle();
    long late = gate.enter();
    long lateStamp = time.incrementAndGet();

    gate.exit(early);
    long settled = gate.settle();

    assertThat(settled).isGreaterThan(earlyStamp).isLessThan(lateStamp);
    assertThat(gate.settle()).isEqualTo(settled);
    gate.exit(late);
    assertThat(gate.settle()).isEqualTo(lateStamp + 1);
  }

  @Test
  void exit_onAnotherThread_leavesTheStripeThatWasEntered() throws Exception {
    long token = gate.enter();
    Thread other = new Thread(() -> gate.exit(token));
    other.start();
    other.join();

    assertThat(gate.settle()).isPositive();
  }

  /** Whatever has settled must be marked: checked for every time that was ever given out. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void settle_writersAtWork_neverPassesAnUnmarkedStamp(int writers) throws Exception {
    int stamps = 400_000;
    int ownTimes = 2_000_000;
    AtomicIntegerArray marked = new AtomicIntegerArray(stamps + ownTimes + 10);
    StampGate busy =
        new StampGate(
            () -> {
              spin(20); // for a writer to get between, were the epoch begun too early
              int own = (int) time.incrementAndGet();
              marked.set(own, 1); // it stands for no change
              return own;
            });
    AtomicInteger running = new AtomicInteger(writers);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < writers; i++) {
      threads.add(new Thread(() -> write(busy, marked, stamps / writers, running)));
    }
    threads.forEach(Thread::start);

    long checked = 0;
    int progress = 0;
    List<Long> unmarked = new ArrayList<>();
    while (running.get() > 0 && progress < ownTimes) {
      long settled = busy.settle();
      progress += settled > checked ? 1 : 0;
      while (checked < settled) {
        checked++;
        if (marked.get((int) checked) == 0) {
          unmarked.add(checked);
        }
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(unmarked).isEmpty();
    busy.settle(); // what was pending when the last writer left
    assertThat(busy.settle()).as("after the last writer").isGreaterThanOrEqualTo(stamps);
  }

  private void write(StampGate busy, AtomicIntegerArray marked, int stamps, AtomicInteger running) {
    for (int n = 0; n < stamps; n++) {
      long token = busy.enter();
      int stamp = (int) time.incrementAndGet();
      spin(n % 32);
      marked.set(stamp, 1);
      busy.exit(token);
      spin(n % 16);
    }
    running.decrementAndGet();
  }

  private static void spin(int times) {
    for (int i = 0; i < times; i++) {
      Thread.onSpinWait();
    }
  }
}
