package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.ALICE;
import static io.github.mccache.replication.Examples.BOB;
import static io.github.mccache.replication.Examples.CACHE;
import static io.github.mccache.replication.Examples.SELF;
import static io.github.mccache.replication.Examples.heartbeat;
import static io.github.mccache.replication.Examples.invalidate;
import static io.github.mccache.replication.Examples.millis;
import static io.github.mccache.replication.Examples.nak;
import static io.github.mccache.replication.Examples.payload;
import static io.github.mccache.replication.Examples.put;
import static io.github.mccache.replication.Examples.range;
import static io.github.mccache.replication.Examples.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Message.Ack;
import io.github.mccache.protocol.Message.Applied;
import io.github.mccache.protocol.Message.Bye;
import io.github.mccache.protocol.Message.ClockReject;
import io.github.mccache.protocol.Message.Data;
import io.github.mccache.protocol.Message.Fragment;
import io.github.mccache.protocol.Message.Heartbeat;
import io.github.mccache.protocol.Message.Nak;
import io.github.mccache.protocol.Message.Repair;
import io.github.mccache.protocol.Message.StaleHistory;
import io.github.mccache.protocol.Message.StateRequest;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A member that has joined, and what it tells and promises while it works. */
class ReplicaFlowTest {

  private static final long START = Long.MAX_VALUE - millis(60_000);
  private static final long TODAY = HybridTime.ofMillis(ExampleRecords.CLOCK_MILLIS);

  private final ExampleRecords records = new ExampleRecords();
  private final List<Notice> notices = new ArrayList<>();
  private long now = START;
  private boolean aliceApplies;
  private Replica replica = replica(200_000);

  @BeforeEach
  void found() {
    run(2_100);
    assertThat(replica.isJoined()).isTrue();
  }

  // ---- pace ----

  @Test
  void changesWanted_rateUsedUp_noneUntilTimeHasPassed() {
    hear(ALICE, heartbeat(0, 0));
    assertThat(replica.changesWanted(now)).isPositive();
    sayMuch();

    assertThat(replica.changesWanted(now)).isZero();
    assertThat(replica.nextTickNanos() - now).isLessThanOrEqualTo(millis(60));
    run(100);
    assertThat(replica.changesWanted(now)).isPositive();
  }

  @Test
  void onLocal_valueLongerThanADatagram_inPiecesAndDataGoesOnMeanwhile() {
    hear(ALICE, heartbeat(0, 0));
    assertThat(say(put("a", "v".repeat(5_000), 1)).send()).isEmpty();
    assertThat(replica.changesWanted(now)).isPositive();
    assertThat(sent(List.of(say(put("b", "v", 2))), Data.class)).hasSize(1);

    assertThat(sent(run(2), Fragment.class)).hasSize(6).allMatch(piece -> piece.sequence() == 1);
  }

  @Test
  void changesWanted_longValuesFillTheirQueue_noneUntilPiecesHaveGone() {
    hear(ALICE, heartbeat(0, 0));
    int said = 0;
    while (replica.changesWanted(now) > 0 && said < 100) {
      say(put("a" + said++, "v".repeat(1_000_000), 1));
    }
    assertThat(said).as("a quarter of a second's worth").isBetween(2, 50);
    assertThat(replica.footprint().get("outgoingBytes")).isLessThan(50_000_000);

    run(500);
    assertThat(replica.changesWanted(now)).isPositive();
  }

  /** Nobody answers for the number later, and a gap that stays would put all history in doubt. */
  @Test
  void giveUpPieces_partlySent_keysGoAsInvalidationsAndTheNumberIsVoid() {
    hear(ALICE, heartbeat(0, 0));
    say(put("a", "v".repeat(5_000_000), 1));
    run(2);

    Effects effects = replica.giveUpPieces(now);
    assertThat(sent(List.of(effects), Data.class))
        .singleElement()
        .satisfies(data -> assertThat(data.changes()).containsExactly(invalidate("a", 1)));
    assertThat(sent(List.of(effects), Repair.class))
        .singleElement()
        .satisfies(repair -> assertThat(repair.voided()).containsExactly(range(1, 1)));
  }

  @Test
  void onTick_receiverReportsAFullQueueWhileDataFlows_rateFalls() {
    flow(3_000, new Message.Feedback(0, 1_000));

    assertThat(rate()).isLessThan(Pacer.INITIAL_RATE / 3);
  }

  @Test
  void onTick_receiverReportsNothingWhileTheRateIsUsed_rateRises() {
    flow(3_000, Message.Feedback.GOOD);

    assertThat(rate()).isGreaterThan(3 * Pacer.INITIAL_RATE);
  }

  @Test
  void onTick_onlyALaggardReportsAFullQueue_rateDoesNotFall() {
    hear(BOB, heartbeat(0, 0, new Applied(SELF.origin(), 1, TODAY - HybridTime.ofMillis(60_000))));
    aliceApplies = true;
    flow(
        3_000,
        Message.Feedback.GOOD,
        () -> hear(BOB, overloaded(new Applied(SELF.origin(), 1, 1))));

    assertThat(rate()).isGreaterThan(Pacer.INITIAL_RATE);
  }

  @Test
  void onTick_everybodyLagsAndReportsAFullQueue_rateFalls() {
    flow(3_000, new Message.Feedback(0, 1_000), () -> records.clockMillis += 1_000);

    assertThat(rate()).isLessThan(Pacer.INITIAL_RATE / 3);
  }

  /** The network is overloaded for so long that no receiver can acknowledge. */
  @Test
  void onTick_nobodyAcknowledgesAnyMoreAndMuchIsLost_rateStaysLow() {
    flow(16_000, new Message.Feedback(600, 0));

    assertThat(rate()).isLessThan(Pacer.INITIAL_RATE / 5);
  }

  @Test
  void onTick_noReceiverReportsWhileTheRateIsUsed_rateStays() {
    hear(ALICE, heartbeat(0, 0));
    fill(600);
    long reported = rate();
    fill(2_000);

    assertThat(rate()).isEqualTo(reported);
  }

  /** Sends as much as may be sent. */
  private void fill(long forMillis) {
    for (long passed = 0; passed < forMillis; passed++) {
      while (replica.changesWanted(now) > 0) {
        say(put("key", "v".repeat(900), 1));
      }
      run(1);
    }
  }

  @Test
  void onTick_peerDoesNotReceiveWhileDataFlows_heartbeatByUnicast() {
    hear(ALICE, heartbeat(0, 0, new Applied(SELF.origin(), 0, TODAY)));
    List<Effects> effects = flow(5_000, Message.Feedback.GOOD);

    assertThat(effects.stream().flatMap(each -> each.send().stream()))
        .anyMatch(
            out -> out.message() instanceof Heartbeat && Objects.equals(out.to(), ALICE.origin()));
  }

  @Test
  void onTick_queueWasFullOnceAndDataFlows_reportedForAnIntervalOnly() {
    hear(ALICE, heartbeat(0, 0));
    replica.onQueueDepth(700);
    List<Effects> effects = flow(2_000, Message.Feedback.GOOD);

    assertThat(sent(effects, Heartbeat.class))
        .extracting(beat -> beat.feedback().queuePerMille())
        .contains(700)
        .endsWith(0);
  }

  private List<Effects> flow(long forMillis, Message.Feedback ofAlice) {
    return flow(forMillis, ofAlice, () -> {});
  }

  /** Sends as much as may be sent; a peer reports with every 100 ms how it receives. */
  private List<Effects> flow(long forMillis, Message.Feedback ofAlice, Runnable each100Millis) {
    List<Effects> all = new ArrayList<>();
    hear(ALICE, heartbeat(0, 0));
    for (long passed = 0; passed < forMillis; passed++) {
      while (replica.changesWanted(now) > 0) {
        all.add(say(put("key", "v".repeat(900), 1)));
      }
      all.addAll(run(1));
      records.clockMillis++;
      if (passed % 100 == 0) {
        long time = HybridTime.ofMillis(records.clockMillis);
        replica.onLocal(List.of(), time, now);
        hear(
            ALICE,
            new Heartbeat(
                "alice",
                0,
                0,
                0,
                true,
                List.of(),
                aliceApplies ? List.of(new Applied(SELF.origin(), 1, time)) : List.of(),
                Version.NONE,
                ofAlice));
        each100Millis.run();
      }
    }
    return all;
  }

  private static Heartbeat overloaded(Applied applied) {
    return new Heartbeat(
        "bob",
        0,
        0,
        0,
        true,
        List.of(),
        List.of(applied),
        Version.NONE,
        new Message.Feedback(0, 1_000));
  }

  private long rate() {
    return replica.counts().get("rateBytesPerSecond");
  }

  @Test
  void onLocal_moreKeysThanRemembered_forgottenCountedAndAnsweredByAPull() {
    replica = replica(10);
    hear(ALICE, heartbeat(0, 0));
    for (int i = 0; i < 11; i++) {
      say(put("key" + i, "v", 1));
    }
    assertThat(replica.footprint()).containsEntry("keysSent", 10L);
    assertThat(replica.counts().get("keysSentForgotten")).isEqualTo(1);

    hear(ALICE, nak(SELF, 0, range(1, 1)));
    assertThat(sent(run(10), Repair.class)).extracting(Repair::resync).containsExactly(true);
  }

  @Test
  void onLocal_appliedByEverybody_noLongerRemembered() {
    hear(ALICE, heartbeat(0, 0));
    say(put("a", "v", 1));
    say(put("b", "v", 1));
    hear(ALICE, heartbeat(0, 0, new Applied(SELF.origin(), 1, 0)));
    run(600);
    assertThat(replica.footprint()).containsEntry("keysSent", 1L);
    hear(ALICE, heartbeat(0, 0, new Applied(SELF.origin(), 2, 0)));
    run(600);

    assertThat(replica.footprint()).containsEntry("keysSent", 0L);
  }

  @Test
  void onTimeAwaited_overAndOver_toldAndNothingIsKept() {
    hear(ALICE, heartbeat(0, 0));
    assertThat(replica.onTimeAwaited(70, now).send())
        .containsExactly(Outgoing.toAll(new Data(1, 70, List.of())));
    assertThat(replica.onTimeAwaited(70, now)).isEqualTo(Effects.NONE);
    for (int time = 71; time < 1_000; time++) {
      replica.onTimeAwaited(time, now);
    }

    assertThat(replica.footprint()).containsEntry("framesSent", 0L);
    hear(ALICE, nak(SELF, 0, range(1, 1)));
    assertThat(sent(run(10), Repair.class))
        .flatExtracting(Repair::voided)
        .containsExactly(range(1, 1));
  }

  @Test
  void hear_first_whatWasLetGoIsNoLongerProof() {
    assertThat(hear(ALICE, heartbeat(0, 0)).instructions())
        .containsExactly(new Instruction.DistrustLost());
    assertThat(hear(ALICE, heartbeat(0, 0)).instructions()).isEmpty();
  }

  @Test
  void onApplied_aheadOfTheClock_rejectedAndNotAcknowledged() {
    hear(ALICE, new Data(1, 10, List.of()));
    Change change = put("a", "v", ExampleRecords.CLOCK_MILLIS + 9_000);
    Data ahead = new Data(2, 20, List.of(change), true);

    Effects effects = Examples.receive(replica, ALICE, ahead, ApplyOutcome.AHEAD_OF_CLOCK, now);

    assertThat(sent(List.of(effects), ClockReject.class))
        .containsExactly(new ClockReject(ALICE.origin(), change.version().time(), records.time()));
    assertThat(sent(List.of(effects), Ack.class))
        .allMatch(ack -> ack.applied().get(0).sequence() == 1);
    assertThat(sent(run(200), Nak.class)).extracting(Nak::missing).contains(List.of(range(2, 2)));
  }

  @ParameterizedTest
  @EnumSource(
      value = ApplyOutcome.class,
      names = {"FAILED", "DISTRUSTED"})
  void onApplied_failed_requestedUntilItIsApplied(ApplyOutcome failure) {
    hear(ALICE, heartbeat(0, 0));
    run(700);
    Data data = new Data(1, 10, List.of(put("a", "v", 10)), true);

    Effects first = Examples.receive(replica, ALICE, data, failure, now);
    assertThat(sent(List.of(first), Ack.class)).allMatch(ack -> has(ack, 0));
    assertThat(sent(run(100), Nak.class)).extracting(Nak::missing).contains(List.of(range(1, 1)));
    Repair repair =
        new Repair(0, ALICE.origin(), List.of(range(1, 1)), List.of(), data.changes(), false);
    Effects again = Examples.receive(replica, ALICE, repair, failure, now);
    assertThat(sent(List.of(again), Ack.class)).allMatch(ack -> has(ack, 0));

    assertThat(sent(List.of(hear(ALICE, repair)), Ack.class)).allMatch(ack -> has(ack, 1));
    assertThat(replica.counts().get("applicationsFailed")).isEqualTo(2);
    assertThat(replica.counts().get("missing")).as("lost by the network").isZero();
  }

  private static boolean has(Ack ack, long sequence) {
    return ack.applied().get(0).sequence() == sequence;
  }

  /** As every gap ends; the key is a miss that has the version. */
  @Test
  void onApplied_failsForEver_requestsEndWithATransfer() {
    hear(ALICE, heartbeat(0, 0));
    run(700);
    Data data = new Data(1, 10, List.of(put("a", "v", 10)));
    Examples.receive(replica, ALICE, data, ApplyOutcome.FAILED, now);

    assertThat(sent(run(4_000), Nak.class)).hasSizeBetween(2, 9);
    assertThat(sent(run(4_000), Nak.class)).isEmpty();
  }

  @Test
  void onApplied_clearOfAHeartbeatFails_takenFromTheNext() {
    replica.onCaches(
        List.of(new Message.CacheDescription(CACHE, "books", "replicate")), Set.of(), now);
    Message.Heartbeat beat = heartbeatWithClear(version(5, 1));

    assertThat(Examples.receive(replica, ALICE, beat, ApplyOutcome.DISTRUSTED, now).apply())
        .hasSize(1);
    assertThat(hear(ALICE, beat).apply()).hasSize(1);
    assertThat(hear(ALICE, beat).apply()).isEmpty();
  }

  @Test
  void onApplied_fewerResultsThanChanges_throws() {
    Effects step = replica.onMessage(ALICE, true, new Data(1, 0, List.of(put("a", "v", 1))), now);

    assertThatThrownBy(() -> replica.onApplied(step, List.of(), now))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("0 results of 1 changes: each has one");
  }

  private static Message.Heartbeat heartbeatWithClear(Version floor) {
    return new Message.Heartbeat(
        "alice",
        0,
        0,
        0,
        true,
        List.of(new Message.ClearFloor(CACHE, floor)),
        List.of(),
        Version.NONE,
        Message.Feedback.GOOD);
  }

  // ---- gaps ----

  @Test
  void gap_answered_closedByTheRepair() {
    hear(ALICE, new Data(1, 10, List.of()));
    hear(ALICE, new Data(3, 30, List.of()));
    List<Effects> effects = run(25);
    assertThat(effects.stream().flatMap(each -> each.send().stream()))
        .contains(Outgoing.toOne(nak(ALICE, 0, range(2, 2)), ALICE.origin()));

    Repair repair =
        new Repair(
            SELF.origin(),
            ALICE.origin(),
            List.of(range(2, 2)),
            List.of(),
            List.of(put("a", "v", 1)),
            false);
    assertThat(hear(ALICE, repair).apply())
        .containsExactly(new Application(put("a", "v", 1), ALICE, ApplyRule.Path.REPAIR));
    assertThat(hear(ALICE, repair).apply()).as("nothing of it is missing").isEmpty();
    assertThat(sent(run(100), Nak.class)).isEmpty();
    assertThat(replica.counts().get("missing")).isEqualTo(1);
  }

  @Test
  void gap_answeredToAnother_noneOfThisMembersBusiness() {
    hear(ALICE, new Data(2, 0, List.of()));
    Repair toBob =
        new Repair(
            BOB.origin(),
            ALICE.origin(),
            List.of(range(1, 1)),
            List.of(),
            List.of(put("a", "v", 1)),
            false);

    assertThat(hear(ALICE, toBob).apply()).isEmpty();
    assertThat(sent(run(25), Nak.class)).hasSize(1);
  }

  @Test
  void bye_withMoreThanArrived_missing() {
    hear(ALICE, new Data(1, 0, List.of()));
    hear(ALICE, new Bye(2, 0));

    assertThat(replica.staleMillis()).as("something of it is missing").isPositive();
    hear(BOB, heartbeat(0, 0));
    hear(ALICE, new Repair(0, ALICE.origin(), List.of(range(2, 2)), List.of(), List.of(), false));
    hear(BOB, new Bye(0, 0));
    assertThat(replica.staleMillis()).isZero();
  }

  // ---- acknowledgements and promises ----

  @Test
  void ackWanted_complete_acknowledgedAtOnceElseWhenTheGapIsClosed() {
    assertThat(hear(ALICE, new Data(1, 10, List.of(), true)).send()).containsExactly(ack(1, 10));
    hear(ALICE, new Data(3, 30, List.of(), true));
    assertThat(replica.counts().get("acknowledgementsOwed")).isEqualTo(1);

    assertThat(hear(ALICE, new Data(2, 20, List.of())).send()).containsExactly(ack(3, 30));
    assertThat(replica.counts().get("acknowledgementsOwed")).isZero();
  }

  @Test
  void onAckWanted_waiting_onlyTheLastMessageAsks() {
    hear(ALICE, heartbeat(0, 0));
    replica.onAckWanted(true);
    Effects effects = say(put("a", "v".repeat(500), 1), put("b", "v".repeat(600), 1));

    assertThat(Examples.sent(effects, Data.class))
        .extracting(Data::ackWanted)
        .containsExactly(false, true);
  }

  @Test
  void acknowledgedTime_whoeverMayLive_theLowest() {
    assertThat(replica.acknowledgedTime()).isEqualTo(Long.MAX_VALUE);
    hear(ALICE, heartbeat(0, 0, new Applied(SELF.origin(), 0, 70)));
    hear(BOB, heartbeat(0, 0));
    assertThat(replica.acknowledgedTime()).isZero();
    assertThat(replica.unacknowledged(50)).hasSize(1);

    hear(BOB, new Ack(List.of(new Applied(SELF.origin(), 0, 90))));
    assertThat(replica.acknowledgedTime()).isEqualTo(70);
    assertThat(replica.unacknowledged(70)).isEmpty();
    hear(ALICE, new Bye(0, 0));
    assertThat(replica.acknowledgedTime()).isEqualTo(90);
  }

  @Test
  void stableTime_peer_whatBothHaveOfEachOther() {
    assertThat(replica.stableTime()).isEqualTo(Long.MAX_VALUE);
    hear(ALICE, heartbeat(0, 0));
    assertThat(replica.stableTime()).as("at once, for fences are needed now").isZero();
    hear(ALICE, heartbeat(0, 40, new Applied(SELF.origin(), 0, 70)));
    run(600);

    assertThat(replica.stableTime()).isEqualTo(40);
    assertThat(replica.aliveStableTime()).isEqualTo(40);
  }

  @Test
  void onCoherenceAwaited_aMemberIsThere_requestsItsHeartbeatAtOnceAndAgainLessAndLessOften() {
    hear(ALICE, heartbeat(0, TODAY));
    run(1_000);
    replica.onCoherenceAwaited(true, now);

    assertThat(replica.nextTickNanos() - now).isLessThanOrEqualTo(millis(3));
    int requests = 0;
    for (int i = 0; i < 2_000; i++) {
      replica.onCoherenceAwaited(false, now);
      requests +=
          (int) sent(run(1), Heartbeat.class).stream().filter(Heartbeat::answerWanted).count();
    }
    assertThat(requests).isBetween(6, 16);
    assertThat(sent(run(2_000), Heartbeat.class)).noneMatch(Heartbeat::answerWanted);
  }

  @Test
  void onHeartbeat_answerWanted_answersAtOnceButNeverMoreOftenThanEveryThreeMillis() {
    hear(ALICE, heartbeat(0, TODAY));
    run(1_000);
    hear(ALICE, wanting(heartbeat(0, TODAY)));
    assertThat(sent(run(3), Heartbeat.class)).hasSize(1);

    int answers = 0;
    for (int i = 0; i < 100; i++) {
      hear(ALICE, wanting(heartbeat(0, TODAY)));
      answers += sent(run(1), Heartbeat.class).size();
    }
    assertThat(answers).isBetween(20, 34);
    assertThat(sent(run(2_000), Heartbeat.class)).hasSizeLessThan(8);
  }

  private static Heartbeat wanting(Heartbeat plain) {
    return new Heartbeat(
        plain.nodeName(),
        plain.sequence(),
        plain.completeTime(),
        plain.clockTime(),
        plain.joined(),
        plain.clearFloors(),
        plain.applied(),
        plain.collected(),
        plain.feedback(),
        true);
  }

  @Test
  void staleMillis_streams_ageOfTheOldestWithAnAllowance() {
    hear(ALICE, heartbeat(0, TODAY));
    assertThat(replica.staleMillis()).isEqualTo(ApplyRule.MAX_AHEAD_MILLIS);
    records.clockMillis += 700;
    assertThat(replica.staleMillis()).isEqualTo(700 + ApplyRule.MAX_AHEAD_MILLIS);

    hear(ALICE, new Data(2, TODAY, List.of()));
    hear(ALICE, heartbeat(2, HybridTime.ofMillis(records.clockMillis)));
    assertThat(replica.staleMillis())
        .as("1 is missing")
        .isEqualTo(700 + ApplyRule.MAX_AHEAD_MILLIS);
  }

  /** Not the time since 1970, for which no alarm can be set. */
  @Test
  void staleMillis_memberThatHasNotSentHowFarItIs_unknown() {
    hear(ALICE, heartbeat(0, TODAY));
    hear(BOB, new Message.Hello("bob", List.of(), false));
    assertThat(replica.staleMillis()).isEqualTo(Long.MAX_VALUE);
    hear(BOB, heartbeat(0, 0));
    assertThat(replica.staleMillis()).isEqualTo(Long.MAX_VALUE);

    hear(BOB, heartbeat(0, TODAY));
    assertThat(replica.staleMillis()).isEqualTo(ApplyRule.MAX_AHEAD_MILLIS);
  }

  /** It has said how much there was. */
  @Test
  void staleMillis_memberThatLeft_countsOnlyWhileSomethingOfItIsMissing() {
    hear(ALICE, heartbeat(0, TODAY));
    hear(BOB, new Message.Bye(0, 0));
    assertThat(replica.staleMillis()).isEqualTo(ApplyRule.MAX_AHEAD_MILLIS);

    hear(BOB, new Message.Bye(1, 0));
    assertThat(replica.staleMillis()).isEqualTo(Long.MAX_VALUE);
  }

  /** What is said after the leap is of the time before, as long as the clock has not followed. */
  @Test
  void onTick_clockIsToLeapBack_nothingElseIsSaid() {
    long behind = HybridTime.ofMillis(ExampleRecords.CLOCK_MILLIS - 9_000);
    List<Effects> leaps = new ArrayList<>();
    for (int i = 0; i < 20 && leaps.isEmpty(); i++) {
      for (NodeId peer : List.of(ALICE, BOB)) {
        hear(peer, clockBeat(behind));
        hear(peer, new Message.ClockReject(SELF.origin(), 9, 5));
      }
      now += millis(1_000); // heartbeats are due as well
      Effects effects = replica.onTick(now);
      if (!effects.instructions().isEmpty()) {
        leaps.add(effects);
      }
    }

    assertThat(leaps).isNotEmpty();
    assertThat(leaps.get(0).instructions())
        .containsExactly(new Instruction.StartAnew(Instruction.Cause.CLOCK_AHEAD, -9_000));
    assertThat(leaps.get(0).send()).isEmpty();
  }

  private static Heartbeat clockBeat(long clockTime) {
    return new Heartbeat(
        "peer", 0, 0, clockTime, true, List.of(), List.of(), Version.NONE, Message.Feedback.GOOD);
  }

  // ---- others ----

  @Test
  void otherApplication_values_areInvalidationsAndLoadsAreDropped() {
    Change fill = Change.fill(CACHE, version(2, 2), payload("b"), payload("v"), Change.ETERNAL);
    Data data = new Data(1, 0, List.of(put("a", "v", 1), fill, Examples.remove("c", 3)));

    assertThat(Examples.receive(replica, ALICE, false, data, now).apply())
        .extracting(Application::change)
        .containsExactly(invalidate("a", 1), Examples.remove("c", 3));
  }

  @Test
  void heartbeat_peerIsSilent_toldByUnicastAsWell() {
    hear(ALICE, heartbeat(0, 0));
    run(1_400);
    List<Effects> effects = run(1_500);

    assertThat(effects.stream().flatMap(each -> each.send().stream()))
        .anyMatch(
            out ->
                out.message() instanceof Heartbeat
                    && out.to() != null
                    && out.to() == ALICE.origin());
  }

  /** The vector of a large cluster takes several heartbeats: who is in the next is not deaf. */
  @Test
  void heartbeat_manyMembersWhoHear_noneIsToldByUnicast() {
    int toOne = 0;
    for (int round = 0; round < 30; round++) {
      long time = TODAY + HybridTime.ofMillis(round * 500L);
      for (int i = 0; i < 200; i++) {
        Applied applied = new Applied(SELF.origin(), 0, time);
        boolean turn = (i + round) % 9 == 0;
        NodeId peer = new NodeId(1_000 + i, 1);
        hear(peer, turn ? heartbeat(0, time, applied) : heartbeat(0, time));
      }
      records.clockMillis += 500;
      for (Effects effects : run(500)) {
        for (Outgoing out : effects.send()) {
          toOne += round >= 10 && out.message() instanceof Heartbeat && out.to() != null ? 1 : 0;
        }
      }
      replica.onLocal(List.of(), time, now);
    }

    assertThat(toOne).isZero();
  }

  /** Who takes state from here must know of both; who only hears a heartbeat takes nothing. */
  @Test
  void onStateRequest_forgottenAndLost_theHigherIsTold() {
    records.collected = version(7, 1);
    records.lost = version(9, 1);
    hear(ALICE, new StateRequest(SELF.origin(), 1, 0, true, List.of(), List.of(), false));
    List<Effects> effects = run(600);

    assertThat(sent(effects, Message.StateChunk.class))
        .first()
        .satisfies(one -> assertThat(one.beginning().collected()).isEqualTo(version(9, 1)));
    assertThat(sent(effects, Heartbeat.class))
        .isNotEmpty()
        .allSatisfy(beat -> assertThat(beat.collected()).isEqualTo(version(7, 1)));
  }

  @Test
  void onStaleHistory_onlyWhatIsHeldAndForgottenHere_theHolderIsTold() {
    records.collected = version(10, 9);
    Change old = put("a", "v", 5);
    Application resync = new Application(old, ALICE, ApplyRule.Path.RESYNC);

    assertThat(Examples.applied(replica, resync, ApplyOutcome.STALE_HISTORY, now).send())
        .containsExactly(
            Outgoing.toOne(
                new StaleHistory(ALICE.origin(), List.of(invalidate("a", 5))), ALICE.origin()));
    assertThat(
            Examples.applied(
                    replica,
                    new Application(old, ALICE, ApplyRule.Path.LIVE),
                    ApplyOutcome.STALE_HISTORY,
                    now)
                .send())
        .isEmpty();
    assertThat(
            Examples.applied(
                    replica,
                    new Application(put("a", "v", 11), ALICE, ApplyRule.Path.RESYNC),
                    ApplyOutcome.STALE_HISTORY,
                    now)
                .send())
        .isEmpty();
    assertThat(replica.counts().get("staleHistories")).isEqualTo(3);
  }

  private Replica replica(int maximumKeysSent) {
    ReplicaOptions usual = Examples.options(1_000);
    ReplicaOptions options =
        new ReplicaOptions(
            usual.dataBudgetBytes(),
            usual.sizeOf(),
            usual.bodies(),
            usual.frameCapacity(),
            usual.fragmentBytes(),
            usual.maximumBodyBytes(),
            usual.scrubInterval(),
            usual.heartbeatInterval(),
            usual.suspectAfter(),
            usual.deadAfter(),
            usual.forgottenAfter(),
            usual.aloneAfter(),
            usual.maxMembers(),
            maximumKeysSent,
            usual.initialRate());
    return new Replica(SELF, "self", options, records, new Random(1), now);
  }

  private Effects say(Change... changes) {
    return replica.onLocal(List.of(changes), 0, now);
  }

  /** 200 KB of changes. */
  private void sayMuch() {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < 1_024; i++) {
      changes.add(put("key" + i, "v".repeat(1_000 * 200 / 1_024), 1));
    }
    replica.onLocal(changes, 0, now);
  }

  private Effects hear(NodeId from, Message message) {
    return Examples.receive(replica, from, true, message, now);
  }

  private List<Effects> run(long forMillis) {
    List<Effects> all = new ArrayList<>();
    long end = now + millis(forMillis);
    while (replica.nextTickNanos() - end <= 0) {
      now = now - replica.nextTickNanos() < 0 ? replica.nextTickNanos() : now;
      Effects effects = replica.onTick(now);
      notices.addAll(effects.notices());
      all.add(effects);
    }
    now = end;
    return all;
  }

  private static <M extends Message> List<M> sent(List<Effects> all, Class<M> type) {
    return all.stream().flatMap(effects -> Examples.sent(effects, type).stream()).toList();
  }

  private static Outgoing ack(long sequence, long completeTime) {
    return Outgoing.toOne(
        new Ack(List.of(new Applied(ALICE.origin(), sequence, completeTime))), ALICE.origin());
  }
}
