package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Version;
import java.util.function.BooleanSupplier;

/**
 * Whether a change from another member is taken over, and as what: section "Receiving" of the
 * protocol. Pure functions, called inside the atomic step of the key.
 *
 * <p>The rule is a join: whatever the order and however often the changes of a key arrive, the
 * record ends at the highest version, and a value that is visible is the one of that version. Every
 * doubtful case ends as a miss that remembers the version below which nothing is trusted. Where
 * nothing at all is known of a key, what is not above {@link Situation#gcFloor} is not taken,
 * whichever way it comes: its removal may be among what was forgotten.
 */
public final class ApplyRule {

  /** How far ahead of this member's own time a version may be, in milliseconds. */
  public static final long MAX_AHEAD_MILLIS = 1_000;

  /**
   * How far ahead of this member's own time another one's may be for this member's hybrid clock to
   * follow, in milliseconds. Less than {@link #MAX_AHEAD_MILLIS}: a third member, whose clock is a
   * little behind this one's, must not reject what this member stamps then.
   */
  public static final long MERGED_AHEAD_MILLIS = 500;

  /** The way by which a change came here. */
  public enum Path {
    /** As it happened. */
    LIVE,
    /** Sent again because it was missing. */
    REPAIR,
    /** As part of a transfer of state: what is newer than this member has applied. */
    RESYNC,
    /**
     * As part of a transfer of all that a member holds which has applied whatever this member has:
     * it proves that what this member has forgotten, or never knew, concerns others.
     */
    WARM_UP,
    /** By the comparison of contents in the background. */
    SCRUB,
    /**
     * As the answer to something that was sent to another member, which has forgotten a removal
     * that may have been newer: an invalidation of the version in doubt.
     */
    DOUBT
  }

  /** What kind of record a member has of a key. */
  public enum Held {
    /** None. */
    NOTHING,
    /** A value that a read returns; one whose life is over counts as a fence. */
    ENTRY,
    /** The key was removed at the record's version. */
    TOMBSTONE,
    /** No value; nothing at or below the record's version is trusted. */
    FENCE
  }

  /**
   * What this member knows of the key.
   *
   * @param held the kind of its record
   * @param version the version of its record, {@link Version#NONE} when there is none
   * @param sameValue whether the value held has the same bytes as the one of the change; asked only
   *     when both have the same version, for it may be expensive
   */
  public record Known(Held held, Version version, BooleanSupplier sameValue) {

    /** No record at all. */
    public static final Known NOTHING = new Known(Held.NOTHING, Version.NONE, () -> false);

    /** Returns the knowledge of a value. */
    public static Known entry(Version version, BooleanSupplier sameValue) {
      return new Known(Held.ENTRY, version, sameValue);
    }

    /** Returns the knowledge that the key was removed. */
    public static Known tombstone(Version version) {
      return new Known(Held.TOMBSTONE, version, () -> false);
    }

    /** Returns the knowledge that nothing at or below a version is trusted. */
    public static Known fence(Version version) {
      return new Known(Held.FENCE, version, () -> false);
    }
  }

  /**
   * What else the decision depends on.
   *
   * @param updateOnly mode {@code update}: values are taken only for keys that are held
   * @param invalidateOnly mode {@code invalidate}: values are never taken
   * @param clearFloor the highest clear of the cache
   * @param gcFloor the version at or below which the absence of a record proves nothing: the
   *     highest tombstone or fence that this member has forgotten, or what came before it knew the
   *     cache
   * @param lostUpTo the highest version of an entry that was evicted or has expired and left no
   *     record, since every member had applied it
   * @param nowMillis this member's own time, in milliseconds since the epoch
   * @param full whether the value of the change would evict another one; asked only where that
   *     matters
   */
  public record Situation(
      boolean updateOnly,
      boolean invalidateOnly,
      Version clearFloor,
      Version gcFloor,
      Version lostUpTo,
      long nowMillis,
      BooleanSupplier full) {

    /** Makes a situation in which it is known already how full the cache is. */
    public Situation(
        boolean updateOnly,
        boolean invalidateOnly,
        Version clearFloor,
        Version gcFloor,
        Version lostUpTo,
        long nowMillis,
        boolean full) {
      this(updateOnly, invalidateOnly, clearFloor, gcFloor, lostUpTo, nowMillis, () -> full);
    }
  }

  /** What becomes of a change. */
  public enum Verdict {
    /** Something newer is known: nothing changes. */
    OLDER,
    /** This version is known already: nothing changes. */
    SAME,
    /** Two values claim one version: the key becomes a fence at that version, and people hear. */
    CONFLICT,
    /** The cache was cleared at or after this version: nothing changes. */
    CLEARED,
    /**
     * The writer's clock is too far ahead: the key becomes a fence at a new version of this
     * member's own, its hybrid clock does not follow, and the writer is told.
     */
    AHEAD_OF_CLOCK,
    /**
     * May have been removed, and the removal forgotten here: nothing changes, and the sender is
     * told. Also for what comes live: a writer that was stopped for long sends old news. Never for
     * a doubt, or two members that have forgotten would answer each other for ever.
     */
    STALE_HISTORY,
    /** A value that this mode does not take: nothing changes. */
    ABSENT_NOT_TAKEN,
    /** A value for which there is no room: nothing changes, the key stays a miss. */
    FULL,
    /** The key gets the value. */
    ENTRY,
    /** The key was removed: remember the version, also when the key was absent. */
    TOMBSTONE,
    /** The key becomes a miss that remembers the version. */
    FENCE;

    /** Returns whether the record of the key moves to the version of the change. */
    public boolean takesVersion() {
      return this == ENTRY || this == TOMBSTONE || this == FENCE || this == CONFLICT;
    }

    /**
     * Returns whether a load of the key that is in flight may no longer be cached: something newer
     * was heard, even where it is not kept.
     */
    public boolean breaksLoad() {
      return takesVersion() || this == AHEAD_OF_CLOCK || this == ABSENT_NOT_TAKEN || this == FULL;
    }
  }

  private ApplyRule() {}

  /**
   * Decides about a change to one key.
   *
   * @throws IllegalArgumentException if the change is a CLEAR, which concerns no single key: see
   *     {@link #clearFloor}
   */
  public static Verdict decide(Change change, Path path, Known known, Situation situation) {
    Version version = change.version();
    if (change.kind().isWholeCache()) {
      throw new IllegalArgumentException("a CLEAR is applied to the clear floor, not to a key");
    }
    if (!version.isAfter(situation.clearFloor)) {
      return Verdict.CLEARED;
    }
    if (known.held != Held.NOTHING && !version.isAfter(known.version)) {
      return version.equals(known.version) ? atSameVersion(change, path, known) : Verdict.OLDER;
    }
    if (isAheadOfClock(version, situation.nowMillis)) {
      return Verdict.AHEAD_OF_CLOCK;
    }
    boolean mayBeForgotten = known.held == Held.NOTHING && path != Path.WARM_UP;
    if (mayBeForgotten && !version.isAfter(situation.gcFloor)) {
      return path == Path.DOUBT ? Verdict.OLDER : Verdict.STALE_HISTORY;
    }
    return switch (change.kind()) {
      case REMOVE -> Verdict.TOMBSTONE;
      case INVALIDATE -> Verdict.FENCE;
      case PUT, FILL ->
          change.deadlineMillis() <= situation.nowMillis
              ? Verdict.FENCE
              : newValue(change, path, known, situation);
      case CLEAR, REMOVE_ALL -> throw new AssertionError("handled above");
    };
  }

  /** Returns whether a version is too far ahead of a member's own time to be taken over. */
  public static boolean isAheadOfClock(Version version, long nowMillis) {
    return version.millis() > nowMillis + MAX_AHEAD_MILLIS;
  }

  /**
   * Returns the clear floor of a cache after a CLEAR: the higher of both. Records at or below it
   * are dropped. The caller refuses a CLEAR that {@linkplain #isAheadOfClock is ahead of its clock}
   * first.
   *
   * @throws IllegalArgumentException if the change is not a CLEAR
   */
  public static Version clearFloor(Version current, Change clear) {
    if (!clear.kind().isWholeCache()) {
      throw new IllegalArgumentException("a " + clear.kind() + " moves no clear floor");
    }
    return clear.version().isAfter(current) ? clear.version() : current;
  }

  /**
   * A fence absorbs everything of its version. It stands for a value that must not come back: two
   * members had different ones (a conflict), a peer forgot what may have removed it (a doubt), it
   * could not be decoded here, or its writer announced it as an invalidation, which has no value to
   * send later. A key whose value was merely not there (a peer that was asked had evicted it, or
   * there was no room or no trust here) has no such fence but a <em>refusal</em>, which the caller
   * passes as {@link Known#NOTHING} for a change of that same version: the value is taken when it
   * arrives and there is room.
   *
   * <p>An invalidation adds nothing to what is known at its version: it is also what a member sends
   * that has evicted the value. Unless it is a doubt, which is about the value. But a version has
   * one value, or is one removal; a member that receives another one can trust neither.
   */
  private static Verdict atSameVersion(Change change, Path path, Known known) {
    if (path == Path.DOUBT && known.held == Held.ENTRY) {
      return Verdict.FENCE;
    }
    if (known.held == Held.FENCE || change.kind() == Change.Kind.INVALIDATE) {
      return Verdict.SAME;
    }
    boolean agree =
        change.kind() == Change.Kind.REMOVE
            ? known.held == Held.TOMBSTONE
            : known.held == Held.ENTRY && known.sameValue.getAsBoolean();
    return agree ? Verdict.SAME : Verdict.CONFLICT;
  }

  private static Verdict newValue(Change change, Path path, Known known, Situation situation) {
    if (situation.invalidateOnly) {
      return change.kind() == Change.Kind.FILL ? Verdict.ABSENT_NOT_TAKEN : Verdict.FENCE;
    }
    boolean maybeLost = known.held == Held.NOTHING && !change.version().isAfter(situation.lostUpTo);
    // A fill was stamped before its load; what is sent again may have been sent before the loss.
    boolean maybeLate =
        change.kind() == Change.Kind.FILL || path == Path.REPAIR || path == Path.SCRUB;
    if (maybeLost && maybeLate && path != Path.WARM_UP) {
      return Verdict.FULL;
    }
    if (known.held == Held.ENTRY) {
      return Verdict.ENTRY;
    }
    boolean inBulk = path == Path.RESYNC || path == Path.WARM_UP || path == Path.SCRUB;
    if (situation.updateOnly) {
      return missing(known, Verdict.ABSENT_NOT_TAKEN);
    }
    return inBulk && situation.full.getAsBoolean() ? missing(known, Verdict.FULL) : Verdict.ENTRY;
  }

  /** A miss that has a record moves up, so that it goes on refusing what is older. */
  private static Verdict missing(Known known, Verdict withoutRecord) {
    return known.held == Held.NOTHING ? withoutRecord : Verdict.FENCE;
  }
}
