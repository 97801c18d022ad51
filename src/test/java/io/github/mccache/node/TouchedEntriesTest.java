package io.github.mccache.node;

import static io.github.mccache.node.StoreFixture.at;
import static io.github.mccache.node.StoreFixture.payload;
import static io.github.mccache.node.StoreFixture.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.node.StoreOptions.Sharing;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message.Touched;
import io.github.mccache.protocol.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Deadlines that move when entries are used, here and at other members. */
class TouchedEntriesTest {

  private static final long IDLE_MILLIS = 10_000;

  private final StoreFixture fixture = StoreFixture.of(Sharing.REPLICATE);

  /** What a cache does whose entries live on when they are used. */
  private static VersionedEntry use(StoreFixture member, Object key) {
    VersionedEntry record = member.store.find(key, member.store.nowMillis());
    record.setDeadlineMillis(member.store.nowMillis() + IDLE_MILLIS);
    member.store.noteUse(key, record);
    return record;
  }

  private static List<Touched> touches(StoreFixture member) {
    List<Touched> touched = new ArrayList<>();
    member.store.drainTouched(100, touched::add);
    return touched;
  }

  @Test
  void noteUse_oftenWithinASecond_isSentOnce() {
    Version version = fixture.write("k", "v", IDLE_MILLIS);
    for (int i = 0; i < 19; i++) { // until 950 ms
      use(fixture, "k");
      fixture.advance(Duration.ofMillis(50));
    }
    assertThat(touches(fixture)).isEmpty();

    fixture.advance(Duration.ofMillis(50));
    use(fixture, "k");
    use(fixture, "k");

    assertThat(touches(fixture)).containsExactly(new Touched(payload("k"), version, 11_000));
    use(fixture, "k");
    assertThat(touches(fixture)).isEmpty();
  }

  @Test
  void drainTouched_usedAgainMeanwhile_sendsTheLatest() {
    Version version = fixture.write("k", "v", IDLE_MILLIS);
    fixture.advance(Duration.ofMillis(1_000));
    use(fixture, "k");
    fixture.advance(Duration.ofMillis(300));
    use(fixture, "k");

    assertThat(touches(fixture)).containsExactly(new Touched(payload("k"), version, 11_300));
    fixture.advance(Duration.ofMillis(900));
    use(fixture, "k");
    assertThat(touches(fixture)).isEmpty();
  }

  @Test
  void find_withoutAccessExpiry_marksNothing() {
    fixture.write("k", "v", IDLE_MILLIS);
    fixture.advance(Duration.ofSeconds(5));

    assertThat(fixture.read("k")).isEqualTo("v");

    assertThat(fixture.store.touchedEntries()).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = Sharing.class,
      names = {"LOCAL", "INVALIDATE"})
  void noteUse_whereValuesAreNotShared_marksNothing(Sharing sharing) {
    StoreFixture alone = StoreFixture.of(sharing);
    alone.write("k", "v", IDLE_MILLIS);
    alone.advance(Duration.ofSeconds(5));

    use(alone, "k");

    assertThat(alone.store.touchedEntries()).isZero();
  }

  @Test
  void noteUse_loadThatStaysHere_marksNothing() {
    StoreFixture update = StoreFixture.of(Sharing.UPDATE);
    update.endLoad("k", "v", update.store.beginLoad("k"));
    VersionedEntry record = update.store.find("k", update.store.nowMillis());
    record.setDeadlineMillis(update.store.nowMillis() + IDLE_MILLIS);

    update.store.noteUse("k", record);

    assertThat(update.store.touchedEntries()).isZero();
  }

  @Test
  void noteUse_moreThanAreKept_areLeftToTheirNextUse() {
    StoreFixture large = StoreFixture.ofEntries(Sharing.REPLICATE, 20_000);
    for (int i = 0; i < 10_001; i++) {
      large.write(i, "v", IDLE_MILLIS);
    }
    large.advance(Duration.ofSeconds(2));
    for (int i = 0; i < 10_001; i++) {
      use(large, i);
    }
    assertThat(large.store.touchedEntries()).isEqualTo(10_000);

    large.store.drainTouched(20_000, touched -> {});
    use(large, 10_000);

    assertThat(large.store.touchedEntries()).isEqualTo(1);
  }

  // ---- at another member ----

  @Test
  void prolong_sameVersion_livesAsLongAndTellsItOn() {
    fixture.apply(put("k", "v", at(0), IDLE_MILLIS));

    fixture.store.prolong(new Touched(payload("k"), at(0), 15_000));
    fixture.advance(Duration.ofMillis(14_999));

    assertThat(fixture.read("k")).isEqualTo("v");
    assertThat(fixture.store.current(payload("k")).ttlMillis()).isEqualTo(15_000);
    fixture.advance(Duration.ofMillis(1));
    assertThat(fixture.read("k")).isNull();
  }

  @Test
  void prolong_earlierDeadline_changesNothing() {
    fixture.apply(put("k", "v", at(0), IDLE_MILLIS));

    fixture.store.prolong(new Touched(payload("k"), at(0), 5_000));
    fixture.advance(Duration.ofMillis(9_999));

    assertThat(fixture.read("k")).isEqualTo("v");
  }

  @Test
  void prolong_otherVersion_changesNothing() {
    fixture.apply(put("k", "v", at(1), IDLE_MILLIS));

    fixture.store.prolong(new Touched(payload("k"), at(0), Change.ETERNAL));
    fixture.store.prolong(new Touched(payload("k"), at(2), Change.ETERNAL));
    fixture.store.prolong(new Touched(payload("unknown"), at(1), Change.ETERNAL));
    fixture.store.prolong(new Touched(StoreFixture.UNDECODABLE, at(1), Change.ETERNAL));
    fixture.advance(Duration.ofMillis(IDLE_MILLIS + 1));

    assertThat(fixture.read("k")).isNull();
  }

  /** The sum of time and life is beyond what a number holds: that is without an end. */
  @Test
  void prolong_lifeBeyondTheEndOfTime_livesOn() {
    fixture.apply(put("k", "v", at(0), IDLE_MILLIS));

    fixture.store.prolong(new Touched(payload("k"), at(0), Long.MAX_VALUE - 1));
    fixture.advance(Duration.ofDays(10_000));

    assertThat(fixture.read("k")).isEqualTo("v");
  }

  @Test
  void prolong_pastItsDeadline_staysAMiss() {
    fixture.apply(put("k", "v", at(0), IDLE_MILLIS));
    fixture.advance(Duration.ofMillis(IDLE_MILLIS));

    fixture.store.prolong(new Touched(payload("k"), at(0), 60_000));

    assertThat(fixture.read("k")).isNull();
  }

  /** Or each of several members that use an entry would send it. */
  @Test
  void noteUse_entryThatAnotherMemberHasJustTouched_marksNothing() {
    fixture.apply(put("k", "v", at(0), IDLE_MILLIS));
    fixture.advance(Duration.ofSeconds(3));
    fixture.store.prolong(new Touched(payload("k"), at(0), 13_000));

    use(fixture, "k");

    assertThat(fixture.store.touchedEntries()).isZero();
  }

  /** A member that joins is not to take the first deadline of an entry for its last. */
  @Test
  void current_usedHere_carriesTheDeadlineOfTheTouch() {
    fixture.write("k", "v", IDLE_MILLIS);
    fixture.drain();
    fixture.advance(Duration.ofSeconds(8));
    use(fixture, "k");
    fixture.advance(Duration.ofSeconds(8));

    Change told = fixture.store.current(payload("k"));

    assertThat(told.kind()).isEqualTo(Change.Kind.PUT);
    assertThat(told.ttlMillis()).isEqualTo(18_000);
  }
}
