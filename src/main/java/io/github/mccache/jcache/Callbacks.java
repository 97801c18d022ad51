package io.github.mccache.jcache;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which threads are within a callback of the application, whatever cache called it. Such a thread
 * may hold keys that others want, or is the one that others wait for, so it must not wait for
 * others' callbacks itself. Thread-safe.
 *
 * <p>Static, because the callbacks of two caches can call each other's crosswise; it holds threads
 * and nothing of the application.
 */
final class Callbacks {

  private static final ConcurrentHashMap<Thread, Boolean> WITHIN = new ConcurrentHashMap<>();

  private Callbacks() {}

  /** Marks the calling thread; returns whether it was not marked before, for {@link #exit}. */
  static boolean enter() {
    return WITHIN.putIfAbsent(Thread.currentThread(), true) == null;
  }

  /** Undoes an {@link #enter}, given what that returned. */
  static void exit(boolean outermost) {
    if (outermost) {
      WITHIN.remove(Thread.currentThread());
    }
  }

  /** Returns whether the calling thread is marked. */
  static boolean isWithin() {
    return !WITHIN.isEmpty() && WITHIN.containsKey(Thread.currentThread());
  }

  /** Runs a callback. */
  static <T extends @Nullable Object> T within(Supplier<T> callback) {
    boolean outermost = enter();
    try {
      return callback.get();
    } finally {
      exit(outermost);
    }
  }
}
