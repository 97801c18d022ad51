package io.github.mccache.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Message.Applied;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StreamsTest {

  private final Streams streams = new Streams();

  @Test
  void open_again_theSameStream() {
    Stream stream = streams.open(5);

    assertThat(stream).isNotNull();
    assertThat(streams.open(5)).isSameAs(stream);
    assertThat(streams.find(5)).isSameAs(stream);
    assertThat(streams.find(6)).isNull();
  }

  @Test
  void open_asManyAsAreKept_noMoreUntilOneRetires() {
    for (int origin = 0; origin < Streams.MAX_STREAMS; origin++) {
      assertThat(streams.open(origin)).isNotNull();
    }

    assertThat(streams.open(-1)).isNull();
    assertThat(streams.open(7)).as("known").isNotNull();
    streams.retire(7);
    assertThat(streams.open(-1)).isNotNull();
  }

  @Test
  void retire_known_toldToNobodyAndStillFound() {
    Stream stream = open(5);
    stream.onData(1, 10, 0, 0);

    assertThat(streams.retire(5)).as("its slot is not free").isEqualTo(-1);

    assertThat(streams.all()).isEmpty();
    assertThat(streams.vector()).isEmpty();
    assertThat(streams.find(5)).isSameAs(stream);
    assertThat(streams.completeTimes()).containsEntry(5L, 10L);
    assertThat(streams.open(5)).as("comes back with what it had").isSameAs(stream);
    assertThat(streams.vector()).containsExactly(new Applied(5, 1, 10));
  }

  @Test
  void retire_unknown_nothing() {
    assertThat(streams.retire(5)).isEqualTo(-1);
    assertThat(streams.size()).isZero();
  }

  @Test
  void retire_moreThanAreKept_theEldestIsForgottenAndItsSlotUsedAgain() {
    int slot = open(1_000).slot();
    streams.retire(1_000);
    for (int origin = 0; origin < Streams.MAX_RETIRED - 1; origin++) {
      open(origin);
      assertThat(streams.retire(origin)).isEqualTo(-1);
    }
    open(2_000);

    assertThat(streams.retire(2_000)).isEqualTo(slot);

    assertThat(streams.find(1_000)).isNull();
    assertThat(streams.size()).isEqualTo(Streams.MAX_RETIRED);
    assertThat(open(3_000).slot()).isEqualTo(slot);
  }

  @Test
  void open_anyHistory_slotsAreSmallAndApart() {
    for (int origin = 0; origin < 10_000; origin++) {
      open(origin);
      if (origin >= 10) {
        streams.retire(origin - 10L);
      }
    }

    Set<Integer> slots = new HashSet<>();
    for (long origin = 0; origin < 10_000; origin++) {
      Stream stream = streams.find(origin);
      if (stream != null) {
        assertThat(slots.add(stream.slot())).isTrue();
        assertThat(stream.slot()).isLessThan(Streams.MAX_RETIRED + 12);
      }
    }
    assertThat(slots).hasSize(Streams.MAX_RETIRED + 10);
  }

  @Test
  void next_moreThanFit_takesTurns() {
    for (int origin = 0; origin < 5; origin++) {
      open(origin);
    }

    Set<Long> told = new HashSet<>();
    for (int heartbeat = 0; heartbeat < 3; heartbeat++) {
      List<Applied> part = streams.next(2);
      assertThat(part).hasSize(2);
      part.forEach(applied -> told.add(applied.origin()));
    }
    assertThat(told).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L);
    assertThat(streams.next(5)).hasSize(5);
  }

  private Stream open(long origin) {
    Stream stream = streams.open(origin);
    assertThat(stream).isNotNull();
    return stream;
  }
}
