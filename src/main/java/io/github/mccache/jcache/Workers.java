package io.github.mccache.jcache;

import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one manager for what a caller must not wait for: asynchronous listeners, loads,
 * and expiry in time. There are none until there is work, and they end a second after the last.
 * Thread-safe.
 */
final class Workers implements Executor, AutoCloseable {

  /** So many tasks run at once; more wait. A user's callback that blocks takes one of them. */
  private static final int MOST_THREADS = 64;

  private static final long IDLE_MILLIS = 1_000;
  private static final long CLOSE_MILLIS = 300;

  private static final Logger LOG = LoggerFactory.getLogger(Workers.class);

  private final ClassLoader contextClassLoader;
  private final ThreadPoolExecutor pool;

  /**
   * Hands tasks to the pool when their time comes. Not the JDK's common timer: its thread, which
   * never ends, would inherit the class loader of the application that needs it first.
   */
  private final ScheduledThreadPoolExecutor timer;

  /**
   * Makes an executor without threads.
   *
   * @param name how its threads are called
   * @param contextClassLoader what callbacks of the application find as their context class loader
   */
  Workers(String name, ClassLoader contextClassLoader) {
    this.contextClassLoader = contextClassLoader;
    pool =
        new ThreadPoolExecutor(
            MOST_THREADS,
            MOST_THREADS,
            IDLE_MILLIS,
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            threads("mccache-worker-" + name + "-"));
    pool.allowCoreThreadTimeOut(true);
    timer = new ScheduledThreadPoolExecutor(1, threads("mccache-timer-" + name + "-"));
    timer.setKeepAliveTime(IDLE_MILLIS, TimeUnit.MILLISECONDS);
    timer.allowCoreThreadTimeOut(true);
    timer.setRemoveOnCancelPolicy(true);
  }

  /** Returns a maker of daemons that inherit nothing from the thread that needs them. */
  private static ThreadFactory threads(String prefix) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(null, task, prefix + number.incrementAndGet(), 0, false);
      thread.setDaemon(true);
      thread.setContextClassLoader(null);
      return thread;
    };
  }

  /**
   * Runs a task soon. What it throws is logged.
   *
   * @throws RejectedExecutionException once closed
   */
  @Override
  public void execute(Runnable task) {
    pool.execute(() -> run(task));
  }

  /**
   * Runs a task after a time; cancelling what is returned prevents that.
   *
   * @throws RejectedExecutionException once closed
   */
  Future<?> executeAfter(Runnable task, long delayMillis) {
    return timer.schedule(() -> execute(task), delayMillis, TimeUnit.MILLISECONDS);
  }

  private void run(Runnable task) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(contextClassLoader);
    try {
      task.run();
    } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
      LOG.warn("a task of the cache failed", e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /**
   * Lets running tasks end for a moment, then interrupts them; never waits for the thread that
   * calls.
   */
  @Override
  public void close() {
    timer.shutdownNow();
    pool.shutdown();
    try {
      if (!pool.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
        endNow();
        boolean ended = pool.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        if (!ended) {
          LOG.debug("closed while a callback of the application was still running");
        }
      }
    } catch (InterruptedException e) {
      endNow();
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Interrupts what runs. What has waited in vain runs here: it finds its cache closed, and who
   * waits for it in turn hears that.
   */
  private void endNow() {
    pool.shutdownNow().forEach(Runnable::run);
  }
}
