package io.github.mccache.replication;

import io.github.mccache.protocol.Message.Applied;
import io.github.mccache.protocol.Message.Beginning;
import io.github.mccache.protocol.Message.StateRequest;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Version;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The transfer of all records of some caches: those that were opened after the join, that were
 * emptied because history was discarded, or that have rejected a change as older than their
 * opening. The donor must have applied all that this member has. Confined to the thread of {@link
 * Replica}.
 */
final class WarmUpTransfer implements Transfer {

  private static final int MAX_ATTEMPTS = 20;

  private final NodeId self;
  private final Records records;
  private final Donors donors;
  private final RequiredVector required;
  private final Refusals refusals = new Refusals();
  private final Set<Long> wanted = new LinkedHashSet<>();

  /** Caches that could not apply a change, and have not received all records since. */
  private final Set<Long> failed = new HashSet<>();

  /** Caches that could not apply some record, however often they requested all. */
  private final Set<Long> failing = new HashSet<>();

  private List<Long> openCaches = List.of();
  private Set<Long> warmCaches = Set.of();

  WarmUpTransfer(NodeId self, Records records, Donors donors, RequiredVector required) {
    this.self = self;
    this.records = records;
    this.donors = donors;
    this.required = required;
  }

  /**
   * The open caches have changed.
   *
   * @param warm those that request the records of other members
   * @param late whether a join no longer includes them
   * @param received whether another member was received: its changes of a cache that was not open
   *     were discarded, so that a founder requests them too
   */
  void onCaches(List<Long> open, Set<Long> warm, boolean late, boolean received) {
    for (long cache : warm) {
      if (!openCaches.contains(cache) && late) {
        request(Set.of(cache));
      } else if (!openCaches.contains(cache) && received) {
        wanted.add(cache);
      }
    }
    openCaches = List.copyOf(open);
    warmCaches = Set.copyOf(warm);
    wanted.retainAll(warmCaches);
    failed.retainAll(warmCaches);
    failing.retainAll(warmCaches);
    refusals.retain(warmCaches);
  }

  /**
   * A cache has rejected a change of a key, because the cache was opened after that was written and
   * its warm-up found no donor that had it.
   */
  void onTooOld(long cache, Version version, NodeId from) {
    if (warmCaches.contains(cache)) {
      refusals.onRejected(cache, version, from);
    }
  }

  /** Requests the records of all caches that want them. */
  void requestAll() {
    request(warmCaches);
  }

  /**
   * Caches could not apply a record, and want all of them again; those that fail each time do so no
   * more, and the comparison of contents brings what they lack.
   */
  void requestFailed(Set<Long> caches) {
    Set<Long> again = new LinkedHashSet<>(caches);
    again.retainAll(warmCaches);
    again.removeAll(failing);
    if (!again.isEmpty()) {
      failed.addAll(again);
      request(again);
    }
  }

  /**
   * Returns whether this member cannot be the donor of a request: a cache of it lacks what failed.
   */
  boolean lacksSomeOf(StateRequest request) {
    return request.everyCache()
        ? !failed.isEmpty()
        : request.caches().stream().anyMatch(failed::contains);
  }

  private void request(Set<Long> caches) {
    wanted.addAll(caches);
    required.requireOwn();
  }

  /** As {@link #requestAll}; no cache trusts anything at or below a version meanwhile. */
  void requestAll(Version whole, EffectsCollector effects) {
    for (long cache : openCaches) {
      effects.instruct(new Instruction.TrustAbove(cache, whole));
    }
    wanted.addAll(warmCaches);
  }

  /** Requests the records of caches that have rejected changes, if they are due. */
  void requestRefused(long nowNanos) {
    Set<Long> due =
        refusals.takeDue(nowNanos, member -> donors.isDonor(member, nowNanos), required::isGone);
    if (!due.isEmpty()) {
      request(due);
    }
  }

  boolean isWanted() {
    return !wanted.isEmpty();
  }

  void cancel() {
    wanted.clear();
  }

  /** A donor that has joined takes over: returns the caches whose records this member requests. */
  List<Long> takeAll(long donor) {
    wanted.clear();
    List<Long> caches = openCaches.stream().filter(warmCaches::contains).toList();
    refusals.onRequested(caches, donor);
    return caches;
  }

  /**
   * The caches are about to receive all records of a donor.
   *
   * @param warm the caches that do
   * @param floor their trust floor
   * @param whole the trust floor of the other open caches, which receive no records
   */
  void trustAbove(List<Long> warm, Version floor, Version whole, EffectsCollector effects) {
    for (long cache : openCaches) {
      trustAbove(cache, warm.contains(cache) ? floor : whole, effects);
    }
  }

  /**
   * After a failure the floor is as new as what failed, and older changes are still on their way.
   */
  private void trustAbove(long cache, Version floor, EffectsCollector effects) {
    if (!failed.contains(cache)) {
      effects.instruct(new Instruction.TrustAbove(cache, floor));
    }
  }

  /** Returns the next attempt; null if no cache wants one or no donor is there. */
  @Nullable StatePull next(long request, long nowNanos) {
    List<Peer> all = wanted.isEmpty() ? List.of() : donors.all(nowNanos);
    if (all.isEmpty()) {
      return null;
    }
    List<Long> caches = List.copyOf(wanted);
    List<Peer> senders =
        all.stream().filter(peer -> refusals.isSentBy(caches, peer.origin())).toList();
    Peer donor = donors.anyOf(senders.isEmpty() ? all : senders);
    refusals.onRequested(caches, donor.origin());
    return new StatePull(donor.origin(), request, false, caches, List.of(), nowNanos);
  }

  @Override
  public ApplyRule.Path path() {
    return ApplyRule.Path.WARM_UP;
  }

  @Override
  public boolean accepts(Beginning beginning) {
    return knowsWhatWasLost(beginning) && required.isCoveredBy(beginning);
  }

  /**
   * Returns whether a donor has applied what this member wrote and has lost to eviction or expiry:
   * otherwise it would give something older.
   */
  private boolean knowsWhatWasLost(Beginning beginning) {
    long theirs = 0;
    for (Applied applied : beginning.applied()) {
      theirs = applied.origin() == self.origin() ? applied.completeTime() : theirs;
    }
    return theirs >= records.lost().time();
  }

  @Override
  public void begin(StatePull pull, Beginning beginning, EffectsCollector effects) {
    pull.caches().forEach(cache -> trustAbove(cache, beginning.floor(), effects));
  }

  @Override
  public void finish(StatePull pull, Beginning beginning, long nowNanos, EffectsCollector effects) {
    onReceived(pull, beginning);
    wanted.removeAll(pull.caches());
  }

  /** Caches have received all records of a donor. */
  void onReceived(StatePull pull, Beginning beginning) {
    required.resetAttempts();
    refusals.onReceived(pull.caches(), beginning);
    failed.removeAll(pull.caches());
  }

  @Override
  public void fail(StatePull pull, EffectsCollector effects) {
    required.onFailed();
    if (required.attempts() >= MAX_ATTEMPTS) {
      required.resetAttempts();
      wanted.removeAll(pull.caches());
      failed.removeAll(pull.caches());
      failing.addAll(pull.failed());
      effects.notice(new Notice.StaysCold());
    }
  }
}
