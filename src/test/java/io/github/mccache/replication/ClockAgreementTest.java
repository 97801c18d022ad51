package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.millis;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.NodeId;
import io.github.mccache.replication.Instruction.Cause;
import io.github.mccache.replication.Instruction.ShiftClock;
import io.github.mccache.replication.Instruction.StartAnew;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClockAgreementTest {

  private static final long START = Long.MAX_VALUE - millis(5_000);

  private final ClockAgreement agreement = new ClockAgreement(START);
  private final List<Peer> peers = new ArrayList<>();
  private long now = START;

  /** The upper median of all clocks, this member's own (0) among them. */
  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "'20', 0",
    "'-20', 0",
    "'40', 40",
    "'-40', 0",
    "'9000', 9000",
    "'-9000', 0",
    "'-9000 9000', 0",
    "'300 9000', 300",
    "'-9000 40', 0",
    "'30 40 9000', 40",
    "'-30 -40 -50', -30",
    "'90000000', 0",
  })
  void onTick_clocksOfOthers_movesTowardsTheUpperMedian(String offsets, long moved) {
    for (String offset : offsets.split(" ")) {
      if (!offset.isEmpty()) {
        peer(Long.parseLong(offset));
      }
    }

    assertThat(total(tick(millis(100)))).isEqualTo(moved);
  }

  @Test
  void onTick_littleOff_slewedByAtMostATwentiethOfTheTime() {
    peer(220);

    List<Long> steps = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      List<Instruction> shifts = tick(millis(1_000));
      assertThat(shifts).allMatch(ShiftClock.class::isInstance);
      steps.add(total(shifts));
    }
    assertThat(steps).containsExactly(50L, 50L, 50L, 50L, 0L, 0L);
  }

  @Test
  void onTick_ahead_slewedBack() {
    peer(-220);
    peer(-220);

    assertThat(tick(millis(1_000))).containsExactly(new ShiftClock(-50));
  }

  @Test
  void onTick_farBehind_putForwardAtOnceAndTold() {
    peer(7_200_000);
    EffectsCollector effects = new EffectsCollector();
    agreement.onTick(peers, START + millis(100), effects);

    assertThat(effects.effects().instructions()).containsExactly(new ShiftClock(7_200_000));
    assertThat(effects.effects().notices()).containsExactly(new Notice.ClockMoved(7_200_000));
    now = START + millis(100);
    assertThat(tick(millis(1_000))).as("the samples moved along").isEmpty();
  }

  @Test
  void onTick_farAheadAndNobodyHasSaidSo_notSetBack() {
    peer(-9_000);
    peer(-9_000);

    for (int i = 0; i < 10; i++) {
      assertThat(tick(millis(1_000))).noneMatch(StartAnew.class::isInstance);
    }
  }

  @Test
  void onTick_farAheadOnce_waits() {
    Peer one = peer(-9_000);
    Peer two = peer(-9_000);
    agreement.onRejected(now);
    assertThat(tick(millis(100))).isEmpty();

    one.clock().add(0);
    two.clock().add(0);
    assertThat(tick(millis(500))).isEmpty();
    one.clock().reset();
    two.clock().reset();
    one.clock().add(-9_000);
    two.clock().add(-9_000);
    assertThat(tick(millis(1_000))).as("not twice in a row").isEmpty();
  }

  @Test
  void onTick_farAheadTwiceInARow_setBack() {
    peer(-9_000);
    peer(-9_000);
    agreement.onRejected(now);
    assertThat(tick(millis(100))).isEmpty();
    assertThat(tick(millis(499))).isEmpty();

    assertThat(tick(millis(1))).containsExactly(new StartAnew(Cause.CLOCK_AHEAD, -9_000));
  }

  @Test
  void onTick_silentMembers_doNotCount() {
    peer(9_000).becomeSuspect();
    Peer left = peer(9_000);
    left.becomeLeft();

    assertThat(tick(millis(100))).isEmpty();
  }

  @Test
  void hurry_newsOfAFarClock_looksSoonButNeverLater() {
    tick(millis(100));
    assertThat(agreement.dueNanos()).isEqualTo(now + millis(1_000));

    agreement.hurry(now);
    assertThat(agreement.dueNanos()).isEqualTo(now + millis(100));
    agreement.hurry(now + millis(50));
    assertThat(agreement.dueNanos()).isEqualTo(now + millis(100));
  }

  /** The newcomer gives way, and who was there does not move. */
  @ParameterizedTest
  @CsvSource({"3600000", "-3600000", "5000"})
  void onTick_newcomerWithAnotherClock_adoptsThatOfTheElderAndMovesNobody(long itsClockIsAhead) {
    peer(itsClockIsAhead, Peer.Seniority.YOUNGER);
    assertThat(total(tick(millis(100)))).isZero();

    ClockAgreement newcomer = new ClockAgreement(START);
    List<Peer> elder = List.of(peer(-itsClockIsAhead, Peer.Seniority.ELDER));
    EffectsCollector effects = new EffectsCollector();
    newcomer.onTick(elder, START + millis(500), effects);
    newcomer.onTick(elder, START + millis(1_500), effects);
    if (itsClockIsAhead > 0) { // the elder's heartbeats may only be late, so it waits for more
      assertThat(instructions(effects)).noneMatch(StartAnew.class::isInstance);
      newcomer.onRejected(START + millis(1_600));
    }
    for (int i = 2; i <= 4; i++) {
      newcomer.onTick(elder, START + i * millis(1_000), effects);
    }
    List<Instruction> moves = instructions(effects);
    assertThat(total(moves)).isEqualTo(-itsClockIsAhead);
    assertThat(moves.get(moves.size() - 1))
        .isInstanceOf(itsClockIsAhead > 0 ? StartAnew.class : ShiftClock.class);
  }

  private static List<Instruction> instructions(EffectsCollector effects) {
    return effects.effects().instructions();
  }

  @Test
  void onTick_newcomersAtOnceBesideAnElder_followTheElderOnly() {
    peer(3_600_000);
    peer(3_600_000, Peer.Seniority.YOUNGER);
    peer(20, Peer.Seniority.ELDER);

    assertThat(tick(millis(100))).isEmpty();
  }

  @Test
  void onTick_inventedMajority_doesNotMoveAMemberThatIsNotNew() {
    now = START + ClockAgreement.NEW_NANOS;
    for (int i = 0; i < 10; i++) {
      peer(3_600_000);
    }
    for (int second = 0; second < 100; second++) {
      assertThat(tick(millis(1_000))).isEmpty();
    }
    peers.clear();
    for (int i = 0; i < 10; i++) {
      peer(-3_600_000);
      agreement.onRejected(now);
    }
    for (int second = 0; second < 4; second++) {
      assertThat(tick(millis(1_000))).isEmpty();
    }
  }

  @Test
  void onTick_provenPeersFarAhead_followedInBoundedSteps() {
    proven(3_600_000);
    assertThat(tick(millis(ClockAgreement.NEW_NANOS / 1_000_000 - 1))).as("still new").hasSize(1);
    peers.clear();
    proven(3_600_000);
    for (int second = 0; second < 59; second++) {
      assertThat(tick(millis(1_000))).as("not known for long").isEmpty();
    }

    tick(millis(1_000));
    assertThat(tick(millis(1_000)))
        .containsExactly(new ShiftClock(ClockAgreement.LONGEST_STEP_MILLIS));
  }

  private void proven(long offsetMillis) {
    peer(offsetMillis).appliedOwn(1, 1);
  }

  private Peer peer(long offsetMillis) {
    return peer(offsetMillis, Peer.Seniority.EQUAL);
  }

  private Peer peer(long offsetMillis, Peer.Seniority seniority) {
    int number = 10 + peers.size();
    Peer peer = new Peer(new NodeId(number, number), "", null, now);
    peer.meet(seniority == Peer.Seniority.ELDER, seniority == Peer.Seniority.YOUNGER);
    peer.clock().add(offsetMillis);
    peers.add(peer);
    return peer;
  }

  private List<Instruction> tick(long afterNanos) {
    now += afterNanos;
    EffectsCollector effects = new EffectsCollector();
    agreement.onTick(peers, now, effects);
    return instructions(effects);
  }

  private static long total(List<Instruction> moves) {
    return moves.stream()
        .mapToLong(
            move ->
                move instanceof ShiftClock shift
                    ? shift.millis()
                    : ((StartAnew) move).clockMillis())
        .sum();
  }
}
