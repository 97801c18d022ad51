package io.github.mccache.node;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message.ClearFloor;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.Effects;
import io.github.mccache.replication.Member;
import io.github.mccache.replication.Replica;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The end of a member, step by step: it sends what is left and waits until the others have applied
 * it. A change for which there is no time goes without its value, so that the others miss what it
 * replaced; when there is no time for that either, or the others do not apply it in time, they
 * discard what they hold of the caches concerned, as for a clear. Confined to the thread of the
 * event loop.
 */
final class Closing {

  /** What the member does it with, which goes on receiving and keeping time between the steps. */
  interface Shell {

    /** Returns how long ago it began, in nanoseconds. */
    long elapsedNanos();

    /** Returns the elapsed time of the replica. */
    long nanos();

    /** Returns a version above all that this member has written. */
    Version nextVersion();

    /** Gives changes to the replica, and up to which time they are complete. */
    void handOver(List<Change> changes);

    /** Gives the replica that time alone. */
    void tellTime();

    void perform(Effects effects);
  }

  private enum Phase {
    VALUES,
    KEYS,
    APPLYING,
    CLEARING
  }

  /** How long changes are still sent in full. */
  private static final long VALUES_UNTIL_NANOS = 300_000_000;

  /** Until when, in their place, keys alone are sent. */
  private static final long KEYS_UNTIL_NANOS = 420_000_000;

  /** Until when the others may request what they did not receive. */
  private static final long APPLIED_UNTIL_NANOS = 480_000_000;

  /** Until when they may receive the clears in its place; below what close waits for. */
  private static final long FINISHED_NANOS = 550_000_000;

  private final Replica replica;
  private final Outbox outbox;
  private final Shell shell;
  private final Set<Long> unsent = new LinkedHashSet<>();
  private Phase phase = Phase.VALUES;
  private boolean whole = true;

  Closing(Replica replica, Outbox outbox, Shell shell) {
    this.replica = replica;
    this.outbox = outbox;
    this.shell = shell;
  }

  /** Returns whether every change has been sent in full. */
  boolean isWhole() {
    return whole;
  }

  /** Returns of how many caches the others discard what they hold. */
  int cleared() {
    return unsent.size();
  }

  /** Does what there is to do now; returns whether that was the last of it. */
  boolean step() {
    if (phase == Phase.VALUES) {
      if (isAllSent(change -> change)) {
        awaitApplied(Phase.APPLYING);
      } else if (isOver(VALUES_UNTIL_NANOS)) {
        whole = false;
        shell.perform(replica.giveUpPieces(shell.nanos()));
        phase = Phase.KEYS;
      }
    }
    if (phase == Phase.KEYS) {
      if (isAllSent(LastChanges::withoutValue)) {
        awaitApplied(Phase.APPLYING);
      } else if (isOver(KEYS_UNTIL_NANOS)) {
        outbox.unfinished().forEach(cache -> unsent.add(cache.id()));
        awaitApplied(Phase.APPLYING);
      }
    }
    if (phase == Phase.APPLYING && (isApplied() || isOver(APPLIED_UNTIL_NANOS))) {
      clear();
      awaitApplied(Phase.CLEARING);
    }
    return phase == Phase.CLEARING && (isApplied() || isOver(FINISHED_NANOS));
  }

  private boolean isOver(long untilNanos) {
    return shell.elapsedNanos() - untilNanos >= 0;
  }

  /**
   * Sends what may be sent now; returns whether that is all, or no member is there to receive it.
   */
  private boolean isAllSent(UnaryOperator<@Nullable Change> form) {
    if (!hasListeners()) {
      return true;
    }
    int wanted = replica.changesWanted(shell.nanos());
    if (wanted == 0) {
      return false;
    }
    List<Change> changes = new ArrayList<>();
    boolean mayMore;
    do { // without their values many more than are taken at once may go together
      for (Change change : outbox.take(wanted - changes.size())) {
        Change formed = form.apply(change);
        if (formed != null) {
          changes.add(formed);
        }
      }
      boolean bare = changes.stream().allMatch(change -> change.value() == null);
      mayMore = bare && changes.size() < wanted && outbox.hasMore();
    } while (mayMore && !isOver(KEYS_UNTIL_NANOS));
    replica.onAckWanted(true);
    if (!changes.isEmpty()) {
      shell.handOver(changes);
    }
    return !outbox.hasMore() && replica.isSent();
  }

  /** What is lost just now is as what is lost in a crash: only what was given up is cleared. */
  private void clear() {
    if (!whole && hasListeners()) {
      unsent.addAll(replica.unappliedCaches(shell.nanos()));
    }
    for (long cache : unsent) {
      ClearFloor floor = new ClearFloor(cache, shell.nextVersion());
      shell.perform(replica.onClearFloor(floor, shell.nanos()));
    }
  }

  /** No member answers a request for a repair after this one has gone. */
  private void awaitApplied(Phase next) {
    phase = next;
    replica.onAckWanted(true);
    if (!isApplied()) {
      shell.tellTime();
    }
  }

  private boolean isApplied() {
    return replica.isApplied(shell.nanos());
  }

  private boolean hasListeners() {
    return replica.members().stream().anyMatch(member -> member.state() == Member.State.ALIVE);
  }
}
