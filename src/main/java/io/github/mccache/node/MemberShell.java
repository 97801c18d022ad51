package io.github.mccache.node;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.Application;
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
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
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

  private final MemberClock clock;
  private final CacheRegistry caches;
  private final NodeCounters counters;
  private final FailureLog failures;

  /** Expensive to draw from: for identities alone. What only spreads load has a fast source. */
  private final RandomGenerator incarnations;

  private final FrameCodec codec;
  private final Replica replica;
  private final Addresses addresses;
  private final Postbox postbox;
  private final NoticeLog notices;
  private final Solitude solitude;
  private final PublishedStanding standing;
  private final CacheAnnouncements announcements;
  private final ChangeSender sender;
  private final Instructions instructions;
  private final List<Inbox.Datagram> batch = new ArrayList<>(DATAGRAMS_PER_ROUND);

  /**
   * Makes a member that has not started.
   *
   * @param self its incarnation
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
    this.clock = parts.clock();
    this.caches = parts.caches();
    this.counters = parts.counters();
    this.failures = parts.failures();
    this.incarnations = options.random();
    int datagramBytes = options.maximumDatagramBytes();
    this.codec =
        new FrameCodec(
            FrameCodec.clusterTag(options.clusterName(), options.managerUri()),
            self,
            datagramBytes,
            FrameCodec.applicationTag(options.applicationVersion()));
    ReplicaOptions usual =
        ReplicaOptions.of(
                datagramBytes - codec.dataOverhead(),
                codec::sizeOf,
                new FrameBodies(codec),
                codec.frameCapacity(),
                codec.fragmentBytes())
            .withScrubInterval(options.scrubInterval());
    long nowNanos = clock.nanos();
    this.replica =
        new Replica(
            self,
            options.nodeName(),
            figures.apply(usual),
            new CacheRecords(caches, clock),
            new SplittableRandom(incarnations.nextLong()),
            nowNanos);
    this.addresses = new Addresses(incarnations);
    this.postbox = new Postbox(codec, transport, addresses, counters, clock);
    this.notices = new NoticeLog(options.nodeName(), caches::nameOf, clock::nanos);
    this.solitude = new Solitude(options, transport, counters, nowNanos);
    this.standing = new PublishedStanding(options.nodeName(), replica, clock, solitude);
    this.announcements = new CacheAnnouncements(replica, parts, this::perform);
    this.sender = new ChangeSender(replica, parts, standing, this::perform);
    this.instructions = new Instructions(replica, parts, announcements, sender);
  }

  // ---- any thread ----

  /** Returns which incarnation this member is now. */
  NodeId self() {
    return codec.self();
  }

  /** Returns what reads datagrams of this cluster. */
  FrameCodec codec() {
    return codec;
  }

  PublishedStanding standing() {
    return standing;
  }

  /** Returns whether a change may be sent now: if not, no round is needed for it. */
  boolean wantsChanges() {
    return sender.isWanted();
  }

  // ---- rounds ----

  void start() {
    failures.attempt("start", () -> perform(replica.onStart(clock.nanos())));
  }

  /** Does a bounded amount of work and returns whether there is more already. */
  boolean round(Inbox inbox) {
    if (caches.takeChanged()) {
      failures.attempt("announce caches", () -> announcements.announce(self().origin()));
    }
    receive(inbox);
    boolean moreToSend = sender.send(inbox.perMille());
    sender.hurryCoherence();
    tick(inbox);
    sender.hurryCoherence(); // wakes this thread in time for the next question
    flush();
    renewIfDue();
    standing.publishIfDue();
    return moreToSend || !inbox.isEmpty();
  }

  /** Returns when the next round is due at the latest. */
  long nextTickNanos() {
    return replica.nextTickNanos();
  }

  /**
   * Begins the end; its steps are to be done one after the other, with {@link #serve} between them,
   * and {@link #leave} after the last.
   *
   * @param nanoTime limits the steps: elapsed real time, also where the clock of a test stands
   */
  Closing closing(LongSupplier nanoTime) {
    return sender.closing(nanoTime, self().origin());
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
    failures.attempt("say goodbye", () -> perform(replica.onStop()));
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
      return codec.open(ByteBuffer.wrap(datagram.bytes()));
    } catch (RuntimeException | Error e) {
      failures.onInternalFailure("read a datagram", e);
      return null;
    }
  }

  private void receive(Opened.Frame frame, Inbox.Datagram datagram) {
    NodeId from = frame.from();
    if (from.equals(self())) {
      perform(replica.onCopyHeard(clock.nanos()));
      return;
    }
    addresses.onDatagram(from.origin(), datagram.source(), datagram.bytes().length);
    if (frame.challenge() != 0) {
      postbox.respond(datagram.source(), frame.challenge());
    }
    if (frame.response() != 0) {
      postbox.confirm(from.origin(), datagram.source(), frame.response());
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
    perform(replica.onMessage(from, sameApplication, message, clock.nanos()));
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
    if (clock.nanos() - replica.nextTickNanos() < 0) {
      return;
    }
    failures.attempt(
        "keep time",
        () -> {
          replica.onQueueDepth(inbox.takeHighestPerMille());
          sender.handOver(List.of()); // a heartbeat has the complete time if nothing changes, too
          perform(replica.onTick(clock.nanos()));
          sender.sendTouches();
        });
    failures.attempt(
        "look who is received", () -> solitude.onTick(this::hasListeners, clock.nanos()));
    standing.publish();
  }

  private boolean hasListeners() {
    return replica.members().stream().anyMatch(member -> member.state() == Member.State.ALIVE);
  }

  void flush() {
    try {
      postbox.flush();
    } catch (RuntimeException | Error e) {
      failures.onInternalFailure("send", e);
    }
  }

  /** Becomes another incarnation when everything has been sent that was said as this one. */
  private void renewIfDue() {
    if (instructions.takeRenewal()) {
      failures.attempt("become another incarnation", this::renew);
      flush();
    }
  }

  void renew() {
    NodeId next = replica.successor(incarnations);
    codec.become(next);
    sender.restart();
    perform(replica.renew(next, clock.nanos()));
    instructions.inEachCache("tell all once more", cache -> cache.renew(next.origin()));
    standing.publish();
  }

  // ---- effects ----

  void perform(Effects effects) {
    for (Instruction instruction : effects.instructions()) {
      failures.attempt("follow an instruction", () -> follow(instruction));
    }
    for (Application application : effects.apply()) {
      apply(application);
    }
    for (Outgoing outgoing : effects.send()) {
      postbox.add(outgoing);
    }
    if (!effects.notices().isEmpty()) {
      effects.notices().forEach(this::log);
      standing.publish();
    }
  }

  void log(Notice notice) {
    failures.attempt("log", () -> notices.log(notice));
  }

  private void apply(Application application) {
    counters.changesReceived.increment();
    Change change = application.change();
    ClusteredCache cache = caches.findOrSkip(change.cache(), change.version());
    if (cache == null) {
      counters.unknownCaches.increment();
      return;
    }
    try {
      ApplyOutcome outcome = cache.apply(change, application.from(), application.path());
      counters.applied(outcome);
      onApplied(application, outcome);
    } catch (RuntimeException | Error e) {
      failures.onCacheFailure("apply", cache.name(), e);
    }
  }

  void onApplied(Application application, ApplyOutcome outcome) {
    if (outcome == ApplyOutcome.AHEAD_OF_CLOCK) {
      Version version = application.change().version();
      perform(replica.onClockAhead(version, hybridTime(), clock.nanos()));
    } else if (outcome == ApplyOutcome.STALE_HISTORY) {
      perform(replica.onStaleHistory(application, clock.nanos()));
    }
  }

  void follow(Instruction instruction) {
    instructions.follow(instruction);
  }

  private long hybridTime() {
    return Math.max(clock.last(), HybridTime.ofMillis(clock.millis()));
  }

  /** Returns the state machine of the protocol. */
  Replica replica() {
    return replica;
  }
}
