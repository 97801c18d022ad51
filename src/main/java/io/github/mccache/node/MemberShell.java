package io.github.mccache.node;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.Application;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.ApplyRule;
import io.github.mccache.replication.Effects;
import io.github.mccache.replication.Instruction;
import io.github.mccache.replication.Member;
import io.github.mccache.replication.Notice;
import io.github.mccache.replication.Outgoing;
import io.github.mccache.replication.Replica;
import io.github.mccache.replication.ReplicaOptions;
import io.github.mccache.transport.Transport;
import io.github.mccache.wire.FrameCodec;
import io.github.mccache.wire.Opened;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A member without its thread: the shell around the pure {@link Replica}. In rounds, it receives
 * datagrams, sends changes, keeps time, and performs the effects that the replica returns, on
 * caches, clock and transport. It never blocks. {@link EventLoop} drives it in production, the
 * simulator in virtual time. Confined to the thread that drives it, except {@link #self}, {@link
 * #codec}, {@link #standing} and {@link #wantsChanges}.
 *
 * <p>The simulator observes the steps by overriding them; production does not extend this class.
 */
class MemberShell {

  /** Work per round: small enough that a round is over within a few milliseconds. */
  private static final int DATAGRAMS_PER_ROUND = 512;

  /** The pause after the n-th start anew is so long, times 2 to the power of n - 1. */
  static final long FIRST_PAUSE_NANOS = 1_000_000_000;

  private static final int MOST_DOUBLINGS = 10;

  private final NodeOptions options;
  private final NodeParts parts;
  private final UnaryOperator<ReplicaOptions> figures;
  private final Transport transport;
  private final MemberClock clock;
  private final CacheRegistry caches;
  private final NodeCounters counters;
  private final FailureLog failures;
  private final Addresses addresses;
  private final NoticeLog notices;
  private final Solitude solitude;
  private final PublishedStanding standing;
  private final List<Inbox.Datagram> batch = new ArrayList<>(DATAGRAMS_PER_ROUND);
  private volatile Incarnation now;
  private Instruction.@Nullable StartAnew due;
  private int startsAnew;
  private long startedAnewNanos;

  /**
   * Makes a member that has not started.
   *
   * @param self its first incarnation
   * @param transport sends its datagrams; another thread may already receive from it
   */
  MemberShell(NodeOptions options, NodeId self, Transport transport, NodeParts parts) {
    this(options, self, transport, parts, UnaryOperator.identity());
  }

  /** As the other, with figures of the protocol that are not those of production. */
  MemberShell(
      NodeOptions options,
      NodeId self,
      Transport transport,
      NodeParts parts,
      UnaryOperator<ReplicaOptions> figures) {
    this.options = options;
    this.parts = parts;
    this.figures = figures;
    this.transport = transport;
    this.clock = parts.clock();
    this.caches = parts.caches();
    this.counters = parts.counters();
    this.failures = parts.failures();
    this.addresses = new Addresses(options.random());
    this.notices = new NoticeLog(options.nodeName(), caches::nameOf, clock::nanos);
    this.solitude = new Solitude(options, transport, counters, clock.nanos());
    FrameCodec codec = Incarnation.codec(options, self);
    Replica replica = Incarnation.replica(options, codec, null, parts, figures);
    this.standing = new PublishedStanding(options.nodeName(), replica, clock, solitude);
    this.now = incarnation(codec, replica);
  }

  private Incarnation incarnation(FrameCodec codec, Replica replica) {
    CacheAnnouncements announcements = new CacheAnnouncements(replica, parts, this::perform);
    return new Incarnation(
        codec,
        replica,
        new Postbox(codec, transport, addresses, counters, clock),
        announcements,
        new ChangeSender(replica, parts, standing, this::perform),
        new Instructions(parts, announcements, this::onDoubt));
  }

  // ---- any thread ----

  /** Returns which incarnation this member is now. */
  NodeId self() {
    return now.id();
  }

  /** Returns what reads datagrams of this cluster. */
  FrameCodec codec() {
    return now.codec();
  }

  PublishedStanding standing() {
    return standing;
  }

  /** Returns whether a change may be sent now: if not, no round is needed for it. */
  boolean wantsChanges() {
    return now.sender().isWanted();
  }

  // ---- rounds ----

  void start() {
    failures.attempt("start", () -> perform(now.replica().onStart(clock.nanos())));
  }

  /** Does a bounded amount of work and returns whether there is more already. */
  boolean round(Inbox inbox) {
    if (caches.takeChanged()) {
      failures.attempt("announce caches", () -> now.announcements().announce(self().origin()));
    }
    receive(inbox);
    boolean moreToSend = now.sender().send(inbox.perMille());
    now.sender().hurryCoherence();
    tick(inbox);
    now.sender().hurryCoherence(); // wakes this thread in time for the next question
    flush();
    startAnewIfDue();
    standing.publishIfDue();
    return moreToSend || !inbox.isEmpty();
  }

  /** Returns when the next round is due at the latest. */
  long nextTickNanos() {
    return now.replica().nextTickNanos();
  }

  /**
   * Begins the end; its steps are to be done one after the other, with {@link #serve} between them,
   * and {@link #leave} after the last.
   *
   * @param nanoTime limits the steps: elapsed real time, also where the clock of a test stands
   */
  Closing closing(LongSupplier nanoTime) {
    return now.sender().closing(nanoTime, self().origin());
  }

  /** Receives and keeps time between two steps of the end. */
  void serve(Inbox inbox) {
    receive(inbox);
    tick(inbox);
    flush();
  }

  /**
   * Ends the member.
   *
   * @param closing as far as that has come
   */
  void leave(Closing closing) {
    if (!closing.isWhole()) {
      notices.closedWithUnsent(closing.cleared());
    }
    leave();
  }

  /** Ends the member without waiting for the others. */
  void leave() {
    failures.attempt("say goodbye", () -> perform(now.replica().onStop()));
    flush();
    standing.publish();
  }

  private void receive(Inbox inbox) {
    inbox.take(DATAGRAMS_PER_ROUND, batch);
    for (Inbox.Datagram datagram : batch) {
      Opened opened = open(datagram);
      if (opened instanceof Opened.Frame frame) {
        failures.attempt("follow a datagram", () -> receive(frame, datagram));
      } else if (opened instanceof Opened.Refused refused) {
        counters.refused(refused.reason());
      }
    }
    batch.clear();
  }

  /** Returns null if that failed: then it is as good as lost. */
  private @Nullable Opened open(Inbox.Datagram datagram) {
    try {
      return now.codec().open(ByteBuffer.wrap(datagram.bytes()));
    } catch (RuntimeException | Error e) {
      failures.onInternalFailure("read a datagram", e);
      return null;
    }
  }

  private void receive(Opened.Frame frame, Inbox.Datagram datagram) {
    NodeId from = frame.from();
    if (from.equals(self())) {
      onDoubt(new Instruction.StartAnew(Instruction.Cause.COPY, 0));
      return;
    }
    addresses.onDatagram(from.origin(), datagram.source(), datagram.bytes().length);
    if (frame.challenge() != 0) {
      now.postbox().respond(datagram.source(), frame.challenge());
    }
    if (frame.response() != 0) {
      now.postbox().confirm(from.origin(), datagram.source(), frame.response());
    }
    if (frame.skippedBodies() > 0) {
      counters.bodiesSkipped.add(frame.skippedBodies());
    }
    for (Message message : frame.messages()) {
      receive(from, frame.sameApplication(), message);
    }
  }

  void receive(NodeId from, boolean sameApplication, Message message) {
    observe(message);
    perform(now.replica().onMessage(from, sameApplication, message, clock.nanos()));
  }

  /**
   * What is written here from now on is above what its sender knew: a cache that has just opened
   * there takes it, though it trusts nothing that is older.
   */
  private void observe(Message message) {
    if (message instanceof Message.Heartbeat heartbeat) {
      clock.merge(heartbeat.completeTime());
    } else if (message instanceof Message.Data data) {
      clock.merge(data.completeTime());
    }
  }

  private void tick(Inbox inbox) {
    if (clock.nanos() - now.replica().nextTickNanos() < 0) {
      return;
    }
    failures.attempt(
        "keep time",
        () -> {
          now.replica().onQueueDepth(inbox.takeHighestPerMille());
          now.sender()
              .handOver(List.of()); // a heartbeat has the complete time if nothing changes, too
          perform(now.replica().onTick(clock.nanos()));
          now.sender().sendTouches();
        });
    failures.attempt(
        "look who is received", () -> solitude.onTick(this::hasListeners, clock.nanos()));
    standing.publish();
  }

  private boolean hasListeners() {
    return now.replica().members().stream()
        .anyMatch(member -> member.state() == Member.State.ALIVE);
  }

  void flush() {
    try {
      now.postbox().flush();
    } catch (RuntimeException | Error e) {
      failures.onInternalFailure("send", e);
    }
  }

  // ---- starting anew ----

  /**
   * This member can no longer vouch for its past. A copy is remembered until the pause after the
   * last start is over: a datagram of it is the only trace that it may leave. A clock that is ahead
   * is found again.
   */
  void onDoubt(Instruction.StartAnew cause) {
    if (mayStartAnew() || cause.cause() == Instruction.Cause.COPY) {
      due = due != null && due.cause() == Instruction.Cause.COPY ? due : cause;
    }
  }

  private boolean mayStartAnew() {
    int doublings = Math.min(MOST_DOUBLINGS, startsAnew - 1);
    return startsAnew == 0 || clock.nanos() - startedAnewNanos >= FIRST_PAUSE_NANOS << doublings;
  }

  private void startAnewIfDue() {
    Instruction.StartAnew cause = due;
    if (cause != null && mayStartAnew()) {
      due = null;
      startAnew(cause); // what fails in its midst ends the round: nothing is left to go on with
    }
  }

  /**
   * The protocol thread failed. Returns whether the member has started anew; it has not if it did
   * so a moment ago.
   */
  boolean startAnewAfter(Throwable failure) {
    if (!mayStartAnew()) {
      return false;
    }
    failures.onInternalFailure("run the protocol", failure);
    due = null;
    batch.clear();
    startAnew(new Instruction.StartAnew(Instruction.Cause.ERROR, 0));
    return true;
  }

  /**
   * Begins a new history under a new incarnation. What this member wrote and not every member is
   * known to have applied goes out once, as an invalidation of the present time; all that its
   * caches hold becomes a miss; a new replica joins as any joiner does. For the other members this
   * is a crash and a restart (Candea and Fox, "Crash-Only Software", 2003).
   */
  void startAnew(Instruction.StartAnew cause) {
    Incarnation former = now;
    boolean copied = cause.cause() == Instruction.Cause.COPY;
    if (!copied) { // a copy may go on under the former incarnation for a moment
      failures.attempt("leave", () -> perform(former.replica().onStop()));
    }
    flush();
    long appliedUpTo = copied ? 0 : former.replica().appliedByAllTime();
    if (cause.clockMillis() < 0) {
      clock.rebase(cause.clockMillis());
    }
    parts.gate().restart();
    NodeId next = new NodeId(options.random().nextLong(), options.random().nextLong());
    FrameCodec codec = Incarnation.codec(options, next);
    Replica replica =
        Incarnation.replica(options, codec, copied ? former.id() : null, parts, figures);
    now = incarnation(codec, replica);
    standing.startAnew(replica);
    startsAnew++;
    startedAnewNanos = clock.nanos();
    for (ClusteredCache cache : caches.toDrain()) {
      now.announcements().startAnew(cache, next.origin(), appliedUpTo);
    }
    notices.startedAnew(cause, former.id(), next);
    perform(replica.onStart(clock.nanos()));
    now.announcements().announce(next.origin());
    flush();
    standing.publish();
  }

  // ---- effects ----

  /** Performs what a call of the replica has returned, and what follows from that. */
  final void perform(Effects effects) {
    for (@Nullable Effects step = effects; step != null; ) {
      step = performStep(step);
    }
  }

  /** Returns what the replica wants to be done next, null for nothing. */
  @Nullable Effects performStep(Effects effects) {
    for (Instruction instruction : effects.instructions()) {
      failures.attempt("follow an instruction", () -> follow(instruction));
    }
    List<ApplyOutcome> outcomes = new ArrayList<>(effects.apply().size());
    for (Application application : effects.apply()) {
      outcomes.add(apply(application));
    }
    for (Outgoing outgoing : effects.send()) {
      now.postbox().add(outgoing);
    }
    if (!effects.notices().isEmpty()) {
      effects.notices().forEach(this::log);
      standing.publish();
    }
    return outcomes.isEmpty() ? null : now.replica().onApplied(effects, outcomes, clock.nanos());
  }

  void log(Notice notice) {
    failures.attempt("log", () -> notices.log(notice));
  }

  private ApplyOutcome apply(Application application) {
    counters.changesReceived.increment();
    Change change = application.change();
    ClusteredCache cache = caches.findOrSkip(change.cache(), change.version());
    if (cache == null) {
      counters.unknownCaches.increment();
      return ApplyOutcome.DROPPED;
    }
    ApplyOutcome outcome = apply(cache, application);
    counters.applied(outcome);
    return outcome;
  }

  ApplyOutcome apply(ClusteredCache cache, Application application) {
    Change change = application.change();
    try {
      return cache.apply(change, application.from(), application.path());
    } catch (RuntimeException | Error e) {
      failures.onCacheFailure("apply", cache.name(), e);
      return refuse(cache, change.version());
    }
  }

  /** No reader may find anything older than a change that could not be applied. */
  private ApplyOutcome refuse(ClusteredCache cache, Version version) {
    try {
      boolean ahead = ApplyRule.isAheadOfClock(version, clock.millis());
      cache.refuse(ahead ? new Version(clock.next(), self().origin()) : version);
    } catch (RuntimeException | Error e) {
      failures.onCacheFailure("discard", cache.name(), e);
      cache.withdraw();
    }
    return ApplyOutcome.DISTRUSTED;
  }

  void follow(Instruction instruction) {
    now.instructions().follow(instruction);
  }

  /** Returns the state machine of the protocol. */
  Replica replica() {
    return now.replica();
  }
}
