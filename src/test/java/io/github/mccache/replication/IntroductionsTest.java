package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.ALICE;
import static io.github.mccache.replication.Examples.BOB;
import static io.github.mccache.replication.Examples.millis;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Message.CacheDescription;
import io.github.mccache.protocol.NodeId;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IntroductionsTest {

  private static final CacheDescription OURS = new CacheDescription(1, "books", "replicate");

  private final Introductions introductions =
      new Introductions("self", null, new OwnProgress(), new Random(1));

  @Test
  void announce_first_atOnceWithAllCaches() {
    introductions.onCaches(List.of(OURS));
    introductions.announce(true, 0);

    assertThat(tick(0)).containsExactly(new Message.Hello("self", List.of(OURS), true));
    assertThat(introductions.isWanted()).isFalse();
    assertThat(tick(0)).isEmpty();
  }

  @Test
  void announce_soonAfterTheLast_waits() {
    introductions.announce(true, 0);
    tick(0);
    introductions.announce(true, millis(1));

    assertThat(tick(millis(99))).isEmpty();
    assertThat(tick(millis(100))).hasSize(1);
  }

  @Test
  void answer_manyAsk_oneAnswerWithinTheSpread() {
    for (int i = 0; i < 100; i++) {
      introductions.answer(false, 0);
    }
    assertThat(introductions.dueNanos()).isLessThan(millis(50));

    assertThat(tick(millis(50))).containsExactly(new Message.Hello("self", List.of(), false));
    assertThat(tick(millis(1_000))).isEmpty();
  }

  @Test
  void answer_whileAnAnnouncementIsDue_asksForAnswersStill() {
    introductions.announce(true, 0);
    introductions.answer(false, 0);

    assertThat(tick(0)).containsExactly(new Message.Hello("self", List.of(), true));
  }

  @Test
  void compare_otherMode_toldOncePerCacheAndMode() {
    introductions.onCaches(List.of(OURS));

    assertThat(compare(ALICE, "update"))
        .containsExactly(new Notice.CacheModeDiffers(ALICE, 1, "books", "replicate", "update"));
    assertThat(compare(BOB, "update")).isEmpty();
    assertThat(compare(BOB, "invalidate")).hasSize(1);
  }

  @Test
  void compare_sameModeOrUnknownCache_nothing() {
    assertThat(compare(ALICE, "update")).isEmpty();
    introductions.onCaches(List.of(OURS));
    assertThat(compare(ALICE, "replicate")).isEmpty();
  }

  @Test
  void compare_hostileModes_toldUpToTheMaximum() {
    introductions.onCaches(List.of(OURS));
    int told = 0;
    for (int i = 0; i < 1_000; i++) {
      told += compare(ALICE, "mode" + i).size();
    }

    assertThat(told).isEqualTo(Introductions.MAX_MODES_REPORTED);
  }

  @Test
  void compare_cacheReopened_toldAgain() {
    introductions.onCaches(List.of(OURS));
    compare(ALICE, "update");
    introductions.onCaches(List.of());
    introductions.onCaches(List.of(OURS));

    assertThat(compare(ALICE, "update")).hasSize(1);
  }

  private List<Message> tick(long nowNanos) {
    EffectsCollector effects = new EffectsCollector();
    introductions.onTick(nowNanos, effects);
    return effects.effects().send().stream().map(Outgoing::message).toList();
  }

  private List<Notice> compare(NodeId from, String mode) {
    EffectsCollector effects = new EffectsCollector();
    introductions.compare(from, List.of(new CacheDescription(1, "books", mode)), effects);
    return effects.effects().notices();
  }
}
