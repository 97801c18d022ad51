package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WarningLimitTest {

  private final AtomicLong now = new AtomicLong(1_000);
  private final WarningLimit limit = new WarningLimit(now::get);

  private int admitted(String kind, int causes) {
    int admitted = 0;
    for (int i = 0; i < causes; i++) {
      admitted += limit.admits(kind, "cause " + i) ? 1 : 0;
    }
    return admitted;
  }

  @Test
  void admits_sameCauseTwice_once() {
    assertThat(limit.admits("a", "x")).isTrue();
    assertThat(limit.admits("a", "x")).isFalse();
    assertThat(limit.admits("b", "x")).isTrue();
  }

  @Test
  void admits_inventedCauses_neitherFillTheLogNorUseItUp() {
    assertThat(admitted("undecodable", 1_000)).isEqualTo(WarningLimit.MOST_CAUSES);
    assertThat(limit.admits("other", "real")).isTrue();
    now.addAndGet(WarningLimit.WINDOW_MILLIS - 1);
    assertThat(limit.admits("undecodable", "real")).isFalse();
    now.addAndGet(1);
    assertThat(limit.admits("undecodable", "real")).isTrue();
    assertThat(admitted("undecodable", 1_000)).isEqualTo(WarningLimit.MOST_CAUSES - 1);
  }

  @Test
  void admits_clockThatWasSetBack_beginsAnew() {
    admitted("undecodable", 1_000);
    now.addAndGet(-1);
    assertThat(limit.admits("undecodable", "real")).isTrue();
  }
}
