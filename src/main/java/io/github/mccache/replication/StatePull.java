package io.github.mccache.replication;

import io.github.mccache.protocol.Message.Applied;
import io.github.mccache.protocol.Message.Beginning;
import io.github.mccache.protocol.Message.StateChunk;
import io.github.mccache.protocol.Message.StateRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One transfer of state to this member, from one donor: asks for one window after the other, and
 * again for what is missing. Confined to the thread of {@link Replica}.
 */
final class StatePull {

  private static final int ASK_EVERY = StateDonor.WINDOW_CHUNKS / 4;
  private static final int MAX_AHEAD = 4_096;
  private static final long FIRST_RETRY_NANOS = 20_000_000;
  private static final int DOUBLINGS = 4;
  private static final long GIVE_UP_AT_FIRST_NANOS = 700_000_000;
  private static final long GIVE_UP_NANOS = 1_500_000_000;
  private static final long GIVE_UP_PIECES_NANOS = 60_000_000_000L;

  private final long donor;
  private final StateRequest first;
  private final TreeSet<Long> arrivedAhead = new TreeSet<>();
  private final Set<Long> refused = new HashSet<>();
  private final Set<Long> failed = new HashSet<>();
  private @Nullable Beginning beginning;
  private long nextChunk;
  private long lastChunk = Long.MAX_VALUE;
  private long askedFor;
  private int retries;
  private long dueNanos;
  private long lastProgressNanos;
  private long lastPieceNanos;
  private long records;

  StatePull(
      long donor,
      long request,
      boolean everyCache,
      List<Long> caches,
      List<Applied> known,
      long nowNanos) {
    this.donor = donor;
    this.first = new StateRequest(donor, request, 0, everyCache, caches, known, false);
    this.dueNanos = nowNanos;
    this.lastProgressNanos = nowNanos;
    this.lastPieceNanos = nowNanos;
  }

  long donor() {
    return donor;
  }

  List<Long> caches() {
    return first.caches();
  }

  List<Applied> known() {
    return first.known();
  }

  @Nullable Beginning beginning() {
    return beginning;
  }

  long records() {
    return records;
  }

  boolean isDone() {
    return nextChunk > lastChunk;
  }

  boolean isStuck(long nowNanos) {
    long silent = nowNanos - lastProgressNanos;
    if (beginning == null && nowNanos - lastPieceNanos > GIVE_UP_AT_FIRST_NANOS) {
      return silent > GIVE_UP_AT_FIRST_NANOS;
    }
    return Math.min(silent, nowNanos - lastPieceNanos) > GIVE_UP_NANOS
        || silent > GIVE_UP_PIECES_NANOS;
  }

  /** Something of this stream was not taken while this transfer went on. */
  void onRefused(long origin) {
    refused.add(origin);
  }

  boolean isRefused(long origin) {
    return refused.contains(origin);
  }

  /** A record of an open cache could not be applied. */
  void onFailed(long cache) {
    failed.add(cache);
  }

  /** Returns the caches of which some record could not be applied. */
  Set<Long> failed() {
    return failed;
  }

  /** A piece of something arrived, which may be a long chunk. */
  void onPiece(long from, long nowNanos) {
    if (from == donor) {
      lastPieceNanos = nowNanos;
    }
  }

  /**
   * A chunk arrived; returns whether its changes are to be applied. Chunks that come before the
   * first one are left for later: what the first one says must be known before.
   */
  boolean onChunk(long from, StateChunk chunk, long nowNanos) {
    if (from != donor || chunk.request() != first.request() || chunk.number() < nextChunk) {
      return false;
    }
    if (chunk.beginning() != null) {
      beginning = chunk.beginning();
    } else if (beginning == null || chunk.number() > nextChunk + MAX_AHEAD) {
      return false;
    }
    if (!arrivedAhead.add(chunk.number())) {
      return false;
    }
    if (chunk.last()) {
      lastChunk = chunk.number();
    }
    records += chunk.changes().size();
    long before = nextChunk;
    while (!arrivedAhead.isEmpty() && arrivedAhead.first() == nextChunk) {
      arrivedAhead.pollFirst();
      nextChunk++;
    }
    if (nextChunk > before) {
      lastProgressNanos = nowNanos;
      retries = 0;
      boolean ask = nextChunk - askedFor >= ASK_EVERY;
      dueNanos = ask ? nowNanos : nowNanos + FIRST_RETRY_NANOS;
    } else if (retries == 0 && dueNanos - (nowNanos + FIRST_RETRY_NANOS / 2) > 0) {
      dueNanos = nowNanos + FIRST_RETRY_NANOS / 2; // something was overtaken or lost
    }
    return true;
  }

  /** Asks for what comes next, if that is due; what is known may need more than a datagram. */
  void onTick(long nowNanos, Sender sender, EffectsCollector effects) {
    if (isDone() || nowNanos - dueNanos < 0) {
      return;
    }
    askedFor = nextChunk;
    dueNanos = nowNanos + (FIRST_RETRY_NANOS << Math.min(DOUBLINGS, retries++));
    sender.send(request(nextChunk == 0, false), donor, effects);
  }

  /** Sends the donor that the transfer has ended. */
  void stop(EffectsCollector effects) {
    effects.send(request(false, true), donor);
  }

  long dueNanos() {
    return dueNanos;
  }

  private StateRequest request(boolean whole, boolean stop) {
    return new StateRequest(
        donor,
        first.request(),
        nextChunk,
        first.everyCache(),
        whole ? first.caches() : List.of(),
        whole ? first.known() : List.of(),
        stop);
  }
}
