package io.github.mccache.jcache;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one after another, in the order in which they were added, on the threads of an
 * executor. It holds a bounded number of tasks: what comes above that is refused. Thread-safe.
 */
final class SerialQueue {

  /** Tasks that one thread runs before it lets other queues have a turn. */
  private static final int BATCH = 256;

  private static final Logger LOG = LoggerFactory.getLogger(SerialQueue.class);

  private final Executor executor;
  private final int maximum;
  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();
  private volatile boolean closed;

  SerialQueue(Executor executor, int maximum) {
    this.executor = executor;
    this.maximum = maximum;
  }

  /** Adds a task; returns false if it was refused, because too many wait or the queue is closed. */
  boolean add(Runnable task) {
    if (closed || size.get() >= maximum) {
      return false;
    }
    tasks.add(task);
    if (size.getAndIncrement() == 0) {
      schedule();
    }
    return true;
  }

  private void schedule() {
    try {
      executor.execute(this::runSome);
    } catch (RejectedExecutionException e) {
      closed = true;
    }
  }

  private void runSome() {
    for (int done = 0; done < BATCH; done++) {
      Runnable task = tasks.poll();
      if (task != null && !closed) {
        run(task);
      }
      if (size.decrementAndGet() == 0) {
        return;
      }
    }
    schedule();
  }

  /** Whatever a task throws, those after it have their turn. */
  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      LOG.warn("a callback of the application failed", e);
    }
  }

  /** Forgets what waits and refuses what comes. */
  void close() {
    closed = true;
  }
}
