package io.github.mccache.node;

import io.github.mccache.replication.Replica;

/**
 * How a member stands among the others, as its protocol thread last published it, and the threads
 * that wait until it stands better. Reading is thread-safe and costs one volatile read; publishing
 * is confined to the protocol thread.
 */
final class PublishedStanding implements Stability {

  /** How old what is published may get while there is work. */
  private static final long PUBLISH_NANOS = 10_000_000;

  private Replica replica;
  private final MemberClock clock;
  private final Solitude solitude;
  private final Awaiters acknowledged;
  private final Awaiters coherent;
  private boolean startedAnew;
  private volatile Standing latest;
  private volatile long isolatedSince = Long.MAX_VALUE;

  PublishedStanding(String nodeName, Replica replica, MemberClock clock, Solitude solitude) {
    this.replica = replica;
    this.clock = clock;
    this.solitude = solitude;
    this.latest = Standing.of(replica, clock.nanos());
    this.acknowledged = new Awaiters(nodeName, latest.acknowledgedTime());
    this.coherent = new Awaiters(nodeName, latest.aliveStableTime());
  }

  // ---- any thread ----

  Standing latest() {
    return latest;
  }

  /** Returns the threads that wait until the others have applied what this member wrote. */
  Awaiters acknowledged() {
    return acknowledged;
  }

  /** Returns the threads that wait until every member has applied what any member wrote. */
  Awaiters coherent() {
    return coherent;
  }

  @Override
  public long stableTime() {
    return latest.stableTime();
  }

  @Override
  public long aliveStableTime() {
    return latest.aliveStableTime();
  }

  @Override
  public boolean isIsolated() {
    return latest.isolated();
  }

  @Override
  public long isolatedSince() {
    return isolatedSince;
  }

  // ---- the protocol thread ----

  /**
   * The member has started anew. Threads that wait end without success. Until the new replica has
   * joined, it does not know the other members, and no time counts as reached.
   */
  void startAnew(Replica newReplica) {
    replica = newReplica;
    startedAnew = true;
    publish();
    acknowledged.abandon();
    coherent.abandon();
  }

  /** Publishes everything. */
  void publish() {
    publish(Standing.of(replica, clock.nanos()));
  }

  /**
   * Publishes the times, which are cheap to find, if a thread waits for them or they are old; the
   * rest stays as it was.
   */
  void publishIfDue() {
    long now = clock.nanos();
    boolean awaited = acknowledged.isAwaited() || coherent.isAwaited();
    if (awaited || now - latest.nanos() >= PUBLISH_NANOS) {
      publish(Standing.of(replica, latest, now));
    }
  }

  private void publish(Standing found) {
    Standing now = startedAnew && !replica.isJoined() ? found.asUnknown() : found;
    Standing next = solitude.isIsolated() ? now.asIsolated() : now;
    if (next.isolated() != latest.isolated()) {
      isolatedSince = next.isolated() ? clock.last() : Long.MAX_VALUE;
    }
    latest = next;
    acknowledged.reached(now.acknowledgedTime());
    coherent.reached(now.aliveStableTime());
  }
}
