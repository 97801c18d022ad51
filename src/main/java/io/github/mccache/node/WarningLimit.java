package io.github.mccache.node;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Limits warnings: for each kind, each cause is logged once an hour, and at most ten causes an
 * hour. Peers choose some of the causes, such as class names; they can neither fill the log nor
 * suppress warnings of another kind or of a later hour. Bounded, thread-safe.
 */
final class WarningLimit {

  static final int MOST_CAUSES = 10;

  static final long WINDOW_MILLIS = 3_600_000;

  private final LongSupplier nowMillis;
  private final Map<String, Window> windows = new HashMap<>();

  WarningLimit(LongSupplier nowMillis) {
    this.nowMillis = nowMillis;
  }

  /** The causes of one kind that were logged within an hour. */
  private static final class Window {

    final long begunMillis;
    final Set<String> causes = new HashSet<>();

    Window(long begunMillis) {
      this.begunMillis = begunMillis;
    }

    boolean isOver(long nowMillis) {
      return nowMillis - begunMillis >= WINDOW_MILLIS || nowMillis < begunMillis;
    }
  }

  /**
   * Returns whether a warning is to be logged, and remembers that it was.
   *
   * @param kind one of a few constants
   * @param cause its varying part
   */
  synchronized boolean admits(String kind, String cause) {
    long now = nowMillis.getAsLong();
    Window window = windows.get(kind);
    if (window == null || window.isOver(now)) {
      window = new Window(now);
      windows.put(kind, window);
    }
    return window.causes.size() < MOST_CAUSES && window.causes.add(cause);
  }
}
