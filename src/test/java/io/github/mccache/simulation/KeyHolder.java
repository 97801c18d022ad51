package io.github.mccache.simulation;

import io.github.mccache.protocol.Version;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Threads that hold keys, as a slow cache writer does, while the simulation goes on. A thread that
 * hands over waits, so that never two of them run.
 */
final class KeyHolder implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 30;

  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "key holder");
            thread.setDaemon(true);
            return thread;
          });

  /** A key that is held. */
  static final class Hold {

    private final CountDownLatch released = new CountDownLatch(1);
    private final Future<Version> step;
    private final long begunAtStep;

    private Hold(long begunAtStep, Function<Runnable, Version> step, ExecutorService threads) {
      this.begunAtStep = begunAtStep;
      CountDownLatch holding = new CountDownLatch(1);
      this.step =
          threads.submit(
              () ->
                  step.apply(
                      () -> {
                        holding.countDown();
                        await(released);
                      }));
      await(holding);
    }

    long begunAtStep() {
      return begunAtStep;
    }

    /** Lets the step go on to its end, and returns the version that it wrote. */
    Version release() {
      released.countDown();
      try {
        return step.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException | ExecutionException | TimeoutException e) {
        throw new IllegalStateException("a step that held its key did not end", e);
      }
    }

    private static void await(CountDownLatch latch) {
      try {
        if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          throw new IllegalStateException("a key was not to be had");
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted while a key is held", e);
      }
    }
  }

  /** Runs a step on a thread of its own up to where it runs what it is given. */
  Hold hold(long begunAtStep, Function<Runnable, Version> step) {
    return new Hold(begunAtStep, step, threads);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
