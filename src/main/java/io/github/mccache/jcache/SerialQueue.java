package io.github.mccache.jcache;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one after another, in the order in which they were added, on the threads of an
 * executor. It holds a bounded number of tasks: what comes above that is refused. When the executor
 * has no thread for them, they wait for the next one that is added. Thread-safe.
 */
final class SerialQueue {

  /** Tasks that one thread runs before it lets other queues have a turn. */
  private static final int BATCH = 256;

  private static final Logger LOG = LoggerFactory.getLogger(SerialQueue.class);

  private final Executor executor;
  private final int maximum;
  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();
  private final AtomicBoolean scheduled = new AtomicBoolean();
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
    size.incrementAndGet();
    if (scheduled.compareAndSet(false, true)) {
      schedule();
    }
    return true;
  }

  /** Finds a thread for what waits. A caller has done its write: it does not learn of a failure. */
  private void schedule() {
    try {
      executor.execute(this::runSome);
    } catch (RejectedExecutionException e) {
      closed = true;
    } catch (RuntimeException | Error e) { // such as no thread to be had
      scheduled.set(false);
      warnOf(e);
    }
  }

  private static void warnOf(Throwable failure) {
    try {
      LOG.warn("events wait until the next one: their listeners get no thread", failure);
    } catch (RuntimeException | Error e) {
      // For want of memory, too. The write is done, and its caller must not see this.
    }
  }

  private void runSome() {
    for (int done = 0; done < BATCH; done++) {
      Runnable task = tasks.poll();
      if (task == null) {
        scheduled.set(false);
        if (tasks.isEmpty() || !scheduled.compareAndSet(false, true)) {
          return;
        }
      } else {
        size.decrementAndGet();
        if (!closed) {
          run(task);
        }
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
