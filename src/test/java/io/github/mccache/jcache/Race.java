package io.github.mccache.jcache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Threads that start at once, and waits that end: by a failure that says who hangs where. */
final class Race {

  private static final long PATIENCE_SECONDS = Long.getLong("race.patience.seconds", 60);

  private final CountDownLatch start = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  /** What a thread does. */
  interface Task {
    void run() throws Throwable;
  }

  static void run(Task... tasks) {
    Race race = new Race();
    for (Task task : tasks) {
      race.add(task);
    }
    race.run();
  }

  static void run(int copies, Task task) {
    Task[] tasks = new Task[copies];
    Arrays.fill(tasks, task);
    run(tasks);
  }

  /** Starts a thread at once, for a test that goes on beside it. */
  static Race begin(Task task) {
    Race race = new Race();
    race.add(task);
    race.start.countDown();
    return race;
  }

  private void add(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                await(start);
                task.run();
              } catch (Throwable failure) {
                failures.add(failure);
              }
            },
            "racer-" + threads.size());
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private void run() {
    start.countDown();
    join();
  }

  /** Waits until all threads have ended, and fails with what the first of them threw. */
  void join() {
    for (Thread thread : threads) {
      try {
        thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted", e);
      }
      if (thread.isAlive()) {
        AssertionError hangs = new AssertionError(thread.getName() + " hangs");
        hangs.setStackTrace(thread.getStackTrace());
        throw hangs;
      }
    }
    Throwable first = failures.poll();
    if (first != null) {
      failures.forEach(first::addSuppressed);
      throw new AssertionError("a thread failed: " + first, first);
    }
  }

  static void await(CountDownLatch latch) {
    try {
      if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("waited in vain");
      }
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  static void awaitTrue(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited in vain: " + what);
      }
      Thread.onSpinWait();
      Thread.yield();
    }
  }

  /** Waits until a thread waits for something, and not for the processor. */
  void awaitBlocked() {
    awaitTrue(
        "the thread is blocked",
        () ->
            threads.stream()
                .allMatch(
                    thread ->
                        thread.getState() == Thread.State.WAITING
                            || thread.getState() == Thread.State.BLOCKED
                            || isParked(thread)));
  }

  /** A wait for a key looks again once a second. */
  private static boolean isParked(Thread thread) {
    return thread.getState() == Thread.State.TIMED_WAITING
        && LockSupport.getBlocker(thread) != null;
  }
}
