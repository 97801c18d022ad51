package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.Records;
import io.github.mccache.replication.Replica;
import io.github.mccache.replication.ReplicaOptions;
import io.github.mccache.wire.FrameCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutboxTest {

  private final AtomicLong settled = new AtomicLong();
  private final CacheRegistry caches = new CacheRegistry(MemberClock.system());
  private final FailureLog failures = new FailureLog("node");
  private final Outbox outbox = new Outbox(caches, settled::get, failures);

  @Test
  void take_nothingChanged_completesTheSettledTime() {
    settled.set(7);

    assertThat(outbox.take(10)).isEmpty();
    assertThat(outbox.completeTime()).isEqualTo(7);
    assertThat(outbox.hasMore()).isFalse();
  }

  @Test
  void take_moreThanTheMaximum_completesOnlyWithTheLast() {
    QueueCache cache = attached("a");
    LongStream.rangeClosed(1, 25).forEach(cache::change);
    settled.set(25);

    assertThat(times(outbox.take(10))).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
    assertThat(outbox.completeTime()).isZero();
    assertThat(outbox.hasMore()).isTrue();
    assertThat(outbox.take(10)).hasSize(10);
    assertThat(outbox.completeTime()).isZero();
    assertThat(outbox.take(10)).hasSize(5);
    assertThat(outbox.completeTime()).isEqualTo(25);
    assertThat(outbox.hasMore()).isFalse();
  }

  @Test
  void unfinished_someCachesHaveMore_areThoseAlone() {
    QueueCache full = attached("full");
    QueueCache empty = attached("empty");
    LongStream.rangeClosed(1, 25).forEach(full::change);
    empty.change(26);
    outbox.take(20);

    assertThat(outbox.unfinished()).containsExactly(full);
  }

  @Test
  void unfinished_nothingTakenYet_looksAtAll() {
    attached("empty");
    QueueCache full = attached("full");
    full.change(1);

    assertThat(outbox.unfinished()).containsExactly(full);
  }

  @Test
  void take_settledDuringARound_countsFromTheNextRound() {
    QueueCache cache = attached("a");
    LongStream.rangeClosed(1, 15).forEach(cache::change);
    settled.set(15);
    outbox.take(10);
    settled.set(20);

    outbox.take(10);
    assertThat(outbox.completeTime()).isEqualTo(15);
    outbox.take(10);
    assertThat(outbox.completeTime()).isEqualTo(20);
  }

  @Test
  void take_oneCacheIsBusy_theOthersHaveTheirTurn() {
    QueueCache busy = attached("busy");
    QueueCache quiet = attached("quiet");
    LongStream.rangeClosed(1, 10_000).forEach(busy::change);
    quiet.change(20_000);

    assertThat(times(outbox.take(256))).hasSize(256).contains(20_000L);
  }

  /** What the rate holds back stays in the cache, where the last value of its key replaces it. */
  @Test
  void take_keyIsWrittenManyTimesWhileTheRateIsUsedUp_onceWithItsLastValue() {
    StoreFixture fixture = StoreFixture.of(StoreOptions.Sharing.REPLICATE);
    CacheRegistry ofMember = new CacheRegistry(fixture.clock);
    ofMember.attach(fixture.store, true);
    Outbox tested = new Outbox(ofMember, fixture.clock::last, failures);
    Replica replica = hearingAnother(new CacheRecords(ofMember, fixture.clock), fixture.clock);
    for (int i = 0; replica.changesWanted(fixture.clock.nanos()) > 0 && i < 1_000; i++) {
      fixture.write("other" + i, "v".repeat(900));
      handOver(replica, tested, fixture.clock);
    }

    fixture.write("key", "value0");
    for (int i = 1; i < 100; i++) {
      assertThat(replica.changesWanted(fixture.clock.nanos())).as("no room").isZero();
      fixture.write("key", "value" + i);
    }
    List<Change> sent = new ArrayList<>();
    for (int millis = 0; millis < 1_000; millis++) {
      fixture.advance(Duration.ofMillis(1));
      replica.onTick(fixture.clock.nanos());
      sent.addAll(handOver(replica, tested, fixture.clock));
    }

    assertThat(sent).hasSize(1);
    assertThat(text(sent.get(0).key())).contains("key");
    assertThat(text(sent.get(0).value())).contains("value99");
  }

  private static List<Change> handOver(Replica replica, Outbox outbox, MemberClock clock) {
    int wanted = replica.changesWanted(clock.nanos());
    List<Change> changes = wanted > 0 ? outbox.take(wanted) : List.of();
    if (!changes.isEmpty()) {
      replica.onLocal(changes, outbox.completeTime(), clock.nanos());
    }
    return changes;
  }

  /** A member with a low rate, which has received another one: or it would keep all to itself. */
  private static Replica hearingAnother(Records records, MemberClock clock) {
    FrameCodec codec = new FrameCodec(1, new NodeId(StoreFixture.OWN, 0), 1_344, 0);
    ReplicaOptions options =
        ReplicaOptions.of(
                1_344 - codec.dataOverhead(),
                codec::sizeOf,
                new FrameBodies(codec),
                codec.frameCapacity(),
                codec.fragmentBytes())
            .withInitialRate(500_000);
    Replica replica =
        new Replica(codec.self(), "node", options, records, new SplittableRandom(1), clock.nanos());
    replica.onStart(clock.nanos());
    Message.Heartbeat heartbeat =
        new Message.Heartbeat(
            "peer", 0, 0, 0, true, List.of(), List.of(), Version.NONE, Message.Feedback.GOOD);
    replica.onMessage(StoreFixture.PEER, true, heartbeat, clock.nanos());
    return replica;
  }

  private static String text(@Nullable Payload payload) {
    return new String(Objects.requireNonNull(payload).bytes(), StandardCharsets.UTF_8);
  }

  @Test
  void take_aCacheThrows_othersAreSentAndTheTimeStays() {
    QueueCache broken = attached("broken");
    QueueCache healthy = attached("healthy");
    broken.change(1);
    healthy.change(2);
    broken.failing = true;
    settled.set(5);

    assertThat(times(outbox.take(10))).containsExactly(2L);
    assertThat(outbox.completeTime()).isZero();
    assertThat(outbox.hasMore()).as("must not be tried again at once").isFalse();
    assertThat(failures.cacheFailures()).isEqualTo(1);

    broken.failing = false;
    assertThat(times(outbox.take(10))).containsExactly(1L);
    assertThat(outbox.completeTime()).isEqualTo(5);
  }

  @Test
  void take_aCacheGivesChangesAndThenThrows_keepsThem() {
    QueueCache broken = attached("broken");
    broken.change(1);
    broken.change(2);
    broken.failsAfter = 1;

    assertThat(times(outbox.take(10))).containsExactly(1L);
    assertThat(failures.cacheFailures()).isEqualTo(1);
  }

  @Test
  void take_keysWithoutChanges_endsAllTheSame() {
    QueueCache cache = attached("a");
    cache.change(1);
    cache.silent = true;
    cache.bottomless = true;

    assertThat(outbox.take(256)).isEmpty();
    assertThat(outbox.hasMore()).isTrue();
  }

  @Test
  void take_cacheDetached_isDrainedOnceMoreAndForgotten() {
    QueueCache cache = attached("a");
    cache.change(1);
    caches.detach(cache);

    assertThat(times(outbox.take(10))).containsExactly(1L);
    cache.change(2);
    assertThat(outbox.take(10)).isEmpty();
  }

  @Test
  void take_longValues_noMoreThanGoAtOnceAndTheRestStays() {
    QueueCache cache = attached("a");
    for (int i = 1; i <= 10; i++) {
      cache.change(i, new byte[Outbox.BYTES_AT_ONCE / 2]);
    }
    settled.set(20);

    assertThat(times(outbox.take(100))).containsExactly(1L, 2L);
    assertThat(outbox.hasMore()).isTrue();
    assertThat(outbox.completeTime()).isZero();
    assertThat(cache.changes).hasSize(8);

    for (int i = 0; i < 4; i++) {
      assertThat(outbox.take(100)).hasSize(2);
    }
    outbox.take(100);
    assertThat(outbox.hasMore()).isFalse();
    assertThat(outbox.completeTime()).isEqualTo(20);
  }

  private QueueCache attached(String name) {
    QueueCache cache = new QueueCache(name);
    caches.attach(cache, true);
    return cache;
  }

  private static List<Long> times(List<Change> changes) {
    return changes.stream().map(change -> change.version().time()).toList();
  }

  /** A cache that has nothing but changes to send. */
  private static final class QueueCache extends BareCache {

    private final Queue<Change> changes = new ArrayDeque<>();
    private boolean failing;
    private boolean silent;
    private boolean bottomless;
    private int failsAfter = Integer.MAX_VALUE;

    QueueCache(String name) {
      super(name);
    }

    void change(long time) {
      changes.add(Change.remove(id(), new Version(time, 1), new Payload(1, new byte[0])));
    }

    void change(long time, byte[] value) {
      Payload key = new Payload(1, new byte[0]);
      changes.add(
          Change.put(id(), new Version(time, 1), key, new Payload(1, value), Change.ETERNAL));
    }

    @Override
    public int drain(int maximumChanges, Predicate<Change> out) {
      if (failing) {
        throw new IllegalStateException("a cache's mistake");
      }
      int drained = 0;
      while (drained < maximumChanges && (bottomless || !changes.isEmpty())) {
        if (drained == failsAfter) {
          throw new IllegalStateException("a cache's mistake");
        }
        drained++;
        if (!silent && !out.test(changes.remove())) {
          return drained;
        }
      }
      return drained;
    }
  }
}
