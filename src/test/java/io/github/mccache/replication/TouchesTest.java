package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.ALICE;
import static io.github.mccache.replication.Examples.CACHE;
import static io.github.mccache.replication.Examples.SELF;
import static io.github.mccache.replication.Examples.heartbeat;
import static io.github.mccache.replication.Examples.millis;
import static io.github.mccache.replication.Examples.payload;
import static io.github.mccache.replication.Examples.sent;
import static io.github.mccache.replication.Examples.version;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message.Touch;
import io.github.mccache.protocol.Message.Touched;
import io.github.mccache.protocol.Version;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which entries were used, as it is sent and received. */
class TouchesTest {

  private static final long START = Long.MAX_VALUE - millis(10_000);

  private final Replica replica =
      new Replica(
          SELF, "self", Examples.options(1_000), new ExampleRecords(), new Random(1), START);

  @Test
  void onTouched_moreThanADatagramHolds_severalAndCounted() {
    Examples.receive(replica, ALICE, true, heartbeat(0, 0), START);

    List<Touch> sent = sent(replica.onTouched(CACHE, touched(100), START), Touch.class);

    assertThat(sent).hasSizeGreaterThan(1);
    assertThat(sent.stream().flatMap(touch -> touch.entries().stream()))
        .containsExactlyElementsOf(touched(100));
    assertThat(replica.counts().get("touchesSent")).isEqualTo(100);
  }

  @Test
  void onTouched_nobodyIsThere_nothing() {
    assertThat(replica.onTouched(CACHE, touched(1), START + millis(3_000)).send()).isEmpty();
    assertThat(replica.counts().get("touchesSent")).isZero();
  }

  @Test
  void touchesWanted_again_noneForAWhile() {
    assertThat(replica.touchesWanted(START)).isEqualTo(Touches.MOST_AT_ONCE);
    assertThat(replica.touchesWanted(START + millis(399))).isZero();
    assertThat(replica.touchesWanted(START + millis(400))).isEqualTo(Touches.MOST_AT_ONCE);
  }

  /** It is for the caches to know whether they hold just this version, whatever time it is of. */
  @Test
  void onMessage_touch_handedToTheCacheAndCounted() {
    long unknownCache = 99;
    Version endOfTime = new Version(Long.MAX_VALUE, -1);
    List<Touched> entries =
        List.of(
            new Touched(payload("a"), version(1, 1), 0),
            new Touched(payload("b"), endOfTime, Change.ETERNAL));

    assertThat(receive(new Touch(CACHE, entries)))
        .containsExactly(new Instruction.Prolong(CACHE, entries));
    assertThat(receive(new Touch(unknownCache, entries)))
        .containsExactly(new Instruction.Prolong(unknownCache, entries));
    assertThat(replica.counts().get("touchesReceived")).isEqualTo(4);
    assertThat(replica.counts().get("touchesSent")).isZero();
  }

  /** A message in pieces may hold hundreds of thousands. */
  @Test
  void onMessage_touchOfMoreThanAMemberSendsAtOnce_theRestIsLeft() {
    List<Touched> entries =
        Collections.nCopies(100_000, new Touched(payload("a"), version(1, 1), 1));

    assertThat(receive(new Touch(CACHE, entries)))
        .containsExactly(new Instruction.Prolong(CACHE, entries.subList(0, Touches.MOST_AT_ONCE)));
    assertThat(replica.counts().get("touchesReceived")).isEqualTo(Touches.MOST_AT_ONCE);
  }

  private List<Instruction> receive(Touch touch) {
    return Examples.receive(replica, ALICE, true, touch, START).instructions().stream()
        .filter(Instruction.Prolong.class::isInstance)
        .toList();
  }

  private static List<Touched> touched(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Touched(payload("key" + i), version(i, 1), 1_000))
        .toList();
  }
}
