package io.github.mccache.node;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The thread {@code mccache-keys-<node name>}, which applies changes that need code of the
 * application (its key classes, its weigher) unless an operation of the cache comes first. It
 * starts with the first task and ends a second after the last. Thread-safe.
 */
final class DecodingThread implements AutoCloseable {

  private static final long IDLE_MILLIS = 1_000;
  private static final long CLOSE_MILLIS = 100;

  private final FailureLog failures;
  private final ThreadPoolExecutor pool;

  DecodingThread(String nodeName, FailureLog failures) {
    this.failures = failures;
    pool =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_MILLIS,
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(null, task, "mccache-keys-" + nodeName, 0, false);
              thread.setDaemon(true);
              thread.setContextClassLoader(null);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
  }

  /** Runs a task soon; returns false if it will not. */
  boolean execute(Runnable task) {
    try {
      pool.execute(() -> run(task));
      return true;
    } catch (RejectedExecutionException e) {
      return false; // closed
    } catch (OutOfMemoryError e) { // the operating system gives no thread
      failures.onInternalFailure("start the thread that decodes keys", e);
      return false;
    }
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      failures.onInternalFailure("decode keys", e);
    }
  }

  /** Stops the thread without waiting for it. */
  void end() {
    pool.shutdownNow();
  }

  /** Stops the thread and waits up to {@value #CLOSE_MILLIS} ms for its end. */
  @Override
  public void close() {
    end();
    try {
      pool.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
