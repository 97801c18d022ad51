package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.CACHE;
import static io.github.mccache.replication.Examples.payload;
import static io.github.mccache.replication.Examples.put;
import static io.github.mccache.replication.Examples.version;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Payload;
import io.github.mccache.replication.SentIndex.Sent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SentIndexTest {

  private final SentIndex index = new SentIndex(3);

  @Test
  void stillLast_neverOverwritten_keysWithTheirVersions() {
    index.onSent(1, List.of(put("a", "v", 1), put("b", "v", 2)));

    assertThat(index.stillLast(1)).containsExactly(sent("a", 1), sent("b", 2));
  }

  @Test
  void stillLast_keyMovedOn_onlyTheLastCarrierNamesIt() {
    index.onSent(1, List.of(put("a", "v", 1), put("b", "v", 1)));
    index.onSent(2, List.of(put("a", "w", 2)));

    assertThat(index.stillLast(1)).containsExactly(sent("b", 1));
    assertThat(index.stillLast(2)).containsExactly(sent("a", 2));
  }

  @Test
  void cachesAbove_someApplied_thoseOfLaterNumbersAlone() {
    index.onSent(1, List.of(put("a", "v", 1)));
    index.onSent(2, List.of(Change.remove(CACHE + 1, version(2, 2), payload("b"))));

    assertThat(index.cachesAbove(0)).containsExactlyInAnyOrder(CACHE, CACHE + 1);
    assertThat(index.cachesAbove(1)).containsExactly(CACHE + 1);
    assertThat(index.cachesAbove(2)).isEmpty();
  }

  @Test
  void stillLast_allKeysMovedOn_voidButNotForgotten() {
    index.onSent(1, List.of(put("a", "v", 1)));
    index.onSent(2, List.of(put("a", "w", 2)));

    assertThat(index.stillLast(1)).isEmpty();
    assertThat(index.isForgotten(1)).isFalse();
    assertThat(index.frames()).isEqualTo(1);
  }

  @Test
  void stillLast_keyTwiceInOneMessage_namedOnceWithTheLaterVersion() {
    index.onSent(1, List.of(put("a", "v", 1), put("a", "w", 2)));

    assertThat(index.stillLast(1)).containsExactly(sent("a", 2));
    index.onSent(2, List.of(put("a", "x", 3)));
    assertThat(index.frames()).isEqualTo(1);
  }

  @Test
  void stillLast_wholeCacheAndSameKeyElsewhere_placesOfTheirOwn() {
    Change clear = Change.clear(CACHE, version(5, 2));
    Change elsewhere = Change.remove(CACHE + 1, version(6, 2), payload("a"));
    index.onSent(1, List.of(clear, elsewhere, put("a", "v", 7)));

    assertThat(index.stillLast(1))
        .containsExactly(
            new Sent(CACHE, null, version(5, 2)),
            new Sent(CACHE + 1, payload("a"), version(6, 2)),
            sent("a", 7));
  }

  @Test
  void onSent_noChanges_voidAndNothingIsKept() {
    for (int sequence = 1; sequence <= 1_000; sequence++) {
      index.onSent(sequence, List.of());
    }

    assertThat(index.frames()).isZero();
    assertThat(index.stillLast(500)).isEmpty();
    assertThat(index.isForgotten(500)).isFalse();
  }

  @Test
  void forgetUpTo_everybodyHasIt_nothingIsKept() {
    index.onSent(1, List.of(put("a", "v", 1)));
    index.onSent(2, List.of(put("b", "v", 2)));
    index.onSent(3, List.of(put("a", "w", 3)));

    index.forgetUpTo(2);

    assertThat(index.isForgotten(2)).isTrue();
    assertThat(index.isForgotten(3)).isFalse();
    assertThat(index.keys()).isEqualTo(1);
    assertThat(index.stillLast(3)).containsExactly(sent("a", 3));
    assertThat(index.overflows()).isZero();
    index.forgetUpTo(1);
    assertThat(index.isForgotten(2)).as("never comes back").isTrue();
  }

  @Test
  void onSent_moreKeysThanTheMaximum_lowestNumbersForgottenAndCounted() {
    index.onSent(1, List.of(put("a", "v", 1), put("b", "v", 1)));
    index.onSent(2, List.of(put("c", "v", 2)));
    assertThat(index.keys()).isEqualTo(3);
    assertThat(index.overflows()).isZero();

    index.onSent(3, List.of(put("d", "v", 3)));

    assertThat(index.isForgotten(1)).isTrue();
    assertThat(index.isForgotten(2)).isFalse();
    assertThat(index.keys()).isEqualTo(2);
    assertThat(index.overflows()).isEqualTo(1);
  }

  @Test
  void onSent_moreKeysInOneMessageThanTheMaximum_forgottenAsAWhole() {
    index.onSent(1, List.of(put("a", "", 1), put("b", "", 1), put("c", "", 1), put("d", "", 1)));

    assertThat(index.isForgotten(1)).isTrue();
    assertThat(index.keys()).isZero();
    assertThat(index.frames()).isZero();
  }

  @Test
  void onSent_fewKeysOverAndOver_framesStayFew() {
    for (int sequence = 1; sequence <= 10_000; sequence++) {
      index.onSent(sequence, List.of(put("k" + sequence % 3, "v", sequence)));
    }

    assertThat(index.frames()).isEqualTo(3);
    assertThat(index.keys()).isEqualTo(3);
    assertThat(index.isForgotten(1)).isFalse();
  }

  @Property(tries = 500)
  void anyMessages_asANaiveModelSays(
      @ForAll @Size(max = 40) List<@Size(max = 4) List<@IntRange(min = 0, max = 8) Integer>> all,
      @ForAll @IntRange(min = 1, max = 10) int maximum) {
    SentIndex tested = new SentIndex(maximum);
    TreeMap<Integer, List<String>> naive = new TreeMap<>();
    int forgotten = 0;
    int sequence = 0;
    for (List<Integer> keys : all) {
      if (keys.isEmpty()) {
        forgotten = Math.max(forgotten, sequence / 2);
        tested.forgetUpTo(sequence / 2);
        naive.headMap(forgotten, true).clear();
        continue;
      }
      sequence++;
      List<Change> changes = new ArrayList<>();
      Set<String> named = new LinkedHashSet<>();
      for (int key : keys) {
        changes.add(put("k" + key, "v", sequence));
        named.add("k" + key);
      }
      naive.values().forEach(list -> list.removeAll(named));
      naive.values().removeIf(List::isEmpty);
      naive.put(sequence, new ArrayList<>(named));
      tested.onSent(sequence, changes);
      while (naive.values().stream().mapToInt(List::size).sum() > maximum) {
        forgotten = naive.pollFirstEntry().getKey();
      }
      Map<Integer, List<String>> expected = new HashMap<>(naive);
      for (int number = 1; number <= sequence; number++) {
        int at = number;
        assertThat(tested.isForgotten(number)).isEqualTo(number <= forgotten);
        assertThat(tested.stillLast(number))
            .isEqualTo(
                expected.getOrDefault(number, List.of()).stream()
                    .map(key -> sent(key, at))
                    .toList());
      }
      assertThat(tested.frames()).isEqualTo(naive.size());
      assertThat(tested.keys()).isLessThanOrEqualTo(maximum);
    }
  }

  private static Sent sent(String key, long millis) {
    Payload payload = payload(key);
    return new Sent(CACHE, payload, version(millis, Examples.ALICE.origin()));
  }
}
