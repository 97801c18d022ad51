package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.CACHE;
import static io.github.mccache.replication.Examples.payload;
import static io.github.mccache.replication.Examples.put;
import static io.github.mccache.replication.Examples.version;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Change;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ChangePackerTest {

  private static final int BUDGET = 100;
  private static final int MAXIMUM = 1_000;

  private final ChangePacker packer = new ChangePacker(BUDGET, MAXIMUM, Examples::sizeOf);
  private final EffectsCollector effects = new EffectsCollector();

  @Test
  void pack_exactlyTheBudget_oneMessage() {
    List<Change> changes = List.of(put("k", "v".repeat(39), 1), put("l", "v".repeat(39), 2));

    assertThat(packer.pack(changes, effects)).containsExactly(changes);
  }

  @Test
  void pack_oneByteMore_twoMessages() {
    List<Change> changes = List.of(put("k", "v".repeat(39), 1), put("l", "v".repeat(40), 2));

    assertThat(packer.pack(changes, effects)).hasSize(2);
  }

  @Test
  void pack_nothing_noMessage() {
    assertThat(packer.pack(List.of(), effects)).isEmpty();
  }

  @Test
  void pack_valueTooLarge_invalidationOfTheSameVersionToldOncePerCache() {
    Change large = put("k", "v".repeat(990), 1);
    Change otherCache =
        Change.put(CACHE + 1, large.version(), payload("k"), payload("v".repeat(990)), 5);

    assertThat(packer.pack(List.of(large, large, otherCache), effects))
        .containsExactly(
            List.of(
                Change.invalidate(CACHE, large.version(), payload("k")),
                Change.invalidate(CACHE, large.version(), payload("k")),
                Change.invalidate(CACHE + 1, large.version(), payload("k"))));
    assertThat(packer.changesTooLarge()).isEqualTo(3);
    assertThat(effects.effects().notices())
        .containsExactly(new Notice.ChangeTooLarge(CACHE), new Notice.ChangeTooLarge(CACHE + 1));
  }

  @Test
  void pack_keyTooLarge_countedToldOnceAndTheRestGoesOut() {
    Change removal = Change.remove(CACHE, version(1, 1), payload("k".repeat(991)));
    Change small = put("k", "v", 2);

    assertThat(packer.pack(List.of(removal, small, removal), effects))
        .containsExactly(List.of(small));
    assertThat(packer.keysTooLarge()).isEqualTo(2);
    assertThat(effects.effects().notices()).containsExactly(new Notice.KeyTooLarge(CACHE));
  }

  @Test
  void pack_longerThanADatagram_aMessageOfItsOwn() {
    Change before = put("k", "v", 1);
    Change longer = put("k", "v".repeat(989), 2);
    Change after = put("k", "w", 3);

    assertThat(packer.pack(List.of(before, longer, after), effects))
        .containsExactly(List.of(before), List.of(longer), List.of(after));
    assertThat(packer.changesTooLarge()).isZero();
  }

  @Property(tries = 300)
  void pack_anySizes_orderKeptNoMessageAboveTheBudgetNoneEmpty(
      @ForAll List<@IntRange(min = 0, max = 89) Integer> sizes) {
    List<Change> changes = new ArrayList<>();
    for (int size : sizes) {
      changes.add(put("k", "v".repeat(size), 1));
    }

    List<List<Change>> messages = packer.pack(changes, effects);

    assertThat(messages.stream().flatMap(List::stream).toList()).isEqualTo(changes);
    assertThat(messages).allSatisfy(message -> assertThat(message).isNotEmpty());
    assertThat(messages)
        .allSatisfy(
            message ->
                assertThat(message.stream().mapToInt(Examples::sizeOf).sum())
                    .isLessThanOrEqualTo(BUDGET));
  }
}
