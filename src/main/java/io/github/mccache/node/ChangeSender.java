package io.github.mccache.node;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.Effects;
import io.github.mccache.replication.Replica;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Gives the replica what changed here, no faster than it permits, and the time up to which that is
 * complete. Confined to the protocol thread, except {@link #isWanted}.
 */
final class ChangeSender {

  /** With an inbox as full as this, what others say comes before what this member has to say. */
  private static final int BUSY_PER_MILLE = 125;

  /** How long own changes wait behind a full inbox at most. */
  private static final long LONGEST_SILENCE_NANOS = 20_000_000;

  private final Replica replica;
  private final MemberClock clock;
  private final CacheRegistry caches;
  private final FailureLog failures;
  private final PublishedStanding standing;
  private final Consumer<Effects> perform;
  private final Outbox outbox;
  private long drainedNanos;
  private long completeTimeSent;

  /** The time for which the others were last asked to answer. */
  private long coherenceRequested;

  private volatile boolean wanted = true;

  ChangeSender(
      Replica replica, NodeParts parts, PublishedStanding standing, Consumer<Effects> perform) {
    this.replica = replica;
    this.clock = parts.clock();
    this.caches = parts.caches();
    this.failures = parts.failures();
    this.standing = standing;
    this.perform = perform;
    this.outbox = new Outbox(caches, parts.gate()::settle, failures);
    this.drainedNanos = clock.nanos();
  }

  /** Returns whether changes may be sent now; by any thread. */
  boolean isWanted() {
    return wanted;
  }

  /**
   * Sends what changed here, unless the others come first; returns whether there is more that may
   * be sent at once.
   */
  boolean send(int inboxPerMille) {
    long now = clock.nanos();
    boolean othersFirst =
        inboxPerMille >= BUSY_PER_MILLE && now - drainedNanos < LONGEST_SILENCE_NANOS;
    if (othersFirst) {
      return true;
    }
    int room = replica.changesWanted(now);
    wanted = room > 0; // before the caches are looked at: a writer that wakes nobody now is found
    if (room == 0) {
      return false;
    }
    drainedNanos = now;
    drain(room);
    return outbox.hasMore() && replica.changesWanted(clock.nanos()) > 0;
  }

  private void drain(int room) {
    Awaiters acknowledged = standing.acknowledged();
    replica.onAckWanted(acknowledged.isAwaited());
    List<Change> changes = outbox.take(room);
    replica.onBacklog(outbox.hasMore());
    boolean timeAwaited =
        acknowledged.isMoreAwaited(completeTimeSent)
            || standing.coherent().isMoreAwaited(completeTimeSent);
    if (!changes.isEmpty()) {
      failures.attempt("send changes", () -> handOver(changes));
    } else if (timeAwaited && outbox.completeTime() > completeTimeSent) {
      failures.attempt("send the time", this::sendTime);
    }
  }

  /** Gives changes to the replica, and up to which time they are complete. */
  void handOver(List<Change> changes) {
    completeTimeSent = outbox.completeTime();
    perform.accept(replica.onLocal(changes, completeTimeSent, clock.nanos()));
  }

  /** Gives the replica that time alone. */
  void sendTime() {
    completeTimeSent = outbox.completeTime();
    perform.accept(replica.onTimeAwaited(completeTimeSent, clock.nanos()));
  }

  /** Makes the others answer at once, and looks at every answer, while a thread waits for them. */
  void hurryCoherence() {
    long awaited = standing.coherent().highestAwaited();
    if (awaited > standing.aliveStableTime()) {
      failures.attempt(
          "request how far the others are",
          () -> replica.onCoherenceAwaited(awaited != coherenceRequested, clock.nanos()));
      coherenceRequested = awaited;
    }
  }

  /** Sends which entries were used here, if that is due. */
  void sendTouches() {
    int room = replica.touchesWanted(clock.nanos());
    for (ClusteredCache cache : room > 0 ? caches.open() : List.<ClusteredCache>of()) {
      List<Message.Touched> touched = new ArrayList<>();
      cache.drainTouched(room, touched::add);
      room -= touched.size();
      if (!touched.isEmpty()) {
        perform.accept(replica.onTouched(cache.id(), touched, clock.nanos()));
      }
    }
  }

  /**
   * Begins the end: from now on every change wakes the thread.
   *
   * @param nanoTime limits the steps of the end
   * @param origin the one under which this member writes
   */
  Closing closing(LongSupplier nanoTime, long origin) {
    wanted = true;
    return new Closing(replica, outbox, new ClosingShell(nanoTime, origin));
  }

  private final class ClosingShell implements Closing.Shell {

    private final LongSupplier nanoTime;
    private final long begunNanos;
    private final long origin;

    ClosingShell(LongSupplier nanoTime, long origin) {
      this.nanoTime = nanoTime;
      this.begunNanos = nanoTime.getAsLong();
      this.origin = origin;
    }

    @Override
    public long elapsedNanos() {
      return nanoTime.getAsLong() - begunNanos;
    }

    @Override
    public long nanos() {
      return clock.nanos();
    }

    @Override
    public Version nextVersion() {
      return new Version(clock.next(), origin);
    }

    @Override
    public void handOver(List<Change> changes) {
      ChangeSender.this.handOver(changes);
    }

    @Override
    public void tellTime() {
      sendTime();
    }

    @Override
    public void perform(Effects effects) {
      perform.accept(effects);
    }
  }
}
