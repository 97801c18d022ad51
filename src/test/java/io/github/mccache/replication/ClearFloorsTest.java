package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.floor;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Message.ClearFloor;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ClearFloorsTest {

  private static final long NOW = 1_000_000;

  private final ClearFloors floors = new ClearFloors();

  @Test
  void learn_newerFloorOfOpenCache_newsOnce() {
    floors.onOpenCaches(Set.of(1L));

    assertThat(floors.learn(floor(1, 100), NOW)).isTrue();
    assertThat(floors.learn(floor(1, 100), NOW)).isFalse();
    assertThat(floors.learn(floor(1, 99), NOW)).isFalse();
    assertThat(floors.learn(floor(1, 101), NOW)).isTrue();
    assertThat(floors.next(9)).containsExactly(floor(1, 101));
  }

  @Test
  void learn_cacheThatIsNotHere_notKept() {
    assertThat(floors.learn(floor(1, 100), NOW)).isFalse();
    assertThat(floors.next(9)).isEmpty();
  }

  @Test
  void raise_lowerThanKnown_keepsTheHigher() {
    floors.raise(floor(1, 100));
    floors.raise(floor(1, 50));

    assertThat(floors.next(9)).containsExactly(floor(1, 100));
  }

  @Test
  void onOpenCaches_reopened_tellsTheFloorAgain() {
    floors.onOpenCaches(Set.of(1L, 2L));
    floors.raise(floor(1, 100));
    floors.onOpenCaches(Set.of(2L));

    assertThat(floors.next(9)).as("outlives its cache").containsExactly(floor(1, 100));
    assertThat(floors.onOpenCaches(Set.of(1L, 2L))).containsExactly(floor(1, 100));
    assertThat(floors.onOpenCaches(Set.of(1L, 2L))).isEmpty();
  }

  @Test
  void next_moreThanFit_takesTurns() {
    LongStream.range(0, 5).forEach(cache -> floors.raise(floor(cache, 100)));

    Set<ClearFloor> told = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      assertThat(told.addAll(floors.next(2))).isTrue();
    }
    assertThat(told).hasSize(5);
    assertThat(floors.next(9)).hasSize(5);
  }

  @Test
  void onOpenCaches_moreThanTheMaximum_forgetsTheLowestOfTheClosed() {
    Set<Long> many =
        LongStream.range(0, ClearFloors.MAX_CACHES).boxed().collect(Collectors.toSet());
    floors.onOpenCaches(many);
    many.forEach(cache -> floors.raise(floor(cache, 1_000 + cache)));
    floors.onOpenCaches(Set.of(0L, 5_000L));

    assertThat(floors.next(9_999))
        .hasSize(ClearFloors.MAX_CACHES - 1)
        .contains(floor(0, 1_000))
        .doesNotContain(floor(1, 1_001));
  }

  /** It is repeated with every heartbeat. */
  @Test
  void learn_floorAboveTheLimit_takenWhenItsTimeHasCome() {
    floors.onOpenCaches(Set.of(1L));
    floors.learn(floor(1, 100), 100);

    assertThat(floors.learn(floor(1, 10_000), 9_999)).isFalse();
    assertThat(floors.next(9)).as("not repeated").containsExactly(floor(1, 100));
    assertThat(floors.learn(floor(1, 200), 9_999)).isTrue();
    assertThat(floors.learn(floor(1, 10_000), 10_000)).isTrue();
    assertThat(floors.next(9)).containsExactly(floor(1, 10_000));
  }
}
