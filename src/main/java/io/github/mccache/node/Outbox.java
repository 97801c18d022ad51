package io.github.mccache.node;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Payload;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes what is to be sent out of the caches, in rounds that visit every cache until it is empty,
 * and knows up to which time that is complete: a time that had settled when the round began is
 * complete when the round ends. Every cache gets its turn after a few changes of the others, so
 * that a busy one holds up nobody. Confined to the thread of the event loop.
 */
final class Outbox {

  private static final int CHANGES_PER_VISIT = 64;

  /** After so many bytes no more is taken: about what the rate lets go at once. */
  static final int BYTES_AT_ONCE = 64 << 10;

  /** What a change takes besides its key and value, roughly. */
  private static final int CHANGE_BYTES = 40;

  private final CacheRegistry caches;
  private final LongSupplier settle;
  private final FailureLog failures;
  private final Queue<ClusteredCache> toVisit = new ArrayDeque<>();
  private boolean roundOpen;
  private boolean roundFailed;
  private long roundTime;
  private long completeTime;

  /**
   * Makes an empty outbox.
   *
   * @param settle gives the highest time up to which every change is marked in its cache
   */
  Outbox(CacheRegistry caches, LongSupplier settle, FailureLog failures) {
    this.caches = caches;
    this.settle = settle;
    this.failures = failures;
  }

  /**
   * Returns the next changes, at most {@code maximum}; fewer when there are no more, or when they
   * are large: what is not taken stays in its cache, where a newer value of its key replaces it.
   */
  List<Change> take(int maximum) {
    if (!roundOpen) {
      beginRound();
    }
    Batch batch = new Batch();
    int room = maximum;
    while (room > 0 && !batch.isFull() && !toVisit.isEmpty()) {
      room -= visit(toVisit.remove(), Math.min(room, CHANGES_PER_VISIT), batch);
    }
    if (toVisit.isEmpty()) {
      endRound();
    }
    return batch.changes;
  }

  /** What is taken at once. */
  private static final class Batch {

    private final List<Change> changes = new ArrayList<>();
    private long bytes;

    /** Returns whether there is room for another one. */
    boolean add(Change change) {
      changes.add(change);
      bytes += CHANGE_BYTES + bytesOf(change.key()) + bytesOf(change.value());
      return !isFull();
    }

    boolean isFull() {
      return bytes >= BYTES_AT_ONCE;
    }

    private static int bytesOf(@Nullable Payload payload) {
      return payload == null ? 0 : payload.bytes().length;
    }
  }

  /** Returns whether some cache may have more to give now. */
  boolean hasMore() {
    return roundOpen;
  }

  /**
   * Returns the caches that have more to give, and takes one key of each: for the end, when there
   * is no time for the rest.
   */
  List<ClusteredCache> unfinished() {
    if (!roundOpen) {
      beginRound();
    }
    List<ClusteredCache> unfinished = new ArrayList<>();
    for (ClusteredCache cache : toVisit) {
      try {
        if (cache.drain(1, change -> true) > 0) {
          unfinished.add(cache);
        }
      } catch (RuntimeException | Error e) {
        unfinished.add(cache);
        failures.onCacheFailure("drain", cache.name(), e);
      }
    }
    return unfinished;
  }

  /** Returns the time at or below which every change has been taken. */
  long completeTime() {
    return completeTime;
  }

  private void beginRound() {
    roundTime = settle.getAsLong(); // first: what is marked later is of no concern to this time
    roundFailed = false;
    roundOpen = true;
    toVisit.addAll(caches.toDrain());
  }

  private void endRound() {
    roundOpen = false;
    if (!roundFailed) {
      completeTime = Math.max(completeTime, roundTime);
    }
  }

  /** Returns how much of the room was used. */
  private int visit(ClusteredCache cache, int wanted, Batch batch) {
    List<Change> taken = batch.changes;
    int before = taken.size();
    try {
      int drained = cache.drain(wanted, batch::add);
      if (drained >= wanted || batch.isFull()) {
        toVisit.add(cache);
      } else {
        caches.drained(cache);
      }
      return Math.max(drained, taken.size() - before);
    } catch (RuntimeException | Error e) {
      // Not again in this round, or a cache that always throws would keep the thread busy.
      roundFailed = true;
      failures.onCacheFailure("drain", cache.name(), e);
      return taken.size() - before;
    }
  }
}
