package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WakerTest {

  private static final long LONG_NANOS = TimeUnit.HOURS.toNanos(1);

  private final Waker waker = new Waker();

  @Test
  void sleep_wokenSinceTheRoundBegan_returnsAtOnce() throws Exception {
    waker.beginRound();
    waker.wake();

    assertEnds(new Thread(() -> waker.sleep(LONG_NANOS)));
  }

  @Test
  void wake_sleeperIsAsleep_endsItsSleep() throws Exception {
    Thread sleeper =
        new Thread(
            () -> {
              waker.beginRound();
              waker.sleep(LONG_NANOS);
            });
    sleeper.start();
    while (sleeper.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }

    waker.wake();

    sleeper.join(60_000);
    assertThat(sleeper.isAlive()).isFalse();
  }

  @Test
  void sleep_noTimeLeft_returnsAtOnce() {
    waker.beginRound();
    waker.sleep(0);
    waker.sleep(-1);

    waker.beginRound();
    waker.wake(); // would be lost on a sleeper that was never there
    waker.sleep(LONG_NANOS);
  }

  /** Every unit of work is seen although the sleeper sleeps for ever when it is not woken. */
  @Test
  void wake_manyWakers_noWakeUpIsLost() throws Exception {
    long total = 20_000;
    AtomicLong work = new AtomicLong();
    AtomicLong done = new AtomicLong();
    Thread sleeper =
        new Thread(
            () -> {
              while (done.get() < total) {
                waker.beginRound();
                done.addAndGet(work.getAndSet(0));
                if (done.get() < total) {
                  waker.sleep(LONG_NANOS);
                }
              }
            });
    sleeper.start();
    Thread[] wakers = new Thread[2];
    for (int i = 0; i < wakers.length; i++) {
      wakers[i] =
          new Thread(
              () -> {
                for (int n = 0; n < total / 2; n++) {
                  work.incrementAndGet();
                  waker.wake();
                }
              });
      wakers[i].start();
    }

    sleeper.join(60_000);
    assertThat(sleeper.isAlive()).as("sleeps although there is work: %s", work).isFalse();
    assertThat(done.get()).isEqualTo(total);
  }

  private static void assertEnds(Thread thread) throws InterruptedException {
    thread.setDaemon(true);
    thread.start();
    thread.join(60_000);
    assertThat(thread.isAlive()).isFalse();
  }
}
