package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.codec.Encoded;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.ApplyRule.Path;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the simulation cannot show: clocks that are far apart, and more marks than there may be. */
class CoherentStoreSendingTest {

  private static final long ORIGIN = 7;
  private static final long REMOTE = 1;
  private static final long NOW = 1_000_000;
  private static final int MORE_THAN_MARKS = 10_001;

  private final AtomicLong nowMillis = new AtomicLong(NOW);
  private Runnable whenAskedForTime = () -> {};
  private final MemberStores member = new MemberStores(ORIGIN, this::askForTime);
  private final CoherentStore<String, String> store = open(StoreOptions.Sharing.REPLICATE);

  @Test
  void apply_aheadOfClockOverUnsentWrite_writeIsToldAsInvalidation() {
    put("key", "mine");

    ApplyOutcome outcome = apply(remotePut("key", NOW + 1_100));

    assertThat(outcome).isEqualTo(ApplyOutcome.AHEAD_OF_CLOCK);
    assertThat(store.peek("key", NOW)).isNull();
    assertThat(member.drain()).extracting(Change::kind).containsExactly(Change.Kind.INVALIDATE);
  }

  @Test
  void apply_aheadOfClockOverSentWrite_nothingToTell() {
    put("key", "mine");
    member.drain();

    apply(remotePut("key", NOW + 1_100));

    assertThat(member.drain()).isEmpty();
  }

  @Test
  void apply_clearAheadOfClockOverUnsentWrite_writeIsToldAsInvalidation() {
    put("key", "mine");

    ApplyOutcome outcome = apply(Change.clear(store.id(), version(NOW + 1_100)));

    assertThat(outcome).isEqualTo(ApplyOutcome.AHEAD_OF_CLOCK);
    assertThat(store.peek("key", NOW)).isNull();
    assertThat(member.drain()).extracting(Change::kind).containsExactly(Change.Kind.INVALIDATE);
  }

  @Test
  void apply_aheadOfClockAndSoundOneWhileHeld_bothAreHeeded() {
    Change sound = remotePut("key", NOW + 100);
    store.compute(
        "key",
        held -> {
          apply(sound);
          apply(remotePut("key", NOW + 1_100));
          return null;
        });

    assertThat(store.peek("key", NOW)).isNull();
    assertThat(apply(remotePut("key", NOW + 50))).isEqualTo(ApplyOutcome.DROPPED);
  }

  @Test
  void apply_manyWhileHeld_newestWins() {
    store.compute(
        "key",
        held -> {
          assertThat(apply(remotePut("key", NOW + 1))).isEqualTo(ApplyOutcome.DEFERRED);
          assertThat(apply(remotePut("key", NOW + 3))).isEqualTo(ApplyOutcome.DEFERRED);
          assertThat(apply(remotePut("key", NOW + 2))).isEqualTo(ApplyOutcome.DEFERRED);
          return null;
        });

    assertThat(store.peek("key", NOW))
        .extracting(VersionedEntry::version)
        .isEqualTo(version(NOW + 3));
  }

  @Test
  void relay_cameInAnAnswerAfterThatTime_sentOnOnce() {
    apply(remotePut("answered", NOW + 2), Path.REPAIR);
    apply(remotePut("transferred", NOW + 3), Path.RESYNC);
    Change removal = Change.remove(store.id(), version(NOW + 4), payload("removed"));
    apply(removal, Path.SCRUB);
    apply(remotePut("in its stream", NOW + 5), Path.LIVE);
    apply(remotePut("before that time", NOW + 1), Path.REPAIR);

    store.relay(REMOTE, version(NOW + 1).time());

    assertThat(member.drain())
        .containsExactlyInAnyOrder(
            remotePut("answered", NOW + 2), remotePut("transferred", NOW + 3), removal);
    store.relay(REMOTE, version(NOW + 1).time());
    assertThat(member.drain()).isEmpty();
  }

  @Test
  void relay_ofAnotherOriginOrWrittenAnewHere_nothingIsSentOn() {
    apply(remotePut("key", NOW + 2), Path.REPAIR);
    store.relay(REMOTE + 1, 0);
    assertThat(member.drain()).isEmpty();

    put("key", "mine");
    member.drain();
    store.relay(REMOTE, 0);

    assertThat(member.drain()).isEmpty();
  }

  @Test
  void drain_moreRemovalsThanMarks_everyRemovalIsTold() {
    removeMany();

    assertThat(member.drain())
        .hasSize(MORE_THAN_MARKS)
        .extracting(Change::kind)
        .containsOnly(Change.Kind.REMOVE);
  }

  @Test
  void drain_moreRemovalsThanMarksTold_marksAreBounded() {
    removeMany();
    member.drain();
    removeMany();
    member.drain();
    member.drain();

    assertThat(store.marks()).isLessThan(MORE_THAN_MARKS);
  }

  @Test
  void store_loadOlderThanForgottenRemoval_notStored() {
    CoherentStore.Load load = store.beginLoad("loaded");
    store.compute("loaded", KeyState::remove);
    removeMany();
    member.drain();
    store.compute("one more", KeyState::remove);
    assertThat(store.mark("loaded")).isNull();

    VersionedEntry stored =
        store.compute("loaded", key -> key.store("stale", KeyState.ETERNAL, load));

    assertThat(stored).isNull();
  }

  @Test
  void value_unsentWriteThatCannotBeDecoded_isToldAsInvalidation() {
    VersionedEntry entry =
        store.compute("key", key -> key.write(new Encoded(9_999, new byte[1]), KeyState.ETERNAL));

    assertThat(store.value("key", entry)).isNull();
    assertThat(member.drain()).extracting(Change::kind).containsExactly(Change.Kind.INVALIDATE);
  }

  @Test
  void drain_amidEvictionOfUnsentWrite_isToldAfterwards() {
    CoherentStore<String, String> small =
        member.open("small", StoreOptions.Sharing.REPLICATE, OptionalLong.of(1), new Silence());
    small.compute("evicted", key -> key.write("mine", KeyState.ETERNAL));
    whenAskedForTime =
        () -> {
          if (small.peek("evicted", Long.MIN_VALUE) == null && small.mark("evicted") == null) {
            whenAskedForTime = () -> {};
            assertThat(member.drain()).extracting(Change::key).doesNotContain(payload("evicted"));
          }
        };

    small.compute("other", key -> key.write("mine", KeyState.ETERNAL));

    assertThat(small.mark("evicted")).isNotNull();
    assertThat(member.drain()).extracting(Change::key).contains(payload("evicted"));
  }

  private long askForTime() {
    whenAskedForTime.run();
    return nowMillis.get();
  }

  private void removeMany() {
    for (int i = 0; i < MORE_THAN_MARKS; i++) {
      store.compute("key" + i, KeyState::remove);
    }
  }

  private void put(String key, String value) {
    store.compute(key, state -> state.write(store.hold(value), KeyState.ETERNAL));
  }

  private ApplyOutcome apply(Change change) {
    return apply(change, Path.LIVE);
  }

  private ApplyOutcome apply(Change change, Path path) {
    return store.apply(change, new NodeId(REMOTE, 1), path);
  }

  private Change remotePut(String key, long millis) {
    return Change.put(store.id(), version(millis), payload(key), payload("theirs"), Change.ETERNAL);
  }

  private static Version version(long millis) {
    return new Version(HybridTime.ofMillis(millis), REMOTE);
  }

  private static Payload payload(String text) {
    return new Payload(1, text.getBytes(StandardCharsets.UTF_8));
  }

  private CoherentStore<String, String> open(StoreOptions.Sharing sharing) {
    return member.open("cache", sharing, OptionalLong.empty(), new Silence());
  }

  private static final class Silence implements StoreObserver<String> {

    @Override
    public void onRemoteChange(
        String key,
        @Nullable VersionedEntry before,
        @Nullable VersionedEntry after,
        RemoteChange change,
        ChangeVersion version) {}

    @Override
    public void onEvicted(String key, VersionedEntry record) {}

    @Override
    public void onExpired(String key, VersionedEntry record) {}
  }
}
