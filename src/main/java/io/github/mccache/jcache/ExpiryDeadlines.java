package io.github.mccache.jcache;

import io.github.mccache.node.KeyState;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;
import javax.cache.expiry.EternalExpiryPolicy;
import javax.cache.expiry.ExpiryPolicy;
import javax.cache.expiry.ModifiedExpiryPolicy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The durations of an {@link ExpiryPolicy}, in milliseconds (JSR-107, section 7.1). A policy that
 * throws makes a new entry eternal, and leaves the deadline of an existing one as it is.
 * Thread-safe as far as the policy is.
 */
final class ExpiryDeadlines {

  /** The time to live of an entry whose deadline stays as it is. */
  static final long UNCHANGED = -1;

  /** The time to live of an entry that expires at once. */
  static final long AT_ONCE = 0;

  private static final Logger LOG = LoggerFactory.getLogger(ExpiryDeadlines.class);

  /** Policies of the API that never change a deadline at an access: a read does not call them. */
  private static final Set<Class<?>> WITHOUT_ACCESS =
      Set.of(EternalExpiryPolicy.class, CreatedExpiryPolicy.class, ModifiedExpiryPolicy.class);

  private final ExpiryPolicy policy;
  private final boolean asksAtAccess;

  ExpiryDeadlines(ExpiryPolicy policy) {
    this.policy = policy;
    this.asksAtAccess = !WITHOUT_ACCESS.contains(policy.getClass());
  }

  /** Returns a policy whose entries live as long after every write, whatever is read. */
  static ExpiryDeadlines afterWrite(java.time.Duration timeToLive) {
    return new ExpiryDeadlines(
        new ModifiedExpiryPolicy(new Duration(TimeUnit.MILLISECONDS, millis(timeToLive))));
  }

  /**
   * Returns a time to live in milliseconds: at least one, and {@link KeyState#ETERNAL} for what is
   * too long to count, such as {@link java.time.temporal.ChronoUnit#FOREVER}.
   *
   * @throws IllegalArgumentException for zero or less
   */
  static long millis(java.time.Duration timeToLive) {
    if (timeToLive.isZero() || timeToLive.isNegative()) {
      throw new IllegalArgumentException("time to live " + timeToLive + " is not above zero");
    }
    return Math.max(1, TimeUnit.MILLISECONDS.convert(timeToLive));
  }

  /**
   * Returns the time to live of a new entry: {@link #AT_ONCE}, above it, or {@link
   * KeyState#ETERNAL}.
   */
  long forCreation() {
    long ttl = ask(policy::getExpiryForCreation, KeyState.ETERNAL);
    return ttl == UNCHANGED ? KeyState.ETERNAL : ttl;
  }

  /** Returns the time to live after an update, {@link #UNCHANGED} included. */
  long forUpdate() {
    return ask(policy::getExpiryForUpdate, UNCHANGED);
  }

  /** Returns the time to live after a read, {@link #UNCHANGED} included. */
  long forAccess() {
    return asksAtAccess ? ask(policy::getExpiryForAccess, UNCHANGED) : UNCHANGED;
  }

  private static long ask(Supplier<@Nullable Duration> question, long otherwise) {
    try {
      Duration duration = question.get();
      if (duration == null) {
        return UNCHANGED;
      }
      return duration.isEternal()
          ? KeyState.ETERNAL
          : duration.getTimeUnit().toMillis(duration.getDurationAmount());
    } catch (Exception e) {
      LOG.debug("an expiry policy threw; the entry's deadline is the default", e);
      return otherwise;
    }
  }
}
