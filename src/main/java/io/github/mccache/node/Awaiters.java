package io.github.mccache.node;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Threads that wait until the members of the cluster have reached a hybrid time. The event loop,
 * which never waits itself, reports the time that is reached. Thread-safe.
 */
final class Awaiters {

  private static final long NONE = -1;

  /** One wait for a time. */
  static final class Awaiter {

    private final long time;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean abandoned;

    private Awaiter(long time) {
      this.time = time;
    }

    long time() {
      return time;
    }

    boolean isReached() {
      return ended.getCount() == 0 && !abandoned;
    }
  }

  private final String nodeName;
  private final PriorityQueue<Awaiter> waiting =
      new PriorityQueue<>(Comparator.comparingLong(Awaiter::time)); // guarded by itself
  private final AtomicInteger expected = new AtomicInteger();
  private volatile long highestAwaited = NONE;
  private volatile long reachedTime;
  private volatile boolean ended;
  private volatile boolean failed;

  /**
   * Makes one without waiting threads.
   *
   * @param nodeName the label of the member
   * @param reachedTime which time is reached already
   */
  Awaiters(String nodeName, long reachedTime) {
    this.nodeName = nodeName;
    this.reachedTime = reachedTime;
  }

  /** Announces that a thread is going to wait, so that the event loop sends without delay. */
  void expect() {
    expected.incrementAndGet();
  }

  /** Takes back an {@link #expect}. */
  void expectNoMore() {
    expected.decrementAndGet();
  }

  /** Returns whether a thread waits, or is going to. */
  boolean isAwaited() {
    return expected.get() > 0;
  }

  /** Returns the highest time that a thread waits for; below every time if there is none. */
  long highestAwaited() {
    return highestAwaited;
  }

  /** Returns whether a thread waits for more than this time. */
  boolean isMoreAwaited(long thanTime) {
    return highestAwaited > thanTime;
  }

  /**
   * Waits until a time is reached; returns true also when the member has left meanwhile, false when
   * the wait timed out.
   *
   * @throws MemberFailedException if the member has failed
   * @throws InterruptedException if the thread is interrupted before or while it has to wait
   */
  boolean await(long time, long nanos) throws InterruptedException {
    Awaiter awaiter = begin(time);
    if (awaiter == null) {
      return true;
    }
    try {
      boolean ended = awaiter.ended.await(nanos, TimeUnit.NANOSECONDS);
      requireNotFailed();
      return ended && !awaiter.abandoned;
    } finally {
      end(awaiter);
    }
  }

  /**
   * Begins a wait, which {@link #end(Awaiter)} ends; returns null if the time is reached already.
   *
   * @throws MemberFailedException if the member has failed
   */
  @Nullable Awaiter begin(long time) {
    synchronized (waiting) {
      requireNotFailed();
      if (reachedTime >= time || ended) {
        return null;
      }
      Awaiter awaiter = new Awaiter(time);
      waiting.add(awaiter);
      highestAwaited = Math.max(highestAwaited, time);
      return awaiter;
    }
  }

  /** Ends a wait. */
  void end(Awaiter awaiter) {
    synchronized (waiting) {
      waiting.remove(awaiter);
      forgetHighestIfEmpty();
    }
  }

  /** A time was reached; it may be lower than before, when a member has joined. */
  void reached(long time) {
    if (time == reachedTime) {
      return;
    }
    synchronized (waiting) {
      reachedTime = time;
      for (Awaiter first = waiting.peek();
          first != null && first.time <= time;
          first = waiting.peek()) {
        waiting.remove().ended.countDown();
      }
      forgetHighestIfEmpty();
    }
  }

  /**
   * Ends every wait, now and later, with an exception, because the member has failed. Allocates
   * nothing: the cause may be a lack of memory.
   */
  void fail() {
    failed = true;
    synchronized (waiting) {
      for (Awaiter first = waiting.poll(); first != null; first = waiting.poll()) {
        first.ended.countDown();
      }
      highestAwaited = NONE;
    }
  }

  /** Ends every present wait as if it had timed out: it is unknown what was reached. */
  void abandon() {
    synchronized (waiting) {
      for (Awaiter first = waiting.poll(); first != null; first = waiting.poll()) {
        first.abandoned = true;
        first.ended.countDown();
      }
      highestAwaited = NONE;
    }
  }

  private void requireNotFailed() {
    if (failed) {
      throw new MemberFailedException(nodeName);
    }
  }

  /** Ends every wait, now and later, without an exception: the member has left. */
  void end() {
    ended = true;
    reached(Long.MAX_VALUE);
  }

  private void forgetHighestIfEmpty() {
    if (waiting.isEmpty()) {
      highestAwaited = NONE;
    }
  }
}
