package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.ALICE;
import static io.github.mccache.replication.Examples.BOB;
import static io.github.mccache.replication.Examples.millis;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.NodeId;
import io.github.mccache.replication.Member.State;
import io.github.mccache.replication.Notice.MemberAcknowledgesNothing;
import io.github.mccache.replication.Notice.MemberDead;
import io.github.mccache.replication.Notice.MemberJoined;
import io.github.mccache.replication.Notice.MemberLeft;
import io.github.mccache.replication.Notice.MemberRecovered;
import io.github.mccache.replication.Notice.MemberSuspected;
import io.github.mccache.replication.Notice.MembersRefused;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MembershipTest {

  private static final int MAX_MEMBERS = 3;

  private final Streams streams = new Streams();
  private final Membership membership = new Membership(remembering(MAX_MEMBERS), streams);

  private static ReplicaOptions remembering(int maxMembers) {
    ReplicaOptions usual = Examples.options(1_000);
    return new ReplicaOptions(
        usual.dataBudgetBytes(),
        usual.sizeOf(),
        usual.bodies(),
        usual.frameCapacity(),
        usual.fragmentBytes(),
        usual.maximumBodyBytes(),
        usual.scrubInterval(),
        Duration.ofMillis(500),
        Duration.ofSeconds(3),
        Duration.ofSeconds(10),
        Duration.ofMinutes(15),
        Duration.ofSeconds(2),
        maxMembers,
        usual.maximumKeysSent(),
        usual.initialRate());
  }

  @Test
  void heard_first_joinedOnce() {
    assertThat(hear(ALICE, 0)).containsExactly(new MemberJoined(ALICE, "node"));
    assertThat(hear(ALICE, 1)).isEmpty();
    assertThat(stateOf(ALICE)).isEqualTo(State.ALIVE);
  }

  @Test
  void onTick_silence_suspectThenDeadThenForgottenEachOnce() {
    hear(ALICE, 0);

    assertThat(tick(2_999)).isEmpty();
    assertThat(tick(3_000)).containsExactly(new MemberSuspected(ALICE, "node"));
    assertThat(tick(9_999)).isEmpty();
    assertThat(tick(10_000)).containsExactly(new MemberDead(ALICE, "node"));
    assertThat(tick(899_999)).isEmpty();
    assertThat(membership.hasPeers()).as("being dead may be wrong").isTrue();
    assertThat(tick(900_000)).isEmpty();
    assertThat(membership.view()).isEmpty();
    assertThat(membership.hasPeers()).isFalse();
  }

  @Test
  void onTick_suspect_whatCameOutsideOfItsStreamSinceItsCompleteTimeIsRelayed() {
    hear(ALICE, 0);
    streams.open(ALICE.origin()).onData(1, 70, 0, 0);

    EffectsCollector effects = new EffectsCollector();
    membership.onTick(millis(3_000), 1, effects);

    assertThat(effects.effects().instructions())
        .containsExactly(new Instruction.Relay(ALICE.origin(), 70));
  }

  @Test
  void onTick_longSilenceAtOnce_passesThroughSuspect() {
    hear(ALICE, 0);

    assertThat(tick(60_000))
        .containsExactly(new MemberSuspected(ALICE, "node"), new MemberDead(ALICE, "node"));
  }

  @Test
  void heard_suspectOrDead_recovers() {
    hear(ALICE, 0);
    tick(3_000);
    assertThat(hear(ALICE, 3_500)).containsExactly(new MemberRecovered(ALICE, "node"));
    assertThat(tick(6_499)).isEmpty();
    tick(20_000);
    assertThat(hear(ALICE, 20_000)).containsExactly(new MemberRecovered(ALICE, "node"));
    assertThat(stateOf(ALICE)).isEqualTo(State.ALIVE);
  }

  @Test
  void left_thenLateMessages_staysLeftAndIsForgotten() {
    hear(ALICE, 0);

    assertThat(leave(ALICE)).containsExactly(new MemberLeft(ALICE, "node"));
    assertThat(leave(ALICE)).isEmpty();
    assertThat(hear(ALICE, 999)).isEmpty();
    assertThat(stateOf(ALICE)).isEqualTo(State.LEFT);
    assertThat(membership.hasPeers()).isFalse();
    tick(900_000);
    assertThat(membership.view()).isEmpty();
  }

  /** A copy of it left, or somebody feigned that. */
  @Test
  void left_heardLongAfter_isThereAgain() {
    hear(ALICE, 0);
    leave(ALICE);

    assertThat(hear(ALICE, 1_000)).containsExactly(new MemberRecovered(ALICE, "node"));

    assertThat(stateOf(ALICE)).isEqualTo(State.ALIVE);
    assertThat(tick(3_999)).isEmpty();
  }

  @Test
  void left_neverHeard_lateMessagesDoNotMakeItJoin() {
    assertThat(leave(ALICE)).isEmpty();

    assertThat(hear(ALICE, 1)).isEmpty();
    assertThat(stateOf(ALICE)).isEqualTo(State.LEFT);
    assertThat(membership.hasPeers()).isFalse();
  }

  @Test
  void left_neverHeardAndNoRoom_notRemembered() {
    for (int i = 0; i < MAX_MEMBERS; i++) {
      hear(new NodeId(100 + i, 0), 0);
    }

    assertThat(leave(ALICE)).isEmpty();
    assertThat(membership.view()).hasSize(MAX_MEMBERS);
  }

  @Test
  void heard_newIncarnationOfTheSameName_anotherMember() {
    hear(ALICE, 0);

    assertThat(hear(BOB, 1)).containsExactly(new MemberJoined(BOB, "node"));
    assertThat(membership.view()).hasSize(2);
  }

  @Test
  void heard_moreThanTheMaximumAllAlive_refusedCountedAndToldOnce() {
    for (int i = 0; i < MAX_MEMBERS; i++) {
      hear(new NodeId(100 + i, 0), 0);
    }

    assertThat(hear(ALICE, 1)).containsExactly(new MembersRefused(MAX_MEMBERS));
    assertThat(hear(BOB, 1)).isEmpty();
    assertThat(membership.refused()).isEqualTo(2);
    assertThat(membership.view()).hasSize(MAX_MEMBERS);
  }

  @Test
  void heard_moreThanTheMaximum_longestGoneIsForgotten() {
    hear(new NodeId(100, 0), 5_000);
    hear(new NodeId(101, 0), 0);
    hear(new NodeId(102, 0), 20_000);
    tick(20_000);

    assertThat(hear(ALICE, 20_000)).containsExactly(new MemberJoined(ALICE, "node"));
    assertThat(membership.view())
        .extracting(Member::id)
        .containsExactly(new NodeId(100, 0), new NodeId(102, 0), ALICE);
  }

  @Test
  void missing_memberForgotten_stillCounted() {
    EffectsCollector effects = new EffectsCollector();
    Peer peer = membership.received(ALICE, null, 0, effects);
    assertThat(peer).isNotNull();
    Stream stream = peer.stream();
    assertThat(stream).isNotNull();
    stream.onData(1, 0, 0, 0);
    stream.onData(4, 0, 0, 0);
    tick(60_000);
    tick(900_000);

    assertThat(membership.view()).isEmpty();
    assertThat(membership.missing()).isEqualTo(2);
  }

  @Test
  void onTick_stretched_limitsAreLonger() {
    hear(ALICE, 0);
    EffectsCollector effects = new EffectsCollector();

    membership.onTick(millis(11_999), 4, effects);
    assertThat(stateOf(ALICE)).isEqualTo(State.ALIVE);
    membership.onTick(millis(12_000), 4, effects);
    assertThat(stateOf(ALICE)).isEqualTo(State.SUSPECT);
  }

  @Test
  void forgive_ownPause_isNobodysSilence() {
    hear(ALICE, 0);
    membership.forgive(millis(2_000), millis(2_000));

    assertThat(tick(4_999)).isEmpty();
    assertThat(tick(5_000)).containsExactly(new MemberSuspected(ALICE, "node"));
  }

  /** 20 ms for its stream: not every heartbeat holds the acknowledgements of all streams. */
  @Test
  void onTick_heardAndAcknowledgesNothing_notWaitedForAfterTheTimeOfTheDead() {
    for (int at = 0; at <= 10_000; at += 1_000) {
      hear(ALICE, at);
      tick(at);
    }
    assertThat(tick(10_019)).isEmpty();
    assertThat(acknowledges(ALICE)).isTrue();
    assertThat(tick(10_020)).containsExactly(new MemberAcknowledgesNothing(ALICE, "node"));
    assertThat(tick(10_021)).isEmpty();
    assertThat(acknowledges(ALICE)).isFalse();
    assertThat(stateOf(ALICE)).isEqualTo(State.ALIVE);
  }

  @Test
  void onTick_ownPause_isNoLackOfAcknowledgements() {
    hear(ALICE, 0);
    membership.forgive(millis(9_000), millis(9_000));
    hear(ALICE, 18_000);
    tick(18_000);

    assertThat(acknowledges(ALICE)).isTrue();
  }

  /** What it serves may be old; it has yet to acknowledge what it lacks. */
  @Test
  void heard_afterLongSilence_waitedForAgain() {
    hear(ALICE, 0);
    tick(60_000);
    assertThat(acknowledges(ALICE)).isFalse();
    hear(ALICE, 60_000);

    assertThat(acknowledges(ALICE)).isTrue();
    tick(60_001);
    assertThat(acknowledges(ALICE)).isTrue();
  }

  @Test
  void onTick_forgotten_streamRetires() {
    hear(ALICE, 0);
    tick(900_000);

    assertThat(streams.all()).isEmpty();
    assertThat(streams.find(ALICE.origin())).isNotNull();
  }

  @Test
  void onTick_streamOfNobody_retiresAfterTheSameTimeUnlessItsMemberIsHeard() {
    streams.open(77);
    streams.open(ALICE.origin());
    tick(1_000);
    tick(500_000);
    hear(ALICE, 500_000);
    assertThat(streams.all()).hasSize(2);
    hear(ALICE, 901_000);
    tick(901_000);

    assertThat(streams.all()).extracting(Stream::origin).containsExactly(ALICE.origin());
    assertThat(streams.find(77)).isNotNull();
  }

  @Test
  void heard_firstOrAgainAfterSilence_reunitedOnce() {
    hear(ALICE, 0);
    Peer alice = membership.find(ALICE.origin());
    assertThat(alice).isNotNull();
    assertThat(alice.takeReunited()).isTrue();
    assertThat(alice.takeReunited()).isFalse();

    tick(3_000);
    hear(ALICE, 3_500);
    assertThat(alice.takeReunited()).isTrue();
  }

  private List<Notice> hear(NodeId id, long nowMillis) {
    EffectsCollector effects = new EffectsCollector();
    membership.received(id, "node", millis(nowMillis), effects);
    return effects.effects().notices();
  }

  private List<Notice> leave(NodeId id) {
    EffectsCollector effects = new EffectsCollector();
    membership.left(id, 0, effects);
    return effects.effects().notices();
  }

  private List<Notice> tick(long nowMillis) {
    EffectsCollector effects = new EffectsCollector();
    membership.onTick(millis(nowMillis), 1, effects);
    return effects.effects().notices();
  }

  private boolean acknowledges(NodeId id) {
    return membership.view().stream()
        .filter(member -> member.id().equals(id))
        .allMatch(Member::acknowledges);
  }

  private State stateOf(NodeId id) {
    return membership.view().stream()
        .filter(member -> member.id().equals(id))
        .findFirst()
        .orElseThrow()
        .state();
  }
}
