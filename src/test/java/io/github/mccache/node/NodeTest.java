package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.ApplyRule;
import io.github.mccache.replication.Member;
import io.github.mccache.transport.FaultyTransport;
import io.github.mccache.transport.MemoryNetwork;
import io.github.mccache.transport.Transport;
import io.github.mccache.transport.TransportException;
import io.github.mccache.wire.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real threads and real time over a network in memory. */
class NodeTest {

  private static final long SEED = 20_261_122;

  private final MemoryNetwork network = MemoryNetwork.synchronous("test");
  private final SplittableRandom random = new SplittableRandom(SEED);
  private final List<Node> nodes = new ArrayList<>();
  private final Map<Node, MemberClock> clocks = new HashMap<>();

  @AfterEach
  void closeAll() {
    nodes.forEach(Node::close);
  }

  @Test
  void put_threeMembers_arrivesAtAll() {
    List<TestCache> caches = threeMembers("cache");

    caches.get(0).put("a", "1");
    caches.get(1).put("b", "2");
    caches.get(2).put("c", "3");

    for (TestCache cache : caches) {
      awaitContents(cache, "{a=1, b=2, c=3}");
    }
    caches.get(2).remove("a");
    caches.get(0).put("b", "4");
    for (TestCache cache : caches) {
      awaitContents(cache, "{b=4, c=3}");
    }
  }

  @Test
  void put_sameKeysOnAllMembersAtOnce_allEndWithTheSame() throws Exception {
    List<TestCache> caches = threeMembers("cache");
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < caches.size(); i++) {
      TestCache cache = caches.get(i);
      String own = "member " + i + " ";
      writers.add(
          new Thread(
              () -> {
                for (int n = 0; n < 5_000; n++) {
                  cache.put("key " + n % 100, own + n);
                }
              }));
    }
    writers.forEach(Thread::start);
    for (Thread writer : writers) {
      writer.join();
    }

    Eventually.until(
        () -> caches.stream().map(TestCache::contents).toList().toString(),
        () ->
            caches.get(0).contents().equals(caches.get(1).contents())
                && caches.get(0).contents().equals(caches.get(2).contents())
                && caches.get(0).contents().size() == 100);
    for (Node node : nodes) {
      assertThat(node.statistics().internalFailures()).isZero();
      assertThat(node.statistics().cacheFailures()).isZero();
      assertThat(node.statistics().replica().get("missing")).isZero();
    }
  }

  @Test
  void put_datagramsDoubledAndReordered_arrivesAtBoth() {
    Transport faulty =
        new FaultyTransport(network.transport("first"), new SplittableRandom(SEED), 0, 0.3, 0.3);
    Node first = start("first", faulty, MemberClock.system());
    Node second = start("second");
    TestCache here = cacheOn(first, "cache");
    TestCache there = cacheOn(second, "cache");
    awaitMembers(first, 1);

    for (int n = 0; n < 2_000; n++) {
      here.put("key " + n % 50, "value " + n);
    }

    awaitContents(there, here.contents().toString());
  }

  /** As two virtual machines do that were resumed from one image. */
  @Test
  void put_twoProcessesThatAreTheSame_bothStartAnewAndAllAgree() {
    Node original = startAs("original", copied());
    NodeId first = original.id();
    SplittableRandom same = new SplittableRandom(SEED);
    assertThat(new NodeId(same.nextLong(), same.nextLong())).isEqualTo(first);
    Node copy = startAs("copy", copied());
    Node third = start("third");
    TestCache here = cacheOn(original, "cache");
    TestCache second = cacheOn(copy, "cache");
    TestCache there = cacheOn(third, "cache");

    for (int n = 0; n < 200; n++) {
      here.put("key " + n, "of the original");
      second.put("key " + (n + 100), "of the copy");
      there.put("key " + (n + 50), "of the third");
    }

    Eventually.until(
        () -> original.describeMembers() + " and " + copy.describeMembers(),
        () ->
            !original.id().equals(first)
                && !copy.id().equals(first)
                && original.aliveMembers() == 2
                && copy.aliveMembers() == 2);
    assertThat(copy.id()).isNotEqualTo(original.id());
    Eventually.until(
        () -> here.contents() + ", " + second.contents() + " and " + there.contents(),
        () ->
            here.contents().equals(second.contents()) && here.contents().equals(there.contents()));
    here.put("last of the original", "1");
    second.put("last of the copy", "2");
    there.put("last of the third", "3");
    for (TestCache cache : List.of(here, second, there)) {
      Eventually.until(
          cache::toString,
          () ->
              cache
                  .contents()
                  .keySet()
                  .containsAll(
                      List.of("last of the original", "last of the copy", "last of the third")));
    }
  }

  /**
   * Returns what a copied process draws from: the incarnation has been drawn already, and the rest
   * comes from the operating system, afresh for each copy.
   */
  private RandomGenerator copied() {
    SplittableRandom before = new SplittableRandom(SEED);
    SplittableRandom afterwards = random.split();
    AtomicInteger drawn = new AtomicInteger();
    return () -> drawn.getAndIncrement() < 2 ? before.nextLong() : afterwards.nextLong();
  }

  @Test
  void put_severalCaches_staysInItsOwn() {
    Node first = start("first");
    Node second = start("second");
    TestCache one = cacheOn(first, "one");
    TestCache two = cacheOn(first, "two");
    TestCache oneThere = cacheOn(second, "one");
    awaitMembers(first, 1);

    one.put("key", "in one");
    two.put("key", "in two");
    one.put("last", "1");

    awaitContents(oneThere, "{key=in one, last=1}");
    Eventually.until("unknown cache", () -> second.statistics().unknownCaches() == 1);
  }

  @Test
  void statistics_twoMembers_countBothWays() {
    Node first = start("first");
    Node second = start("second");
    TestCache here = cacheOn(first, "cache");
    TestCache there = cacheOn(second, "cache");
    awaitMembers(first, 1);

    here.put("key", "value");
    awaitContents(there, "{key=value}");
    Eventually.until(
        () -> first.statistics() + "\n" + second.statistics(),
        () ->
            first.statistics().changesSent() == 1
                && second.statistics().applied().get(ApplyOutcome.APPLIED) == 1);

    NodeStatistics sent = first.statistics();
    assertThat(sent.changesSent()).isEqualTo(1);
    assertThat(sent.datagramsSent()).isPositive();
    assertThat(sent.bytesSent()).isGreaterThan(sent.datagramsSent());
    NodeStatistics received = second.statistics();
    assertThat(received.changesReceived()).isEqualTo(1);
    assertThat(received.applied()).containsEntry(ApplyOutcome.APPLIED, 1L);
    assertThat(received.applied()).containsEntry(ApplyOutcome.DROPPED, 0L);
    assertThat(received.datagramsReceived()).isPositive();
    assertThat(received.refused()).hasSize(Refusal.values().length);
    assertThat(received.inboxDrops()).isZero();
    assertThat(received.transport().received()).isPositive();
  }

  @Test
  void members_threeNodes_knowEachOtherAndTheOneThatLeft() {
    Node first = start("first");
    Node second = start("second");
    Node third = start("third");
    awaitMembers(first, 2);
    awaitMembers(third, 2);

    second.close();

    Eventually.until(
        () -> first.members().toString(),
        () ->
            first.members().stream()
                .anyMatch(
                    member ->
                        member.id().equals(second.id())
                            && member.state() == Member.State.LEFT
                            && member.nodeName().equals("second")));
  }

  @Test
  void receive_otherCluster_changesNothing() {
    Node first = start("first");
    Node other =
        Node.start(
            new NodeOptions(
                "other",
                "another cluster",
                "urn:test",
                "",
                1_344,
                Duration.ofSeconds(2),
                random.split()),
            network.transport("other"),
            MemberClock.system());
    clocks.put(other, MemberClock.system());
    nodes.add(other);
    TestCache here = cacheOn(first, "cache");
    TestCache elsewhere = cacheOn(other, "cache");

    elsewhere.put("key", "value");

    Eventually.until(
        "a datagram with a change is refused",
        () ->
            first.statistics().refused().get(Refusal.OTHER_CLUSTER) >= 2
                && other.statistics().changesSent() == 1);
    assertThat(here.contents()).isEmpty();
    assertThat(first.members()).isEmpty();
  }

  @Test
  void receive_rubbish_isCountedByReasonWhileHealthyTrafficGoesOn() {
    Node first = start("first");
    Node second = start("second");
    TestCache here = cacheOn(first, "cache");
    TestCache there = cacheOn(second, "cache");
    List<byte[]> overheard = new ArrayList<>();
    Transport stranger = network.transport("stranger");
    stranger.start(
        (datagram, source) -> {
          byte[] copy = new byte[datagram.remaining()];
          datagram.get(copy);
          synchronized (overheard) {
            overheard.add(copy);
          }
        });
    awaitMembers(first, 1);
    here.put("key", "value");
    awaitContents(there, "{key=value}");
    List<byte[]> real;
    synchronized (overheard) {
      real = List.copyOf(overheard);
    }

    long sent = 0;
    for (int n = 0; n < 3_000; n++) {
      stranger.send(ByteBuffer.wrap(rubbish(real, n)));
      sent++;
      if (n % 100 == 0) {
        here.put("healthy " + n, "yes");
      }
    }

    awaitContents(there, here.contents().toString());
    assertThat(here.contents()).hasSize(31);
    long expected = sent;
    Eventually.until(
        () -> second.statistics().toString(), () -> refused(second) >= expected - 1_000);
    var refused = second.statistics().refused();
    assertThat(refused.get(Refusal.TOO_SHORT)).isPositive();
    assertThat(refused.get(Refusal.NOT_OURS)).isPositive();
    assertThat(refused.get(Refusal.MALFORMED)).isPositive();
    assertThat(second.statistics().internalFailures()).isZero();
    stranger.close();
  }

  /** Random, another protocol's, oversized, truncated; the last two made of real ones. */
  private byte[] rubbish(List<byte[]> real, int n) {
    byte[] some = real.get(random.nextInt(real.size()));
    switch (n % 5) {
      case 0:
        byte[] bytes = new byte[random.nextInt(1_500)];
        random.nextBytes(bytes);
        return bytes;
      case 1:
        return "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
      case 2:
        byte[] oversized = new byte[65_507];
        System.arraycopy(some, 0, oversized, 0, some.length);
        return oversized;
      case 3:
        return java.util.Arrays.copyOf(some, random.nextInt(some.length));
      default:
        return new byte[0];
    }
  }

  private static long refused(Node node) {
    return node.statistics().refused().values().stream().mapToLong(Long::longValue).sum();
  }

  @Test
  void apply_cacheThrows_othersGoOnAndTheChangeIsAppliedLater() {
    Node first = start("first");
    Node second = start("second");
    TestCache broken = cacheOn(first, "broken");
    TestCache healthy = cacheOn(first, "healthy");
    TestCache brokenThere = cacheOn(second, "broken");
    TestCache healthyThere = cacheOn(second, "healthy");
    awaitMembers(first, 1);
    brokenThere.failOnApply(new IllegalStateException("a cache's mistake"));

    broken.put("key", "late");
    Eventually.until("counted", () -> second.statistics().cacheFailures() >= 1);
    brokenThere.failOnApply(null);
    broken.put("other", "value");
    healthy.put("key", "value");

    awaitContents(brokenThere, "{key=late, other=value}");
    awaitContents(healthyThere, "{key=value}");
  }

  @Test
  void drain_cacheThrows_sendsWhenItWorksAgain() {
    Node first = start("first");
    Node second = start("second");
    TestCache broken = cacheOn(first, "broken");
    TestCache healthy = cacheOn(first, "healthy");
    TestCache brokenThere = cacheOn(second, "broken");
    TestCache healthyThere = cacheOn(second, "healthy");
    awaitMembers(first, 1);
    broken.failOnDrain(new IllegalStateException("a cache's mistake"));

    broken.put("key", "value");
    healthy.put("key", "value");
    awaitContents(healthyThere, "{key=value}");
    Eventually.until("counted", () -> first.statistics().cacheFailures() >= 1);
    broken.failOnDrain(null);

    awaitContents(brokenThere, "{key=value}"); // at the next timer, with no other reason
  }

  @Test
  void attach_afterAClear_tellsTheOthers() {
    Node first = start("first");
    Node second = start("second");
    TestCache there = cacheOn(second, "cache");
    there.put("key", "value");
    awaitMembers(first, 1);
    Version later = new Version(HybridTime.ofMillis(clocks.get(second).millis() + 100), 1);

    first.attach(new BareCache("cache", "cache", later), true);

    awaitContents(there, "{}");
  }

  @Test
  void attach_sameNumberTwice_namesBoth() {
    Node node = start("node");
    cacheOn(node, "cache");

    assertThatThrownBy(() -> cacheOn(node, "cache"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the cache cache is attached already");
    assertThatThrownBy(() -> node.attach(new BareCache("collides", "cache", Version.NONE), true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the caches cache and collides have the same number");
  }

  @Test
  void detach_writtenJustBefore_stillSendsIt() {
    Node first = start("first");
    Node second = start("second");
    TestCache here = cacheOn(first, "cache");
    TestCache there = cacheOn(second, "cache");
    awaitMembers(first, 1);

    here.put("key", "last");
    first.detach(here);
    TestCache again = cacheOn(first, "cache");

    awaitContents(there, "{key=last}");
    there.put("news", "value");
    awaitContents(again, "{news=value}");
    assertThat(here.get("news")).isNull();
  }

  /** So few that they go in its first step, for which there is always time. */
  @Test
  void close_dirtyKeys_areSentFirst() {
    Node first = start("first");
    Node second = start("second");
    TestCache here = cacheOn(first, "cache");
    TestCache there = cacheOn(second, "cache");
    awaitMembers(first, 1);

    for (int n = 0; n < 50; n++) {
      here.put("key " + n, "value");
    }
    first.close();

    Eventually.until(() -> there.contents().size() + " keys", () -> there.contents().size() == 50);
  }

  @Test
  void close_started_leavesNoThread() {
    Node node = start("node");
    cacheOn(node, "cache");
    Thread thread = thread("mccache-node-node");
    assertThat(thread.isDaemon()).isTrue();
    assertThat(thread.getContextClassLoader()).isNull();

    node.close();
    node.close();

    assertThat(thread.isAlive()).isFalse();
    assertThat(network.transport("later")).isNotNull();
    assertThatThrownBy(() -> cacheOn(node, "another"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the member node is closed");
  }

  @Test
  void close_callerIsInterrupted_endsAllTheSame() {
    Node node = start("node");
    Thread thread = thread("mccache-node-node");

    Thread.currentThread().interrupt();
    node.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(thread.isAlive()).isFalse();
  }

  @Test
  void close_onTheThreadOfTheLoop_doesNotWaitForItself() throws Exception {
    Node first = start("first");
    Node second = start("second");
    TestCache here = cacheOn(first, "cache");
    second.attach(new ClosingCache(second), true);
    awaitMembers(first, 1);
    Thread loop = thread("mccache-node-second");

    here.put("key", "value");

    loop.join(60_000);
    assertThat(loop.isAlive()).isFalse();
  }

  @Test
  void close_cacheBlocksTheLoop_returnsWithoutIt() throws Exception {
    Node node = start("node");
    Thread loop = thread("mccache-node-node");
    BlockingCache cache = new BlockingCache();
    node.attach(cache, true);
    cache.entered.await();

    node.close(); // would never return, if it waited for the loop

    loop.join(60_000); // the interrupt has ended the cache's wait
    assertThat(loop.isAlive()).isFalse();
  }

  @Test
  void start_transportCannot_leavesNoThread() {
    Transport impossible = network.transport("impossible");
    impossible.close();

    assertThatThrownBy(() -> start("impossible", impossible, MemberClock.system()))
        .isInstanceOfAny(TransportException.class, IllegalStateException.class);
    assertThat(thread("mccache-node-impossible")).isNull();
  }

  @Test
  void loop_endsInAnError_failsThoseThatWaitAndWithdrawsTheCaches() throws Exception {
    AtomicBoolean noMemory = new AtomicBoolean();
    MemberClock clock =
        new MemberClock(
            InstantSource.system(),
            () -> {
              if (noMemory.get() && Thread.currentThread().getName().startsWith("mccache-node-")) {
                throw new OutOfMemoryError("planted");
              }
              return System.nanoTime();
            });
    Node failing = start("failing", network.transport("failing"), clock);
    Node other = start("other");
    TestCache here = cacheOn(failing, "cache");
    TestCache there = cacheOn(other, "cache");
    awaitMembers(failing, 1);
    here.put("key", "value");
    awaitContents(there, "{key=value}");
    assertThat(failing.hasFailed()).isFalse();
    CompletableFuture<Throwable> waiting =
        CompletableFuture.supplyAsync(() -> catchThrowable(() -> awaitAll(failing)));

    noMemory.set(true);

    assertThat(waiting.get(60, TimeUnit.SECONDS)).isInstanceOf(MemberFailedException.class);
    Eventually.until("withdraws", () -> here.told().contains("withdraw"));
    assertThat(failing.hasFailed()).isTrue();
    assertThat(failing.staleMillis()).isEqualTo(Long.MAX_VALUE);
    assertThatThrownBy(() -> cacheOn(failing, "another"))
        .isInstanceOf(MemberFailedException.class)
        .hasMessageContaining("failing");
    assertThat(there.told()).doesNotContain("withdraw");
  }

  /** Waits for the others again and again, until that throws. */
  private static void awaitAll(Node node) throws InterruptedException {
    while (true) {
      node.awaitCoherent(Duration.ofSeconds(60));
    }
  }

  @Test
  void loop_threadInterrupted_goesOn() {
    Node first = start("first");
    Node second = start("second");
    TestCache here = cacheOn(first, "cache");
    TestCache there = cacheOn(second, "cache");
    awaitMembers(first, 1);

    thread("mccache-node-first").interrupt();
    here.put("key", "value");

    awaitContents(there, "{key=value}");
  }

  private List<TestCache> threeMembers(String cacheName) {
    List<TestCache> caches = new ArrayList<>();
    for (String nodeName : List.of("first", "second", "third")) {
      caches.add(cacheOn(start(nodeName), cacheName));
    }
    nodes.forEach(node -> awaitMembers(node, 2));
    return caches;
  }

  private Node start(String nodeName) {
    return start(nodeName, network.transport(nodeName), MemberClock.system());
  }

  private Node start(String nodeName, Transport transport, MemberClock clock) {
    return start(nodeName, transport, clock, random.split());
  }

  private Node start(
      String nodeName, Transport transport, MemberClock clock, RandomGenerator chance) {
    Node node =
        Node.start(
            new NodeOptions(
                nodeName, "cluster", "urn:test", "", 1_344, Duration.ofSeconds(2), chance),
            transport,
            clock);
    clocks.put(node, clock);
    nodes.add(node);
    return node;
  }

  private Node startAs(String nodeName, RandomGenerator chance) {
    return start(nodeName, network.transport(nodeName), MemberClock.system(), chance);
  }

  private TestCache cacheOn(Node node, String name) {
    return new TestCache(name, clocks.get(node)).on(node);
  }

  private static void awaitMembers(Node node, int count) {
    Eventually.until(
        () -> node.members().toString(),
        () ->
            node.members().stream().filter(member -> member.state() == Member.State.ALIVE).count()
                == count);
  }

  private static void awaitContents(TestCache cache, String contents) {
    Eventually.until(
        () -> cache + " instead of " + contents,
        () -> cache.contents().toString().equals(contents));
  }

  private static Thread thread(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .findFirst()
        .orElse(null);
  }

  /** Closes its member when it hears of a change. */
  private static final class ClosingCache extends BareCache {

    private final Node node;

    ClosingCache(Node node) {
      super("cache");
      this.node = node;
    }

    @Override
    public ApplyOutcome apply(Change change, NodeId from, ApplyRule.Path path) {
      node.close();
      return ApplyOutcome.APPLIED;
    }
  }

  /** Breaks its contract: waits until it is interrupted. */
  private static final class BlockingCache extends BareCache {

    private final CountDownLatch entered = new CountDownLatch(1);
    private final AtomicReference<InterruptedException> interrupted = new AtomicReference<>();

    BlockingCache() {
      super("cache");
    }

    @Override
    public int drain(int maximumChanges, Predicate<Change> out) {
      if (interrupted.get() == null) {
        entered.countDown();
        try {
          new CountDownLatch(1).await();
        } catch (InterruptedException e) {
          interrupted.set(e);
        }
      }
      return 0;
    }
  }
}
