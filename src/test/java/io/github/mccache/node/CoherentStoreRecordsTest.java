package io.github.mccache.node;

import static io.github.mccache.node.StoreFixture.at;
import static io.github.mccache.node.StoreFixture.clear;
import static io.github.mccache.node.StoreFixture.invalidate;
import static io.github.mccache.node.StoreFixture.payload;
import static io.github.mccache.node.StoreFixture.put;
import static io.github.mccache.node.StoreFixture.remove;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.node.StoreOptions.Sharing;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.Records;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a member tells of its records when others ask, and when it hands over its state. */
class CoherentStoreRecordsTest {

  private final StoreFixture fixture = StoreFixture.of(Sharing.REPLICATE);

  @Test
  void current_everyKindOfRecord_isToldAsItIs() {
    fixture.write("entry", 1);
    fixture.remove("removed");
    fixture.apply(invalidate("fenced", at(0)));
    fixture.endLoad("loaded", 2, fixture.store.beginLoad("loaded"));

    assertThat(fixture.told("entry")).isEqualTo("PUT entry 1");
    assertThat(fixture.told("removed")).isEqualTo("REMOVE removed");
    assertThat(fixture.told("fenced")).isEqualTo("INVALIDATE fenced");
    assertThat(fixture.told("loaded")).isEqualTo("FILL loaded 2");
    assertThat(fixture.told("unknown")).isNull();
    assertThat(fixture.records())
        .containsExactlyInAnyOrder(
            "PUT entry 1", "REMOVE removed", "INVALIDATE fenced", "FILL loaded 2");
  }

  @Test
  void current_unsentWrite_isStillSent() {
    fixture.write("k", 1);

    assertThat(fixture.told("k")).isEqualTo("PUT k 1");
    assertThat(fixture.drained()).containsExactly("PUT k 1");
    assertThat(fixture.told("k")).isEqualTo("PUT k 1");
  }

  @Test
  void current_undecodableKey_isNothing() {
    assertThat(fixture.store.current(StoreFixture.UNDECODABLE)).isNull();
    assertThat(fixture.store.version(StoreFixture.UNDECODABLE)).isNull();
  }

  @Test
  void current_valueThatCannotBeTold_isAnInvalidation() {
    StoreFixture narrow = StoreFixture.ofValueBytes(Sharing.REPLICATE, 10);
    Version version = narrow.write("k", "0123456789x");

    assertThat(narrow.told("k")).isEqualTo("INVALIDATE k");
    assertThat(narrow.store.version(payload("k"))).isEqualTo(version);
  }

  @Test
  void current_modeInvalidate_tellsWritesWithoutTheirValues() {
    StoreFixture invalidating = StoreFixture.of(Sharing.INVALIDATE);
    invalidating.write("k", 1);

    assertThat(invalidating.told("k")).isEqualTo("INVALIDATE k");
  }

  @Test
  void records_keyThatCannotBeEncoded_isLeftOut() {
    StoreFixture byReference = StoreFixture.byReference(Sharing.REPLICATE);
    byReference.write(new Object(), "v");
    byReference.write("k", "v");

    assertThat(byReference.records()).containsExactly("PUT k v");
  }

  @Test
  void current_expired_isAnInvalidation() {
    fixture.write("k", 1, 10);
    fixture.advance(Duration.ofMillis(10));

    assertThat(fixture.told("k")).isEqualTo("INVALIDATE k");
    assertThat(fixture.store.entryVersions().hasNext()).isFalse();
  }

  @Test
  void current_lifeProlongedByReads_isToldWithTheLifeItBeganWith() {
    fixture.write("k", 1, 10);
    fixture.store.find("k", 0).setDeadlineMillis(fixture.store.nowMillis() + 1_000);

    assertThat(fixture.store.current(payload("k")).ttlMillis()).isEqualTo(10);
    fixture.advance(Duration.ofMillis(10));
    assertThat(fixture.read("k")).isEqualTo(1);
    assertThat(fixture.told("k")).isEqualTo("INVALIDATE k");
  }

  @Test
  void current_belowAClear_isNothing() {
    fixture.write("entry", 1);
    fixture.remove("removed");
    fixture.advance(Duration.ofMillis(10));

    fixture.whileHeld(
        "entry",
        () -> {
          fixture.apply(clear(at(5)));
          assertThat(fixture.told("entry")).isNull();
          assertThat(fixture.told("removed")).isNull();
          assertThat(fixture.records()).isEmpty();
          assertThat(fixture.store.entryVersions().hasNext()).isFalse();
        });
  }

  // ---- loads that stay here ----

  @ParameterizedTest
  @EnumSource(names = {"INVALIDATE", "UPDATE"})
  void current_loadThatStaysHere_isNothing(Sharing sharing) {
    StoreFixture own = StoreFixture.of(sharing);
    load(own, "k");

    assertThat(own.read("k")).isEqualTo("loaded");
    assertThat(own.told("k")).isNull();
    assertThat(own.records()).isEmpty();
    assertThat(own.store.entryVersions().hasNext()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(names = {"INVALIDATE", "UPDATE"})
  void current_evictedLoadThatStayedHere_isNothing(Sharing sharing) {
    StoreFixture own = StoreFixture.of(sharing);
    load(own, "k");

    own.store.whenFree("k", state -> state.expire(state.live()));

    assertThat(own.store.mark("k")).isNotNull();
    assertThat(own.told("k")).isNull();
    assertThat(own.records()).isEmpty();
  }

  /** Or who missed the write would never learn of it: the load is all that is left of it. */
  @Test
  void current_loadOverAWrite_tellsTheVersionOfTheWrite() {
    StoreFixture updating = StoreFixture.of(Sharing.UPDATE);
    updating.apply(remove("k", at(0)));
    load(updating, "k");

    assertThat(updating.told("k")).isEqualTo("INVALIDATE k");
    assertThat(updating.store.version(payload("k"))).isEqualTo(at(0));
    updating.store.whenFree("k", state -> state.expire(state.live()));
    assertThat(updating.store.version(payload("k"))).isEqualTo(at(0));
    load(updating, "k");
    assertThat(updating.store.version(payload("k"))).isEqualTo(at(0));
  }

  @Test
  void current_loadOutdoesAChangeHeardLater_tellsTheVersionOfTheChange() {
    StoreFixture updating = StoreFixture.of(Sharing.UPDATE);
    updating.advance(Duration.ofMillis(100));
    load(updating, "k");

    assertThat(updating.apply(put("k", "theirs", at(50)))).isEqualTo(ApplyOutcome.DROPPED);
    assertThat(updating.store.version(payload("k"))).isEqualTo(at(50));

    updating.store.whenFree("k", state -> state.expire(state.live()));
    updating.apply(put("k", "theirs", at(60)));
    assertThat(updating.store.version(payload("k"))).isEqualTo(at(60));
  }

  @Test
  void drain_loadOverAnUnsentWrite_tellsTheVersionOfTheWrite() {
    StoreFixture updating = StoreFixture.of(Sharing.UPDATE);
    Version removal = updating.remove("k");
    load(updating, "k");

    Change told = updating.drain().get(0);

    assertThat(StoreFixture.text(told)).isEqualTo("INVALIDATE k");
    assertThat(told.version()).isEqualTo(removal);
  }

  private static void load(StoreFixture fixture, String key) {
    assertThat(fixture.endLoad(key, "loaded", fixture.store.beginLoad(key))).isTrue();
  }

  // ---- what waits ----

  @Test
  void current_changeWaits_isTheChange() {
    fixture.write("k", "ours");

    fixture.whileHeld(
        "k",
        () -> {
          fixture.apply(put("k", "theirs", at(10)));
          fixture.apply(put("k", "older", at(5)));
          assertThat(fixture.told("k")).isEqualTo("PUT k theirs");
          assertThat(fixture.records()).containsOnly("PUT k theirs");
        });
  }

  @Test
  void current_changeWaitsForAKeyWithoutRecord_isTheChange() {
    fixture.whileHeld(
        "k",
        () -> {
          fixture.apply(put("k", "theirs", at(10)));
          assertThat(fixture.told("k")).isEqualTo("PUT k theirs");
          assertThat(fixture.records()).containsOnly("PUT k theirs");
        });
  }

  @Test
  void current_olderChangeWaits_isTheRecord() {
    fixture.advance(Duration.ofMillis(100));
    fixture.write("k", "ours");

    fixture.whileHeld(
        "k",
        () -> {
          fixture.apply(put("k", "theirs", at(10)));
          assertThat(fixture.told("k")).isEqualTo("PUT k ours");
        });
  }

  // ---- iteration ----

  /** Counts how often it is serialized. */
  private record CountedKey(String name) implements Serializable {

    private static final AtomicInteger WRITTEN = new AtomicInteger();

    private Object writeReplace() {
      WRITTEN.incrementAndGet();
      return this;
    }
  }

  @Test
  void records_notWanted_areNotEncoded() {
    StoreFixture byReference = StoreFixture.byReference(Sharing.REPLICATE);
    byReference.write(new CountedKey("old"), "v");
    Version since = byReference.write(new CountedKey("old too"), "v");
    byReference.write("new", "v");
    int before = CountedKey.WRITTEN.get();

    List<String> told =
        byReference.records((cache, kind, version) -> version.time() > since.time());

    assertThat(told).containsExactly("PUT new v");
    assertThat(CountedKey.WRITTEN).hasValue(before);
  }

  @Test
  void records_ofEveryKind_areDecidedAboutByWhatIsTold() {
    fixture.write("put", 1);
    fixture.write("over", 1, 10);
    fixture.remove("removed");
    fixture.advance(Duration.ofMillis(11));
    List<String> asked = new ArrayList<>();

    fixture.records(
        (cache, kind, version) -> {
          asked.add(kind.name());
          return false;
        });

    assertThat(asked).containsExactlyInAnyOrder("PUT", "INVALIDATE", "REMOVE");
  }

  @Test
  void records_aChangeThatWaits_isDecidedAboutAsWell() {
    fixture.write("k", "ours");
    fixture.whileHeld(
        "k",
        () -> {
          Change theirs = put("k", "theirs", at(10));
          fixture.apply(theirs);
          assertThat(fixture.records((cache, kind, version) -> version.equals(theirs.version())))
              .containsOnly("PUT k theirs");
        });
  }

  @Test
  void records_goneBeforeItIsReached_isToldAsItIsThen() {
    fixture.write("a", 1);
    Iterator<Change> records = fixture.store.records(Records.Wanted.ALL);

    fixture.remove("a");

    assertThat(records.next()).extracting(StoreFixture::text).isEqualTo("REMOVE a");
  }

  @Test
  void entryVersions_ofAllRecords_areThoseOfEntries() {
    Version version = fixture.write("k", 1);
    fixture.remove("removed");

    Iterator<Change> versions = fixture.store.entryVersions();

    assertThat(versions.next())
        .isEqualTo(Change.invalidate(StoreFixture.id(), version, payload("k")));
    assertThat(versions.hasNext()).isFalse();
  }
}
