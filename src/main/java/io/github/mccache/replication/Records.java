package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import java.util.Iterator;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What the protocol reads of this member's caches and clock. Called on the thread of {@link
 * Replica} only; no method blocks, waits for a key, or changes anything.
 */
public interface Records {

  /**
   * Returns what is known of a key, as this member tells it to others: an entry as PUT or FILL (as
   * INVALIDATE where its value cannot be told), a tombstone as REMOVE, a fence as INVALIDATE. A
   * change that {@linkplain io.github.mccache.replication.ApplyRule waits} for its key counts as
   * known. Null if nothing is known, or the cache is not open.
   */
  @Nullable Change current(long cache, Payload key);

  /** Returns the version of what {@link #current} returns, without its value. */
  @Nullable Version version(long cache, Payload key);

  /**
   * Returns whether a value of this version of a key is missing here without a reason: the cache
   * takes the values of others, has room, knows nothing that is newer, and has neither forgotten
   * nor lost anything that could be.
   */
  boolean lacks(long cache, Payload key, Version version);

  /**
   * Looks at all records of these caches that are open, and returns those that are wanted, each as
   * {@link #current}. Every step looks at one record, so that a caller can bound its work: it
   * returns null where that record is not wanted, and only what is wanted is encoded. What is there
   * from beginning to end of the iteration is looked at; what comes or goes in the meantime may be.
   *
   * @param wanted is asked before a record is encoded, and may be asked with a kind or version that
   *     the change does not have in the end: a caller for whom that matters checks what it receives
   */
  Iterator<@Nullable Change> scan(LongPredicate caches, Wanted wanted);

  /** Decides about a record by what is known of it without encoding it. */
  @FunctionalInterface
  interface Wanted {

    /** Everything. */
    Wanted ALL = (cache, kind, version) -> true;

    /** Returns whether a change of this kind and version is wanted. */
    boolean test(long cache, Change.Kind kind, Version version);
  }

  /** Returns the entries of one cache as {@link #scan}, without their values: as INVALIDATE. */
  Iterator<Change> scanVersions(long cache);

  /**
   * Returns the highest tombstone or fence that any open cache has forgotten by itself ({@code
   * gc_floor}), {@link Version#NONE} if none was.
   */
  Version collected();

  /**
   * Returns the highest entry that any open cache has lost by itself, to eviction or expiry, when
   * all members had applied it; {@link Version#NONE} if none was.
   */
  Version lost();

  /** Returns what who catches up from here must not have missed: the higher of both. */
  default Version forgotten() {
    Version collected = collected();
    Version lost = lost();
    return lost.isAfter(collected) ? lost : collected;
  }

  /**
   * Returns the highest version at or below which the absence of a record proves nothing, in any of
   * these caches: what they have forgotten, and what came before they were opened.
   */
  Version floor(LongPredicate caches);

  /** Returns this member's hybrid time: at or above every version that its caches have seen. */
  long time();

  /** Returns this member's clock, in milliseconds since the epoch. */
  long clockMillis();

  /**
   * Returns whether a hybrid time is at most {@link ApplyRule#MAX_AHEAD_MILLIS} ahead of this
   * member's clock. A time beyond that comes from a clock that is ahead, which may be set back.
   */
  default boolean isBelievable(long time) {
    return HybridTime.millis(time) <= clockMillis() + ApplyRule.MAX_AHEAD_MILLIS;
  }
}
