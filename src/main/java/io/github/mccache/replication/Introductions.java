package io.github.mccache.replication;

import io.github.mccache.protocol.Message.CacheDescription;
import io.github.mccache.protocol.Message.Hello;
import io.github.mccache.protocol.NodeId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Sends which caches are open here, and compares those of peers. One introduction answers any
 * number of requests: it waits for a random part of {@link #SPREAD_NANOS}, and introductions are at
 * least {@link #MIN_APART_NANOS} apart. Confined to the thread of {@link Replica}.
 */
final class Introductions {

  static final long SPREAD_NANOS = 50_000_000;
  static final long MIN_APART_NANOS = 100_000_000;

  /** So many modes of one cache are reported at most: there are four, the rest is nonsense. */
  static final int MAX_MODES_REPORTED = 4;

  private final String nodeName;
  private final @Nullable NodeId former;
  private final OwnProgress own;
  private final RandomGenerator random;
  private final Map<Long, CacheDescription> open = new LinkedHashMap<>();
  private final Map<Long, Set<String>> reportedModes = new HashMap<>();
  private boolean wanted;
  private boolean answerWanted;
  private boolean sentBefore;
  private long dueNanos;
  private long lastSentNanos;

  /**
   * Makes one that has announced nothing.
   *
   * @param former the incarnation of this member that a copy of it may still have, null if none
   */
  Introductions(String nodeName, @Nullable NodeId former, OwnProgress own, RandomGenerator random) {
    this.nodeName = nodeName;
    this.former = former;
    this.own = own;
    this.random = random;
  }

  /** The caches that are open here are now these. */
  void onCaches(List<CacheDescription> caches) {
    open.clear();
    for (CacheDescription cache : caches) {
      open.put(cache.cache(), cache);
    }
    reportedModes.keySet().retainAll(open.keySet());
  }

  /** Peers are to receive this member's caches, and to answer if that is wanted. */
  void announce(boolean withAnswers, long nowNanos) {
    schedule(withAnswers, nowNanos);
  }

  /** A member was received that does not know this member's caches. */
  void answer(boolean withAnswers, long nowNanos) {
    schedule(withAnswers, nowNanos + random.nextLong(SPREAD_NANOS));
  }

  boolean isWanted() {
    return wanted;
  }

  /** Returns when the next introduction is due; only while one is {@linkplain #isWanted wanted}. */
  long dueNanos() {
    return dueNanos;
  }

  /** Sends the introduction if it is due. */
  void onTick(long nowNanos, EffectsCollector effects) {
    if (!wanted || nowNanos - dueNanos < 0) {
      return;
    }
    List<CacheDescription> caches = List.copyOf(open.values());
    effects.send(new Hello(nodeName, caches, answerWanted, own.startedTime(), former));
    wanted = false;
    answerWanted = false;
    sentBefore = true;
    lastSentNanos = nowNanos;
  }

  /** Another member described its caches. */
  void compare(NodeId from, List<CacheDescription> theirs, EffectsCollector effects) {
    for (CacheDescription their : theirs) {
      CacheDescription our = open.get(their.cache());
      if (our != null && !our.mode().equals(their.mode())) {
        reportOnce(from, our, their.mode(), effects);
      }
    }
  }

  private void reportOnce(
      NodeId from, CacheDescription our, String theirMode, EffectsCollector effects) {
    Set<String> reported = reportedModes.computeIfAbsent(our.cache(), absent -> new HashSet<>());
    if (reported.size() < MAX_MODES_REPORTED && reported.add(theirMode)) {
      effects.notice(
          new Notice.CacheModeDiffers(from, our.cache(), our.name(), our.mode(), theirMode));
    }
  }

  private void schedule(boolean withAnswers, long atNanos) {
    long earliest = lastSentNanos + MIN_APART_NANOS;
    long due = sentBefore && atNanos - earliest < 0 ? earliest : atNanos;
    dueNanos = wanted && dueNanos - due < 0 ? dueNanos : due;
    wanted = true;
    answerWanted |= withAnswers;
  }
}
