package io.github.mccache.node;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Wakes one sleeping thread; costs one volatile read while the thread is awake and has been woken
 * already. A wake-up is never lost: it ends the present sleep or prevents the next one.
 */
final class Waker {

  private static final int AWAKE = 0;
  private static final int WOKEN = 1;
  private static final int ASLEEP = 2;

  private final AtomicInteger state = new AtomicInteger(AWAKE);
  private volatile @Nullable Thread sleeper;

  /** Signals that there is work. Thread-safe. */
  void wake() {
    if (state.get() != WOKEN && state.getAndSet(WOKEN) == ASLEEP) {
      LockSupport.unpark(sleeper);
    }
  }

  /** Called by the sleeper before it looks for work: a later wake-up prevents the next sleep. */
  void beginRound() {
    state.set(AWAKE);
  }

  /** Called by the sleeper when it found no work: sleeps unless woken since the round began. */
  void sleep(long nanos) {
    sleeper = Thread.currentThread();
    if (nanos > 0 && state.compareAndSet(AWAKE, ASLEEP)) {
      LockSupport.parkNanos(this, nanos);
    }
  }
}
