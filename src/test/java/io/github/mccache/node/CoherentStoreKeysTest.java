package io.github.mccache.node;

import static io.github.mccache.node.StoreFixture.at;
import static io.github.mccache.node.StoreFixture.id;
import static io.github.mccache.node.StoreFixture.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.codec.Codecs;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Message.Touched;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.ApplyRule;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys that come as bytes of others: which are decoded at all, and what becomes of the rest. */
class CoherentStoreKeysTest {

  private static final Payload NO_CODEC = new Payload(Payload.NO_CODEC, new byte[] {1});

  /** Counts how often it is deserialized. */
  record Canary(String name) implements Serializable {

    static final AtomicInteger READ = new AtomicInteger();

    private Object readResolve() throws IOException {
      READ.incrementAndGet();
      return this;
    }
  }

  /** Looks into the cache while it is deserialized. */
  record Curious(String name) implements Serializable {

    static volatile Runnable look = () -> {};

    Curious {
      look.run();
    }
  }

  record Hashless(String name) implements Serializable {

    @Override
    public int hashCode() {
      throw new UnsupportedOperationException();
    }
  }

  private static Codecs codecs(Class<?>... declared) {
    return new Codecs(
        CoherentStoreKeysTest.class.getClassLoader(), List.of(), List.of(), List.of(declared));
  }

  private static Change put(Payload key, Payload value, Version version) {
    return Change.put(id(), version, key, value, Change.ETERNAL);
  }

  // ---- numbers ----

  @Test
  void apply_javaSerializedKey_whereKeysAreStrings_isNotDecoded() {
    StoreFixture fixture = StoreFixture.ofKeys(String.class, codecs(Canary.class));
    int read = Canary.READ.get();
    Payload key = payload(new Canary("a"));

    assertThat(fixture.apply(put(key, payload("1"), at(1))))
        .isEqualTo(ApplyOutcome.UNDECODABLE_KEY);
    assertThat(fixture.store.current(key)).isNull();
    assertThat(fixture.store.version(key)).isNull();

    assertThat(Canary.READ).hasValue(read);
    assertThat(fixture.store.counters().undecodableCount()).isEqualTo(1);
  }

  @Test
  void apply_keyWithoutCodec_isAnUndecodableKey() {
    StoreFixture fixture = StoreFixture.ofKeys(Object.class, codecs());

    assertThat(fixture.apply(put(NO_CODEC, payload("1"), at(1))))
        .isEqualTo(ApplyOutcome.UNDECODABLE_KEY);
    assertThat(fixture.apply(Change.remove(id(), at(2), NO_CODEC)))
        .isEqualTo(ApplyOutcome.UNDECODABLE_KEY);

    assertThat(fixture.store.current(NO_CODEC)).isNull();
    assertThat(fixture.store.version(NO_CODEC)).isNull();
    assertThat(fixture.records()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(ApplyRule.Path.class)
  void apply_valueWithoutCodec_isAnInvalidation(ApplyRule.Path path) {
    StoreFixture fixture = StoreFixture.ofKeys(Object.class, codecs());
    fixture.apply(StoreFixture.put("k", "old", at(1)));

    fixture.apply(put(payload("k"), NO_CODEC, at(2)), path);
    fixture.apply(Change.fill(id(), at(3), payload("f"), NO_CODEC, Change.ETERNAL), path);

    assertThat(fixture.read("k")).isNull();
    assertThat(fixture.read("f")).isNull();
    assertThat(fixture.store.version(payload("k"))).isEqualTo(at(2));
    assertThat(fixture.store.size()).isZero();
  }

  // ---- arrays ----

  /** One that travels by a codec of the JDK's own code, and one that is deserialized. */
  static List<Object> arrays() {
    return List.of(new byte[] {1}, new String[] {"a", "a"});
  }

  @ParameterizedTest
  @MethodSource("arrays")
  void apply_array_isTheKeyOfItsContent(Object array) {
    StoreFixture fixture = StoreFixture.ofKeys(Object.class, codecs());
    Payload key = payload(array);
    fixture.apply(put(key, payload("1"), at(1)));

    Object own = fixture.store.ownKey(array);
    assertThat(fixture.read(own)).isEqualTo("1");
    assertThat(fixture.store.unreadableKeys()).isZero();
    assertThat(fixture.store.current(key)).isEqualTo(put(key, payload("1"), at(1)));
    assertThat(fixture.store.lacks(key, at(2))).isFalse();
    fixture.apply(Change.remove(id(), at(2), key));
    assertThat(fixture.read(own)).isNull();
    assertThat(fixture.store.version(key)).isEqualTo(at(2));
  }

  @ParameterizedTest
  @MethodSource("arrays")
  void write_array_isToldAndTouchedByItsBytes(Object array) {
    StoreFixture fixture = StoreFixture.ofKeys(Object.class, codecs());
    Object own = fixture.store.ownKey(array);
    Payload key = payload(fixture.store.callerKey(own));
    Version version = fixture.write(own, "1", 60_000);
    List<Change> told = fixture.drain();
    assertThat(told).hasSize(1);
    Payload toldKey = told.get(0).key();
    assertThat(StoreFixture.text(told.get(0))).startsWith("PUT ");
    assertThat(fixture.store.version(toldKey)).isEqualTo(version);
    assertThat(versions(fixture)).containsExactly(version);
    assertThat(fixture.records()).hasSize(1);
    assertThat(fixture.store.checksum().entries()).isEqualTo(1);

    long deadline = fixture.store.peek(own, fixture.store.nowMillis()).deadlineMillis();
    fixture.store.prolong(
        new Touched(toldKey, version, deadline + 60_000 - fixture.store.nowMillis()));
    assertThat(fixture.store.peek(own, fixture.store.nowMillis()).deadlineMillis())
        .isGreaterThan(deadline);
    fixture.apply(Change.remove(id(), at(100), key));
    assertThat(fixture.read(own)).as("removed under any bytes of the key").isNull();
  }

  @Test
  void apply_arrayThatNoGetFinds_isCountedAndNotKept() {
    for (Object array : List.of(new Object[] {"a"}, new int[1][])) {
      StoreFixture fixture = StoreFixture.ofKeys(Object.class, codecs());
      assertThat(fixture.apply(put(payload(array), payload("1"), at(1))))
          .isEqualTo(ApplyOutcome.DEFERRED);
      fixture.read("other");
      assertThat(fixture.store.counters().undecodableCount()).isEqualTo(1);
      assertThat(fixture.store.size() + fixture.store.unreadableKeys()).isZero();
      assertThat(fixture.heard).isEmpty();
    }
    StoreFixture byReference = StoreFixture.byReference(StoreOptions.Sharing.REPLICATE);
    assertThat(byReference.apply(put(payload(new byte[1]), payload("1"), at(1))))
        .isEqualTo(ApplyOutcome.UNDECODABLE_KEY);
    assertThat(byReference.store.size()).isZero();
    assertThat(byReference.store.counters().undecodableCount()).isEqualTo(1);
  }

  // ---- keys that the event loop must not decode ----

  @Test
  void apply_keyOfTheApplication_isDecodedByTheReader() {
    StoreFixture fixture = StoreFixture.ofKeys(Canary.class, codecs(Canary.class));
    int read = Canary.READ.get();
    Payload key = payload(new Canary("a"));

    assertThat(fixture.apply(put(key, payload("1"), at(1)))).isEqualTo(ApplyOutcome.DEFERRED);
    assertThat(fixture.store.version(key)).isEqualTo(at(1));
    assertThat(fixture.store.current(key)).isEqualTo(put(key, payload("1"), at(1)));
    assertThat(fixture.records()).containsExactly("PUT " + new Canary("a") + " 1");
    fixture.drain();
    assertThat(Canary.READ).as("by what the event loop does").hasValue(read + 1); // the text's

    assertThat(fixture.read(new Canary("a"))).isEqualTo("1");
    assertThat(Canary.READ).hasValue(read + 2);
    assertThat(fixture.store.current(key)).isEqualTo(put(key, payload("1"), at(1)));
    assertThat(fixture.store.version(key)).isEqualTo(at(1));
    assertThat(Canary.READ).as("an answer needs no decoding").hasValue(read + 2);
  }

  @Test
  void apply_newerThanAnEntry_noOperationSeesTheOlderOne() {
    Payload key = payload(new Canary("a"));
    for (int operation = 0; operation < 6; operation++) {
      StoreFixture fixture = StoreFixture.ofKeys(Canary.class, codecs(Canary.class));
      Canary own = new Canary("a");
      fixture.write(own, "old");
      fixture.drain();
      fixture.apply(Change.remove(id(), at(10), key));

      boolean seen =
          switch (operation) {
            case 0 -> fixture.store.find(own, fixture.store.nowMillis()) != null;
            case 1 -> fixture.store.peek(own, fixture.store.nowMillis()) != null;
            case 2 -> fixture.store.compute(own, state -> state.live() != null);
            case 3 -> fixture.store.iterator().hasNext();
            case 4 -> fixture.store.checksum().entries() > 0;
            default -> fixture.store.withKeys(List.of(own), () -> fixture.store.size() > 0);
          };
      assertThat(seen).as("operation %d", operation).isFalse();
      assertThat(fixture.told(own)).isEqualTo("REMOVE " + own);
    }
  }

  @Test
  void apply_olderThanAnEntry_theEntryStays() {
    StoreFixture fixture = StoreFixture.ofKeys(Canary.class, codecs(Canary.class));
    fixture.advance(Duration.ofMillis(100));
    fixture.write(new Canary("a"), "own");
    fixture.drain();

    fixture.apply(put(payload(new Canary("a")), payload("older"), at(10)));
    assertThat(fixture.told(new Canary("a"))).isEqualTo("PUT " + new Canary("a") + " own");
    assertThat(fixture.read(new Canary("a"))).isEqualTo("own");
  }

  @Test
  void apply_keyWhoseClassUsesTheCacheWhenItIsRead_endsAsAnyOther() {
    StoreFixture fixture = StoreFixture.ofKeys(Object.class, codecs(Curious.class));
    Curious.look = () -> fixture.read("other");
    try {
      fixture.apply(put(payload(new Curious("a")), payload("1"), at(1)));
      fixture.apply(put(payload(new Curious("b")), payload("2"), at(2)));

      assertThat(fixture.read(new Curious("b"))).isEqualTo("2");
      assertThat(fixture.read(new Curious("a"))).isEqualTo("1");
    } finally {
      Curious.look = () -> {};
    }
  }

  @Test
  void read_whileAnotherThreadDecodes_waitsForNothingAndSeesTheChange() {
    StoreFixture fixture = StoreFixture.ofKeys(Object.class, codecs(Curious.class));
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Thread main = Thread.currentThread();
    Curious.look =
        () -> {
          if (Thread.currentThread() != main) {
            reached.countDown();
            StoreFixture.await(goOn);
          }
        };
    try {
      fixture.apply(put(payload(new Curious("a")), payload("1"), at(1)));
      Thread slow = new Thread(() -> fixture.read("other"));
      slow.start();
      StoreFixture.await(reached);

      assertThat(fixture.read(new Curious("a"))).isEqualTo("1");
      goOn.countDown();
      StoreFixture.join(slow);
      assertThat(fixture.read(new Curious("a"))).isEqualTo("1");
      assertThat(fixture.heard).hasSize(1);
    } finally {
      Curious.look = () -> {};
      goOn.countDown();
    }
  }

  @Test
  void apply_keyWhoseHashCodeThrows_isKeptForOthersOnly() {
    StoreFixture fixture = StoreFixture.ofKeys(Object.class, codecs(Hashless.class));
    Payload key = payload(new Hashless("a"));

    fixture.apply(put(key, payload("1"), at(1)));

    assertThat(fixture.read("anything")).isNull();
    assertThat(fixture.store.size()).isZero();
    assertThat(fixture.store.version(key)).isEqualTo(at(1));
  }

  // ---- keys of classes that are not known ----

  @Test
  void read_keyOfAnUnknownClass_isVisibleFromTheFirstOwnUseOfTheClass() {
    StoreFixture fixture = StoreFixture.ofKeys(Object.class, codecs());
    Payload key = payload(new Canary("a"));
    fixture.apply(put(key, payload("1"), at(1)), ApplyRule.Path.WARM_UP);
    fixture.apply(put(payload(new Canary("b")), payload("2"), at(2)));

    assertThat(fixture.read("other")).isNull();
    assertThat(fixture.store.size()).isZero();
    assertThat(fixture.store.iterator().hasNext()).isFalse();
    assertThat(fixture.store.unreadableKeys()).isEqualTo(2);
    assertThat(fixture.store.counters().undecodableCount()).isEqualTo(2);
    assertThat(fixture.store.current(key)).isEqualTo(put(key, payload("1"), at(1)));
    assertThat(fixture.records()).hasSize(2);
    assertThat(versions(fixture)).containsExactlyInAnyOrder(at(1), at(2));

    assertThat(fixture.read(new Canary("a"))).isEqualTo("1");
    assertThat(fixture.read(new Canary("b"))).isEqualTo("2");
    assertThat(fixture.store.unreadableKeys()).isZero();
    assertThat(fixture.records()).hasSize(2);
    assertThat(fixture.store.counters().undecodableCount()).isEqualTo(2);
  }

  @Test
  void write_keyOfAnUnknownClass_comesAfterWhatHadArrived() {
    StoreFixture fixture = StoreFixture.ofKeys(Object.class, codecs());
    fixture.apply(put(payload(new Canary("a")), payload("theirs"), at(20)));
    fixture.apply(put(payload(new Canary("b")), payload("theirs"), at(20)));
    fixture.read("other"); // which finds that they cannot be decoded

    assertThat(fixture.store.<Boolean>compute(new Canary("a"), state -> state.live() != null))
        .isTrue();
    fixture.write(new Canary("b"), "ours");

    assertThat(fixture.read(new Canary("a"))).isEqualTo("theirs");
    assertThat(fixture.read(new Canary("b"))).isEqualTo("ours");
    assertThat(fixture.versionOf(new Canary("b")).isAfter(at(20))).isTrue();
  }

  @Test
  void read_unknownClass_afterTheTrustFloorHasRisen_isStillTheRecordThatItWas() {
    StoreFixture fixture = StoreFixture.ofKeys(Object.class, codecs());
    fixture.apply(put(payload(new Canary("a")), payload("1"), at(1)));
    fixture.apply(StoreFixture.remove("other", at(10)));
    fixture.read("other");
    forgetMarks(fixture);
    assertThat(fixture.store.floor()).isEqualTo(at(10));

    assertThat(fixture.read(new Canary("a"))).isEqualTo("1");
  }

  @Test
  void apply_unknownClassAtOrBelowTheTrustFloor_isReportedAndNeverVisible() {
    StoreFixture fixture = StoreFixture.ofKeys(Object.class, codecs());
    Payload key = payload(new Canary("a"));
    fixture.store.trustAbove(at(10));

    assertThat(fixture.apply(put(key, payload("1"), at(5)))).isEqualTo(ApplyOutcome.STALE_HISTORY);
    assertThat(fixture.store.current(key)).isEqualTo(Change.invalidate(id(), at(5), key));
    fixture.read("other");
    assertThat(fixture.store.current(key)).isEqualTo(Change.invalidate(id(), at(5), key));
    assertThat(fixture.read(new Canary("a"))).isNull();

    fixture.apply(put(key, payload("1"), at(5)), ApplyRule.Path.WARM_UP);
    assertThat(fixture.read(new Canary("a"))).isEqualTo("1");
  }

  @Test
  void apply_unknownClass_inEveryOrder_endsAtTheHighestVersion() {
    Payload key = payload(new Canary("a"));
    List<Change> changes =
        List.of(
            put(key, payload("1"), at(1)),
            Change.remove(id(), at(2), key),
            put(key, payload("3"), at(3)));
    int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (int[] order : orders) {
      for (boolean triedBetween : new boolean[] {false, true}) {
        StoreFixture fixture = StoreFixture.ofKeys(Object.class, codecs());
        for (int next : order) {
          fixture.apply(changes.get(next));
          if (triedBetween) {
            fixture.read("other");
          }
        }
        assertThat(fixture.store.current(key)).isEqualTo(changes.get(2));
        assertThat(fixture.read(new Canary("a"))).isEqualTo("3");
        assertThat(fixture.store.size()).isEqualTo(1);
      }
    }
  }

  @Test
  void apply_unknownClass_sameVersion() {
    Payload key = payload(new Canary("a"));
    Change value = put(key, payload("1"), at(1));
    Change without = Change.invalidate(id(), at(1), key);

    assertThat(after(value, without, ApplyRule.Path.RESYNC)).as("had no room").isEqualTo("1");
    assertThat(after(without, value, ApplyRule.Path.LIVE)).as("was news").isNull();
    assertThat(after(value, without, ApplyRule.Path.DOUBT)).isNull();
    assertThat(after(value, put(key, payload("2"), at(1)), ApplyRule.Path.LIVE)).isNull();
    assertThat(after(value, value, ApplyRule.Path.REPAIR)).isEqualTo("1");
  }

  private static Object after(Change first, Change second, ApplyRule.Path path) {
    StoreFixture fixture = StoreFixture.ofKeys(Object.class, codecs());
    fixture.apply(first);
    fixture.read("other");
    fixture.apply(second, path);
    fixture.read("other");
    return fixture.read(new Canary("a"));
  }

  @Test
  void load_keyOfAnUnknownClass_changesMeanwhile_isNotCached() {
    for (boolean tried : new boolean[] {false, true}) {
      StoreFixture fixture = StoreFixture.ofKeys(Object.class, codecs());
      Canary key = new Canary("a");
      CoherentStore.Load load = fixture.store.beginLoad(key);
      fixture.apply(Change.remove(id(), at(0), payload(key)));
      if (tried) {
        fixture.read("other");
      }

      assertThat(fixture.endLoad(key, "old", load)).isFalse();
      assertThat(fixture.read(key)).isNull();
    }
  }

  @Test
  void load_withinTheStepOfItsKey_changesMeanwhile_isNotSeenAfterwards() {
    StoreFixture fixture = StoreFixture.ofKeys(Object.class, codecs());
    Canary key = new Canary("a");
    fixture.store.compute(
        key,
        state -> {
          CoherentStore.Load load = fixture.store.beginLoad(key);
          fixture.apply(Change.remove(id(), at(10), payload(key)));
          return state.store("old", KeyState.ETERNAL, load);
        });

    assertThat(fixture.read(key)).isNull();
  }

  @Test
  void clear_ofEitherMember_dropsWhatIsEncoded() {
    for (boolean own : new boolean[] {false, true}) {
      StoreFixture fixture = StoreFixture.ofKeys(Object.class, codecs());
      Payload key = payload(new Canary("a"));
      fixture.apply(put(key, payload("1"), at(1)));
      fixture.read("other");
      fixture.advance(Duration.ofMillis(10));
      if (own) {
        fixture.store.clear();
      } else {
        fixture.apply(StoreFixture.clear(at(5)));
      }
      assertThat(fixture.store.unreadableKeys()).isZero();
      assertThat(fixture.store.current(key)).isNull();
      assertThat(fixture.read(new Canary("a"))).isNull();
    }
  }

  @Test
  void distrust_dropsWhatIsEncoded_butRemembersOwnWrites() {
    StoreFixture fixture = StoreFixture.ofKeys(Object.class, codecs());
    Payload theirs = payload(new Canary("theirs"));
    Payload own = payload(new Canary("own"));
    Version version = new Version(at(2).time(), StoreFixture.OWN);
    fixture.apply(put(theirs, payload("1"), at(1)));
    fixture.apply(put(own, payload("2"), version));
    fixture.read("other");

    fixture.store.distrust(at(5));

    assertThat(fixture.store.current(theirs)).isNull();
    assertThat(fixture.store.current(own)).isEqualTo(Change.invalidate(id(), version, own));
    assertThat(fixture.store.unreadableKeys()).isEqualTo(1);
    assertThat(fixture.read(new Canary("own"))).isNull();
  }

  @Test
  void read_unknownClass_pastItsDeadline_isAMissAndForgotten() {
    StoreFixture fixture = StoreFixture.ofKeys(Object.class, codecs());
    Payload key = payload(new Canary("a"));
    fixture.apply(Change.put(id(), at(1), key, payload("1"), 1_000));
    fixture.read("other");
    fixture.advance(Duration.ofSeconds(10));
    assertThat(fixture.store.current(key)).isEqualTo(Change.invalidate(id(), at(1), key));

    fixture.becomeStable();
    fixture.drain();

    assertThat(fixture.store.unreadableKeys()).isZero();
    assertThat(fixture.store.lost()).isEqualTo(at(1));
    assertThat(fixture.read(new Canary("a"))).isNull();
  }

  @Test
  void removal_unknownClass_isForgottenAsAMarkIs() {
    StoreFixture fixture = StoreFixture.ofKeys(Object.class, codecs());
    Payload key = payload(new Canary("a"));
    fixture.apply(Change.remove(id(), at(1), key));
    fixture.read("other");

    fixture.advance(Duration.ofSeconds(61));
    fixture.drain();
    assertThat(fixture.store.version(key)).as("a member may lack it").isEqualTo(at(1));
    fixture.becomeStable();
    fixture.advance(Duration.ofSeconds(10));
    fixture.drain();

    assertThat(fixture.store.version(key)).isNull();
    assertThat(fixture.store.floor()).isEqualTo(at(1));
  }

  @Test
  void apply_moreUnknownKeysThanTheBound_forgetsTheOldestAndRaisesTheTrustFloor() {
    StoreFixture fixture = StoreFixture.ofKeys(Object.class, codecs());
    for (int i = 1; i <= 10_005; i++) {
      fixture.apply(Change.remove(id(), version(i), payload(new Canary("key " + i))));
      if (i % 1_000 == 0) {
        fixture.read("other");
      }
    }
    fixture.read("other");
    fixture.apply(Change.remove(id(), version(10_006), payload(new Canary("last"))));

    assertThat(fixture.store.unreadableKeys()).isEqualTo(10_000);
    assertThat(fixture.store.floor()).isEqualTo(version(5));
    assertThat(fixture.store.counters().forgottenEarlyCount()).isEqualTo(5);
  }

  @Test
  void whenModeIsUpdate_unknownKeysAreRememberedWithoutValue() {
    // What such a member takes belongs to keys that it holds, and it holds none of an unknown
    // class.
    StoreFixture fixture = StoreFixture.ofKeys(Object.class, codecs(), StoreOptions.Sharing.UPDATE);
    Payload key = payload(new Canary("a"));
    fixture.apply(put(key, payload("1"), at(1)));
    fixture.read("other");

    assertThat(fixture.store.current(key)).isEqualTo(Change.invalidate(id(), at(1), key));
    assertThat(fixture.read(new Canary("a"))).isNull();
  }

  /** One of many versions of one millisecond. */
  private static Version version(int counter) {
    return new Version(at(1).time() + counter, StoreFixture.OTHER);
  }

  private static List<Version> versions(StoreFixture fixture) {
    List<Version> versions = new ArrayList<>();
    fixture.store.entryVersions().forEachRemaining(change -> versions.add(change.version()));
    return versions;
  }

  private static void forgetMarks(StoreFixture fixture) {
    fixture.advance(Duration.ofSeconds(61));
    fixture.becomeStable();
    fixture.drain();
  }
}
