package io.github.mccache.replication;

import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message.Applied;
import io.github.mccache.protocol.Message.Beginning;
import io.github.mccache.protocol.Message.StateRequest;
import io.github.mccache.protocol.Version;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The transfer with which a member joins: it takes over the vector of a donor that has joined, and
 * its records. Together with the repair of everything above that vector they make this member
 * complete. A member that receives no donor is a founder: its streams begin at 0. Confined to the
 * thread of {@link Replica}.
 *
 * <table>
 * <caption>States and transitions</caption>
 * <tr><th>from</th><th>when</th><th>to</th></tr>
 * <tr><td>new</td><td>the first chunk of a donor arrives</td><td>based</td></tr>
 * <tr><td>new, based</td><td>no donor is received for a while, or {@value #MAX_ATTEMPTS} donors
 *     have failed</td><td>joined</td></tr>
 * <tr><td>based</td><td>the last chunk arrives</td><td>joined</td></tr>
 * </table>
 */
final class JoinTransfer implements Transfer {

  /** How long a donor may take to appear after the first datagram of any member. */
  static final long DONOR_WAIT_NANOS = 600_000_000;

  private static final int MAX_ATTEMPTS = 6;

  private enum State {
    NEW,
    BASED,
    JOINED
  }

  private final ReplicaOptions options;
  private final Membership membership;
  private final Records records;
  private final Donors donors;
  private final RequiredVector required;
  private final WarmUpTransfer warmUp;
  private final CatchUpTransfer catchUp;
  private final long startNanos;

  /** Safely before anything that this member has written or received. */
  private final long startTime;

  private State state = State.NEW;
  private @Nullable Long firstReceivedNanos;

  JoinTransfer(
      ReplicaOptions options,
      Membership membership,
      Records records,
      Donors donors,
      RequiredVector required,
      WarmUpTransfer warmUp,
      CatchUpTransfer catchUp,
      long nowNanos) {
    this.options = options;
    this.membership = membership;
    this.records = records;
    this.donors = donors;
    this.required = required;
    this.warmUp = warmUp;
    this.catchUp = catchUp;
    this.startNanos = nowNanos;
    this.startTime =
        HybridTime.ofMillis(Math.max(0, records.clockMillis() - 2 * ApplyRule.MAX_AHEAD_MILLIS));
  }

  /** Returns whether gaps are requested by number: a vector, or the beginning, is their base. */
  boolean isBased() {
    return state != State.NEW;
  }

  boolean isJoined() {
    return state == State.JOINED;
  }

  /** Returns whether another member was ever received. */
  boolean hasReceived() {
    return firstReceivedNanos != null;
  }

  void onReceived(long nowNanos) {
    if (firstReceivedNanos == null) {
      firstReceivedNanos = nowNanos;
    }
  }

  /** Returns the next attempt; null if there is no donor. Then the member may be a founder. */
  @Nullable StatePull next(long request, long nowNanos, EffectsCollector effects) {
    List<Peer> joined = new ArrayList<>();
    for (Peer peer : membership.peers()) {
      if (peer.isAlive() && peer.isJoined()) {
        joined.add(peer);
      }
    }
    boolean failed = required.attempts() >= MAX_ATTEMPTS;
    if (!joined.isEmpty() && !failed) {
      Peer donor = donors.anyOf(joined);
      List<Applied> since = List.of(new Applied(StateRequest.ANY_ORIGIN, 0, startTime));
      List<Long> caches = warmUp.takeAll(donor.origin());
      return new StatePull(donor.origin(), request, true, caches, since, nowNanos);
    }
    Long first = firstReceivedNanos;
    long waited = nowNanos - (first == null ? startNanos : first);
    long patience = first == null ? options.aloneAfter().toNanos() : DONOR_WAIT_NANOS;
    if (failed || waited >= patience) {
      if (failed) {
        warmUp.cancel();
        effects.notice(new Notice.StaysCold());
      } else if (state == State.BASED) {
        warmUp.requestAll(new Version(records.time(), -1), effects); // the donor has gone
      }
      required.requireOwn(); // of the donor of a cache that was opened late
      required.resetAttempts();
      state = State.JOINED;
    }
    return null;
  }

  @Override
  public ApplyRule.Path path() {
    return ApplyRule.Path.WARM_UP;
  }

  @Override
  public boolean accepts(Beginning beginning) {
    return required.isCoveredBy(beginning);
  }

  @Override
  public void begin(StatePull pull, Beginning beginning, EffectsCollector effects) {
    catchUp.adopt(beginning.applied());
    required.require(beginning.applied());
    state = State.BASED;
    Version whole = new Version(beginning.time(), -1);
    warmUp.trustAbove(pull.caches(), beginning.floor(), whole, effects);
  }

  @Override
  public void finish(StatePull pull, Beginning beginning, long nowNanos, EffectsCollector effects) {
    warmUp.onReceived(pull, beginning);
    state = State.JOINED;
    required.requireOwn(); // as of now, for a cache that was opened in the meantime
    effects.notice(new Notice.Joined(pull.records()));
  }

  @Override
  public void fail(StatePull pull, EffectsCollector effects) {
    required.onFailed();
  }
}
