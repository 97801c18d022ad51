package io.github.mccache.node;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message.Touched;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.ApplyRule;
import io.github.mccache.replication.Records;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A clustered cache as the event loop sees it. {@link #id}, {@link #name}, {@link #modeName} and
 * {@link #clearFloor} are called by any thread; the others on the thread of the event loop only,
 * and must not block. When the cache is attached, {@link #trustAbove} is called first, before the
 * loop knows of it.
 */
public interface ClusteredCache {

  /** Returns the number by which frames name it, see {@link io.github.mccache.protocol.CacheId}. */
  long id();

  /** Returns its name. */
  String name();

  /** Returns the name of its mode: {@code invalidate}, {@code update} or {@code replicate}. */
  String modeName();

  /** Returns its highest clear, {@link Version#NONE} if it was never cleared. */
  Version clearFloor();

  /**
   * Hands out what became of changed keys and forgets, before it looks at the state of a key, that
   * this key changed.
   *
   * @param maximumChanges how many keys may be taken, above zero
   * @param out takes a change and returns whether it takes another one; does not throw
   * @return how many keys were taken; fewer than {@code maximumChanges} only if none was left, or
   *     {@code out} takes no more
   */
  int drain(int maximumChanges, Predicate<Change> out);

  /**
   * Applies a change of another member by {@link ApplyRule}. When this returns, whatever the
   * outcome, no reader sees anything older than the change: the key has it or something newer, or
   * is a miss.
   *
   * @param from who sent it, not necessarily who wrote it
   * @param path the way by which it came
   */
  ApplyOutcome apply(Change change, NodeId from, ApplyRule.Path path);

  /** Hands out entries that were used here since they were handed out, so many at most. */
  void drainTouched(int maximumEntries, Consumer<Touched> out);

  /** An entry was used at another member: if it is here at just this version, it lives as long. */
  void prolong(Touched touched);

  /** See {@link io.github.mccache.replication.Records#current}. */
  @Nullable Change current(Payload key);

  /** See {@link io.github.mccache.replication.Records#version}. */
  @Nullable Version version(Payload key);

  /** See {@link io.github.mccache.replication.Records#lacks}. */
  boolean lacks(Payload key, Version version);

  /** See {@link io.github.mccache.replication.Records#scan}. */
  Iterator<@Nullable Change> records(Records.Wanted wanted);

  /** See {@link io.github.mccache.replication.Records#scanVersions}. */
  Iterator<Change> entryVersions();

  /** Returns the highest tombstone or fence that this cache has forgotten. */
  Version collected();

  /** Returns the highest entry that was evicted or has expired and left no record. */
  Version lost();

  /** Returns the highest version at or below which the absence of a record proves nothing. */
  Version floor();

  /**
   * See {@link io.github.mccache.replication.Instruction.Distrust}. What has yet to be sent is
   * still sent, as invalidations.
   */
  void distrust(Version upTo);

  /**
   * A change of this version could not be applied, and which key it has may be unknown: discards
   * every entry that is as old, but remembers its version, at or above which it is taken again. The
   * absence of a record proves nothing there.
   */
  void refuse(Version upTo);

  /**
   * See {@link io.github.mccache.replication.Instruction.DistrustLost}. On the thread of the event
   * loop only.
   */
  void distrustLost();

  /**
   * See {@link io.github.mccache.replication.Instruction.Relay}. On the thread of the event loop
   * only.
   */
  void relay(long origin, long aboveTime);

  /**
   * The member starts anew under another origin. All that the cache holds becomes a miss. Writes of
   * the former origin that not every member is known to have applied are handed out once, as
   * invalidations of the present time. Does nothing if the origin is the same.
   *
   * @param appliedUpTo every member has applied the writes of the former origin up to this hybrid
   *     time
   */
  void startAnew(long origin, long appliedUpTo);

  /**
   * See {@link io.github.mccache.replication.Instruction.TrustAbove}; also sets the limit that the
   * cache begins with.
   */
  void trustAbove(Version floor);

  /**
   * From now on serves nothing: the member has failed and cannot know any more whether an entry is
   * stale. By any thread; allocates little.
   */
  void withdraw();
}
