package io.github.mccache.node;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what other threads do; gives up only when it will not happen any more. */
final class Eventually {

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private Eventually() {}

  static void until(Supplier<String> what, BooleanSupplier condition) {
    long begun = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begun > PATIENCE_NANOS) {
        throw new AssertionError("did not happen: " + what.get());
      }
      LockSupport.parkNanos(200_000);
    }
  }

  static void until(String what, BooleanSupplier condition) {
    until(() -> what, condition);
  }
}
