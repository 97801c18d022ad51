package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.ALICE;
import static io.github.mccache.replication.Examples.BOB;
import static io.github.mccache.replication.Examples.CACHE;
import static io.github.mccache.replication.Examples.SELF;
import static io.github.mccache.replication.Examples.floor;
import static io.github.mccache.replication.Examples.heartbeat;
import static io.github.mccache.replication.Examples.millis;
import static io.github.mccache.replication.Examples.payload;
import static io.github.mccache.replication.Examples.put;
import static io.github.mccache.replication.Examples.range;
import static io.github.mccache.replication.Examples.version;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Message.Ack;
import io.github.mccache.protocol.Message.Applied;
import io.github.mccache.protocol.Message.Beginning;
import io.github.mccache.protocol.Message.CacheDescription;
import io.github.mccache.protocol.Message.ClearFloor;
import io.github.mccache.protocol.Message.ClockReject;
import io.github.mccache.protocol.Message.Data;
import io.github.mccache.protocol.Message.Fragment;
import io.github.mccache.protocol.Message.Heartbeat;
import io.github.mccache.protocol.Message.Hello;
import io.github.mccache.protocol.Message.KeyVersion;
import io.github.mccache.protocol.Message.MissingFragments;
import io.github.mccache.protocol.Message.Nak;
import io.github.mccache.protocol.Message.Pull;
import io.github.mccache.protocol.Message.Range;
import io.github.mccache.protocol.Message.Repair;
import io.github.mccache.protocol.Message.Scrub;
import io.github.mccache.protocol.Message.StaleHistory;
import io.github.mccache.protocol.Message.StateChunk;
import io.github.mccache.protocol.Message.StateRequest;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Frames of valid form with content that no honest member sends: they cost bounded memory, are
 * answered within bounds, and the changes of an honest member are applied as always.
 */
class HostilePeerTest {

  private static final long START = Long.MAX_VALUE - millis(60_000);
  private static final NodeId MALLORY = new NodeId(66, 66);
  private static final Map<String, Long> BOUNDS =
      Map.of(
          "assemblies",
          (long) Reassembler.MAX_ASSEMBLIES,
          "assemblyBytes",
          80L << 20,
          "chunksKept",
          (long) StateDonor.MAX_SESSIONS * StateDonor.WINDOW_CHUNKS,
          "framesSent",
          200_000L,
          "keysSent",
          200_000L,
          "members",
          1_024L,
          "outgoingBytes",
          OutgoingFragments.MAXIMUM_BYTES,
          "pendingRepairs",
          (long) RepairAnswers.MAX_PENDING,
          "sessions",
          (long) StateDonor.MAX_SESSIONS,
          "streams",
          (long) Streams.MAX_STREAMS + Streams.MAX_RETIRED);

  private final ExampleRecords records = new ExampleRecords();
  private final Replica replica =
      new Replica(SELF, "self", Examples.options(1_000), records, new Random(1), START);
  private long now = START;
  private long sequenceOfAlice;
  private long sequence;

  /** A founder with an honest peer. */
  @BeforeEach
  void begin() {
    replica.onStart(now);
    replica.onCaches(
        List.of(new CacheDescription(CACHE, "books", "replicate")), Set.of(CACHE), now);
    run(100);
    hear(
        ALICE,
        new Heartbeat(
            "alice", 0, 0, 0, false, List.of(), List.of(), Version.NONE, Message.Feedback.GOOD));
    run(900);
    assertThat(replica.isJoined()).isTrue();
    hear(ALICE, heartbeat(0, 0, new Applied(SELF.origin(), 0, 0)));
    run(100);
  }

  @AfterEach
  void honestMemberIsServedAsAlwaysAndBuffersAreWithinTheirBounds() {
    honestChange();
    run(2_000);
    honestChange();
    Map<String, Long> footprint = replica.footprint();
    assertThat(footprint).containsOnlyKeys(BOUNDS.keySet());
    BOUNDS.forEach((name, bound) -> assertThat(footprint.get(name)).as(name).isBetween(0L, bound));
  }

  @Test
  void data_largestSequence_oneMoreMemberIsAll() {
    hear(MALLORY, new Data(Long.MAX_VALUE, Long.MAX_VALUE, List.of(put("x", "v", 1))));
    hear(MALLORY, new Data(Long.MAX_VALUE, Long.MAX_VALUE, List.of(put("x", "v", 1))));
    hear(MALLORY, new Data(Long.MAX_VALUE - 2, Long.MAX_VALUE, List.of(put("x", "v", 1))));
    hear(MALLORY, new Data(1, 1, List.of(put("x", "v", 1))));

    assertThat(replica.counts().get("sequencesRefused")).isEqualTo(3);
    assertThat(messages(run(3_000))).isLessThan(200);
    assertThat(replica.footprint().get("streams")).isEqualTo(2);
  }

  /** Or all that the honest member sends would look like a repetition. */
  @Test
  void data_farAheadInAnHonestStream_refusedWithItsVoids() {
    honestChange();
    hear(ALICE, new Data(Long.MAX_VALUE - 1, 0, List.of()));
    hear(ALICE, new Data(1L << 39, 0, List.of()));
    hear(ALICE, new Data(Stream.MAX_PER_SECOND + 10, 0, List.of()));
    hear(ALICE, heartbeat(1L << 39, 0));
    hear(MALLORY, heartbeat(1, 0, new Applied(ALICE.origin(), 1L << 39, 0)));
    hear(
        MALLORY,
        new Repair(
            0, ALICE.origin(), List.of(), List.of(range(1, 1L << 39)), List.of(), false, 1L << 39));

    assertThat(replica.counts().get("sequencesRefused")).isEqualTo(6);
    assertThat(replica.members())
        .filteredOn(member -> member.id().equals(ALICE))
        .extracting(Member::lastSequence)
        .containsExactly(sequenceOfAlice);
    honestChange();
  }

  @Test
  void data_timesFarAhead_promiseNothing() {
    long stable = replica.stableTime();
    hear(MALLORY, new Data(1, Long.MAX_VALUE, List.of()));
    hear(
        MALLORY,
        heartbeat(
            1,
            Long.MAX_VALUE,
            new Applied(SELF.origin(), Long.MAX_VALUE, Long.MAX_VALUE),
            new Applied(ALICE.origin(), Long.MAX_VALUE, Long.MAX_VALUE)));
    run(1_000);

    assertThat(replica.stableTime()).isLessThanOrEqualTo(Math.max(stable, 0));
    assertThat(replica.acknowledgedTime()).isZero();
  }

  @Test
  void acknowledgement_ofWhatWasNeverSaid_isNotBelieved() {
    hear(ALICE, new Ack(List.of(new Applied(SELF.origin(), Long.MAX_VALUE, Long.MAX_VALUE))));
    run(500);

    assertThat(replica.acknowledgedTime()).isZero();
    say("a");
    hear(MALLORY, new Nak(SELF.origin(), SELF.origin(), List.of(range(1, 1)), 0, List.of()));
    assertThat(sent(run(50), Repair.class)).hasSize(1).noneMatch(Repair::resync);
  }

  @Test
  void heartbeat_clockAndCollectedFarAhead_moveNothing() {
    Version ahead = new Version(Long.MAX_VALUE, -1);
    hear(MALLORY, heartbeat(0, 0));
    for (int i = 0; i < 20; i++) {
      Effects effects =
          hear(
              MALLORY,
              new Heartbeat(
                  "m",
                  Long.MAX_VALUE,
                  Long.MAX_VALUE,
                  Long.MAX_VALUE,
                  true,
                  List.of(),
                  List.of(new Applied(ALICE.origin(), Long.MAX_VALUE, Long.MAX_VALUE)),
                  ahead,
                  Message.Feedback.GOOD));
      assertThat(effects.instructions()).isEmpty();
      Instruction suspicion = new Instruction.Relay(ALICE.origin(), 0); // she is silent
      assertThat(run(200))
          .allSatisfy(each -> assertThat(each.instructions()).isSubsetOf(suspicion));
    }
  }

  @Test
  void heartbeat_clearFarAhead_neverTaken() {
    ClearFloor ahead = new ClearFloor(CACHE, new Version(Long.MAX_VALUE, 66));
    for (int i = 0; i < 1_000; i++) {
      assertThat(hear(MALLORY, clearBeat(ahead)).apply()).isEmpty();
    }
    assertThat(sent(run(1_000), Heartbeat.class))
        .isNotEmpty()
        .allSatisfy(own -> assertThat(own.clearFloors()).isEmpty());
  }

  /** What others write until then would be discarded here, and wherever this member repeats it. */
  @Test
  void heartbeat_clearALittleAhead_takenWhenItIsPast() {
    ClearFloor ahead = floor(CACHE, records.clockMillis + 400);

    assertThat(hear(MALLORY, clearBeat(ahead)).apply()).isEmpty();
    assertThat(sent(run(600), Heartbeat.class))
        .isNotEmpty()
        .allSatisfy(own -> assertThat(own.clearFloors()).isEmpty());
    records.clockMillis += 400;
    assertThat(hear(MALLORY, clearBeat(ahead)).apply())
        .containsExactly(Application.clear(ahead, MALLORY));
  }

  /** Its origin sends it once, and waits until the others have applied it. */
  @Test
  void data_clearALittleAhead_takenAtOnce() {
    Change clear = Change.clear(CACHE, version(records.clockMillis + 400, MALLORY.origin()));

    assertThat(hear(MALLORY, new Data(1, 0, List.of(clear))).apply())
        .extracting(Application::change)
        .containsExactly(clear);
    assertThat(sent(run(600), Heartbeat.class))
        .isNotEmpty()
        .allSatisfy(own -> assertThat(own.clearFloors()).hasSize(1));
  }

  /** What others write until then would be refused as history. */
  @Test
  void heartbeat_trustFloorALittleAhead_distrustedWhenItIsPast() {
    long nowMillis = records.clockMillis;
    hear(MALLORY, new Data(1, HybridTime.ofMillis(nowMillis), List.of()));
    Version ahead = version(nowMillis + 400, MALLORY.origin());

    Effects effects = hear(MALLORY, floorBeat(2, nowMillis + 500, ahead));
    assertThat(effects.instructions()).isEmpty();
    records.clockMillis = nowMillis + 399;
    assertThat(run(1_000)).allSatisfy(each -> assertThat(each.instructions()).isEmpty());
    records.clockMillis = nowMillis + 400;
    assertThat(run(1_000).stream().flatMap(each -> each.instructions().stream()))
        .containsExactly(new Instruction.Distrust(ahead));
    assertThat(replica.counts().get("distrusts")).isEqualTo(1);
  }

  @Test
  void heartbeat_clearsOfThousandsOfUnknownCaches_nothingIsKept() {
    List<ClearFloor> floors = new ArrayList<>();
    for (int cache = 1_000; cache < 6_000; cache++) {
      floors.add(floor(cache, 5));
    }
    Effects effects =
        hear(
            MALLORY,
            new Heartbeat(
                "m", 0, 0, 0, true, floors, List.of(), Version.NONE, Message.Feedback.GOOD));

    assertThat(effects.apply()).isEmpty();
    assertThat(sent(run(1_000), Heartbeat.class))
        .allSatisfy(own -> assertThat(own.clearFloors()).isEmpty());
  }

  @Test
  void heartbeat_thousandsListUnknownOrigins_noMoreStreamsThanTheMaximum() {
    for (int i = 0; i < 2_000; i++) {
      Applied[] unknown = new Applied[10];
      for (int each = 0; each < unknown.length; each++) {
        unknown[each] = new Applied(10_000L + 10 * i + each, 5, 5);
      }
      hear(MALLORY, heartbeat(0, 0, unknown));
    }

    assertThat(replica.footprint().get("streams")).isEqualTo(2 + Streams.MAX_HEARSAY);
    assertThat(messages(run(2_000))).isLessThan(500);
    hear(BOB, new Data(2, 0, List.of()));
    assertThat(sent(run(100), Nak.class)).as("one that is heard finds room").isNotEmpty();
  }

  /** What was taken up by hearsay goes away like a member does: there is room for the next ones. */
  @Test
  void heartbeat_unknownOrigins_forgottenAfterAWhile() {
    for (int i = 0; i < 300; i++) {
      hear(
          MALLORY,
          heartbeat(0, 0, new Applied(10_000L + 2 * i, 0, 5), new Applied(10_001L + 2 * i, 0, 5)));
    }
    assertThat(replica.footprint().get("streams")).isEqualTo(2 + Streams.MAX_HEARSAY);
    for (int minute = 0; minute < 17 * 60; minute++) {
      hear(ALICE, heartbeat(sequenceOfAlice, 0));
      now += millis(1_000);
      replica.onTick(now);
    }

    assertThat(replica.footprint().get("streams")).isLessThanOrEqualTo(Streams.MAX_RETIRED + 2);
    hear(BOB, new Data(1, 1, List.of()));
    assertThat(replica.members()).extracting(Member::lastSequence).contains(1L);
  }

  @Test
  void anyMessage_fromThousandsOfSenders_noMoreMembersThanTheMaximumAndCounted() {
    for (int i = 0; i < 5_000; i++) {
      hear(new NodeId(10_000 + i, i), heartbeat(0, 0));
    }
    assertThat(replica.members()).hasSize(1 + Membership.MOST_NEW_PER_SECOND);
    assertThat(replica.counts().get("membersRefused"))
        .isEqualTo(5_000 - Membership.MOST_NEW_PER_SECOND);

    for (int second = 0; second < 10; second++) {
      run(1_000);
      for (int i = 0; i < 1_100; i++) {
        hear(new NodeId(10_000 + i, i), heartbeat(0, 0));
      }
    }
    assertThat(replica.members()).hasSize(1_024);
    hear(BOB, new Data(1, 1, List.of()));
    assertThat(replica.members()).extracting(Member::id).as("no room yet").doesNotContain(BOB);

    for (int second = 0; second < 60; second++) {
      run(500);
      hear(ALICE, heartbeat(0, 0, applied(SELF, 0)));
      for (int i = 0; i < 1_023; i++) {
        hear(new NodeId(10_000 + i, i), heartbeat(0, 0));
      }
    }
    hear(BOB, new Data(2, 1, List.of()));
    assertThat(replica.members()).hasSize(1_024);
    assertThat(replica.members())
        .extracting(Member::id)
        .as("in the place of one that takes no part")
        .contains(ALICE, BOB);
  }

  /** It could make every write with acknowledge = all fail. */
  @Test
  void heartbeats_ofAMemberThatAcknowledgesNothing_delayAcknowledgedWritesForAWhileOnly() {
    List<Notice> notices = new ArrayList<>();
    beatFor(9_000, false, notices);
    assertThat(replica.acknowledgedTime()).as("it may do so yet").isZero();
    assertThat(replica.aliveStableTime()).isZero();
    assertThat(replica.unacknowledged(1)).containsExactly("mallory");
    beatFor(4_000, false, notices);

    assertThat(replica.acknowledgedTime()).isEqualTo(records.time());
    assertThat(replica.unacknowledged(1)).isEmpty();
    assertThat(replica.aliveStableTime()).isPositive();
    assertThat(replica.stableTime()).as("it may lack what was removed").isZero();
    assertThat(notices).containsOnlyOnce(new Notice.MemberAcknowledgesNothing(MALLORY, "mallory"));

    beatFor(1_000, true, notices);
    assertThat(notices).containsOnlyOnce(new Notice.MemberAcknowledges(MALLORY, "mallory"));
    records.clockMillis++;
    replica.onLocal(List.of(), records.time(), now);
    assertThat(replica.unacknowledged(records.time())).containsOnly("alice", "mallory");
  }

  /** It would keep all at the lowest rate; at first it may be a member that joins. */
  @ParameterizedTest(name = "the other one lags by {0} ms")
  @ValueSource(longs = {0, 6_000})
  void feedback_ofAMemberThatAcknowledgesNothing_slowsForAWhileOnly(long lagMillis) {
    Heartbeat overwhelmed =
        new Heartbeat(
            "mallory",
            0,
            records.time(),
            0,
            false,
            List.of(),
            List.of(),
            Version.NONE,
            new Message.Feedback(1_000, 1_000));
    List<Long> rates = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      records.clockMillis += 500;
      replica.onLocal(List.of(), records.time(), now);
      long applied = records.time() - HybridTime.ofMillis(lagMillis);
      hear(ALICE, beat("alice", applied(SELF, applied)));
      hear(MALLORY, overwhelmed);
      run(500);
      rates.add(replica.counts().get("rateBytesPerSecond"));
    }

    assertThat(rates.get(10)).isLessThan(rates.get(0));
    assertThat(rates.get(59)).isGreaterThan(rates.get(10));
  }

  /** What it repeats is what it, or whoever it poses as, acknowledged once. */
  @Test
  void heartbeats_thatRepeatAnOldAcknowledgement_countAsNone() {
    hear(MALLORY, beat("mallory", applied(SELF, 1)));
    List<Notice> notices = new ArrayList<>();
    for (int i = 0; i < 26; i++) {
      beatFor(500, false, notices);
      hear(MALLORY, beat("mallory", applied(SELF, 1)));
    }

    assertThat(replica.unacknowledged(records.time())).doesNotContain("mallory");
  }

  /** Each half a second; this member's own complete time moves on, and Alice acknowledges it. */
  private void beatFor(long forMillis, boolean malloryAcknowledges, List<Notice> notices) {
    for (long at = 0; at < forMillis; at += 500) {
      records.clockMillis += 500;
      long time = records.time();
      replica.onLocal(List.of(), time, now);
      run(500).forEach(effects -> notices.addAll(effects.notices()));
      Applied all = applied(SELF, time);
      hear(ALICE, beat("alice", all, applied(MALLORY, time)));
      Heartbeat other = malloryAcknowledges ? beat("mallory", all) : beat("mallory");
      notices.addAll(hear(MALLORY, other).notices());
      replica.onCoherenceAwaited(false, now);
    }
  }

  private Heartbeat beat(String name, Applied... applied) {
    return new Heartbeat(
        name,
        name.equals("alice") ? sequenceOfAlice : 0,
        records.time(),
        0,
        true,
        List.of(),
        List.of(applied),
        Version.NONE,
        Message.Feedback.GOOD);
  }

  private static Applied applied(NodeId origin, long completeTime) {
    return new Applied(origin.origin(), 0, completeTime);
  }

  @Test
  void nak_sixtyFourRangesUpToTheLargest_boundedAnswers() {
    for (int i = 0; i < 5_000; i++) {
      say("key" + i);
    }
    List<Range> ranges = new ArrayList<>();
    for (int each = 0; each < 63; each++) {
      ranges.add(range(2L * each + 1, 2L * each + 1));
    }
    ranges.add(range(200, Long.MAX_VALUE));
    for (int i = 0; i < 1_000; i++) {
      hear(MALLORY, new Nak(SELF.origin(), SELF.origin(), ranges, i % 8, List.of()));
    }

    List<Effects> answers = run(100);
    assertThat(sent(answers, Repair.class)).filteredOn(Repair::resync).hasSizeLessThan(5);
    assertThat(sent(answers, Repair.class)).hasSizeLessThan(300);
    assertThat(replica.footprint().get("pendingRepairs")).isZero();
  }

  @Test
  void nak_manySenders_droppedAndCounted() {
    for (int i = 0; i < 10_000; i++) {
      say("key" + i);
    }
    for (int i = 0; i < 1_000; i++) {
      long first = 1 + 2_000L * (i % 5);
      hear(
          new NodeId(10_000 + i, 0),
          new Nak(
              SELF.origin(), SELF.origin(), List.of(range(first, first + 1_999)), 0, List.of()));
    }

    assertThat(replica.counts().get("repairRequestsDropped")).isPositive();
    assertThat(replica.footprint().get("pendingRepairs"))
        .isEqualTo((long) RepairAnswers.MAX_PENDING);
    assertThat(messages(run(1_000))).isLessThan(20_000);
  }

  @Test
  void nak_ofAnothersStreamOrOfUnknownPieces_nothing() {
    hear(MALLORY, new Nak(ALICE.origin(), SELF.origin(), List.of(range(1, 9)), 0, List.of()));
    hear(MALLORY, new Nak(SELF.origin(), ALICE.origin(), List.of(range(1, 9)), 0, List.of()));
    hear(
        MALLORY,
        new Nak(
            SELF.origin(),
            SELF.origin(),
            List.of(),
            0,
            List.of(new MissingFragments(9, List.of(range(0, Long.MAX_VALUE))))));

    assertThat(sent(run(500), Repair.class)).isEmpty();
    assertThat(sent(run(500), Fragment.class)).isEmpty();
  }

  @Test
  void repair_ofAStreamThatIsNotThere_nothing() {
    Effects effects =
        hear(
            MALLORY,
            new Repair(
                0,
                999,
                List.of(range(1, Long.MAX_VALUE)),
                List.of(range(0, Long.MAX_VALUE)),
                List.of(put("x", "v", 1)),
                true));

    assertThat(effects.apply()).isEmpty();
    assertThat(replica.footprint().get("streams")).isEqualTo(2);
  }

  /** What is missing would count as received, and stay old. */
  @Test
  void repair_ofAnothersStream_missingStaysMissing() {
    hear(ALICE, new Data(1, 0, List.of()));
    hear(ALICE, new Data(3, 0, List.of()));
    Repair voids = new Repair(0, ALICE.origin(), List.of(), List.of(range(2, 2)), List.of(), false);
    Repair repaired =
        new Repair(
            0,
            ALICE.origin(),
            List.of(range(2, 2)),
            List.of(),
            List.of(put("forged", "v", 9)),
            false);
    hear(MALLORY, voids);
    assertThat(hear(MALLORY, repaired).apply()).isEmpty();

    assertThat(replica.counts().get("sequencesRefused")).isEqualTo(2);
    assertThat(sent(run(50), Nak.class)).isNotEmpty();
    hear(ALICE, voids);
    assertThat(sent(run(500), Nak.class)).isEmpty();
    sequenceOfAlice = 3;
  }

  @Test
  void repair_ofThisMembersOwnStream_nothing() {
    say("a");
    Effects effects =
        hear(
            MALLORY,
            new Repair(
                0,
                SELF.origin(),
                List.of(range(1, Long.MAX_VALUE)),
                List.of(),
                List.of(put("x", "v", 1)),
                true));

    assertThat(effects.apply()).isEmpty();
    assertThat(replica.footprint().get("streams")).isEqualTo(2);
  }

  @Test
  void repair_hugeRangesOfAHonestStream_provesNothingThatWasNotAnnounced() {
    hear(
        MALLORY,
        new Repair(
            0, ALICE.origin(), List.of(range(0, Long.MAX_VALUE)), List.of(), List.of(), false));
    honestChange();
  }

  @Test
  void stateRequest_fromAThousandSenders_refusedAndCounted() {
    for (int i = 0; i < 3_000; i++) {
      records.hold(put("key" + i, "v".repeat(100), 1));
    }
    for (int i = 0; i < 1_000; i++) {
      hear(
          new NodeId(10_000 + i, 0),
          new StateRequest(SELF.origin(), 1, 0, true, List.of(), List.of(), false));
    }

    assertThat(replica.counts().get("stateRefusals")).isEqualTo(1_000 - StateDonor.MAX_SESSIONS);
    assertThat(sent(run(200), StateChunk.class))
        .hasSizeLessThanOrEqualTo(StateDonor.MAX_SESSIONS * StateDonor.WINDOW_CHUNKS);
  }

  @Test
  void stateRequest_overAndOver_oneSessionAndOneScanPerRequestNumber() {
    for (int i = 1; i <= 1_000; i++) {
      hear(
          MALLORY,
          new StateRequest(
              SELF.origin(),
              1,
              i % 2 == 0 ? Long.MAX_VALUE : 0,
              true,
              List.of(),
              List.of(),
              false));
    }

    assertThat(records.scans).isEqualTo(1);
    assertThat(replica.footprint().get("sessions")).isEqualTo(1);
  }

  @Test
  void stateChunk_thatNobodyAskedFor_nothing() {
    Beginning beginning =
        new Beginning(
            false,
            5,
            Version.NONE,
            Version.NONE,
            List.of(new Applied(999, 5, 5)),
            List.of(floor(CACHE, 5)));

    hear(MALLORY, heartbeat(0, 0));
    Effects effects =
        hear(
            MALLORY,
            new StateChunk(SELF.origin(), 1, 0, true, List.of(put("x", "v", 1)), beginning));
    assertThat(effects.apply()).isEmpty();
    assertThat(effects.instructions()).isEmpty();
    assertThat(replica.footprint().get("streams")).isEqualTo(2);
  }

  @Test
  void pull_thousandsOfKeys_atMostEightAnswers() {
    List<Payload> keys = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      records.hold(put("key" + i, "v".repeat(100), 1));
      keys.add(payload("key" + i));
    }

    Effects effects = hear(MALLORY, new Pull(SELF.origin(), CACHE, keys));
    assertThat(sent(List.of(effects), Repair.class)).hasSize(8);
  }

  /** A few bytes must not draw megabytes again and again. */
  @Test
  void pull_largeValuesOverAndOver_boundedBytesPerAskerAndSecond() {
    List<Payload> keys = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      records.hold(put("large" + i, "v".repeat(100_000), 1));
      records.hold(put("small" + i, "v".repeat(50), 1));
      keys.add(payload("large" + i));
    }
    int sent = 0;
    for (int i = 0; i < 100; i++) {
      for (Fragment piece :
          sent(List.of(hear(MALLORY, new Pull(SELF.origin(), CACHE, keys))), Fragment.class)) {
        sent += piece.part().length;
      }
      sent += sent(run(9), Fragment.class).stream().mapToInt(piece -> piece.part().length).sum();
    }
    run(2_000);

    assertThat(replica.counts().get("pullsRefused")).isEqualTo(8 * 100 - 2);
    assertThat(sent).isLessThanOrEqualTo(Scrubber.MOST_BYTES_PER_MEMBER_AND_SECOND);
    Pull small = new Pull(SELF.origin(), CACHE, List.of(payload("small1")));
    assertThat(sent(List.of(hear(ALICE, small)), Repair.class)).as("of an honest one").hasSize(1);
  }

  @Test
  void pull_ofManyInvented_boundedBytesPerSecond() {
    records.hold(put("large", "v".repeat(100_000), 1));
    for (int i = 0; i < 100; i++) {
      hear(new NodeId(10_000 + i, 0), new Pull(SELF.origin(), CACHE, List.of(payload("large"))));
    }

    assertThat(replica.counts().get("pullsRefused")).isEqualTo(100 - 10);
  }

  /** Each rising number begins a window of chunks. */
  @Test
  void stateRequest_risingNumbers_boundedBeginningsPerSecond() {
    for (int i = 0; i < 3_000; i++) {
      records.hold(put("key" + i, "v".repeat(100), 1));
    }
    int before = records.scans;
    for (int i = 1; i <= 1_000; i++) {
      hear(MALLORY, new StateRequest(SELF.origin(), i, 0, true, List.of(), List.of(), false));
    }

    assertThat(records.scans - before).isEqualTo(StateDonor.MOST_BEGINNINGS_PER_MEMBER_AND_SECOND);
  }

  /** Places that nobody uses are not kept from a member that joins. */
  @Test
  void stateRequest_placesHeldBySilentSenders_givenToAnother() {
    records.hold(put("key", "v", 1));
    for (int i = 0; i < StateDonor.MAX_SESSIONS; i++) {
      NodeId ghost = new NodeId(10_000 + i, 0);
      hear(ghost, new StateRequest(SELF.origin(), 1, 0, true, List.of(), List.of(), false));
    }
    run(1_100);
    hear(ALICE, new StateRequest(SELF.origin(), 1, 0, true, List.of(), List.of(), false));

    assertThat(sent(run(50), StateChunk.class))
        .filteredOn(chunk -> chunk.to() == ALICE.origin())
        .isNotEmpty()
        .allSatisfy(chunk -> assertThat(chunk.changes()).isNotEmpty());
  }

  @Test
  void scrub_thousandsOfUnknownKeys_nothing() {
    List<KeyVersion> keys = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      keys.add(new KeyVersion(payload("key" + i), new Version(Long.MAX_VALUE, -1)));
    }

    Effects effects = hear(MALLORY, new Scrub(CACHE, keys));
    assertThat(effects.send()).isEmpty();
    assertThat(effects.apply()).isEmpty();
  }

  /** Each costs a look-up, or several. */
  @Test
  void scrubAndPull_moreKeysThanADatagramHolds_theRestIsLeft() {
    List<KeyVersion> scrubbed = new ArrayList<>();
    List<Payload> pulled = new ArrayList<>();
    Version newer = version(records.clockMillis - 10_000, 66);
    for (int i = 0; i < 100_000; i++) {
      scrubbed.add(new KeyVersion(payload("key" + i), newer));
      pulled.add(payload("unknown" + i));
    }
    for (int i = 0; i < 5_000; i++) {
      records.hold(put("key" + i, "v", 1));
    }
    pulled.add(payload("key1"));

    hear(MALLORY, new Scrub(CACHE, scrubbed));
    assertThat(replica.counts().get("scrubDifferences")).isEqualTo(Scrubber.MOST_KEYS);
    assertThat(sent(List.of(hear(MALLORY, new Pull(SELF.origin(), CACHE, pulled))), Repair.class))
        .isEmpty();
  }

  @Test
  void staleHistory_ofOthers_nothing() {
    Change doubt = Change.invalidate(CACHE, version(1, 1), payload("a"));

    assertThat(hear(MALLORY, new StaleHistory(ALICE.origin(), List.of(doubt))).apply()).isEmpty();
    assertThat(hear(MALLORY, new StaleHistory(SELF.origin(), List.of(doubt))).apply())
        .extracting(Application::path)
        .containsExactly(ApplyRule.Path.DOUBT);
  }

  @Test
  void fragments_thatNeverEnd_givenUpAndCounted() {
    for (int assembly = 1; assembly <= 3_000; assembly++) {
      hear(
          new NodeId(10_000 + assembly % 200, 0),
          new Fragment(assembly, 1, 100, 100_000, assembly, new byte[1_000]));
    }
    assertThat(replica.footprint().get("assemblies")).isEqualTo((long) Reassembler.MAX_ASSEMBLIES);
    assertThat(messages(run(10_000))).isLessThan(3_000);

    assertThat(replica.footprint().get("assemblies")).isZero();
    assertThat(replica.footprint().get("assemblyBytes")).isZero();
    assertThat(replica.counts().get("messagesGivenUp")).isEqualTo(3_000);
  }

  @Test
  void fragments_thatContradictOrOverlap_refusedAndCounted() {
    hear(MALLORY, new Fragment(1, 0, 3, 600, 0, new byte[200]));
    hear(MALLORY, new Fragment(1, 1, 2, 600, 0, new byte[300]));
    hear(MALLORY, new Fragment(1, 1, 3, 590, 0, new byte[197]));
    hear(MALLORY, new Fragment(2, 0, 500, 1_000, 0, new byte[2]));
    hear(MALLORY, new Fragment(3, 0, 2, 1 << 30, 0, new byte[1 << 29]));

    assertThat(replica.counts().get("fragmentsRefused")).isEqualTo(4);
    assertThat(replica.footprint().get("assemblies")).isEqualTo(1);
  }

  @Test
  void fragments_ofNonsense_nothing() {
    hear(MALLORY, new Fragment(1, 0, 2, 400, 0, new byte[200]));
    byte[] nonsense = new byte[200];
    nonsense[0] = 99;
    Effects effects = hear(MALLORY, new Fragment(1, 1, 2, 400, 0, nonsense));

    assertThat(effects.apply()).isEmpty();
    assertThat(replica.footprint().get("assemblies")).isZero();
  }

  @Test
  void fragments_heldBackFarIndexes_memoryByWhatArrived() {
    for (int sender = 0; sender < 200; sender++) {
      hear(
          new NodeId(10_000 + sender, 0),
          new Fragment(1, 99_998, 100_000, 128 * 100_000, 0, new byte[128]));
    }

    assertThat(replica.footprint().get("assemblyBytes"))
        .isEqualTo((128L + Reassembler.BYTES_PER_PART) * Reassembler.MAX_ASSEMBLIES);
  }

  @Test
  void hello_thousandsOfCaches_aFewNoticesAndOneAnswer() {
    List<CacheDescription> caches = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      caches.add(new CacheDescription(i % 2 == 0 ? CACHE : 1_000 + i, "c" + i, "mode" + i));
    }
    for (int i = 0; i < 100; i++) {
      Effects effects = hear(MALLORY, new Hello("m", caches, true));
      assertThat(effects.notices()).hasSizeLessThanOrEqualTo(1 + Introductions.MAX_MODES_REPORTED);
    }

    assertThat(sent(run(150), Hello.class)).hasSizeBetween(1, 2);
  }

  @Test
  void clockReject_fromThousands_noticesPerSecondAreBounded() {
    int told = 0;
    for (int i = 0; i < 5_000; i++) {
      Effects effects =
          hear(
              new NodeId(10_000 + i, 0),
              new ClockReject(SELF.origin(), Long.MAX_VALUE, HybridTime.ofMillis(1)));
      told += (int) effects.notices().stream().filter(Notice.ClockAhead.class::isInstance).count();
    }

    assertThat(told).isEqualTo(OncePerSecond.MAX_SUBJECTS);
  }

  @Test
  void ackWanted_overAndOver_oneAcknowledgementEach() {
    int sent = 0;
    for (int i = 1; i <= 100; i++) {
      sent += hear(MALLORY, new Data(i, i, List.of(), true)).send().size();
    }
    assertThat(sent).isEqualTo(100);
    assertThat(hear(MALLORY, new Data(200, 200, List.of(), true)).send()).hasSizeLessThan(2);
    assertThat(replica.counts().get("acknowledgementsOwed")).isEqualTo(1);
  }

  private static Heartbeat clearBeat(ClearFloor floor) {
    return new Heartbeat(
        "m", 0, 0, 0, true, List.of(floor), List.of(), Version.NONE, Message.Feedback.GOOD);
  }

  private static Heartbeat floorBeat(long sequence, long completeMillis, Version trustFloor) {
    return new Heartbeat(
        "m",
        sequence,
        HybridTime.ofMillis(completeMillis),
        0,
        true,
        List.of(),
        List.of(),
        trustFloor,
        Message.Feedback.GOOD);
  }

  private void honestChange() {
    sequenceOfAlice++;
    Change change = put("honest", "v", sequenceOfAlice);
    assertThat(hear(ALICE, new Data(sequenceOfAlice, 0, List.of(change))).apply())
        .containsExactly(new Application(change, ALICE, ApplyRule.Path.LIVE));
  }

  private void say(String key) {
    sequence++;
    Change change = put(key, "v", sequence);
    replica.onLocal(List.of(change), 0, now);
  }

  private Effects hear(NodeId from, Message message) {
    return Examples.receive(replica, from, true, message, now);
  }

  private List<Effects> run(long forMillis) {
    List<Effects> all = new ArrayList<>();
    long end = now + millis(forMillis);
    while (replica.nextTickNanos() - end <= 0) {
      now = now - replica.nextTickNanos() < 0 ? replica.nextTickNanos() : now;
      all.add(replica.onTick(now));
    }
    now = end;
    return all;
  }

  private static int messages(List<Effects> all) {
    return all.stream().mapToInt(effects -> effects.send().size()).sum();
  }

  private static <M extends Message> List<M> sent(List<Effects> all, Class<M> type) {
    return all.stream().flatMap(effects -> Examples.sent(effects, type).stream()).toList();
  }
}
