package io.github.mccache.replication;

import io.github.mccache.protocol.Message.Applied;
import io.github.mccache.protocol.Version;

/**
 * Detects that peers have discarded history that this member has not received: tombstones and
 * fences of a time when it was away. It may hold keys that were removed meanwhile, so its caches
 * discard everything that old and request the records of a donor. Confined to the thread of {@link
 * Replica}.
 */
final class DiscardedHistory {

  private final Records records;
  private final Streams streams;
  private final WarmUpTransfer warmUp;
  private final DonorsAsked asked;

  /** At or below this version nothing is trusted here. */
  private Version distrusted = Version.NONE;

  /** The same, once the clock has reached it. */
  private Version toDistrust = Version.NONE;

  private long distrusts;

  DiscardedHistory(Records records, Streams streams, WarmUpTransfer warmUp, DonorsAsked asked) {
    this.records = records;
    this.streams = streams;
    this.warmUp = warmUp;
    this.asked = asked;
  }

  /** Returns how often this member has discarded its own history. */
  long distrusts() {
    return distrusts;
  }

  /**
   * A peer that has more of a stream announces the highest tombstone or fence that it has
   * discarded. To be called before this member's own vector moves on.
   */
  void check(Version collected, long origin, long completeTime, EffectsCollector effects) {
    Stream stream = streams.find(origin);
    long mine = stream == null ? 0 : stream.completeTime();
    if (mine > 0) {
      checkGap(collected, mine, completeTime, effects);
    }
  }

  /**
   * As {@link #check(Version, long, long, EffectsCollector)}, of a stream that this member had up
   * to one time, and its peer has up to another.
   */
  void checkGap(Version collected, long mine, long theirs, EffectsCollector effects) {
    boolean missed = theirs > mine && theirs > distrusted.time() && collected.time() > mine;
    if (missed && collected.isAfter(distrusted)) {
      distrustWhenPast(collected, effects);
    }
  }

  /**
   * The discarded history was written in the past. A version in the future of this member, because
   * the peer's clock is ahead or the peer sends nonsense, waits until that time: otherwise this
   * member would reject everything that others write until then.
   */
  private void distrustWhenPast(Version upTo, EffectsCollector effects) {
    if (upTo.millis() <= records.clockMillis()) {
      distrust(upTo, effects);
    } else if (upTo.isAfter(toDistrust)) {
      toDistrust = upTo;
    }
  }

  void onTick(EffectsCollector effects) {
    if (toDistrust.isAfter(Version.NONE) && toDistrust.millis() <= records.clockMillis()) {
      if (toDistrust.isAfter(distrusted)) {
        distrust(toDistrust, effects);
      }
      toDistrust = Version.NONE;
    }
  }

  private void distrust(Version upTo, EffectsCollector effects) {
    distrusted = upTo;
    distrusts++;
    effects.instruct(new Instruction.Distrust(upTo));
    effects.notice(new Notice.HistoryForgotten());
    warmUp.requestAll();
    asked.forget();
  }

  /** Returns whether nothing of a stream is trusted here; a time of 0 means that it is unknown. */
  boolean isDistrusted(Applied applied) {
    return applied.completeTime() > 0 && applied.completeTime() <= distrusted.time();
  }
}
