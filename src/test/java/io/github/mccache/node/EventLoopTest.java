package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.codec.Codecs;
import io.github.mccache.codec.Encoded;
import io.github.mccache.protocol.CacheId;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.Application;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.ApplyRule;
import io.github.mccache.replication.Effects;
import io.github.mccache.replication.Instruction;
import io.github.mccache.replication.Outgoing;
import io.github.mccache.replication.Records;
import io.github.mccache.transport.MemoryNetwork;
import io.github.mccache.transport.Transport;
import io.github.mccache.wire.FrameCodec;
import io.github.mccache.wire.Opened;
import io.github.mccache.wire.Refusal;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Single rounds on the test's own thread, in a time that stands still unless it is advanced. */
class EventLoopTest {

  private static final NodeOptions OPTIONS =
      new NodeOptions(
          "node", "cluster", "urn:test", "", 1_344, Duration.ofSeconds(2), new SplittableRandom(1));

  private static final SocketAddress SOURCE = InetSocketAddress.createUnresolved("peer", 1);

  private final AtomicLong nanos = new AtomicLong();
  private final MemberClock clock =
      new MemberClock(() -> Instant.ofEpochMilli(1_700_000_000_000L), nanos::get);
  private final NodeParts parts = NodeParts.of(clock, new FailureLog("node"));
  private final StampGate gate = parts.gate();
  private final CacheRegistry caches = parts.caches();
  private final NodeCounters counters = parts.counters();
  private final FailureLog failures = parts.failures();
  private final MemoryNetwork network = MemoryNetwork.synchronous("test");
  private final Transport transport = network.transport("node");
  private final MemberShell shell = new MemberShell(OPTIONS, new NodeId(1, 1), transport, parts);
  private final EventLoop loop = new EventLoop(OPTIONS, shell, parts);

  private final FrameCodec peer =
      new FrameCodec(FrameCodec.clusterTag("cluster", "urn:test"), new NodeId(2, 2), 1_344, 0);
  private final FrameCodec bigPeer =
      new FrameCodec(FrameCodec.clusterTag("cluster", "urn:test"), new NodeId(2, 2), 16_384, 0);
  private final List<Message> heard = new ArrayList<>();
  private final List<Message> heardByAnother = new ArrayList<>();
  private final Transport peerTransport = network.transport("peer");
  private int datagrams;
  private int bytes;
  private long challenge;
  private long response;

  @BeforeEach
  void listen() {
    transport.start(loop);
    network
        .transport("another")
        .start(
            (datagram, source) -> {
              if (peer.open(datagram) instanceof Opened.Frame frame) {
                heardByAnother.addAll(frame.messages());
              }
            });
    peerTransport.start(
        (datagram, source) -> {
          datagrams++;
          bytes += datagram.remaining();
          if (peer.open(datagram) instanceof Opened.Frame frame) {
            heard.addAll(frame.messages());
            challenge = frame.challenge() == 0 ? challenge : frame.challenge();
            response = frame.response() == 0 ? response : frame.response();
          }
        });
  }

  @Test
  void onDatagram_moreThanTheInboxHolds_dropsAndCountsTheRest() {
    byte[] datagram = peer.encode(List.of(new Message.Bye(0, 0))).get(0);
    for (int i = 0; i < 8_192 + 10; i++) {
      loop.onDatagram(ByteBuffer.wrap(datagram), SOURCE);
    }

    assertThat(counters.inboxDrops.sum()).isEqualTo(10);
    assertThat(counters.datagramsReceived.sum()).isEqualTo(8_192 + 10);
    int rounds = 1;
    while (loop.round()) {
      rounds++;
    }
    assertThat(rounds).isEqualTo(8_192 / 512);
    loop.onDatagram(ByteBuffer.wrap(datagram), SOURCE);
    assertThat(counters.inboxDrops.sum()).isEqualTo(10);
  }

  @Test
  void onDatagram_refusedByItsFirstBytes_takesNoPlaceInTheInbox() {
    for (int i = 0; i < 8_192 + 10; i++) {
      loop.onDatagram(ByteBuffer.allocate(10), SOURCE);
    }

    assertThat(counters.refused()).containsEntry(Refusal.TOO_SHORT, 8_192L + 10);
    assertThat(counters.inboxDrops.sum()).isZero();
  }

  @Test
  void round_timePasses_givesHeartbeatSender() {
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
  void round_dataArrives_drawsNothingFromTheSourceOfIdentities() {
    AtomicLong drawn = new AtomicLong();
    NodeOptions counting =
        new NodeOptions(
            "counting",
            "cluster",
            "urn:test",
            "",
            1_344,
            Duration.ofSeconds(2),
            drawn::getAndIncrement);
    Transport countingTransport = network.transport("counting");
    MemberShell countedShell =
        new MemberShell(counting, new NodeId(3, 3), countingTransport, parts);
    EventLoop counted = new EventLoop(counting, countedShell, parts);
    counted.round();
    long before = drawn.get();

    for (int sequence = 1; sequence <= 100; sequence++) {
      for (byte[] datagram : peer.encode(List.of(new Message.Data(2L * sequence, 0, List.of())))) {
        counted.onDatagram(ByteBuffer.wrap(datagram), SOURCE);
      }
    }
    for (int i = 0; i < 40; i++) {
      nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(50));
      counted.round();
    }

    assertThat(failures.internalFailures()).isZero();
    assertThat(drawn.get()).isEqualTo(before);
  }

  @Test
  void round_helloArrives_theMemberIsShown() {
    List<byte[]> hello =
        peer.encode(List.of(new Message.Hello("peer", List.of(), true), new Message.Bye(0, 0)));
    for (byte[] datagram : hello) {
      loop.onDatagram(ByteBuffer.wrap(datagram), SOURCE);
    }
    loop.round();

    assertThat(failures.internalFailures()).isZero();
    assertThat(shell.standing().latest().members())
        .singleElement()
        .matches(member -> member.nodeName().equals("peer"));
  }

  /** To decode it would take 2^100 calls of hashCode. */
  private static Payload keyBomb() {
    Set<Object> root = new HashSet<>();
    Set<Object> one = root;
    Set<Object> other = new HashSet<>();
    for (int depth = 0; depth < 100; depth++) {
      Set<Object> nextOne = new HashSet<>();
      Set<Object> nextOther = new HashSet<>();
      nextOne.add("no");
      one.add(nextOne);
      one.add(nextOther);
      other.add(nextOne);
      other.add(nextOther);
      one = nextOne;
      other = nextOther;
    }
    Encoded bomb = codecs().encode(root);
    return new Payload(bomb.codec(), bomb.bytes());
  }

  private static Codecs codecs() {
    return new Codecs(EventLoopTest.class.getClassLoader(), List.of(), List.of(), List.of());
  }

  @Test
  void round_keysThatTakeForEverToDecode_areNotDecodedHere() {
    CoherentStore<Object, Object> store =
        new CoherentStore<>(
            StoreFixture.options(Object.class, codecs(), StoreOptions.Sharing.REPLICATE),
            clock,
            1,
            StoreFixture.of(StoreOptions.Sharing.LOCAL),
            Uplink.NONE,
            Stability.NONE);
    caches.attach(store, true);
    loop.round();
    Payload bomb = keyBomb();
    Payload key = StoreFixture.payload("k");
    Version version = new Version(clock.next(), 2);
    List<Message> messages =
        List.of(
            new Message.Data(
                1,
                0,
                List.of(
                    Change.put(store.id(), version, bomb, key, Change.ETERNAL),
                    Change.remove(store.id(), version, key))),
            new Message.Scrub(store.id(), List.of(new Message.KeyVersion(bomb, version))),
            new Message.Pull(1, store.id(), List.of(bomb)),
            new Message.Bye(1, 0));
    for (byte[] datagram : bigPeer.encode(messages)) {
      loop.onDatagram(ByteBuffer.wrap(datagram), SOURCE);
    }

    loop.round();

    assertThat(store.version(key)).isEqualTo(version);
    assertThat(store.version(bomb)).isEqualTo(version);
    assertThat(store.records(Records.Wanted.ALL)).toIterable().hasSize(2);
    assertThat(failures.internalFailures() + failures.cacheFailures()).isZero();
  }

  @Test
  void round_versionAheadOfClock_theWriterIsToldAndTheClockDoesNotFollow() {
    TestCache cache = new TestCache("cache", clock);
    caches.attach(cache, true);
    long anHourAhead = HybridTime.ofMillis(clock.millis() + 3_600_000);
    Change change =
        Change.remove(
            cache.id(), new Version(anHourAhead, 2), new Payload(1, new byte[] {'k', 'e', 'y'}));
    for (byte[] datagram : peer.encode(List.of(new Message.Data(1, 0, List.of(change))))) {
      loop.onDatagram(ByteBuffer.wrap(datagram), SOURCE);
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

  @Test
  void perform_messagesToOneDestination_shareADatagram() {
    shell.perform(effects(toAll(message(1)), toAll(message(2)), toAll(message(3))));
    shell.flush();

    assertThat(datagrams).isEqualTo(1);
    assertThat(heard).hasSize(3);
    assertThat(counters.datagramsSent.sum()).isEqualTo(1);
  }

  @Test
  void perform_messageForOneMember_goesToItsAddressOnly() {
    hearPeer();

    shell.perform(effects(toOne(message(1), 2), toAll(message(2))));
    shell.flush();

    assertThat(heard).containsExactlyInAnyOrder(message(1), message(2));
    assertThat(heardByAnother).containsExactly(message(2));
    assertThat(counters.datagramsToOne.sum()).isEqualTo(1);
  }

  /** A forged source must not draw more than three times what was sent in its name. */
  @Test
  void perform_moreThanThreeTimesWhatCame_isHeldUntilTheAddressHasAnswered() {
    byte[] hello = peer.encode(List.of(new Message.Hello("peer", List.of(), false))).get(0);
    peerTransport.send(ByteBuffer.wrap(hello));
    loop.round();
    heard.clear();
    bytes = 0;

    for (int i = 1; i <= 50; i++) {
      shell.perform(effects(toOne(message(i), 2)));
      shell.flush();
    }
    assertThat(challenge).as("the address is challenged").isNotZero();
    assertThat(bytes).isPositive().isLessThanOrEqualTo(3 * hello.length);
    assertThat(heard).hasSizeLessThan(50);

    peerTransport.send(ByteBuffer.wrap(peer.encodeResponse(challenge + 1)));
    loop.round();
    assertThat(heard).as("another number").hasSizeLessThan(50);

    peerTransport.send(ByteBuffer.wrap(peer.encodeResponse(challenge)));
    loop.round();
    assertThat(heard).as("within one round trip").hasSize(50);
    assertThat(counters.answersWithheld.sum()).isZero();
  }

  @Test
  void onDatagram_challenge_isReturnedToItsSourceInNoMoreBytes() {
    byte[] sent = peer.encodeChallenge(77);
    peerTransport.send(ByteBuffer.wrap(sent));
    loop.round();

    assertThat(response).isEqualTo(77);
    assertThat(counters.datagramsToOne.sum()).isEqualTo(1);
    assertThat(peer.encodeResponse(77)).hasSameSizeAs(sent);
    assertThat(sent).hasSizeLessThanOrEqualTo(Addresses.CHALLENGE_BYTES);
  }

  @Test
  void perform_messageForAMemberOfUnknownAddress_goesToAll() {
    shell.perform(effects(toOne(message(1), 2)));
    shell.flush();

    assertThat(heard).containsExactly(message(1));
    assertThat(heardByAnother).containsExactly(message(1));
  }

  @Test
  void perform_distrust_reachesEveryOpenCache() {
    BareCache one = attached("one");
    BareCache two = attached("two");

    shell.perform(instruction(new Instruction.Distrust(new Version(7, 1))));

    assertThat(one.told()).endsWith("distrust 7");
    assertThat(two.told()).endsWith("distrust 7");
  }

  @Test
  void perform_trustAbove_reachesTheCacheThatTheProtocolKnows() {
    BareCache first = attached("cache");
    loop.round();
    shell.perform(instruction(new Instruction.TrustAbove(first.id(), new Version(7, 1))));
    assertThat(first.told()).endsWith("trust above 7");

    caches.detach(first);
    BareCache second = attached("cache");
    List<String> atFirst = second.told();
    shell.perform(instruction(new Instruction.TrustAbove(first.id(), new Version(8, 1))));
    assertThat(second.told()).as("what was pulled did not go into this one").isEqualTo(atFirst);

    loop.round();
    shell.perform(instruction(new Instruction.TrustAbove(first.id(), new Version(9, 1))));
    assertThat(second.told()).endsWith("trust above 9");
  }

  @Test
  void round_heartbeatFromAHeadOfTime_whatIsWrittenHereIsAboveIt() {
    long theirs = HybridTime.ofMillis(clock.millis() + 300);
    hear(
        new Message.Heartbeat(
            "peer",
            0,
            theirs,
            theirs,
            true,
            List.of(),
            List.of(),
            Version.NONE,
            Message.Feedback.GOOD));

    assertThat(clock.next()).isGreaterThan(theirs);
  }

  @Test
  void perform_changesAndAnInstruction_theInstructionComesFirst() {
    TestCache cache = new TestCache("cache", clock);
    caches.attach(cache, true);
    loop.round();
    cache.trustAbove(new Version(clock.next(), 9));
    Payload text = new Payload(1, new byte[] {'k'});
    Change change = Change.put(cache.id(), new Version(5, 2), text, text, Change.ETERNAL);

    shell.perform(
        new Effects(
            List.of(),
            List.of(new Application(change, new NodeId(2, 2), ApplyRule.Path.RESYNC)),
            List.of(new Instruction.TrustAbove(cache.id(), Version.NONE)),
            List.of()));

    assertThat(cache.get("k")).as("a donor's record").isEqualTo("k");
  }

  @Test
  void round_clockIsAhead_startsAnewWithAnEarlierClock() {
    BareCache cache = attached("cache");
    nanos.addAndGet(TimeUnit.HOURS.toNanos(1));
    loop.round();
    NodeId former = shell.self();
    long before = clock.last();

    shell.perform(
        instruction(new Instruction.StartAnew(Instruction.Cause.CLOCK_AHEAD, -3_600_000)));
    loop.round();

    assertThat(shell.self()).isNotEqualTo(former);
    assertThat(clock.next()).isLessThan(before);
    assertThat(cache.told()).contains("start anew " + shell.self().origin() + " " + Long.MAX_VALUE);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    loop.round();
    assertThat(lastHeartbeat().completeTime()).isLessThan(before);
  }

  @Test
  void round_cacheCannotStartAnew_isWithdrawn() {
    BareCache cache =
        new BareCache("cache") {
          @Override
          public void startAnew(long origin, long appliedUpTo) {
            throw new IllegalStateException("planted");
          }
        };
    caches.attach(cache, true);

    shell.perform(instruction(new Instruction.StartAnew(Instruction.Cause.COPY, 0)));
    loop.round();

    assertThat(cache.told()).contains("withdraw");
  }

  @Test
  void startAnewAfter_failsAgainSoon_onlyTheFirstTime() {
    BareCache cache = attached("cache");
    NodeId former = shell.self();

    assertThat(shell.startAnewAfter(new OutOfMemoryError("planted"))).isTrue();
    NodeId next = shell.self();
    assertThat(next).isNotEqualTo(former);
    assertThat(cache.told()).contains("start anew " + next.origin() + " " + Long.MAX_VALUE);
    loop.round();

    assertThat(shell.startAnewAfter(new OutOfMemoryError("planted"))).isFalse();
    assertThat(shell.self()).isEqualTo(next);
    nanos.addAndGet(MemberShell.FIRST_PAUSE_NANOS);
    assertThat(shell.startAnewAfter(new OutOfMemoryError("planted"))).isTrue();
  }

  @Test
  void round_copiesAgainAndAgain_startsAnewEverMoreRarely() {
    int starts = 0;
    for (int second = 0; second < 600; second++) {
      NodeId before = shell.self();
      shell.onDoubt(new Instruction.StartAnew(Instruction.Cause.COPY, 0));
      loop.round();
      starts += shell.self().equals(before) ? 0 : 1;
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    }

    assertThat(starts).isBetween(8, 10); // after 0, 1, 3, 7, 15 ... 511 s
  }

  @Test
  void perform_clockShifts_goesForwardAtOnceAndBackSlowly() {
    shell.perform(instruction(new Instruction.ShiftClock(700)));
    assertThat(clock.millis()).isEqualTo(1_700_000_000_700L);

    shell.perform(instruction(new Instruction.ShiftClock(-100)));
    assertThat(clock.millis()).isEqualTo(1_700_000_000_700L);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(clock.millis()).isEqualTo(1_700_000_001_650L);
  }

  @Test
  void round_changeForACacheThatIsNotOpen_isNotTrustedWhenItOpens() {
    long time = HybridTime.ofMillis(clock.millis() + 400);
    Change change = Change.remove(1, new Version(time, 2), new Payload(1, new byte[1]));
    hear(new Message.Data(1, 0, List.of(change)));

    BareCache later = attached("later");

    assertThat(counters.unknownCaches.sum()).isEqualTo(1);
    long trustedAbove =
        Long.parseLong(later.told().get(0).replace("trust above ", "")); // the loop's own follows
    assertThat(trustedAbove).isBetween(time, time + 10);
  }

  @Test
  void round_touchForACacheThatIsNotOpen_nothing() {
    BareCache open = attached("open");
    Message.Touched touched =
        new Message.Touched(new Payload(1, new byte[1]), new Version(1, 2), Change.ETERNAL);

    hear(new Message.Touch(CacheId.of("other"), List.of(touched)));
    assertThat(open.told()).doesNotContain("prolong");
    hear(new Message.Touch(CacheId.of("open"), List.of(touched)));
    assertThat(open.told()).contains("prolong");
  }

  @Test
  void round_changeFarAheadForACacheThatIsNotOpen_poisonsNothing() {
    long time = HybridTime.ofMillis(clock.millis() + 3_600_000);
    Change change = Change.remove(1, new Version(time, 2), new Payload(1, new byte[1]));
    hear(new Message.Data(1, 0, List.of(change)));

    assertThat(clock.last()).isLessThan(time);
  }

  @Test
  void unacknowledged_nobodyIsThere_isEmpty() {
    assertThat(loop.unacknowledged(1)).isEmpty();
  }

  private BareCache attached(String name) {
    BareCache cache = new BareCache(name);
    caches.attach(cache, true);
    return cache;
  }

  private void hearPeer() {
    for (byte[] datagram : peer.encode(List.of(new Message.Hello("peer", List.of(), false)))) {
      peerTransport.send(ByteBuffer.wrap(datagram));
    }
    loop.round();
    heard.clear();
    heardByAnother.clear();
  }

  private void hear(Message message) {
    for (byte[] datagram : peer.encode(List.of(message))) {
      loop.onDatagram(ByteBuffer.wrap(datagram), SOURCE);
    }
    loop.round();
  }

  /** A message that one can tell from others. */
  private static Message message(long number) {
    return new Message.ClockReject(number, number, number);
  }

  private static Outgoing toAll(Message message) {
    return new Outgoing(message, null);
  }

  private static Outgoing toOne(Message message, long origin) {
    return new Outgoing(message, origin);
  }

  private static Effects effects(Outgoing... outgoing) {
    return new Effects(List.of(outgoing), List.of(), List.of(), List.of());
  }

  private static Effects instruction(Instruction instruction) {
    return new Effects(List.of(), List.of(), List.of(instruction), List.of());
  }

  private Message.Heartbeat lastHeartbeat() {
    return heard.stream()
        .filter(Message.Heartbeat.class::isInstance)
        .map(Message.Heartbeat.class::cast)
        .reduce((first, second) -> second)
        .orElseThrow();
  }
}
