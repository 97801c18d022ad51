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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReplicaTest {

  private static final int BUDGET = 100;
  private static final CacheDescription BOOKS = new CacheDescription(CACHE, "books", "replicate");

  /** An origin of time that overflows in the course of a test. */
  private static final long START = Long.MAX_VALUE - millis(1_000);

  private final Replica replica =
      new Replica(SELF, "self", ReplicaOptions.of(BUDGET, Examples::sizeOf), new Random(1), START);

  @Test
  void onStart_always_asksForIntroductions() {
    assertThat(replica.onStart(START).send()).containsExactly(new Hello("self", List.of(), true));
  }

  @Test
  void onCaches_open_introducesThemSoon() {
    replica.onStart(START);
    replica.onCaches(List.of(BOOKS), START);

    assertThat(ticksUntil(millis(200))).contains(new Hello("self", List.of(BOOKS), true));
  }

  @Test
  void onLocal_changes_numberedMessagesOfAtMostTheBudget() {
    List<Change> changes = List.of(put("a", "v".repeat(60), 1), put("b", "v".repeat(60), 2));

    assertThat(replica.onLocal(changes, 500, START).send())
        .containsExactly(
            new Data(1, 0, changes.subList(0, 1)), new Data(2, 500, changes.subList(1, 2)));
    assertThat(replica.onLocal(List.of(put("a", "w", 3)), 400, START).send())
        .as("the time never goes back")
        .containsExactly(new Data(3, 500, List.of(put("a", "w", 3))));
  }

  @Test
  void onLocal_nothingButTheTime_ridesInTheNextHeartbeat() {
    assertThat(replica.onLocal(List.of(), 700, START).send()).isEmpty();

    assertThat(replica.onTick(START).send())
        .containsExactly(new Heartbeat("self", 0, 700, List.of()));
  }

  @Test
  void onLocal_negativeTime_callersMistake() {
    assertThatThrownBy(() -> replica.onLocal(List.of(), -1, START))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void onLocal_nobodyHeardForTwoSeconds_keptBackButNumbered() {
    assertThat(replica.onLocal(List.of(put("a", "v", 1)), 1, START + millis(1_999)).send())
        .hasSize(1);
    assertThat(replica.onLocal(List.of(put("a", "v", 2)), 2, START + millis(2_000)).send())
        .isEmpty();
    assertThat(replica.counts().keptBack()).isEqualTo(1);
    assertThat(replica.onTick(START + millis(2_100)).send())
        .containsExactly(new Heartbeat("self", 2, 2, List.of()));

    replica.onMessage(ALICE, heartbeat(0), START + millis(2_200));
    assertThat(replica.onLocal(List.of(put("a", "v", 3)), 3, START + millis(2_200)).send())
        .containsExactly(new Data(3, 3, List.of(put("a", "v", 3))));
  }

  @Test
  void onLocal_everybodyLeft_keptBack() {
    replica.onMessage(ALICE, heartbeat(0), START);
    replica.onMessage(ALICE, new Message.Bye(), START);

    assertThat(replica.onLocal(List.of(put("a", "v", 1)), 1, START + millis(2_000)).send())
        .isEmpty();
  }

  @Test
  void onLocal_everybodyTakenForDead_stillSent() {
    replica.onMessage(ALICE, heartbeat(0), START);
    replica.onTick(START + millis(60_000));

    assertThat(replica.onLocal(List.of(put("a", "v", 1)), 1, START + millis(60_000)).send())
        .hasSize(1);
  }

  @Test
  void onLocal_data_heartbeatsFollowSoon() {
    replica.onTick(START);
    replica.onLocal(List.of(put("a", "v", 1)), 1, START + millis(100));

    assertThat(replica.nextTickNanos()).isEqualTo(START + millis(110));
    assertThat(replica.onTick(START + millis(110)).send())
        .containsExactly(new Heartbeat("self", 1, 1, List.of()));
  }

  @Test
  void onClearFloor_local_sentAsDataAndInEveryHeartbeat() {
    replica.onCaches(List.of(BOOKS), START);
    Change clear = Change.clear(CACHE, floor(CACHE, 9).version());

    assertThat(replica.onClearFloor(floor(CACHE, 9), START).send())
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

    assertThat(replica.onTick(START + millis(600)).send())
        .containsExactly(
            new Heartbeat("self", 1, 9, List.of(new Message.ClearFloor(CACHE, version(9, 1)))));
  }

  @Test
  void onMessage_data_appliedLiveInOrder() {
    List<Change> changes = List.of(put("a", "v", 1), put("b", "v", 2));

    assertThat(replica.onMessage(ALICE, new Data(1, 0, changes), START).apply())
        .containsExactly(
            new Application(changes.get(0), ALICE, ApplyRule.Path.LIVE),
            new Application(changes.get(1), ALICE, ApplyRule.Path.LIVE));
  }

  @Test
  void onMessage_dataAgain_droppedAndCounted() {
    Data first = new Data(1, 0, List.of(put("a", "v", 1)));
    Data second = new Data(2, 0, List.of(put("a", "v", 2)));
    replica.onMessage(ALICE, first, START);
    replica.onMessage(ALICE, second, START);

    assertThat(replica.onMessage(ALICE, second, START).apply()).isEmpty();
    assertThat(replica.counts().duplicates()).isEqualTo(1);
    assertThat(replica.onMessage(BOB, second, START).apply()).as("another stream").hasSize(1);
  }

  @Test
  void onMessage_dataFromBeforeTheFirstHeard_applied() {
    replica.onMessage(ALICE, new Data(5, 0, List.of(put("a", "v", 5))), START);

    assertThat(replica.onMessage(ALICE, new Data(4, 0, List.of(put("b", "v", 4))), START).apply())
        .hasSize(1);
  }

  @Test
  void onMessage_ownMessage_ignored() {
    assertThat(replica.onMessage(SELF, new Data(1, 0, List.of(put("a", "v", 1))), START))
        .isEqualTo(Effects.NONE);
    assertThat(replica.members()).isEmpty();
  }

  @Test
  void onMessage_dataOfMemberThatLeft_appliedWithoutReturningIt() {
    replica.onMessage(ALICE, heartbeat(0), START);
    replica.onMessage(ALICE, new Message.Bye(), START);

    Effects effects = replica.onMessage(ALICE, new Data(1, 0, List.of(put("a", "v", 1))), START);

    assertThat(effects.apply()).hasSize(1);
    assertThat(effects.notices()).isEmpty();
    assertThat(replica.members().get(0).state()).isEqualTo(Member.State.LEFT);
  }

  @Test
  void onMessage_newMember_joinedAndAskedForItsCaches() {
    replica.onStart(START);
    replica.onTick(START);

    assertThat(replica.onMessage(ALICE, heartbeat(0), START + millis(300)).notices())
        .containsExactly(new Notice.MemberJoined(ALICE, "alice"));
    assertThat(replica.onTick(START + millis(350)).send())
        .containsExactly(new Hello("self", List.of(), true));
  }

  @Test
  void onMessage_helloThatWantsNoAnswerFromKnownMember_notAnswered() {
    replica.onMessage(ALICE, heartbeat(0), START);
    replica.onTick(START + millis(100));

    replica.onMessage(ALICE, new Hello("alice", List.of(), false), START + millis(300));
    assertThat(replica.onTick(START + millis(400)).send()).isEmpty();

    replica.onMessage(ALICE, new Hello("alice", List.of(), true), START + millis(300));
    assertThat(replica.onTick(START + millis(400)).send())
        .containsExactly(new Hello("self", List.of(), false));
  }

  @Test
  void onMessage_helloWithOtherMode_told() {
    replica.onCaches(List.of(BOOKS), START);
    Hello hello =
        new Hello("alice", List.of(new CacheDescription(CACHE, "books", "update")), false);

    assertThat(replica.onMessage(ALICE, hello, START).notices())
        .contains(new Notice.CacheModeDiffers(ALICE, CACHE, "books", "replicate", "update"));
  }

  @Test
  void onMessage_heartbeatWithNewerFloor_appliedOnceAsRepair() {
    replica.onCaches(List.of(BOOKS), START);
    Heartbeat heartbeat =
        new Heartbeat("alice", 0, 0, List.of(floor(CACHE, 9), floor(CACHE + 1, 9)));

    assertThat(replica.onMessage(ALICE, heartbeat, START).apply())
        .containsExactly(
            new Application(
                Change.clear(CACHE, floor(CACHE, 9).version()), ALICE, ApplyRule.Path.REPAIR));
    assertThat(replica.onMessage(BOB, heartbeat, START).apply()).isEmpty();
    assertThat(replica.onTick(START).send())
        .as("passed on")
        .contains(new Heartbeat("self", 0, 0, List.of(floor(CACHE, 9))));
  }

  @Test
  void onCaches_reopened_clearsAppliedAgain() {
    replica.onCaches(List.of(BOOKS), START);
    replica.onClearFloor(floor(CACHE, 9), START);
    replica.onCaches(List.of(), START);

    assertThat(replica.onCaches(List.of(BOOKS), START).apply())
        .containsExactly(
            new Application(
                Change.clear(CACHE, floor(CACHE, 9).version()), SELF, ApplyRule.Path.REPAIR));
  }

  @Test
  void onTick_gapThatIsMoreThanLate_toldOnceAndCounted() {
    replica.onMessage(ALICE, new Data(1, 0, List.of(put("a", "v", 1))), START);
    replica.onMessage(ALICE, heartbeat(3), START);

    assertThat(replica.onTick(START + millis(250)).notices()).isEmpty();
    assertThat(replica.onTick(START + millis(251)).notices())
        .containsExactly(new Notice.GapSeen(ALICE, 2, 3));
    assertThat(replica.onTick(START + millis(900)).notices()).isEmpty();
    assertThat(replica.counts().missing()).isEqualTo(2);
    Member alice = replica.members().get(0);
    assertThat(alice.missing()).isEqualTo(2);
    assertThat(alice.lastSequence()).isEqualTo(3);
    assertThat(alice.nodeName()).isEqualTo("alice");
  }

  @Test
  void onMessage_moreMembersThanRemembered_changesAppliedAllTheSame() {
    for (int i = 0; i < 1_024; i++) {
      replica.onMessage(new NodeId(100 + i, 0), heartbeat(0), START);
    }

    Effects effects = replica.onMessage(ALICE, new Data(1, 0, List.of(put("a", "v", 1))), START);

    assertThat(effects.apply()).hasSize(1);
    assertThat(effects.notices()).containsExactly(new Notice.MembersRefused(1_024));
    assertThat(replica.members()).hasSize(1_024);
    assertThat(replica.counts().membersRefused()).isEqualTo(1);
  }

  @Test
  void onClockAhead_often_writerToldOncePerSecond() {
    long ours = HybridTime.ofMillis(1_000);

    assertThat(replica.onClockAhead(version(9_000, 5), ours, START).send())
        .containsExactly(new ClockReject(5, HybridTime.ofMillis(9_000), ours));
    assertThat(replica.onClockAhead(version(9_001, 5), ours, START + millis(999)).send()).isEmpty();
    assertThat(replica.onClockAhead(version(9_000, 6), ours, START).send()).hasSize(1);
    assertThat(replica.onClockAhead(version(9_002, 5), ours, START + millis(1_000)).send())
        .hasSize(1);
  }

  @Test
  void onClockAhead_clearFloor_notOfferedAgainWithEveryHeartbeat() {
    replica.onCaches(List.of(BOOKS), START);
    Heartbeat heartbeat = new Heartbeat("alice", 0, 0, List.of(floor(CACHE, 9_000)));
    assertThat(replica.onMessage(ALICE, heartbeat, START).apply()).hasSize(1);
    replica.onClockAhead(floor(CACHE, 9_000).version(), HybridTime.ofMillis(1_000), START);

    assertThat(replica.onMessage(ALICE, heartbeat, START + millis(7_500)).apply()).isEmpty();
    assertThat(replica.onMessage(ALICE, heartbeat, START + millis(7_501)).apply()).hasSize(1);
  }

  @Test
  void onMessage_clockReject_toldIfItIsForThisMember() {
    ClockReject reject = new ClockReject(SELF.origin(), 9, 5);
    replica.onMessage(ALICE, heartbeat(0), START);

    assertThat(replica.onMessage(ALICE, reject, START).notices())
        .containsExactly(new Notice.ClockAhead(ALICE, 9, 5));
    assertThat(replica.onMessage(ALICE, reject, START).notices()).isEmpty();
    assertThat(replica.onMessage(ALICE, new ClockReject(77, 9, 5), START).notices()).isEmpty();
  }

  @Test
  void onStop_always_saysBye() {
    assertThat(replica.onStop().send()).containsExactly(new Message.Bye());
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
      sent.addAll(replica.onTick(replica.nextTickNanos()).send());
    }
    return sent;
  }

  private static Heartbeat heartbeat(long sequence) {
    return new Heartbeat("alice", sequence, 0, List.of());
  }
}
