package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.ALICE;
import static io.github.mccache.replication.Examples.BOB;
import static io.github.mccache.replication.Examples.CACHE;
import static io.github.mccache.replication.Examples.SELF;
import static io.github.mccache.replication.Examples.floor;
import static io.github.mccache.replication.Examples.millis;
import static io.github.mccache.replication.Examples.put;
import static io.github.mccache.replication.Examples.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Message.CacheDescription;
import io.github.mccache.protocol.Message.ClockReject;
import io.github.mccache.protocol.Message.Data;
import io.github.mccache.protocol.Message.Heartbeat;
import io.github.mccache.protocol.Message.Hello;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplicaTest {

  private static final int BUDGET = 100;
  private static final CacheDescription BOOKS = new CacheDescription(CACHE, "books", "replicate");

  /** An origin of time that overflows in the course of a test. */
  private static final long START = Long.MAX_VALUE - millis(1_000);

  private final ExampleRecords records = new ExampleRecords();
  private final Replica replica =
      new Replica(SELF, "self", Examples.options(BUDGET), records, new Random(1), START);

  @Test
  void onStart_always_asksForIntroductions() {
    assertThat(messages(replica.onStart(START))).containsExactly(hello(List.of(), true));
  }

  @Test
  void onCaches_open_introducesThemSoon() {
    replica.onStart(START);
    replica.onCaches(List.of(BOOKS), Set.of(), START);

    assertThat(ticksUntil(millis(200))).contains(hello(List.of(BOOKS), true));
  }

  @Test
  void onLocal_changes_numberedMessagesOfAtMostTheBudget() {
    List<Change> changes = List.of(put("a", "v".repeat(60), 1), put("b", "v".repeat(60), 2));

    assertThat(messages(replica.onLocal(changes, 500, START)))
        .containsExactly(
            new Data(1, 0, changes.subList(0, 1)), new Data(2, 500, changes.subList(1, 2)));
    assertThat(messages(replica.onLocal(List.of(put("a", "w", 3)), 400, START)))
        .as("the time never goes back")
        .containsExactly(new Data(3, 500, List.of(put("a", "w", 3))));
  }

  @Test
  void onLocal_nothingButTheTime_ridesInTheNextHeartbeat() {
    assertThat(messages(replica.onLocal(List.of(), 700, START))).isEmpty();

    assertThat(messages(replica.onTick(START))).containsExactly(own(0, 700, List.of()));
  }

  @Test
  void onLocal_negativeTime_callersMistake() {
    assertThatThrownBy(() -> replica.onLocal(List.of(), -1, START))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void onLocal_nobodyHeardForTwoSeconds_keptBackButNumbered() {
    assertThat(messages(replica.onLocal(List.of(put("a", "v", 1)), 1, START + millis(1_999))))
        .hasSize(1);
    assertThat(messages(replica.onLocal(List.of(put("a", "v", 2)), 2, START + millis(2_000))))
        .isEmpty();
    assertThat(replica.counts().get("keptBack")).isEqualTo(1);
    assertThat(messages(replica.onTick(START + millis(2_100))))
        .containsExactly(own(2, 2, List.of()));

    Examples.receive(replica, ALICE, true, heartbeat(0), START + millis(2_200));
    assertThat(messages(replica.onLocal(List.of(put("a", "v", 3)), 3, START + millis(2_200))))
        .containsExactly(new Data(3, 3, List.of(put("a", "v", 3))));
  }

  @Test
  void onLocal_everybodyLeft_keptBack() {
    Examples.receive(replica, ALICE, true, heartbeat(0), START);
    Examples.receive(replica, ALICE, true, new Message.Bye(0, 0), START);

    assertThat(messages(replica.onLocal(List.of(put("a", "v", 1)), 1, START + millis(2_000))))
        .isEmpty();
  }

  @Test
  void onLocal_everybodyTakenForDead_stillSent() {
    Examples.receive(replica, ALICE, true, heartbeat(0), START);
    replica.onTick(START + millis(60_000));

    assertThat(messages(replica.onLocal(List.of(put("a", "v", 1)), 1, START + millis(60_000))))
        .hasSize(1);
  }

  @Test
  void onLocal_data_heartbeatsFollowSoon() {
    ticksUntil(millis(100));
    replica.onLocal(List.of(put("a", "v", 1)), 1, START + millis(100));

    assertThat(replica.nextTickNanos()).isLessThanOrEqualTo(START + millis(110));
    assertThat(messages(replica.onTick(START + millis(109)))).isEmpty();
    assertThat(messages(replica.onTick(START + millis(110)))).containsExactly(own(1, 1, List.of()));
  }

  @Test
  void onClearFloor_local_sentAsDataAndInEveryHeartbeat() {
    replica.onCaches(List.of(BOOKS), Set.of(), START);
    Change clear = Change.clear(CACHE, floor(CACHE, 9).version());

    assertThat(messages(replica.onClearFloor(floor(CACHE, 9), START)))
        .containsExactly(new Data(1, 0, List.of(clear)));
    List<Message> heartbeats =
        ticksUntil(millis(3_000)).stream().filter(Heartbeat.class::isInstance).toList();
    assertThat(heartbeats)
        .hasSizeGreaterThan(5)
        .allSatisfy(
            message ->
                assertThat(((Heartbeat) message).clearFloors()).containsExactly(floor(CACHE, 9)));
  }

  @Test
  void onLocal_clearAmongChanges_ridesInHeartbeatsToo() {
    replica.onLocal(List.of(Change.clear(CACHE, version(9, 1))), 9, START);

    assertThat(messages(replica.onTick(START + millis(600))))
        .containsExactly(own(1, 9, List.of(new Message.ClearFloor(CACHE, version(9, 1)))));
  }

  @Test
  void onMessage_data_appliedLiveInOrder() {
    List<Change> changes = List.of(put("a", "v", 1), put("b", "v", 2));

    assertThat(Examples.receive(replica, ALICE, true, new Data(1, 0, changes), START).apply())
        .containsExactly(
            new Application(changes.get(0), ALICE, ApplyRule.Path.LIVE),
            new Application(changes.get(1), ALICE, ApplyRule.Path.LIVE));
  }

  @Test
  void onMessage_dataAgain_droppedAndCounted() {
    Data first = new Data(1, 0, List.of(put("a", "v", 1)));
    Data second = new Data(2, 0, List.of(put("a", "v", 2)));
    Examples.receive(replica, ALICE, true, first, START);
    Examples.receive(replica, ALICE, true, second, START);

    assertThat(Examples.receive(replica, ALICE, true, second, START).apply()).isEmpty();
    assertThat(replica.counts().get("duplicates")).isEqualTo(1);
    assertThat(Examples.receive(replica, BOB, true, second, START).apply())
        .as("another stream")
        .hasSize(1);
  }

  @Test
  void onMessage_dataFromBeforeTheFirstHeard_applied() {
    Examples.receive(replica, ALICE, true, new Data(5, 0, List.of(put("a", "v", 5))), START);

    assertThat(
            Examples.receive(replica, ALICE, true, new Data(4, 0, List.of(put("b", "v", 4))), START)
                .apply())
        .hasSize(1);
  }

  @Test
  void onMessage_dataOfMemberThatLeft_appliedWithoutReturningIt() {
    Examples.receive(replica, ALICE, true, heartbeat(0), START);
    Examples.receive(replica, ALICE, true, new Message.Bye(0, 0), START);

    Effects effects =
        Examples.receive(replica, ALICE, true, new Data(1, 0, List.of(put("a", "v", 1))), START);

    assertThat(effects.apply()).hasSize(1);
    assertThat(effects.notices()).isEmpty();
    assertThat(replica.members().get(0).state()).isEqualTo(Member.State.LEFT);
  }

  @Test
  void onMessage_newMember_joinedAndAskedForItsCaches() {
    replica.onStart(START);
    replica.onTick(START);

    assertThat(Examples.receive(replica, ALICE, true, heartbeat(0), START + millis(300)).notices())
        .containsExactly(new Notice.MemberJoined(ALICE, "alice"));
    assertThat(messages(replica.onTick(START + millis(350)))).contains(hello(List.of(), true));
  }

  @Test
  void onMessage_helloThatWantsNoAnswerFromKnownMember_notAnswered() {
    replica.onStart(START);
    Examples.receive(replica, ALICE, true, heartbeat(0), START);
    replica.onTick(START + millis(100));

    Examples.receive(
        replica, ALICE, true, new Hello("alice", List.of(), false), START + millis(300));
    assertThat(messages(replica.onTick(START + millis(400)))).noneMatch(Hello.class::isInstance);

    Examples.receive(
        replica, ALICE, true, new Hello("alice", List.of(), true), START + millis(300));
    assertThat(messages(replica.onTick(START + millis(400)))).contains(hello(List.of(), false));
  }

  @Test
  void onMessage_helloWithOtherMode_told() {
    replica.onCaches(List.of(BOOKS), Set.of(), START);
    Hello hello =
        new Hello("alice", List.of(new CacheDescription(CACHE, "books", "update")), false);

    assertThat(Examples.receive(replica, ALICE, true, hello, START).notices())
        .contains(new Notice.CacheModeDiffers(ALICE, CACHE, "books", "replicate", "update"));
  }

  @Test
  void onMessage_heartbeatWithNewerFloor_appliedOnceAsRepair() {
    replica.onCaches(List.of(BOOKS), Set.of(), START);
    Heartbeat heartbeat = heartbeat(0, List.of(floor(CACHE, 9), floor(CACHE + 1, 9)));

    assertThat(Examples.receive(replica, ALICE, true, heartbeat, START).apply())
        .containsExactly(
            new Application(
                Change.clear(CACHE, floor(CACHE, 9).version()), ALICE, ApplyRule.Path.REPAIR));
    assertThat(Examples.receive(replica, BOB, true, heartbeat, START).apply()).isEmpty();
    assertThat(messages(replica.onTick(START + millis(10))))
        .as("passed on")
        .contains(own(0, 0, List.of(floor(CACHE, 9))));
  }

  @Test
  void onCaches_reopened_clearsAppliedAgain() {
    replica.onCaches(List.of(BOOKS), Set.of(), START);
    replica.onClearFloor(floor(CACHE, 9), START);
    replica.onCaches(List.of(), Set.of(), START);

    assertThat(replica.onCaches(List.of(BOOKS), Set.of(), START).apply())
        .containsExactly(
            new Application(
                Change.clear(CACHE, floor(CACHE, 9).version()), SELF, ApplyRule.Path.REPAIR));
  }

  @Test
  void onMessage_moreMembersThanRemembered_changesAppliedAllTheSame() {
    long later = START;
    for (int i = 0; i < 1_024; i++) {
      later += i % Membership.MOST_NEW_PER_SECOND == 0 ? millis(1_000) : 0;
      Examples.receive(replica, new NodeId(100 + i, 0), true, heartbeat(0), later);
    }
    later += millis(1_000);

    Effects effects =
        Examples.receive(replica, ALICE, true, new Data(1, 0, List.of(put("a", "v", 1))), later);

    assertThat(effects.apply()).hasSize(1);
    assertThat(effects.notices()).containsExactly(new Notice.MembersRefused(1_024));
    assertThat(replica.members()).hasSize(1_024);
    assertThat(replica.counts().get("membersRefused")).isEqualTo(1);
  }

  @Test
  void onApplied_aheadOfTheClockOften_writerIsRejectedOncePerSecond() {
    long ours = records.time();

    assertThat(messages(ahead(version(9_000, 5), START)))
        .containsExactly(new ClockReject(5, HybridTime.ofMillis(9_000), ours));
    assertThat(messages(ahead(version(9_001, 5), START + millis(999)))).isEmpty();
    assertThat(messages(ahead(version(9_000, 6), START))).hasSize(1);
    assertThat(messages(ahead(version(9_002, 5), START + millis(1_000)))).hasSize(1);
  }

  private Effects ahead(Version version, long nowNanos) {
    Application change =
        new Application(
            Change.invalidate(CACHE, version, Examples.payload("a")), ALICE, ApplyRule.Path.LIVE);
    return Examples.applied(replica, change, ApplyOutcome.AHEAD_OF_CLOCK, nowNanos);
  }

  /** A heartbeat of this member would otherwise repeat what it has not applied. */
  @Test
  void onMessage_clearFarAhead_appliedAsTheNodeCanAndNotRepeated() {
    replica.onCaches(List.of(BOOKS), Set.of(), START);
    Change clear = Change.clear(CACHE, version(records.clockMillis + 1_001, 5));

    assertThat(
            Examples.receive(replica, ALICE, true, new Data(1, 0, List.of(clear)), START).apply())
        .hasSize(1);
    assertThat(ticksUntil(millis(1_000)))
        .filteredOn(Heartbeat.class::isInstance)
        .isNotEmpty()
        .allSatisfy(own -> assertThat(((Heartbeat) own).clearFloors()).isEmpty());
  }

  @Test
  void onMessage_clockReject_toldIfItIsForThisMember() {
    ClockReject reject = new ClockReject(SELF.origin(), 9, 5);
    Examples.receive(replica, ALICE, true, heartbeat(0), START);

    assertThat(Examples.receive(replica, ALICE, true, reject, START).notices())
        .containsExactly(new Notice.ClockAhead(ALICE, 9, 5));
    assertThat(Examples.receive(replica, ALICE, true, reject, START).notices()).isEmpty();
    assertThat(Examples.receive(replica, ALICE, true, new ClockReject(77, 9, 5), START).notices())
        .isEmpty();
  }

  @Test
  void onStop_always_saysBye() {
    assertThat(messages(replica.onStop())).containsExactly(new Message.Bye(0, 0));
  }

  @Test
  void nextTickNanos_afterTick_inTheFutureAndWithinTheInterval() {
    replica.onStart(START);
    replica.onTick(START);

    assertThat(replica.nextTickNanos() - START).isBetween(1L, millis(500));
  }

  private List<Message> ticksUntil(long durationNanos) {
    List<Message> sent = new ArrayList<>();
    while (replica.nextTickNanos() - START <= durationNanos) {
      sent.addAll(messages(replica.onTick(replica.nextTickNanos())));
    }
    return sent;
  }

  /** Of a machine that was set back to a snapshot nobody else need be running. */
  @Test
  void onHeartbeat_othersHaveMoreOfThisMemberThanItTold_startsAnew() {
    Heartbeat more = heartbeatWith(new Message.Applied(SELF.origin(), 1, 10));

    assertThat(Examples.receive(replica, ALICE, true, more, START).instructions())
        .contains(new Instruction.StartAnew(Instruction.Cause.COPY, 0));
  }

  /** The other one may have crashed, and was never heard here. */
  @Test
  void onHeartbeat_othersHaveUpToATimeWhatWasToldLater_startsAnew() {
    Examples.receive(replica, ALICE, true, heartbeat(0), START);
    replica.onLocal(List.of(put("a", "v", 10)), 10, START);
    replica.onLocal(List.of(put("b", "v", 20)), 20, START);
    Message.Applied own = new Message.Applied(SELF.origin(), 1, 10);
    Message.Applied foreign = new Message.Applied(SELF.origin(), 1, 30);

    assertThat(Examples.receive(replica, ALICE, true, heartbeatWith(own), START).instructions())
        .isEmpty();
    assertThat(Examples.receive(replica, ALICE, true, heartbeatWith(foreign), START).instructions())
        .contains(new Instruction.StartAnew(Instruction.Cause.COPY, 0));
  }

  private static Heartbeat heartbeatWith(Message.Applied applied) {
    return new Heartbeat(
        "alice", 0, 0, 0, true, List.of(), List.of(applied), Version.NONE, Message.Feedback.GOOD);
  }

  @Test
  void onStart_afterACopy_namesTheFormerIncarnation() {
    Replica anew =
        new Replica(BOB, SELF, "self", Examples.options(1_000), records, new Random(1), START);

    assertThat(messages(anew.onStart(START)))
        .singleElement()
        .isInstanceOfSatisfying(Hello.class, hello -> assertThat(hello.former()).isEqualTo(SELF));
  }

  @Test
  void onHello_formerlyThisOne_startsAnew() {
    Hello hello = new Hello("copy", List.of(), false, 0, SELF);

    assertThat(Examples.receive(replica, ALICE, true, hello, START).instructions())
        .contains(new Instruction.StartAnew(Instruction.Cause.COPY, 0));
  }

  private Member.State stateOf(NodeId id) {
    return replica.members().stream()
        .filter(member -> member.id().equals(id))
        .findFirst()
        .orElseThrow()
        .state();
  }

  private static Heartbeat heartbeat(long sequence) {
    return heartbeat(sequence, List.of());
  }

  private static Heartbeat heartbeat(long sequence, List<Message.ClearFloor> floors) {
    return new Heartbeat(
        "alice", sequence, 0, 0, false, floors, List.of(), Version.NONE, Message.Feedback.GOOD);
  }

  /** This member's own introduction. */
  private static Hello hello(List<CacheDescription> caches, boolean answerWanted) {
    return new Hello(
        "self", caches, answerWanted, HybridTime.ofMillis(ExampleRecords.CLOCK_MILLIS), null);
  }

  /** What this member's own heartbeat says before it has joined. */
  private static Heartbeat own(long sequence, long completeTime, List<Message.ClearFloor> floors) {
    return new Heartbeat(
        "self",
        sequence,
        completeTime,
        HybridTime.ofMillis(ExampleRecords.CLOCK_MILLIS),
        false,
        floors,
        List.of(),
        Version.NONE,
        Message.Feedback.GOOD);
  }

  private static List<Message> messages(Effects effects) {
    return effects.send().stream().map(Outgoing::message).toList();
  }
}
