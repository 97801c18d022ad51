package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message.Beginning;
import io.github.mccache.protocol.Message.ClearFloor;
import io.github.mccache.protocol.Message.StateChunk;
import io.github.mccache.protocol.Message.StateRequest;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Version;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The state transfers to this member, one at a time: when it joins ({@link JoinTransfer}), when
 * caches want all records ({@link WarmUpTransfer}), and when it lacks more of a stream than single
 * repairs can bring ({@link CatchUpTransfer}), which goes before a warm-up. Confined to the thread
 * of {@link Replica}.
 */
final class Catchup {

  private static final long FIRST_PAUSE_NANOS = 50_000_000;
  private static final int DOUBLINGS = 4;
  private static final long IDLE_NANOS = 200_000_000;

  private final Records records;
  private final ClearFloors clearFloors;
  private final Donors donors;
  private final JoinTransfer join;
  private final WarmUpTransfer warmUp;
  private final CatchUpTransfer catchUp;
  private final DiscardedHistory discarded;

  private @Nullable Active active;
  private int failures;
  private long nextNanos;
  private long requests;
  private long failed;
  private long recordsPulled;

  /** A transfer that is under way. */
  private record Active(Transfer purpose, StatePull pull) {}

  Catchup(
      NodeId self,
      ReplicaOptions options,
      Streams streams,
      Membership membership,
      ClearFloors clearFloors,
      Records records,
      RandomGenerator random,
      long nowNanos) {
    this.records = records;
    this.clearFloors = clearFloors;
    this.donors = new Donors(membership, random);
    this.nextNanos = nowNanos;
    RequiredVector required = new RequiredVector(self, streams, membership);
    DonorsAsked asked = new DonorsAsked();
    this.warmUp = new WarmUpTransfer(self, records, donors, required);
    this.discarded = new DiscardedHistory(records, streams, warmUp, asked);
    this.catchUp =
        new CatchUpTransfer(
            self, streams, membership, records, donors, asked, required, warmUp, discarded);
    this.join =
        new JoinTransfer(options, membership, records, donors, required, warmUp, catchUp, nowNanos);
  }

  /** Returns whether gaps are requested by number. */
  boolean isBased() {
    return join.isBased();
  }

  /** Returns whether this member has joined, as a founder or with the records of a donor. */
  boolean isJoined() {
    return join.isJoined();
  }

  long pulls() {
    return requests;
  }

  long pullsFailed() {
    return failed;
  }

  long recordsPulled() {
    return recordsPulled;
  }

  long distrusts() {
    return discarded.distrusts();
  }

  /**
   * The open caches have changed.
   *
   * @param warm those of them that request the records of other members
   */
  void onCaches(List<Long> open, Set<Long> warm) {
    warmUp.onCaches(open, warm, isJoined() || active != null, join.hasReceived());
  }

  /** See {@link WarmUpTransfer#onTooOld}. */
  void onTooOldForCache(long cache, Version version, NodeId from) {
    warmUp.onTooOld(cache, version, from);
  }

  /** A message of another member arrived. */
  void onReceived(long nowNanos) {
    join.onReceived(nowNanos);
  }

  /** See {@link DiscardedHistory#check(Version, long, long, EffectsCollector)}. */
  void checkForgotten(Version collected, long origin, long completeTime, EffectsCollector effects) {
    if (isJoined()) {
      discarded.check(collected, origin, completeTime, effects);
    }
  }

  /** A change of this origin was rejected because its version is ahead of this member's clock. */
  void onRefused(long origin) {
    if (active != null) {
      active.pull.onRefused(origin);
    }
  }

  /**
   * A change could not be applied. A transfer goes on without it: the key remains a miss, and the
   * cache requests all records again. So does a cache that has discarded what it held.
   */
  void onFailed(Application application, ApplyOutcome outcome) {
    long cache = application.change().cache();
    if (active != null && application.path() == active.purpose.path()) {
      active.pull.onFailed(cache);
    } else if (outcome == ApplyOutcome.DISTRUSTED) {
      warmUp.requestFailed(Set.of(cache));
    }
  }

  /** See {@link WarmUpTransfer#lacksSomeOf}. */
  boolean lacksSomeOf(StateRequest request) {
    return warmUp.lacksSomeOf(request);
  }

  /** See {@link Replica#onQueueDepth}. */
  void onQueueDepth(int perMille) {
    catchUp.onQueueDepth(perMille);
  }

  /** A fragment arrived. */
  void onPiece(long from, long nowNanos) {
    if (active != null) {
      active.pull.onPiece(from, nowNanos);
    }
  }

  /** A chunk of a donor arrived. */
  void onChunk(NodeId from, StateChunk chunk, long nowNanos, EffectsCollector effects) {
    Active now = active;
    if (now == null || !now.pull.onChunk(from.origin(), chunk, nowNanos)) {
      return;
    }
    Beginning beginning = chunk.beginning();
    if (beginning != null) {
      if (!isUsable(beginning) || !now.purpose.accepts(beginning)) {
        if (beginning.refused()) {
          donors.onRefused(from.origin(), nowNanos);
        }
        fail(now, nowNanos, effects);
        return;
      }
      learnClears(beginning, from, effects);
      now.purpose.begin(now.pull, beginning, effects);
    }
    for (Change change : chunk.changes()) {
      effects.apply(new Application(change, from, now.purpose.path()));
    }
    effects.onceApplied(
        (all, then) -> {
          if (now.pull.isDone()) {
            finish(now, nowNanos, then);
          }
        });
  }

  /** With a clock that is ahead, no record, or nothing from then on, would be applied here. */
  private boolean isUsable(Beginning beginning) {
    return !beginning.refused()
        && records.isBelievable(beginning.time())
        && records.isBelievable(beginning.floor().time());
  }

  /** A clear floor stands for a CLEAR that this member has missed, and counts as applied. */
  private void learnClears(Beginning beginning, NodeId from, EffectsCollector effects) {
    long limitMillis = records.clockMillis() + ApplyRule.MAX_AHEAD_MILLIS;
    for (ClearFloor floor : beginning.clearFloors()) {
      if (clearFloors.isNews(floor, limitMillis)) {
        effects.apply(Application.clear(floor, from));
      }
    }
  }

  private void finish(Active done, long nowNanos, EffectsCollector effects) {
    if (done.purpose == warmUp && !done.pull.failed().isEmpty()) {
      fail(done, nowNanos, effects);
      return;
    }
    done.pull.stop(effects);
    active = null;
    failures = 0;
    recordsPulled += done.pull.records();
    nextNanos = nowNanos + FIRST_PAUSE_NANOS;
    Beginning beginning = Objects.requireNonNull(done.pull.beginning());
    done.purpose.finish(done.pull, beginning, nowNanos, effects);
    warmUp.requestFailed(done.pull.failed());
  }

  private void fail(Active undone, long nowNanos, EffectsCollector effects) {
    undone.pull.stop(effects);
    active = null;
    failed++;
    nextNanos = nowNanos + (FIRST_PAUSE_NANOS << Math.min(DOUBLINGS, failures++));
    undone.purpose.fail(undone.pull, effects);
  }

  void onTick(Sender sender, long nowNanos, EffectsCollector effects) {
    discarded.onTick(effects);
    catchUp.forgetDonorsIfReunited();
    if (isJoined()) {
      warmUp.requestRefused(nowNanos);
    }
    if (active != null && active.pull.isStuck(nowNanos)) {
      donors.onSilent(active.pull.donor(), nowNanos);
      fail(active, nowNanos, effects);
    }
    if (active == null && nowNanos - nextNanos >= 0) {
      active = next(nowNanos, effects);
      requests += active == null ? 0 : 1;
    }
    if (active != null) {
      active.pull.onTick(nowNanos, sender, effects);
    }
  }

  private @Nullable Active next(long nowNanos, EffectsCollector effects) {
    long request = requests + 1;
    if (!isJoined()) {
      StatePull pull = join.next(request, nowNanos, effects);
      return pull == null ? null : new Active(join, pull);
    }
    StatePull pull = catchUp.next(request, nowNanos);
    if (pull != null) {
      return new Active(catchUp, pull);
    }
    pull = warmUp.next(request, nowNanos);
    if (pull != null) {
      return new Active(warmUp, pull);
    }
    nextNanos = nowNanos + IDLE_NANOS;
    return null;
  }

  /** Returns the nanoseconds until something is due. */
  long nanosUntilDue(long nowNanos) {
    if (active != null) {
      return active.pull.dueNanos() - nowNanos;
    }
    boolean waiting = !isJoined() || warmUp.isWanted() || catchUp.isWanted();
    return waiting ? Math.max(FIRST_PAUSE_NANOS, nextNanos - nowNanos) : Long.MAX_VALUE;
  }
}
