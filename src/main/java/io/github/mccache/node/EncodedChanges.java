package io.github.mccache.node;

import io.github.mccache.node.RemoteChanges.Arrival;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyRule;
import io.github.mccache.replication.ApplyRule.Path;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The changes of other members whose keys are still encoded, the newest of each key: <em>fresh</em>
 * ones, which no thread has decoded yet, and <em>unreadable</em> ones, whose key cannot be decoded
 * here until the codecs of the cache have learned a class. An unreadable change is a record like
 * any other, except that no operation of the application sees it: members that request its key
 * receive it, it obeys clears and deadlines, and it is discarded under the rules of a tombstone.
 *
 * <p><b>Bounds.</b> By number and by bytes. Above them the oldest unreadable changes are discarded,
 * which raises the trust floor. Fresh changes are never discarded alone, because an older entry of
 * the key may be here: see {@link #overflow}.
 *
 * <p>Only the event loop adds changes; otherwise thread-safe.
 */
@SuppressWarnings("ReferenceEquality") // a change is replaced by another that may be equal
final class EncodedChanges {

  private static final int LEAST_MAXIMUM = 10_000;
  private static final int MOST_UNREADABLE = 100_000;
  private static final int MOST_FRESH = 1_000_000;
  private static final long MAXIMUM_BYTES = 64L << 20;

  /** What a change takes besides its bytes. */
  private static final int OVERHEAD_BYTES = 200;

  private static final long TIDY_MILLIS = 5_000;

  /** A stored change. */
  static final class Held {

    private final long number;
    private final Payload key;
    private final Arrival arrival;
    private final boolean trusted;
    private final long sinceMillis;
    private final AtomicBoolean taken = new AtomicBoolean();

    private Held(Payload key, Arrival arrival, boolean trusted, long number, long sinceMillis) {
      this.key = key;
      this.arrival = arrival;
      this.trusted = trusted;
      this.number = number;
      this.sinceMillis = sinceMillis;
    }

    Payload key() {
      return key;
    }

    Arrival arrival() {
      return arrival;
    }

    Version version() {
      return arrival.version();
    }

    /**
     * Returns the change as it is applied once its key is readable. It has been a record here since
     * it arrived, so a trust floor that has risen since then does not reject it.
     */
    Arrival asKnown() {
      boolean saysWhat = arrival.change().kind() != Change.Kind.INVALIDATE;
      return trusted && saysWhat ? new Arrival(arrival.change(), Path.WARM_UP) : arrival;
    }

    /** Claims the decoding for this thread; false if another thread has claimed it. */
    boolean take() {
      return taken.compareAndSet(false, true);
    }

    /** Releases the claim. */
    void giveBack() {
      taken.set(false);
    }

    private long bytes() {
      Payload value = arrival.change().value();
      return OVERHEAD_BYTES + key.bytes().length + (value == null ? 0L : value.bytes().length);
    }

    /** Returns the change that a member receives when it requests the key. */
    private Change toSend(boolean keepsValues, long nowMillis) {
      Change change = arrival.change();
      boolean hasValue =
          change.value() != null && trusted && keepsValues && change.deadlineMillis() > nowMillis;
      return hasValue || change.value() == null ? change : withoutValue().arrival.change();
    }

    /** Returns the same change as an invalidation. */
    private Held withoutValue() {
      Change change = arrival.change();
      Change invalidation = Change.invalidate(change.cache(), change.version(), key);
      return new Held(key, new Arrival(invalidation, Path.RESYNC), false, number, sinceMillis);
    }
  }

  private final ConcurrentHashMap<Payload, Held> all = new ConcurrentHashMap<>();
  private final ConcurrentSkipListMap<Long, Held> fresh = new ConcurrentSkipListMap<>();
  private final ConcurrentSkipListMap<Long, Held> unreadable = new ConcurrentSkipListMap<>();
  private volatile int size; // written under the monitor, as the two below
  private volatile int unreadableSize;
  private long bytes;
  private final int maximumUnreadable;
  private final int maximumFresh;
  private final long maximumBytes;
  private final boolean keepsValues;
  private final Marks<?> marks;
  private final Floor lostUpTo;
  private final Stability stability;
  private final StoreCounters counters;
  private long arrivals; // confined to the thread of the event loop
  private long tidiedMillis; // confined to the thread of the event loop

  /**
   * Makes an empty set of changes.
   *
   * @param marks raises the trust floor for discarded changes
   * @param lostUpTo raised for values that expire here
   */
  EncodedChanges(
      StoreOptions<?, ?> options,
      Marks<?> marks,
      Floor lostUpTo,
      Stability stability,
      StoreCounters counters) {
    long entries = options.maximumEntries().orElse(Long.MAX_VALUE);
    this.maximumUnreadable = (int) Math.max(LEAST_MAXIMUM, Math.min(MOST_UNREADABLE, entries));
    this.maximumFresh = (int) Math.max(MOST_UNREADABLE, Math.min(MOST_FRESH, entries));
    this.maximumBytes = Math.max(MAXIMUM_BYTES, options.maximumBytes().orElse(0));
    this.keepsValues = options.sharing() == StoreOptions.Sharing.REPLICATE;
    this.marks = marks;
    this.lostUpTo = lostUpTo;
    this.stability = stability;
    this.counters = counters;
  }

  // ---- for every operation ----

  boolean isEmpty() {
    return size == 0;
  }

  boolean hasFresh() {
    return !fresh.isEmpty();
  }

  boolean hasUnreadable() {
    return unreadableSize > 0;
  }

  int unreadableSize() {
    return unreadableSize;
  }

  // ---- the thread of the event loop ----

  /**
   * Adds a change, unless what is here of its key is newer or says the same.
   *
   * @param trusted whether it would be taken for a key of which nothing else is known
   */
  synchronized void add(Payload key, Arrival arrival, boolean trusted, long nowMillis) {
    Held before = all.get(key);
    Held after = new Held(key, arrival, trusted, ++arrivals, nowMillis);
    if (before != null) {
      after = joined(before, after);
      if (after == before) {
        return;
      }
    }
    insert(after, true); // first: a reader that finds nothing must not have missed the one before
    if (before != null) {
      unlink(before);
    }
    while (unreadableSize > maximumUnreadable || (bytes > maximumBytes && unreadableSize > 0)) {
      Held oldest = unreadable.firstEntry().getValue();
      marks.forgotten(oldest.version());
      counters.forgottenEarly();
      remove(oldest);
    }
  }

  /** Joins two changes of one encoded key, by the rule of {@code ApplyRule}. */
  private Held joined(Held before, Held after) {
    int order = after.version().compareTo(before.version());
    if (order < 0) {
      return before;
    }
    boolean trusted = before.trusted || after.trusted;
    if (order > 0) {
      return new Held(after.key, after.arrival, trusted, after.number, after.sinceMillis);
    }
    Change change = after.arrival.change();
    Change known = before.arrival.change();
    if (after.arrival.path() == Path.DOUBT || (after.trusted && !before.trusted)) {
      return after;
    }
    if (change.kind() == Change.Kind.INVALIDATE) {
      return before;
    }
    if (known.kind() == Change.Kind.INVALIDATE) {
      return isNews(before.arrival.path()) ? before : after;
    }
    if (Objects.equals(known.value(), change.value())) {
      return before;
    }
    counters.conflict();
    Change fence = Change.invalidate(change.cache(), change.version(), after.key);
    return new Held(
        after.key, new Arrival(fence, Path.LIVE), trusted, after.number, after.sinceMillis);
  }

  private static boolean isNews(Path path) {
    return path == Path.LIVE || path == Path.DOUBT;
  }

  /**
   * Returns the version at or below which nothing may be trusted any more, entries included,
   * because too many changes wait to be decoded; null if there is room.
   */
  synchronized @Nullable Version overflow() {
    int waiting = size - unreadableSize;
    if (waiting <= maximumFresh && bytes <= maximumBytes) {
      return null;
    }
    Version highest = Version.NONE;
    int left = Math.max(1, waiting / 8);
    for (Iterator<Held> oldest = fresh.values().iterator(); oldest.hasNext() && left > 0; left--) {
      Version version = oldest.next().version();
      highest = version.isAfter(highest) ? version : highest;
    }
    return highest;
  }

  /** Discards unreadable changes under the rules of tombstones, and expired values. */
  synchronized void forgetOld(long nowMillis) {
    if (unreadableSize == 0 || nowMillis - tidiedMillis < TIDY_MILLIS) {
      return;
    }
    tidiedMillis = nowMillis;
    long stableTime = stability.stableTime();
    for (Held held : unreadable.values()) {
      Change change = held.arrival.change();
      if (change.version().time() > stableTime) {
        continue;
      }
      if (change.value() == null) {
        if (nowMillis - held.sinceMillis >= Marks.RETENTION_MILLIS) {
          marks.forgotten(change.version());
          remove(held);
        }
      } else if (change.deadlineMillis() <= nowMillis) {
        lostUpTo.raise(change.version());
        remove(held);
      }
    }
  }

  /** Discards changes at or below a version; of this member's own, the version remains. */
  synchronized void distrust(Version upTo, Predicate<Version> isOwn) {
    for (Held held : all.values()) {
      if (!held.version().isAfter(upTo)) {
        boolean wasFresh = fresh.containsKey(held.number);
        if (isOwn.test(held.version())) {
          unlink(held);
          insert(held.withoutValue(), wasFresh);
        } else {
          remove(held);
        }
      }
    }
  }

  /** Discards changes that are superfluous: no floor rises. */
  synchronized void removeIf(Predicate<Version> superfluous) {
    for (Held held : all.values()) {
      if (superfluous.test(held.version())) {
        remove(held);
      }
    }
  }

  // ---- requests of other members ----

  /** Returns whether a change of this key is here. */
  boolean knows(Payload key) {
    return all.containsKey(key);
  }

  /** Returns the change to send of a key, null if there is none. */
  @Nullable Change toSend(Payload key, long nowMillis) {
    Held held = all.get(key);
    return held == null ? null : toSend(held, nowMillis);
  }

  /** Returns the changes to send of all keys; weakly consistent. */
  Stream<Change> toSend(LongSupplier nowMillis) {
    return all.values().stream()
        .map(held -> toSend(held, nowMillis.getAsLong()))
        .filter(Objects::nonNull);
  }

  private @Nullable Change toSend(Held held, long nowMillis) {
    return ApplyRule.isAheadOfClock(held.version(), nowMillis)
        ? null
        : held.toSend(keepsValues, nowMillis);
  }

  // ---- decoding, any thread ----

  /** Returns the changes that no thread has finished decoding by now, the oldest first. */
  Collection<Held> fresh() {
    Map.Entry<Long, Held> newest = fresh.lastEntry();
    return newest == null ? List.of() : fresh.headMap(newest.getKey(), true).values();
  }

  /** Returns the changes whose keys could not be decoded. */
  Collection<Held> unreadable() {
    return unreadable.values();
  }

  /** Returns whether a change still waits to be applied. */
  boolean holds(Held held) {
    return all.get(held.key) == held;
  }

  /** Makes a fresh change unreadable; returns false if it was not fresh. */
  synchronized boolean setAside(Held held) {
    if (!holds(held) || !fresh.containsKey(held.number)) {
      return false;
    }
    boolean keeps = held.arrival.change().value() == null || (keepsValues && held.trusted);
    insert(keeps ? held : held.withoutValue(), false);
    unlink(held);
    return true;
  }

  /** Removes a change that was applied or discarded. */
  synchronized void remove(Held held) {
    if (all.remove(held.key, held)) {
      unlink(held);
    }
  }

  private synchronized void unlink(Held held) {
    if (!fresh.remove(held.number, held) && unreadable.remove(held.number, held)) {
      unreadableSize--;
    }
    size--;
    bytes -= held.bytes();
  }

  private synchronized void insert(Held held, boolean asFresh) {
    size++;
    bytes += held.bytes();
    if (asFresh) {
      fresh.put(held.number, held);
    } else {
      unreadableSize++;
      unreadable.put(held.number, held);
    }
    all.put(held.key, held);
  }
}
