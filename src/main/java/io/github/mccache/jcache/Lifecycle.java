package io.github.mccache.jcache;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Whether a cache or a manager is open and, once closed, by which call and when. Thread-safe. */
final class Lifecycle {

  private final String what;
  private final AtomicReference<@Nullable String> closedBy = new AtomicReference<>();

  /**
   * Makes one that is open.
   *
   * @param what how messages call it, such as {@code Cache "books"}
   */
  Lifecycle(String what) {
    this.what = what;
  }

  boolean isClosed() {
    return closedBy.get() != null;
  }

  /** Closes; returns whether this call did it. */
  boolean close(String caller) {
    String who =
        caller + " on thread \"" + Thread.currentThread().getName() + "\" at " + Instant.now();
    return closedBy.compareAndSet(null, who);
  }

  /**
   * Returns if open.
   *
   * @throws IllegalStateException once closed
   */
  void requireOpen() {
    if (closedBy.get() != null) {
      throw closed(null);
    }
  }

  /**
   * Returns what an operation throws that found the cache closed, or failed because it was being
   * closed.
   */
  IllegalStateException closed(@Nullable Throwable cause) {
    return new IllegalStateException(what + " is closed: by " + closedBy.get(), cause);
  }
}
