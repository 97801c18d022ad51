package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message.Applied;
import io.github.mccache.protocol.Message.Beginning;
import io.github.mccache.protocol.Message.StateChunk;
import io.github.mccache.protocol.Message.StateRequest;
import io.github.mccache.protocol.Version;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Gives this member's records to those who ask, one window of chunks at a time: at most {@value
 * #MAX_SESSIONS} members at once, others are refused and ask elsewhere or later. What a member that
 * asks costs here is a window of chunks and a place in the caches; the caches are read as it goes.
 * A chunk that travels in pieces is sent before the next one is made. Confined to the thread of
 * {@link Replica}.
 */
final class StateDonor {

  static final int MAX_SESSIONS = 8;

  /** Less than the 212 KB that Linux grants a socket by default. */
  static final int WINDOW_CHUNKS = 96;

  private static final int RECORDS_PER_TICK = 4_096;
  private static final int AGAIN_PER_REQUEST = 16;
  private static final long AGAIN_AFTER_NANOS = 15_000_000;
  private static final long IDLE_NANOS = 10_000_000_000L;

  /**
   * A member that takes chunks acknowledges some within a third of a second. While all places are
   * taken, one that was silent for this long loses its place to another member.
   */
  private static final long ABANDONED_NANOS = 1_000_000_000;

  /** Each begins a window of chunks, which is a thousand times as long as the request. */
  static final int MOST_BEGINNINGS_PER_MEMBER_AND_SECOND = 6;

  /**
   * A session that looks through millions of records which are not wanted, or waits for its share
   * of the rate, sends an empty chunk after this time: the other member gives up a donor that sends
   * nothing for three times as long.
   */
  static final long LONGEST_SILENCE_NANOS = 500_000_000;

  private static final long SECOND_NANOS = 1_000_000_000;
  private static final long BUSY_NANOS = 1_000_000;

  /** A load that took longer stays on its member: see the caches of {@code node}. */
  static final long LONGEST_LOAD_TIME = HybridTime.ofMillis(60_000);

  private static final class Sent {
    private final StateChunk chunk;
    private long sentNanos;

    Sent(StateChunk chunk, long sentNanos) {
      this.chunk = chunk;
      this.sentNanos = sentNanos;
    }
  }

  private static final class Session {
    private final long to;
    private final long request;
    private final Set<Long> whole;
    private final Map<Long, Long> known = new HashMap<>();
    private final long knownOfOthers;
    private final Iterator<@Nullable Change> records;
    private final Deque<Sent> unacknowledged = new ArrayDeque<>();
    private @Nullable Beginning beginning;
    private @Nullable Change left;
    private long nextChunk;
    private boolean exhausted;
    private long lastHeardNanos;
    private long lastSentNanos;

    Session(StateRequest request, long to, Records all, Beginning beginning, long nowNanos) {
      this.to = to;
      this.lastSentNanos = nowNanos;
      this.request = request.request();
      this.beginning = beginning;
      for (Applied applied : request.known()) {
        known.put(applied.origin(), applied.completeTime());
      }
      this.whole = Set.copyOf(request.caches());
      this.knownOfOthers = known.getOrDefault(StateRequest.ANY_ORIGIN, -1L);
      this.records = all.scan(cachesOf(request), this::isWanted);
    }

    private static LongPredicate cachesOf(StateRequest request) {
      return request.everyCache() ? cache -> true : Set.copyOf(request.caches())::contains;
    }

    boolean isWanted(Change change) {
      return isWanted(change.cache(), change.kind(), change.version());
    }

    /**
     * A fill is stamped before its load, and may come after what was promised to be complete; so
     * may the mark that stands in its place.
     */
    boolean isWanted(long cache, Change.Kind kind, Version version) {
      if (whole.contains(cache)) {
        return true;
      }
      long from = known.getOrDefault(version.origin(), knownOfOthers);
      boolean loaded = kind == Change.Kind.FILL || kind == Change.Kind.INVALIDATE;
      return version.time() > from - (loaded ? LONGEST_LOAD_TIME : 0);
    }
  }

  private final ReplicaOptions options;
  private final Records records;
  private final Map<Long, Session> sessions = new LinkedHashMap<>();

  /** How many sessions each member has begun in this second. */
  private final Map<Long, Integer> begun = new HashMap<>();

  private @Nullable Long begunSinceNanos;
  private long refusals;

  StateDonor(ReplicaOptions options, Records records) {
    this.options = options;
    this.records = records;
  }

  /**
   * A member asks for state, for the first time or for more.
   *
   * @param beginning what holds now
   */
  void onRequest(
      long from,
      StateRequest request,
      Beginning beginning,
      Sender sender,
      Pacer pacer,
      long nowNanos,
      EffectsCollector effects) {
    Session session = sessions.get(from);
    if (request.stop()) {
      if (session != null && session.request == request.request()) {
        sessions.remove(from);
      }
      return;
    }
    if (session == null || session.request < request.request()) {
      if (request.nextChunk() > 0) {
        return; // of a session that is over
      }
      if (beginning.refused() || (session == null && !hasPlace(nowNanos))) {
        refuse(from, request, beginning, effects);
        return;
      }
      if (!mayBegin(from, nowNanos)) {
        refusals++;
        return; // unanswered: the member sends its request again
      }
      session = new Session(request, from, records, beginning, nowNanos);
      sessions.put(from, session);
    } else if (session.request > request.request()) {
      return;
    }
    session.lastHeardNanos = nowNanos;
    acknowledge(session, request.nextChunk(), sender, pacer, nowNanos, effects);
  }

  private boolean hasPlace(long nowNanos) {
    if (sessions.size() >= MAX_SESSIONS) {
      sessions.values().removeIf(each -> nowNanos - each.lastHeardNanos > ABANDONED_NANOS);
    }
    return sessions.size() < MAX_SESSIONS;
  }

  /**
   * Returns whether a member that has a place may begin now. Only such members are counted, so that
   * the map holds no more of them than take places in a second.
   */
  private boolean mayBegin(long from, long nowNanos) {
    if (begunSinceNanos == null || nowNanos - begunSinceNanos >= SECOND_NANOS) {
      begunSinceNanos = nowNanos;
      begun.clear();
    }
    return begun.merge(from, 1, Integer::sum) <= MOST_BEGINNINGS_PER_MEMBER_AND_SECOND;
  }

  private void refuse(
      long from, StateRequest request, Beginning beginning, EffectsCollector effects) {
    refusals++;
    Beginning refused =
        new Beginning(true, beginning.time(), Version.NONE, Version.NONE, List.of(), List.of());
    effects.send(new StateChunk(from, request.request(), 0, true, List.of(), refused), from);
  }

  private static void acknowledge(
      Session session,
      long nextChunk,
      Sender sender,
      Pacer pacer,
      long nowNanos,
      EffectsCollector effects) {
    while (!session.unacknowledged.isEmpty()
        && session.unacknowledged.element().chunk.number() < nextChunk) {
      session.unacknowledged.remove();
    }
    if (sender.isBusy()) {
      return; // what has not arrived may not have been sent
    }
    int again = 0;
    for (Sent sent : session.unacknowledged) {
      if (nowNanos - sent.sentNanos > AGAIN_AFTER_NANOS && again < AGAIN_PER_REQUEST) {
        again++;
        sent.sentNanos = nowNanos;
        pacer.chargeTransfer(sender.send(sent.chunk, session.to, effects));
      }
    }
  }

  /** Sends what the windows and the rate allow. */
  void onTick(
      Sender sender, Pacer pacer, boolean dataWaits, long nowNanos, EffectsCollector effects) {
    sessions.values().removeIf(session -> nowNanos - session.lastHeardNanos > IDLE_NANOS);
    int scanned = 0;
    for (Session session : sessions.values()) {
      while (!session.exhausted
          && session.unacknowledged.size() < WINDOW_CHUNKS
          && scanned < RECORDS_PER_TICK
          && !sender.isBusy()
          && pacer.mayTransfer(dataWaits)) {
        scanned += sendChunk(session, sender, pacer, RECORDS_PER_TICK, nowNanos, effects);
      }
      if (!session.exhausted
          && session.unacknowledged.size() < WINDOW_CHUNKS
          && nowNanos - session.lastSentNanos >= LONGEST_SILENCE_NANOS
          && !sender.isBusy()) {
        send(session, List.of(), sender, pacer, nowNanos, effects);
      }
    }
  }

  /** Returns how many records were looked at. */
  private int sendChunk(
      Session session,
      Sender sender,
      Pacer pacer,
      int maximumRecords,
      long nowNanos,
      EffectsCollector effects) {
    List<Change> changes = new ArrayList<>();
    Beginning beginning = session.beginning;
    int room = options.dataBudgetBytes() - (beginning == null ? 0 : roomOf(beginning));
    int scanned = 0;
    Change next = session.left;
    session.left = null;
    while (next != null || (session.records.hasNext() && scanned < maximumRecords)) {
      if (next == null) {
        next = session.records.next();
        scanned++;
        if (next == null || !session.isWanted(next)) {
          next = null;
          continue;
        }
      }
      int bytes = options.sizeOf().applyAsInt(next);
      if (bytes > room && !changes.isEmpty()) {
        session.left = next;
        break;
      }
      changes.add(next);
      room -= bytes;
      next = null;
      if (room <= 0) {
        break;
      }
    }
    session.exhausted = session.left == null && !session.records.hasNext();
    if (changes.isEmpty() && beginning == null && !session.exhausted) {
      return scanned + 1;
    }
    send(session, changes, sender, pacer, nowNanos, effects);
    return scanned + 1;
  }

  private static void send(
      Session session,
      List<Change> changes,
      Sender sender,
      Pacer pacer,
      long nowNanos,
      EffectsCollector effects) {
    StateChunk chunk =
        new StateChunk(
            session.to,
            session.request,
            session.nextChunk++,
            session.exhausted,
            changes,
            session.beginning);
    session.beginning = null;
    session.lastSentNanos = nowNanos;
    session.unacknowledged.add(new Sent(chunk, nowNanos));
    pacer.chargeTransfer(sender.send(chunk, session.to, effects));
  }

  /** What the beginning takes in its datagram; it may leave no room for changes. */
  private static int roomOf(Beginning beginning) {
    return 80 + 30 * beginning.applied().size() + 40 * beginning.clearFloors().size();
  }

  /**
   * Returns how long it takes until there is something to do, {@link Long#MAX_VALUE} if nothing.
   */
  long nanosUntilDue() {
    for (Session session : sessions.values()) {
      if (!session.exhausted && session.unacknowledged.size() < WINDOW_CHUNKS) {
        return BUSY_NANOS;
      }
    }
    return Long.MAX_VALUE;
  }

  int sessions() {
    return sessions.size();
  }

  /** Returns how many chunks are kept until they have arrived. */
  int chunksKept() {
    return sessions.values().stream().mapToInt(session -> session.unacknowledged.size()).sum();
  }

  /** Returns how many requests were refused. */
  long refusals() {
    return refusals;
  }
}
