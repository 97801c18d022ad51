package io.github.mccache.node;

import io.github.mccache.codec.DecodingException;
import io.github.mccache.codec.EncodingException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Failures with keys and values of one cache: each is counted, and logged once per cause and hour.
 * Only classes of keys and values appear, never contents. Thread-safe.
 */
public final class StoreCounters {

  private static final Logger LOG = LoggerFactory.getLogger(CoherentStore.class);

  private final String cacheName;
  private final boolean untyped;
  private final WarningLimit warnings;
  private final Set<String> loggedOnce = ConcurrentHashMap.newKeySet();
  private final LongAdder undecodable = new LongAdder();
  private final LongAdder unencodable = new LongAdder();
  private final LongAdder oversized = new LongAdder();
  private final LongAdder oversizedKeys = new LongAdder();
  private final LongAdder conflicts = new LongAdder();
  private final LongAdder laggardsForgotten = new LongAdder();
  private final LongAdder forgottenEarly = new LongAdder();
  private final LongAdder overflows = new LongAdder();
  private final LongAdder failedChanges = new LongAdder();
  private final AtomicBoolean oversizedLogged = new AtomicBoolean();

  /**
   * Begins at 0.
   *
   * @param untyped whether the cache takes values of every class
   */
  StoreCounters(String cacheName, boolean untyped, LongSupplier nowMillis) {
    this.cacheName = cacheName;
    this.untyped = untyped;
    this.warnings = new WarningLimit(nowMillis);
  }

  /**
   * Returns how many keys and values of other members could not be decoded, or had classes that are
   * not allowed.
   */
  public long undecodableCount() {
    return undecodable.sum();
  }

  /** Returns how many keys and values could not be encoded and were therefore not sent. */
  public long unencodableCount() {
    return unencodable.sum();
  }

  /**
   * Returns how many values were too large to send, so that their keys were invalidated instead.
   */
  public long oversizedCount() {
    return oversized.sum();
  }

  /** Returns how many entries were not kept because their keys are too long to be sent. */
  public long oversizedKeyCount() {
    return oversizedKeys.sum();
  }

  /** Returns how often two members had different values under one version. */
  public long conflictCount() {
    return conflicts.sum();
  }

  /**
   * Returns how many tombstones and fences were discarded for lack of room although a member that
   * does not answer may not have applied them; that member discards its old entries when it
   * returns.
   */
  public long laggardForgottenCount() {
    return laggardsForgotten.sum();
  }

  /**
   * Returns how many tombstones and fences were discarded for lack of room although a live member
   * may not have applied them.
   */
  public long forgottenEarlyCount() {
    return forgottenEarly.sum();
  }

  /** Returns how often the cache was cleared because too many removed keys waited to be sent. */
  public long overflowCount() {
    return overflows.sum();
  }

  /** Returns how often a change of another member could not be applied. */
  public long failedChangeCount() {
    return failedChanges.sum();
  }

  /**
   * Counts a key or value that cannot be decoded.
   *
   * @param own whether this member made it
   */
  void undecodable(DecodingException cause, boolean own) {
    undecodable.increment();
    String message = String.valueOf(cause.getMessage());
    if (!warnings.admits(own ? "own" : cause.reason().name(), message)) {
      return;
    }
    if (own) {
      LOG.warn(
          "Cache {}: a value that was put on this member cannot be decoded; its key misses: {}",
          cacheName,
          message);
    } else if (untyped && cause.isEndedByPut()) {
      LOG.info(
          "Cache {}: an entry of another member misses here until this member itself puts one of"
              + " that class: {}",
          cacheName,
          message);
    } else {
      LOG.warn("Cache {}: an entry of another member misses here: {}", cacheName, message);
    }
  }

  void foreignKey(Class<?> keyClass) {
    undecodable.increment();
    if (warnings.admits("foreign key", keyClass.getName())) {
      LOG.warn(
          "Cache {}: another member sends keys of {}, which is not the key type of this cache;"
              + " they are discarded. Give the cache the same types on every member.",
          cacheName,
          keyClass);
    }
  }

  void foreignKey(int codec) {
    undecodable.increment();
    if (isFirst("key codec")) {
      LOG.warn(
          "Cache {}: another member sends a key with the codec number {}, which no key of this"
              + " cache has; such keys are discarded. Give the cache the same types and codecs on"
              + " every member. Logged once; the counter Undecodable goes on.",
          cacheName,
          codec);
    }
  }

  void refusedKey(EncodingException cause) {
    undecodable.increment();
    if (warnings.admits("refused key", cause.className())) {
      LOG.warn(
          "Cache {}: another member sends keys that this cache does not accept; they are discarded:"
              + " {}",
          cacheName,
          cause.getMessage());
    }
  }

  void failingKey(Throwable cause) {
    undecodable.increment();
    String name = cause.getClass().getName();
    if (isFirst("failing key")) {
      LOG.warn(
          "Cache {}: a key from another member cannot be used here: its class threw {}; its entry"
              + " is kept for other members only",
          cacheName,
          name);
    }
  }

  void failedChange(Throwable cause) {
    failedChanges.increment();
    String name = cause.getClass().getName();
    if (warnings.admits("failed change", name)) {
      LOG.warn(
          "Cache {}: a change of another member could not be applied because of {}; its key misses"
              + " until the change, which is requested again, can be applied",
          cacheName,
          name,
          withoutMessage(cause));
    }
  }

  private static Throwable withoutMessage(Throwable failure) {
    RuntimeException trace = new RuntimeException("thrown here; the message is left out");
    trace.setStackTrace(failure.getStackTrace());
    return trace;
  }

  void encodedOverflow() {
    forgottenEarly.increment();
    if (isFirst("encoded overflow")) {
      LOG.warn(
          "Cache {}: changes of other members arrive faster than their keys can be decoded; the"
              + " oldest are discarded, together with all entries that may be older. Declare the"
              + " types of the cache, or give its keys a Codec. Logged once; the counter"
              + " MarksForgottenEarly goes on.",
          cacheName);
    }
  }

  void unencodableKey(EncodingException cause) {
    unencodable.increment();
    if (warnings.admits("own key", String.valueOf(cause.getMessage()))) {
      LOG.warn(
          "Cache {}: changes of a key stay on this member because the key cannot be encoded: {}",
          cacheName,
          cause.getMessage());
    }
  }

  void unencodableValue(EncodingException cause) {
    unencodable.increment();
    if (warnings.admits("own value", String.valueOf(cause.getMessage()))) {
      LOG.warn(
          "Cache {}: a value cannot be encoded; its key is invalidated on the other members: {}",
          cacheName,
          cause.getMessage());
    }
  }

  void unsendableLoad(EncodingException cause) {
    unencodable.increment();
    if (warnings.admits("loaded value", String.valueOf(cause.getMessage()))) {
      LOG.warn(
          "Cache {}: a loaded value stays on this member because it cannot be encoded: {}",
          cacheName,
          cause.getMessage());
    }
  }

  void oversized(long bytes, long maximumBytes) {
    oversized.increment();
    if (oversizedLogged.compareAndSet(false, true)) {
      LOG.warn(
          "Cache {}: a value of {} bytes is above max-value = {} bytes; its key is invalidated on"
              + " the other members. Logged once; the counter OversizedValues goes on.",
          cacheName,
          bytes,
          maximumBytes);
    }
  }

  void oversizedKey(long bytes, long maximumBytes) {
    oversizedKeys.increment();
    if (isFirst("oversized key")) {
      LOG.warn(
          "Cache {}: a key of {} bytes is above the limit of {} bytes; such entries are not kept,"
              + " because their changes could not be sent. Shorten the key, or set the mode of the"
              + " cache to local. Logged once; the counter OversizedKeys goes on.",
          cacheName,
          bytes,
          maximumBytes);
    }
  }

  void laggardForgotten() {
    laggardsForgotten.increment();
  }

  void forgottenEarly() {
    forgottenEarly.increment();
  }

  void overflow(int marks) {
    overflows.increment();
    if (isFirst("overflow")) {
      LOG.warn(
          "Cache {}: {} removed or evicted keys wait to be sent, which is the limit; the cache is"
              + " cleared on every member instead. Writes come faster than they may be sent: write"
              + " less, or set the mode of the cache to invalidate or local. Logged once; the"
              + " counter Overflows goes on.",
          cacheName,
          marks);
    }
  }

  void unweighable(String reason) {
    if (warnings.admits("weigher", reason)) {
      LOG.warn(
          "Cache {}: its weigher failed: {}. Such an entry counts as 1. Logged once per reason.",
          cacheName,
          reason);
    }
  }

  void conflict() {
    conflicts.increment();
    if (isFirst("conflict")) {
      LOG.error(
          "Cache {}: two members have different values under the same version; both discard theirs."
              + " A cause can be a copy of a running process, such as a cloned virtual machine.",
          cacheName);
    }
  }

  /** Returns whether a warning with a constant text was not logged before. */
  private boolean isFirst(String kind) {
    return loggedOnce.add(kind);
  }
}
