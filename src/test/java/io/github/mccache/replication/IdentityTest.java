package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.ALICE;
import static io.github.mccache.replication.Examples.BOB;
import static io.github.mccache.replication.Examples.SELF;
import static io.github.mccache.replication.Examples.millis;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.NodeId;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class IdentityTest {

  /** An origin of time that overflows in the course of a test. */
  private static final long START = Long.MAX_VALUE - millis(500);

  private final Identity identity = new Identity(SELF);

  @Test
  void copyHeard_first_renewsOnce() {
    assertThat(renews(START)).isTrue();
    assertThat(renews(START)).as("it is about to").isFalse();

    identity.become(ALICE, START);

    assertThat(identity.id()).isEqualTo(ALICE);
    assertThat(identity.former()).isEqualTo(SELF);
  }

  /** Whoever can send can feign a copy. */
  @Test
  void copyHeard_overAndOver_everMoreSeldom() {
    int renewals = 0;
    for (long at = 0; at < 3_600_000; at += 100) {
      if (renews(START + millis(at))) {
        identity.become(++renewals % 2 == 0 ? ALICE : BOB, START + millis(at));
        tick(true, START + millis(at));
      }
    }

    assertThat(renewals).isBetween(12, 14);
  }

  /** What shows a copy that has crashed may be seen only once. */
  @Test
  void copyHeard_inThePauseAfterAChange_renewsWhenItIsOver() {
    renews(START);
    identity.become(ALICE, START);
    tick(true, START);

    assertThat(renews(START + millis(500))).isFalse();
    assertThat(tick(true, START + millis(999))).isFalse();
    assertThat(tick(true, START + millis(1_000))).isTrue();
    assertThat(tick(true, START + millis(1_001))).as("it is about to").isFalse();
    identity.become(BOB, START + millis(1_002));
    assertThat(tick(true, START + millis(9_000))).isFalse();
  }

  /** Of a member with much to send again, each feigned copy would be as good as an attack. */
  @Test
  void copyHeard_afterSendingAllAgainTookLong_pauseIsTwentyTimesAsLong() {
    renews(START);
    identity.become(ALICE, START);
    tick(false, START + millis(2_999));
    assertThat(renews(START + millis(2_999))).as("not all is sent").isFalse();
    tick(true, START + millis(3_000));

    assertThat(tick(true, START + millis(59_999))).isFalse();
    assertThat(tick(true, START + millis(60_000))).isTrue();
  }

  @Test
  void copyHeard_sendingAllAgainNeverEnds_renewsAfterTheLongestPause() {
    renews(START);
    identity.become(ALICE, START);
    renews(START);
    tick(false, START + millis(50_000));

    assertThat(tick(false, START + millis(999_999))).isFalse();
    assertThat(tick(false, START + millis(1_000_000))).isTrue();
  }

  @Test
  void mayBeOwn_thisOneAndTheFormerForASecond() {
    assertThat(identity.mayBeOwn(SELF, START)).isTrue();
    identity.become(ALICE, START);

    assertThat(identity.mayBeOwn(SELF, START + millis(999))).isTrue();
    assertThat(identity.mayBeOwn(BOB, START + millis(999))).isFalse();
    assertThat(identity.mayBeOwn(SELF, START + millis(1_000))).isFalse();
    assertThat(identity.isFormer(SELF)).isTrue();
  }

  /** What it wrote wins over what it, or its copy, was known to have written. */
  @Property(tries = 200)
  void successor_anyIncarnation_isAbove(@ForAll long high, @ForAll long seed) {
    Assume.that(high != -1); // the last of all
    NodeId next = new Identity(new NodeId(high, 0)).successor(new Random(seed));

    assertThat(Long.compareUnsigned(next.origin(), high)).isPositive();
  }

  @Test
  void successor_ofTheLast_isAnyOther() {
    NodeId next = new Identity(new NodeId(-1, 0)).successor(new Random(1));

    assertThat(next.origin()).isNotEqualTo(-1);
  }

  private boolean tick(boolean allSent, long nowNanos) {
    EffectsCollector effects = new EffectsCollector();
    identity.onTick(allSent, nowNanos, effects);
    return effects.effects().instructions().contains(new Instruction.Renew());
  }

  private boolean renews(long nowNanos) {
    EffectsCollector effects = new EffectsCollector();
    identity.copyHeard(nowNanos, effects);
    return effects.effects().instructions().contains(new Instruction.Renew());
  }
}
