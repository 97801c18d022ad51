package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.transport.MemoryNetwork;
import io.github.mccache.transport.Transport;
import io.github.mccache.wire.FrameCodec;
import io.github.mccache.wire.Opened;
import io.github.mccache.wire.Refusal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Single rounds on the test's own thread, in a time that stands still unless it is advanced. */
class EventLoopTest {

  private static final NodeOptions OPTIONS =
      new NodeOptions("node", "cluster", "urn:test", 1_344, new SplittableRandom(1));

  private final AtomicLong nanos = new AtomicLong();
  private final MemberClock clock =
      new MemberClock(() -> Instant.ofEpochMilli(1_700_000_000_000L), nanos::get);
  private final StampGate gate = new StampGate(clock::next);
  private final CacheRegistry caches = new CacheRegistry();
  private final NodeCounters counters = new NodeCounters();
  private final FailureLog failures = new FailureLog("node");
  private final MemoryNetwork network = MemoryNetwork.synchronous("test");
  private final Transport transport = network.transport("node");
  private final EventLoop loop =
      new EventLoop(OPTIONS, new NodeId(1, 1), transport, clock, gate, caches, counters, failures);

  private final FrameCodec peer =
      new FrameCodec(FrameCodec.clusterTag("cluster", "urn:test"), new NodeId(2, 2), 1_344);
  private final List<Message> heard = new ArrayList<>();

  @BeforeEach
  void listen() {
    transport.start(loop);
    network
        .transport("peer")
        .start(
            datagram -> {
              if (peer.open(datagram) instanceof Opened.Frame frame) {
                heard.addAll(frame.messages());
              }
            });
  }

  @Test
  void onDatagram_moreThanTheInboxHolds_dropsAndCountsTheRest() {
    for (int i = 0; i < 8_192 + 10; i++) {
      loop.onDatagram(ByteBuffer.allocate(10));
    }

    assertThat(counters.inboxDrops.sum()).isEqualTo(10);
    assertThat(counters.datagramsReceived.sum()).isEqualTo(8_192 + 10);
    int rounds = 1;
    while (loop.round()) {
      rounds++;
    }
    assertThat(rounds).isEqualTo(8_192 / 256);
    assertThat(counters.refused()).containsEntry(Refusal.TOO_SHORT, 8_192L);
    loop.onDatagram(ByteBuffer.allocate(10));
    assertThat(counters.inboxDrops.sum()).isEqualTo(10);
  }

  @Test
  void round_timePasses_givesSignsOfLife() {
    loop.round();
    heard.clear();

    for (int i = 0; i < 40; i++) {
      nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(50));
      loop.round();
    }

    List<Message.Heartbeat> heartbeats =
        heard.stream()
            .filter(Message.Heartbeat.class::isInstance)
            .map(Message.Heartbeat.class::cast)
            .toList();
    assertThat(heartbeats).hasSizeBetween(3, 6);
    assertThat(heartbeats.get(0).nodeName()).isEqualTo("node");
  }

  @Test
  void round_nothingChanges_theCompleteTimeGoesOn() {
    loop.round();
    heard.clear();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    loop.round();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    loop.round();

    List<Long> times =
        heard.stream()
            .filter(Message.Heartbeat.class::isInstance)
            .map(message -> ((Message.Heartbeat) message).completeTime())
            .toList();
    assertThat(times).hasSize(2).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void round_writerStoppedInMidWrite_holdsBackTheCompleteTime() {
    long token = gate.enter();
    long stamp = clock.next();
    loop.round();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    loop.round();
    assertThat(lastHeartbeat().completeTime()).isLessThan(stamp);

    gate.exit(token);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    loop.round();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    loop.round();
    assertThat(lastHeartbeat().completeTime()).isGreaterThan(stamp);
  }

  @Test
  void round_helloArrives_theMemberIsShown() {
    List<byte[]> hello =
        peer.encode(List.of(new Message.Hello("peer", List.of(), true), new Message.Bye()));
    for (byte[] datagram : hello) {
      loop.onDatagram(ByteBuffer.wrap(datagram));
    }
    loop.round();

    assertThat(failures.internalFailures()).isZero();
    assertThat(loop.members()).singleElement().matches(member -> member.nodeName().equals("peer"));
  }

  @Test
  void round_versionAheadOfClock_theWriterIsToldAndTheClockDoesNotFollow() {
    TestCache cache = new TestCache("cache", clock);
    caches.attach(cache);
    long anHourAhead = HybridTime.ofMillis(clock.millis() + 3_600_000);
    Change change =
        Change.remove(
            cache.id(), new Version(anHourAhead, 2), new Payload(1, new byte[] {'k', 'e', 'y'}));
    for (byte[] datagram : peer.encode(List.of(new Message.Data(1, 0, List.of(change))))) {
      loop.onDatagram(ByteBuffer.wrap(datagram));
    }

    loop.round();

    assertThat(counters.applied()).containsEntry(ApplyOutcome.AHEAD_OF_CLOCK, 1L);
    assertThat(heard)
        .filteredOn(Message.ClockReject.class::isInstance)
        .singleElement()
        .isInstanceOfSatisfying(
            Message.ClockReject.class,
            reject -> {
              assertThat(reject.origin()).isEqualTo(2);
              assertThat(reject.time()).isEqualTo(anHourAhead);
              assertThat(HybridTime.millis(reject.receiverTime())).isEqualTo(clock.millis());
            });
    assertThat(clock.next()).isLessThan(anHourAhead);
  }

  private Message.Heartbeat lastHeartbeat() {
    return heard.stream()
        .filter(Message.Heartbeat.class::isInstance)
        .map(Message.Heartbeat.class::cast)
        .reduce((first, second) -> second)
        .orElseThrow();
  }
}
