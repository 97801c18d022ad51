package io.github.mccache.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyRule.Held;
import io.github.mccache.replication.Member;
import io.github.mccache.replication.Notice;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Conversations that a maintainer asks about, one at a time. */
class ClusterTest {

  private static final Place PLACE = new Place(1, "key0");
  private static final long SECOND_NANOS = 1_000_000_000L;

  @Test
  void clockFarAhead_put_missElsewhereClocksDoNotFollowAndTheWriterIsTold() {
    Simulation simulation = cluster(0, 0, 5_000);
    SimulatedMember ahead = simulation.members().get(2);
    SimulatedMember sound = simulation.members().get(0);
    sound.put(PLACE, value("before"), Change.ETERNAL);
    sound.drain();
    simulation.runFor(SECOND_NANOS);

    ahead.put(PLACE, value("from the future"), Change.ETERNAL);
    ahead.drain();
    simulation.runFor(SECOND_NANOS);

    for (SimulatedMember member : simulation.members().subList(0, 2)) {
      assertThat(member.store().read(PLACE)).isNull();
      assertThat(member.store().record(PLACE).held()).isEqualTo(Held.FENCE);
      assertThat(member.store().time() >>> 16).isLessThanOrEqualTo(member.nowMillis());
    }
    assertThat(ahead.notices()).hasAtLeastOneElementOfType(Notice.ClockAhead.class);

    sound.put(PLACE, value("after"), Change.ETERNAL);
    sound.drain();
    simulation.runFor(SECOND_NANOS);
    assertThat(simulation.members().get(1).store().read(PLACE).value()).isEqualTo(value("after"));
  }

  @Test
  void clockFarAhead_clear_emptiesOnceAndIsTakenOverWhenItsTimeHasCome() {
    Simulation simulation = cluster(0, 3_000);
    SimulatedMember sound = simulation.members().get(0);
    SimulatedMember ahead = simulation.members().get(1);
    sound.put(PLACE, value("before"), Change.ETERNAL);
    ahead.clear(PLACE.cache());
    ahead.drain();
    Version floor = ahead.store().clearFloor(PLACE.cache());
    simulation.runFor(SECOND_NANOS / 2);
    assertThat(sound.store().read(PLACE)).isNull();

    sound.put(PLACE, value("after"), Change.ETERNAL);
    simulation.runFor(SECOND_NANOS);
    assertThat(sound.store().read(PLACE)).as("not emptied by every heartbeat").isNotNull();
    assertThat(sound.store().clearFloor(PLACE.cache())).isNotEqualTo(floor);

    simulation.runFor(4 * SECOND_NANOS);
    assertThat(sound.store().clearFloor(PLACE.cache())).isEqualTo(floor);
  }

  @Test
  void crash_memberFallsSilent_suspectThenDeadForTheOthers() {
    Simulation simulation = cluster(0, 0);
    SimulatedMember witness = simulation.members().get(0);
    SimulatedMember victim = simulation.members().get(1);

    victim.crash();
    simulation.runFor(2 * SECOND_NANOS);
    assertThat(states(witness)).containsExactly(Member.State.ALIVE);
    simulation.runFor(2 * SECOND_NANOS);
    assertThat(states(witness)).containsExactly(Member.State.SUSPECT);
    simulation.runFor(8 * SECOND_NANOS);
    assertThat(states(witness)).containsExactly(Member.State.DEAD);
    assertThat(witness.notices())
        .containsExactly(
            new Notice.MemberJoined(victim.id(), "m1"),
            new Notice.MemberSuspected(victim.id(), "m1"),
            new Notice.MemberDead(victim.id(), "m1"));
  }

  @Test
  void alone_writes_nothingButHeartbeatsIsSent() {
    Simulation simulation = cluster(0);
    SimulatedMember alone = simulation.members().get(0);
    simulation.runFor(2 * SECOND_NANOS);

    alone.put(PLACE, value("unheard"), Change.ETERNAL);
    alone.drain();

    assertThat(alone.replica().counts().keptBack()).isEqualTo(1);
    simulation.rest();
  }

  @Test
  void duplication_everyFrameTwice_eachAppliedOnce() {
    Scenario scenario = scenario(0, 0);
    Simulation simulation = new Simulation(scenario, Cluster.SOUND);
    simulation.runFor(SECOND_NANOS);
    SimulatedMember writer = simulation.members().get(0);
    for (int i = 0; i < 50; i++) {
      writer.put(PLACE, value("v" + i), Change.ETERNAL);
      writer.drain();
    }
    simulation.runFor(SECOND_NANOS);

    SimulatedMember reader = simulation.members().get(1);
    assertThat(reader.replica().counts().duplicates()).isPositive();
    assertThat(reader.replica().counts().missing()).isZero();
    assertThat(reader.store().read(PLACE).value()).isEqualTo(value("v49"));
  }

  private static Simulation cluster(long... offsetsMillis) {
    Simulation simulation = new Simulation(scenario(offsetsMillis), Cluster.SOUND);
    simulation.runFor(SECOND_NANOS);
    return simulation;
  }

  private static Scenario scenario(long... offsetsMillis) {
    List<Long> offsets = Arrays.stream(offsetsMillis).boxed().toList();
    return new Scenario(1, offsets, Map.of(1L, Mode.REPLICATE), 1, 0, 1, 0.5, 0.5, false, false);
  }

  private static Payload value(String text) {
    return new Payload(1, text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<Member.State> states(SimulatedMember member) {
    return Stream.of(member.replica().members()).flatMap(List::stream).map(Member::state).toList();
  }
}
