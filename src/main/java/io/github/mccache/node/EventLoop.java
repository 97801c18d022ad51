package io.github.mccache.node;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.Application;
import io.github.mccache.replication.ApplyRule;
import io.github.mccache.replication.BodyCodec;
import io.github.mccache.replication.Effects;
import io.github.mccache.replication.Instruction;
import io.github.mccache.replication.Member;
import io.github.mccache.replication.Notice;
import io.github.mccache.replication.Outgoing;
import io.github.mccache.replication.Replica;
import io.github.mccache.replication.ReplicaOptions;
import io.github.mccache.transport.Receiver;
import io.github.mccache.transport.Transport;
import io.github.mccache.wire.FrameCodec;
import io.github.mccache.wire.Opened;
import io.github.mccache.wire.Refusal;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The one thread of a member: takes datagrams and changed keys, asks the {@link Replica} what to do
 * and does it. Everything is confined to that thread but {@link #onDatagram}, {@link #wake}, {@link
 * #close}, what can be waited for, and what they use.
 */
final class EventLoop implements Receiver, Runnable {

  /** Work per round: small enough that a round is over within a few milliseconds. */
  private static final int DATAGRAMS_PER_ROUND = 512;

  private static final int INBOX_DATAGRAMS = 8_192;
  private static final long INBOX_BYTES = 16L << 20;

  /** With an inbox as full as this, what others say comes before what this member has to say. */
  private static final int BUSY_PER_MILLE = 125;

  /** How long own changes wait behind a full inbox at most. */
  private static final long LONGEST_SILENCE_NANOS = 20_000_000;

  /** How old what is published may get while there is work. */
  private static final long PUBLISH_NANOS = 10_000_000;

  /** How long a question to the loop waits for its answer. */
  private static final long LONGEST_ANSWER_MILLIS = 1_000;

  /** Keeps a timer that fails from keeping the thread busy. */
  private static final long SHORTEST_SLEEP_NANOS = 1_000_000;

  private final MemberClock clock;
  private final CacheRegistry caches;
  private final StampGate gate;
  private final NodeCounters counters;
  private final FailureLog failures;

  /** Expensive to draw from: for identities alone. What only spreads load has a fast source. */
  private final RandomGenerator incarnations;

  private final FrameCodec codec;
  private final Replica replica;
  private final Outbox outbox;
  private final Addresses addresses;
  private final Postbox postbox;
  private final NoticeLog notices;
  private final KeptApart keptApart;
  private final Solitude solitude;
  private final RoundWatch watch;
  private final Inbox inbox = new Inbox(INBOX_DATAGRAMS, INBOX_BYTES);
  private final List<Inbox.Datagram> batch = new ArrayList<>(DATAGRAMS_PER_ROUND);
  private final Waker waker = new Waker();
  private final Queue<Runnable> questions = new ConcurrentLinkedQueue<>();
  private final Awaiters acknowledged;
  private final Awaiters coherent;

  /** The caches that the replica knows, by their numbers. */
  private final Map<Long, ClusteredCache> announced = new HashMap<>();

  private long drainedNanos;
  private long completeTimeTold;

  /** For which time the others were asked last. */
  private long coherenceAsked;

  private boolean renewalDue;

  private volatile boolean closing;
  private volatile boolean failed;
  private volatile boolean writersAreHeard = true;
  private volatile Standing standing;
  private volatile long isolatedSince = Long.MAX_VALUE;

  EventLoop(
      NodeOptions options,
      NodeId self,
      Transport transport,
      MemberClock clock,
      StampGate gate,
      CacheRegistry caches,
      NodeCounters counters,
      FailureLog failures) {
    this.clock = clock;
    this.gate = gate;
    this.caches = caches;
    this.counters = counters;
    this.failures = failures;
    this.incarnations = options.random();
    int datagramBytes = options.maximumDatagramBytes();
    this.codec =
        new FrameCodec(
            FrameCodec.clusterTag(options.clusterName(), options.managerUri()),
            self,
            datagramBytes,
            FrameCodec.applicationTag(options.applicationVersion()));
    ReplicaOptions replicaOptions =
        ReplicaOptions.of(
                datagramBytes - codec.dataOverhead(),
                codec::sizeOf,
                bodies(codec),
                codec.frameCapacity(),
                codec.fragmentBytes())
            .withScrubInterval(options.scrubInterval());
    this.drainedNanos = clock.nanos();
    this.watch = new RoundWatch(options.nodeName());
    this.replica =
        new Replica(
            self,
            options.nodeName(),
            replicaOptions,
            new CacheRecords(caches, clock),
            new SplittableRandom(options.random().nextLong()),
            drainedNanos);
    this.standing = Standing.of(replica, drainedNanos);
    this.acknowledged = new Awaiters(options.nodeName(), standing.acknowledgedTime());
    this.coherent = new Awaiters(options.nodeName(), standing.aliveStableTime());
    this.outbox = new Outbox(caches, gate::settle, failures);
    this.addresses = new Addresses(incarnations);
    this.postbox = new Postbox(codec, transport, addresses, counters, clock);
    this.solitude = new Solitude(options, transport, counters, drainedNanos);
    this.keptApart = new KeptApart(options, codec::labelOf, clock::nanos);
    this.notices = new NoticeLog(options.nodeName(), caches::nameOf, clock::nanos);
  }

  private static BodyCodec bodies(FrameCodec codec) {
    return new BodyCodec() {
      @Override
      public int sizeOf(Message message) {
        return codec.sizeOf(message);
      }

      @Override
      public byte[] encode(Message message) {
        return codec.encodeBody(message);
      }

      @Override
      public @Nullable Message decode(NodeId from, byte[] body) {
        return codec.decodeBody(from, body);
      }
    };
  }

  // ---- any thread ----

  @Override
  public void onDatagram(ByteBuffer datagram, SocketAddress source) {
    watch.look(clock.nanos());
    counters.datagramsReceived.increment();
    counters.bytesReceived.add(datagram.remaining());
    Refusal refusal = codec.refusedByPrefix(datagram);
    if (refusal != null) { // before anything is kept of it
      counters.refused(refusal);
      if (refusal == Refusal.KEPT_APART) {
        keptApart.onDatagram(datagram, source);
      }
    } else {
      counters.inboxDrops.add(inbox.offer(datagram, source));
      waker.wake();
    }
  }

  /** Returns which incarnation this member is now. */
  NodeId self() {
    return codec.self();
  }

  /** Says that something is to be done. */
  void wake() {
    waker.wake();
  }

  /** Says that a key has changed; next to free of cost when nothing may be sent now. */
  void wakeForChanges() {
    if (writersAreHeard) {
      waker.wake();
    }
  }

  /** Makes the thread send what it has, say goodbye and end. */
  void close() {
    closing = true;
    waker.wake();
  }

  /** Returns whether the thread has ended because of an Error. */
  boolean hasFailed() {
    return failed;
  }

  /** Returns how this member stood when the loop last looked. */
  Standing standing() {
    return standing;
  }

  /** See {@link Stability#isolatedSince}. */
  long isolatedSince() {
    return isolatedSince;
  }

  /** Those who wait until the others have applied what this member wrote. */
  Awaiters acknowledged() {
    return acknowledged;
  }

  /** Those who wait until everybody has applied what anybody wrote. */
  Awaiters coherent() {
    return coherent;
  }

  /** Waits until a time is reached; returns whether it was. Not for the thread of the loop. */
  boolean await(Awaiters awaiters, long time, Duration timeout) throws InterruptedException {
    waker.wake(); // perhaps the others have yet to be told of that time
    return awaiters.await(time, NANOSECONDS.convert(timeout));
  }

  /**
   * Returns the labels of the members that have not applied what this one wrote up to a time; none
   * if the loop does not answer. Not for the thread of the loop.
   */
  List<String> unacknowledged(long time) {
    CompletableFuture<List<String>> labels = new CompletableFuture<>();
    questions.add(() -> labels.complete(replica.unacknowledged(time)));
    waker.wake();
    try {
      return labels.get(LONGEST_ANSWER_MILLIS, MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    } catch (ExecutionException | TimeoutException e) {
      return List.of();
    }
  }

  // ---- the thread of the loop ----

  @Override
  public void run() {
    attempt("start", () -> perform(replica.onStart(clock.nanos())));
    try {
      while (!closing) {
        waker.beginRound();
        watch.begin(clock.nanos());
        boolean more = round();
        watch.end();
        if (!more && !closing) {
          long untilTick = replica.nextTickNanos() - clock.nanos();
          waker.sleep(Math.max(untilTick, SHORTEST_SLEEP_NANOS));
          Thread.interrupted(); // not ours, and would keep the thread from sleeping
        }
      }
      finish();
    } catch (Throwable e) {
      fail(e);
      return;
    }
    acknowledged.end();
    coherent.end();
  }

  /**
   * Ends the member because of what it cannot mend, such as want of memory in the midst of a step:
   * what it has sent and received is not known any more, so those that wait fail and its caches
   * serve nothing. For the other members it has crashed.
   */
  private void fail(Throwable cause) {
    failed = true;
    acknowledged.fail();
    coherent.fail();
    while (!closing && !withdrawCaches()) {
      LockSupport.parkNanos(this, SHORTEST_SLEEP_NANOS); // until there is memory for that
    }
    failures.onMemberFailure(cause);
  }

  private boolean withdrawCaches() {
    try {
      for (ClusteredCache cache : caches.open()) {
        cache.withdraw();
      }
      return true;
    } catch (RuntimeException | Error e) {
      return false;
    }
  }

  /** Does a bounded amount of work and returns whether there is more already. */
  boolean round() {
    if (caches.takeChanged()) {
      attempt("announce caches", this::announceCaches);
    }
    receive();
    boolean moreToSend = send();
    hurryCoherence();
    tick();
    hurryCoherence(); // wakes this thread in time for the next question
    flush();
    renewIfDue();
    publishIfDue();
    answer();
    return moreToSend || !inbox.isEmpty();
  }

  private void finish() {
    writersAreHeard = true;
    attempt("send the rest", this::sendRest);
    attempt("say goodbye", () -> perform(replica.onStop()));
    flush();
    publish();
  }

  private void sendRest() {
    Closing closing = new Closing(replica, outbox, new ClosingShell());
    while (!closing.step()) {
      passAMoment();
    }
    if (!closing.isWhole()) {
      notices.closedWithUnsent(closing.cleared());
    }
  }

  private final class ClosingShell implements Closing.Shell {

    private final long begunNanos = System.nanoTime(); // real time: a test's clock may stand still

    @Override
    public long elapsedNanos() {
      return System.nanoTime() - begunNanos;
    }

    @Override
    public long nanos() {
      return clock.nanos();
    }

    @Override
    public Version nextVersion() {
      return new Version(clock.next(), codec.self().origin());
    }

    @Override
    public void handOver(List<Change> changes) {
      EventLoop.this.handOver(changes);
    }

    @Override
    public void tellTime() {
      EventLoop.this.tellTime();
    }

    @Override
    public void perform(Effects effects) {
      EventLoop.this.perform(effects);
    }
  }

  private void passAMoment() {
    flush();
    if (inbox.isEmpty()) {
      LockSupport.parkNanos(this, SHORTEST_SLEEP_NANOS);
      Thread.interrupted(); // not ours, and would keep the thread from sleeping
    }
    receive();
    tick();
    flush();
  }

  private boolean hasListeners() {
    return replica.members().stream().anyMatch(member -> member.state() == Member.State.ALIVE);
  }

  private void announceCaches() {
    List<CacheRegistry.Attached> open = caches.attached();
    // A cache that was closed and opened again is another one, though it has the same number.
    List<CacheRegistry.Attached> still = open.stream().filter(this::isNoStranger).toList();
    if (still.size() < open.size()) {
      announce(still);
    }
    announce(open);
    for (CacheRegistry.Attached attached : open) {
      ClusteredCache cache = attached.cache();
      cache.renew(codec.self().origin()); // it may have been made while this became another member
      Version floor = cache.clearFloor();
      if (announced.put(cache.id(), cache) != cache && floor.isAfter(Version.NONE)) {
        perform(replica.onClearFloor(new Message.ClearFloor(cache.id(), floor), clock.nanos()));
      }
    }
    announced.keySet().retainAll(open.stream().map(attached -> attached.cache().id()).toList());
  }

  private boolean isNoStranger(CacheRegistry.Attached attached) {
    ClusteredCache known = announced.get(attached.cache().id());
    return known == null || known == attached.cache();
  }

  private void announce(List<CacheRegistry.Attached> open) {
    Set<Long> warm = new HashSet<>();
    for (CacheRegistry.Attached attached : open) {
      if (attached.warmUp()) {
        warm.add(attached.cache().id());
      }
    }
    List<Message.CacheDescription> descriptions =
        open.stream().map(CacheRegistry.Attached::description).toList();
    perform(replica.onCaches(descriptions, warm, clock.nanos()));
  }

  private void receive() {
    inbox.take(DATAGRAMS_PER_ROUND, batch);
    for (Inbox.Datagram datagram : batch) {
      Opened opened = open(datagram);
      if (opened != null) {
        attempt("follow a datagram", () -> follow(opened, datagram));
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

  private void follow(Opened opened, Inbox.Datagram datagram) {
    if (opened instanceof Opened.Frame frame) {
      NodeId from = frame.from();
      if (from.equals(codec.self())) {
        perform(replica.onCopyHeard(clock.nanos()));
        return;
      }
      addresses.heard(from.origin(), datagram.source(), datagram.bytes().length);
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
        observe(message);
        perform(replica.onMessage(from, frame.sameApplication(), message, clock.nanos()));
      }
    } else if (opened instanceof Opened.Refused refused) {
      counters.refused(refused.reason());
    }
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

  /**
   * Sends what changed here, unless the others come first; returns whether there is more that may
   * be sent at once.
   */
  private boolean send() {
    long now = clock.nanos();
    boolean othersFirst =
        inbox.perMille() >= BUSY_PER_MILLE && now - drainedNanos < LONGEST_SILENCE_NANOS;
    if (othersFirst) {
      return true;
    }
    int wanted = replica.changesWanted(now);
    writersAreHeard = wanted > 0; // before the caches are looked at: who is not heard now is found
    if (wanted == 0) {
      return false;
    }
    drainedNanos = now;
    drain(wanted);
    return outbox.hasMore() && replica.changesWanted(clock.nanos()) > 0;
  }

  private void drain(int wanted) {
    replica.onAckWanted(acknowledged.isAnybodyExpected());
    List<Change> changes = outbox.take(wanted);
    replica.onBacklog(outbox.hasMore());
    boolean timeAwaited =
        acknowledged.isMoreAwaited(completeTimeTold) || coherent.isMoreAwaited(completeTimeTold);
    if (!changes.isEmpty()) {
      attempt("send changes", () -> handOver(changes));
    } else if (timeAwaited && outbox.completeTime() > completeTimeTold) {
      attempt("tell the time", this::tellTime);
    }
  }

  /** Asks the others at once, and looks at every answer, while a thread waits for them. */
  private void hurryCoherence() {
    long awaited = coherent.highestAwaited();
    if (awaited > standing.aliveStableTime()) {
      attempt(
          "ask how far the others are",
          () -> replica.onCoherenceAwaited(awaited != coherenceAsked, clock.nanos()));
      coherenceAsked = awaited;
    }
  }

  private void handOver(List<Change> changes) {
    completeTimeTold = outbox.completeTime();
    perform(replica.onLocal(changes, completeTimeTold, clock.nanos()));
  }

  private void tellTime() {
    completeTimeTold = outbox.completeTime();
    perform(replica.onTimeAwaited(completeTimeTold, clock.nanos()));
  }

  private void tick() {
    if (clock.nanos() - replica.nextTickNanos() < 0) {
      return;
    }
    attempt(
        "keep time",
        () -> {
          replica.onQueueDepth(inbox.takeHighestPerMille());
          handOver(List.of()); // a heartbeat tells the complete time also when nothing changes
          perform(replica.onTick(clock.nanos()));
          sendTouches();
        });
    attempt("look who is received", () -> solitude.onTick(this::hasListeners, clock.nanos()));
    publish();
  }

  private void sendTouches() {
    int wanted = replica.touchesWanted(clock.nanos());
    for (ClusteredCache cache : wanted > 0 ? caches.open() : List.<ClusteredCache>of()) {
      List<Message.Touched> touched = new ArrayList<>();
      cache.drainTouched(wanted, touched::add);
      wanted -= touched.size();
      if (!touched.isEmpty()) {
        perform(replica.onTouched(cache.id(), touched, clock.nanos()));
      }
    }
  }

  private void answer() {
    for (Runnable question = questions.poll(); question != null; question = questions.poll()) {
      attempt("answer", question);
    }
  }

  void flush() {
    try {
      postbox.flush();
    } catch (RuntimeException | Error e) {
      failures.onInternalFailure("send", e);
    }
  }

  private void publish() {
    publish(Standing.of(replica, clock.nanos()));
  }

  private void publishIfDue() {
    long now = clock.nanos();
    boolean awaited = acknowledged.isAnybodyExpected() || coherent.isAnybodyExpected();
    if (awaited || now - standing.nanos() >= PUBLISH_NANOS) {
      publish(Standing.of(replica, standing, now));
    }
  }

  private void publish(Standing now) {
    Standing next = solitude.isIsolated() ? now.asIsolated() : now;
    if (next.isolated() != standing.isolated()) {
      isolatedSince = next.isolated() ? clock.last() : Long.MAX_VALUE;
    }
    standing = next;
    acknowledged.reached(now.acknowledgedTime());
    coherent.reached(now.aliveStableTime());
  }

  void perform(Effects effects) {
    for (Instruction instruction : effects.instructions()) {
      attempt("follow an instruction", () -> follow(instruction));
    }
    for (Application application : effects.apply()) {
      apply(application);
    }
    for (Outgoing outgoing : effects.send()) {
      postbox.add(outgoing);
    }
    if (!effects.notices().isEmpty()) {
      effects.notices().forEach(this::log);
      publish();
    }
  }

  private void log(Notice notice) {
    attempt("log", () -> notices.log(notice));
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
      if (outcome == ApplyOutcome.AHEAD_OF_CLOCK) {
        perform(replica.onClockAhead(change.version(), hybridTime(), clock.nanos()));
      } else if (outcome == ApplyOutcome.STALE_HISTORY) {
        perform(replica.onStaleHistory(application, clock.nanos()));
      }
    } catch (RuntimeException | Error e) {
      failures.onCacheFailure("apply", cache.name(), e);
    }
  }

  private void follow(Instruction instruction) {
    if (instruction instanceof Instruction.Distrust distrust) {
      inEachCache("distrust", cache -> cache.distrust(distrust.upTo()));
    } else if (instruction instanceof Instruction.DistrustLost) {
      inEachCache("distrust what was lost", ClusteredCache::distrustLost);
    } else if (instruction instanceof Instruction.TrustAbove trust) {
      ClusteredCache cache = caches.find(trust.cache());
      if (cache != null && announced.get(trust.cache()) == cache) { // not one that came since
        clock.observe(trust.floor().time());
        cache.trustAbove(trust.floor());
      }
    } else if (instruction instanceof Instruction.ShiftClock shift) {
      move(shift.millis(), shift.rebase());
    } else if (instruction instanceof Instruction.Prolong prolong) {
      ClusteredCache cache = caches.find(prolong.cache());
      if (cache != null) {
        prolong.entries().forEach(cache::prolong);
      }
    } else if (instruction instanceof Instruction.Relay relay) {
      inEachCache("relay", cache -> cache.relay(relay.origin(), relay.aboveTime()));
    } else if (instruction instanceof Instruction.Renew) {
      renewalDue = true;
    }
  }

  /** Becomes another incarnation when everything has been sent that was said as this one. */
  private void renewIfDue() {
    if (renewalDue) {
      renewalDue = false;
      attempt("become another incarnation", this::renew);
      flush();
    }
  }

  private void renew() {
    NodeId next = replica.successor(incarnations);
    codec.become(next);
    completeTimeTold = 0;
    outbox.lower(0); // what is told again is not complete yet
    perform(replica.renew(next, clock.nanos()));
    inEachCache("tell all once more", cache -> cache.renew(next.origin()));
    publish();
  }

  private void move(long millis, boolean rebase) {
    if (rebase) {
      clock.rebase(millis);
      long limit = HybridTime.ofMillis(clock.millis() + ApplyRule.MAX_AHEAD_MILLIS);
      gate.lower(clock.last());
      outbox.lower(clock.last());
      replica.onRebased(clock.last());
      inEachCache("drop what is ahead", cache -> cache.dropAhead(limit));
      replica.onRebased(clock.last());
    } else if (millis > 0) {
      clock.shift(millis);
    } else {
      clock.slew(millis);
    }
  }

  private void inEachCache(String operation, Consumer<ClusteredCache> action) {
    for (ClusteredCache cache : caches.open()) {
      try {
        action.accept(cache);
      } catch (RuntimeException | Error e) {
        failures.onCacheFailure(operation, cache.name(), e);
      }
    }
  }

  private long hybridTime() {
    return Math.max(clock.last(), HybridTime.ofMillis(clock.millis()));
  }

  /** A step that ends for want of memory may have been done by halves: that ends the member. */
  private void attempt(String what, Runnable step) {
    try {
      step.run();
    } catch (VirtualMachineError e) {
      throw e;
    } catch (RuntimeException | Error e) {
      failures.onInternalFailure(what, e);
    }
  }
}
