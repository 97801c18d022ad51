package io.github.mccache.node;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.Application;
import io.github.mccache.replication.Effects;
import io.github.mccache.replication.Member;
import io.github.mccache.replication.Replica;
import io.github.mccache.replication.ReplicaCounts;
import io.github.mccache.replication.ReplicaOptions;
import io.github.mccache.transport.Receiver;
import io.github.mccache.transport.Transport;
import io.github.mccache.wire.FrameCodec;
import io.github.mccache.wire.Opened;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The one thread of a member: takes datagrams and changed keys, asks the {@link Replica} what to do
 * and does it. Everything is confined to that thread but {@link #onDatagram}, {@link #wake}, {@link
 * #close} and what they use.
 */
final class EventLoop implements Receiver, Runnable {

  /** Work per round: small enough that a round is over within a few milliseconds. */
  private static final int DATAGRAMS_PER_ROUND = 256;

  private static final int CHANGES_PER_ROUND = 256;

  private static final int INBOX_DATAGRAMS = 8_192;
  private static final long INBOX_BYTES = 16L << 20;

  /** How long changes are still sent after {@link #close}. */
  private static final long FINISH_NANOS = 400_000_000;

  /** Keeps a timer that fails from keeping the thread busy. */
  private static final long SHORTEST_SLEEP_NANOS = 1_000_000;

  private final MemberClock clock;
  private final Transport transport;
  private final CacheRegistry caches;
  private final NodeCounters counters;
  private final FailureLog failures;
  private final FrameCodec codec;
  private final Replica replica;
  private final Outbox outbox;
  private final NoticeLog notices;
  private final Inbox inbox = new Inbox(INBOX_DATAGRAMS, INBOX_BYTES);
  private final Waker waker = new Waker();
  private final Set<ClusteredCache> floorsTold = new HashSet<>();

  private volatile boolean closing;
  private volatile List<Member> members = List.of();
  private volatile ReplicaCounts replicaCounts;

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
    this.transport = transport;
    this.caches = caches;
    this.counters = counters;
    this.failures = failures;
    int datagramBytes = options.maximumDatagramBytes();
    this.codec =
        new FrameCodec(
            FrameCodec.clusterTag(options.clusterName(), options.managerUri()),
            self,
            datagramBytes);
    ReplicaOptions replicaOptions =
        ReplicaOptions.of(datagramBytes - codec.dataOverhead(), codec::sizeOf);
    this.replica =
        new Replica(self, options.nodeName(), replicaOptions, options.random(), clock.nanos());
    this.replicaCounts = replica.counts();
    this.outbox = new Outbox(caches, gate::settle, failures);
    this.notices = new NoticeLog(options.nodeName(), caches::nameOf);
  }

  // ---- any thread ----

  @Override
  public void onDatagram(ByteBuffer datagram) {
    counters.datagramsReceived.increment();
    counters.bytesReceived.add(datagram.remaining());
    if (inbox.offer(datagram)) {
      waker.wake();
    } else {
      counters.inboxDrops.increment();
    }
  }

  void wake() {
    waker.wake();
  }

  /** Makes the thread send what it has, say goodbye and end. */
  void close() {
    closing = true;
    waker.wake();
  }

  List<Member> members() {
    return members;
  }

  ReplicaCounts replicaCounts() {
    return replicaCounts;
  }

  // ---- the thread of the loop ----

  @Override
  public void run() {
    attempt("start", () -> perform(replica.onStart(clock.nanos())));
    while (!closing) {
      waker.beginRound();
      if (!round() && !closing) {
        long untilTick = replica.nextTickNanos() - clock.nanos();
        waker.sleep(Math.max(untilTick, SHORTEST_SLEEP_NANOS));
        Thread.interrupted(); // not ours, and would keep the thread from sleeping
      }
    }
    finish();
  }

  /** Does a bounded amount of work and returns whether there is more already. */
  boolean round() {
    if (caches.takeChanged()) {
      attempt("announce caches", this::announceCaches);
    }
    receive();
    send();
    tick();
    return !inbox.isEmpty() || outbox.hasMore();
  }

  private void finish() {
    long begun = System.nanoTime(); // real time: the clock of a test may stand still
    do {
      send();
    } while (outbox.hasMore() && System.nanoTime() - begun < FINISH_NANOS);
    attempt("say goodbye", () -> perform(replica.onStop()));
    publish();
  }

  private void announceCaches() {
    perform(replica.onCaches(caches.descriptions(), clock.nanos()));
    List<ClusteredCache> open = caches.open();
    floorsTold.retainAll(open);
    for (ClusteredCache cache : open) {
      Version floor = cache.clearFloor();
      if (floorsTold.add(cache) && floor.isAfter(Version.NONE)) {
        perform(replica.onClearFloor(new Message.ClearFloor(cache.id(), floor), clock.nanos()));
      }
    }
  }

  private void receive() {
    for (int i = 0; i < DATAGRAMS_PER_ROUND; i++) {
      byte[] datagram = inbox.poll();
      if (datagram == null) {
        return;
      }
      attempt("read a datagram", () -> open(datagram));
    }
  }

  private void open(byte[] datagram) {
    Opened opened = codec.open(ByteBuffer.wrap(datagram));
    if (opened instanceof Opened.Refused refused) {
      counters.refused(refused.reason());
    } else if (opened instanceof Opened.Frame frame) {
      counters.bodiesSkipped.add(frame.skippedBodies());
      for (Message message : frame.messages()) {
        perform(replica.onMessage(frame.from(), message, clock.nanos()));
      }
    }
  }

  private void send() {
    List<Change> changes = outbox.take(CHANGES_PER_ROUND);
    if (!changes.isEmpty()) {
      attempt("send changes", () -> handOver(changes));
    }
  }

  private void handOver(List<Change> changes) {
    perform(replica.onLocal(changes, outbox.completeTime(), clock.nanos()));
  }

  private void tick() {
    if (clock.nanos() - replica.nextTickNanos() < 0) {
      return;
    }
    attempt(
        "keep time",
        () -> {
          handOver(List.of()); // a heartbeat tells the complete time also when nothing changes
          perform(replica.onTick(clock.nanos()));
        });
    publish();
  }

  private void publish() {
    members = replica.members();
    replicaCounts = replica.counts();
  }

  private void perform(Effects effects) {
    transmit(effects.send());
    effects.apply().forEach(this::apply);
    if (!effects.notices().isEmpty()) {
      effects.notices().forEach(notices::log);
      publish();
    }
  }

  private void transmit(List<Message> messages) {
    if (messages.isEmpty()) {
      return;
    }
    for (byte[] datagram : codec.encode(messages)) {
      counters.datagramsSent.increment();
      counters.bytesSent.add(datagram.length);
      transport.send(ByteBuffer.wrap(datagram));
    }
    for (Message message : messages) {
      if (message instanceof Message.Data data) {
        counters.changesSent.add(data.changes().size());
      }
    }
  }

  private void apply(Application application) {
    counters.changesReceived.increment();
    Change change = application.change();
    ClusteredCache cache = caches.find(change.cache());
    if (cache == null) {
      counters.unknownCaches.increment();
      return;
    }
    try {
      ApplyOutcome outcome = cache.apply(change, application.from(), application.path());
      counters.applied(outcome);
      if (outcome == ApplyOutcome.AHEAD_OF_CLOCK) {
        perform(replica.onClockAhead(change.version(), hybridTime(), clock.nanos()));
      }
    } catch (RuntimeException | Error e) {
      failures.onCacheFailure("apply", cache.name(), e);
    }
  }

  private long hybridTime() {
    return Math.max(clock.last(), HybridTime.ofMillis(clock.millis()));
  }

  private void attempt(String what, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      failures.onInternalFailure(what, e);
    }
  }
}
