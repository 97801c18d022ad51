package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RoundWatchTest {

  private static final long LIMIT = RoundWatch.LONGEST_ROUND_NANOS;

  private final RoundWatch watch = new RoundWatch("member");

  @Test
  void look_roundTakesTooLong_logsOnce() {
    watch.begin(100);
    assertThat(watch.look(99 + LIMIT)).isFalse();
    assertThat(LogOutput.of(() -> assertThat(watch.look(100 + LIMIT)).isTrue()))
        .singleElement()
        .asString()
        .contains("member: one round of the protocol thread has taken more than 1000 ms");
    assertThat(watch.look(200 + LIMIT)).isFalse();
  }

  @Test
  void look_betweenRounds_logsNothing() {
    assertThat(watch.look(LIMIT)).isFalse();
    watch.begin(100);
    watch.end();
    assertThat(watch.look(100 + 2 * LIMIT)).isFalse();
  }

  @Test
  void look_nextRoundTakesTooLongAsWell_logsAgain() {
    watch.begin(0);
    assertThat(watch.look(LIMIT)).isTrue();
    watch.end();
    watch.begin(LIMIT);
    assertThat(watch.look(LIMIT + 1)).isFalse();
    assertThat(watch.look(2 * LIMIT)).isTrue();
  }
}
