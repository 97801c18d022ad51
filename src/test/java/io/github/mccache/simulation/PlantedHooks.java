package io.github.mccache.simulation;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message.Applied;
import io.github.mccache.protocol.Message.ClearFloor;
import io.github.mccache.replication.ApplyRule.Held;
import io.github.mccache.replication.ApplyRule.Known;
import io.github.mccache.replication.ApplyRule.Path;
import io.github.mccache.replication.ApplyRule.Situation;
import io.github.mccache.replication.ApplyRule.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** What methods with a {@link PlantedBug} call. */
public final class PlantedHooks {

  private PlantedHooks() {}

  /** A removal is not remembered where the key is absent. */
  public static Verdict noTombstoneForAbsent(Verdict right, Change change, Path path, Known known) {
    return right == Verdict.TOMBSTONE && known.held() == Held.NOTHING ? Verdict.OLDER : right;
  }

  /** A fence takes the value of its own version. */
  public static Verdict fenceTakesSameVersion(
      Verdict right, Change change, Path path, Known known) {
    boolean fenced = known.held() == Held.FENCE && change.version().equals(known.version());
    return right == Verdict.SAME && fenced && change.value() != null ? Verdict.ENTRY : right;
  }

  /** What is older than a record, but not than a removal, is taken. */
  public static Verdict olderReplacesFence(Verdict right, Change change, Path path, Known known) {
    return right == Verdict.OLDER && known.held() == Held.FENCE && change.value() != null
        ? Verdict.ENTRY
        : right;
  }

  /** A value older than a tombstone is taken. */
  public static Verdict olderReplacesTombstone(
      Verdict right, Change change, Path path, Known known) {
    return right == Verdict.OLDER && known.held() == Held.TOMBSTONE && change.value() != null
        ? Verdict.ENTRY
        : right;
  }

  /** A value of a key that is absent is taken although the mode does not want it. */
  public static Verdict updateTakesAbsent(Verdict right, Change change) {
    boolean absent = right == Verdict.ABSENT_NOT_TAKEN && change.kind() == Change.Kind.PUT;
    return absent ? Verdict.ENTRY : right;
  }

  /** A value is taken although the mode takes none. */
  public static Verdict invalidateTakesValues(
      Verdict right, Change change, Path path, Known known, Situation situation) {
    return situation.invalidateOnly() && right == Verdict.FENCE ? Verdict.ENTRY : right;
  }

  /** A member that lacks something receives no removals. */
  public static boolean wantsNoRemovals(boolean right, Change change) {
    return right && change.kind() != Change.Kind.REMOVE;
  }

  /** A member that lacks something receives neither removals nor invalidations. */
  public static boolean wantsNoMarks(boolean right, Change change) {
    return right && change.value() != null;
  }

  /** Every number is used twice. */
  public static long half(AtomicLong last) {
    return 1 + last.getAndIncrement() / 2;
  }

  /** Returns an empty list. */
  public static List<ClearFloor> none() {
    return List.of();
  }

  /** Returns how long members are remembered where that is to be short. */
  public static Duration twentySeconds() {
    return Duration.ofSeconds(20);
  }

  /** The time up to which everything was applied is another one. */
  public static Applied appliedUpTo(Applied applied, long time) {
    return new Applied(applied.origin(), applied.sequence(), time);
  }

  /** A time to live begins when the value arrives. */
  public static long deadlineFromArrival(Change change, long nowMillis) {
    return change.deadlineMillis() == Change.ETERNAL
        ? Change.ETERNAL
        : nowMillis + change.deadlineMillis() - change.version().millis();
  }
}
