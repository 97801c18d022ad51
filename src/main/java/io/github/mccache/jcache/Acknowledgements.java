package io.github.mccache.jcache;

import io.github.mccache.api.Acknowledge;
import io.github.mccache.config.CacheSettings;
import io.github.mccache.node.Acknowledgement;
import io.github.mccache.node.MemberFailedException;
import io.github.mccache.node.Node;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Makes an operation that wrote wait until every live member has applied it, where the settings of
 * the cache want that ({@code acknowledge = all}). Nobody waits while a key is held: what a loader,
 * writer, entry processor or synchronous listener writes is waited for by the operation that called
 * it, when that has let go of its keys. Thread-safe.
 */
final class Acknowledgements {

  /** For a cache whose writes wait for no other member. */
  private static final Awaited NOTHING = new Awaited(null);

  /**
   * The caches that a thread has written to in a callback and has yet to wait for. Static, as one
   * cache's callback may write to another; emptied when the outermost operation ends.
   */
  private static final ConcurrentHashMap<Thread, Set<Acknowledgements>> OWED =
      new ConcurrentHashMap<>();

  private final String cacheName;
  private final @Nullable Node node;
  private final Duration timeout;

  /**
   * Makes those of a cache.
   *
   * @param node the member that shares it, null if it is local
   */
  Acknowledgements(String cacheName, CacheSettings settings, @Nullable Node node) {
    this.cacheName = cacheName;
    this.node = settings.acknowledge() == Acknowledge.ALL ? node : null;
    this.timeout = settings.acknowledgeTimeout();
  }

  /** The acknowledgement of one operation, wanted from its beginning to its end. */
  record Awaited(@Nullable Acknowledgement acknowledgement) implements AutoCloseable {

    @Override
    public void close() {
      if (acknowledgement != null) {
        acknowledgement.close();
      }
    }
  }

  /** To be called before an operation that may write, and closed when it has ended. */
  Awaited begin() {
    return node == null ? NOTHING : new Awaited(node.beginAcknowledged());
  }

  /**
   * Ends an operation, when it holds no key any more by itself: waits, if it wrote.
   *
   * @throws CacheException if not every live member has applied the writes in time, naming those
   *     that have not; or if the thread is interrupted, which it stays
   */
  void end(Awaited awaited, boolean wrote) {
    Acknowledgement acknowledgement = awaited.acknowledgement();
    boolean within = Callbacks.isWithin();
    if (acknowledgement != null && wrote) {
      if (within) {
        OWED.computeIfAbsent(Thread.currentThread(), thread -> new LinkedHashSet<>()).add(this);
      } else {
        await(acknowledgement);
      }
    }
    if (!within && !OWED.isEmpty()) {
      awaitOwed();
    }
  }

  /** Forgets what an operation that failed owes. */
  static void forgetOwed() {
    if (!OWED.isEmpty() && !Callbacks.isWithin()) {
      OWED.remove(Thread.currentThread());
    }
  }

  private static void awaitOwed() {
    Set<Acknowledgements> owed = OWED.remove(Thread.currentThread());
    if (owed != null) {
      for (Acknowledgements other : owed) {
        try (Awaited late = other.begin()) {
          Acknowledgement acknowledgement = late.acknowledgement();
          if (acknowledgement != null) {
            other.await(acknowledgement);
          }
        }
      }
    }
  }

  private void await(Acknowledgement acknowledgement) {
    try {
      if (!acknowledgement.await(timeout)) {
        throw new CacheException(
            "cache \""
                + cacheName
                + "\": a write is done here, but was not acknowledged within "
                + TimeUnit.MILLISECONDS.convert(timeout)
                + " ms ("
                + "acknowledge-timeout) by "
                + names(acknowledgement.missing())
                + "; it stays, and goes on to them");
      }
    } catch (MemberFailedException e) {
      throw Failures.translated(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CacheException(
          "cache \""
              + cacheName
              + "\": a write is done here, but the thread was interrupted while it waited for the"
              + " acknowledgement of the other members",
          e);
    }
  }

  private static String names(List<String> labels) {
    return labels.isEmpty() ? "members that cannot be named now" : String.join(", ", labels);
  }
}
