package io.github.mccache.replication;

import static io.github.mccache.replication.Examples.ALICE;
import static io.github.mccache.replication.Examples.CACHE;
import static io.github.mccache.replication.Examples.SELF;
import static io.github.mccache.replication.Examples.invalidate;
import static io.github.mccache.replication.Examples.millis;
import static io.github.mccache.replication.Examples.payload;
import static io.github.mccache.replication.Examples.put;
import static io.github.mccache.replication.Examples.remove;
import static io.github.mccache.replication.Examples.version;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.Message.KeyVersion;
import io.github.mccache.protocol.Message.Pull;
import io.github.mccache.protocol.Message.Repair;
import io.github.mccache.protocol.Message.Scrub;
import io.github.mccache.protocol.Payload;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScrubberTest {

  private static final long START = Long.MAX_VALUE - millis(5_000);
  private static final long SETTLED = ExampleRecords.CLOCK_MILLIS - Scrubber.SETTLED_MILLIS;

  private final ReplicaOptions options = Examples.options(100);
  private final ExampleRecords records = new ExampleRecords();
  private final Sender sender = new Sender(options, new OutgoingFragments(1_000));
  private final Pacer pacer = new Pacer(Pacer.INITIAL_RATE, START);
  private final Scrubber scrubber = new Scrubber(options, records, START);
  private long now = START;

  @Test
  void onTick_entries_toldWithTheirVersionsEveryInterval() {
    records.hold(put("a", "v", 1));
    records.hold(remove("b", 2));
    records.hold(put("young", "v", SETTLED + 1));
    scrubber.onCaches(List.of(CACHE));

    assertThat(tick(millis(1_999), 1)).isEmpty();
    assertThat(tick(millis(1), 1))
        .as("no removal, and nothing that is still settling")
        .containsExactly(new Scrub(CACHE, List.of(keyVersion("a", 1))));
    assertThat(tick(millis(3_999), 1)).isEmpty();
    assertThat(tick(millis(1), 1)).as("two members take turns").hasSize(1);
  }

  @Test
  void onTick_nobodyThereOrNothingHeld_nothing() {
    scrubber.onCaches(List.of(CACHE));
    assertThat(tick(millis(2_000), 1)).isEmpty();
    scrubber.onCaches(List.of());
    assertThat(tick(millis(9_000), 1)).isEmpty();
    records.hold(put("a", "v", 1));
    scrubber.onCaches(List.of(CACHE));
    assertThat(tick(millis(9_000), 0)).isEmpty();
  }

  @Test
  void onTick_severalCaches_takeTurns() {
    records.hold(put("a", "v", 1));
    records.hold(Change.put(9, version(1, 2), payload("b"), payload("v"), Change.ETERNAL));
    scrubber.onCaches(List.of(CACHE, 8L, 9L));

    Set<Long> caches = new HashSet<>();
    for (int i = 0; i < 2; i++) {
      tick(millis(9_000), 1).forEach(message -> caches.add(((Scrub) message).cache()));
    }
    assertThat(caches).containsExactlyInAnyOrder(CACHE, 9L);
  }

  /** Whatever the keys' lengths, none falls between two datagrams for ever. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 10, 17, 23, 40, 80})
  void onTick_moreKeysThanFit_everyKeyIsToldInAFewRounds(int length) {
    Set<Payload> all = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      String key = String.valueOf((char) ('a' + i)).repeat(length);
      records.hold(put(key, "v", 1));
      all.add(payload(key));
    }
    scrubber.onCaches(List.of(CACHE));

    Set<Payload> told = new HashSet<>();
    for (int i = 0; i < 60; i++) {
      for (Message message : tick(millis(9_000), 1)) {
        List<KeyVersion> keys = ((Scrub) message).keys();
        assertThat(keys.size() * (10 + length)).isLessThanOrEqualTo(100);
        keys.forEach(key -> told.add(key.key()));
      }
    }
    all.removeAll(told);
    assertThat(all).as("never told").isEmpty();
  }

  @Test
  void onTick_keyLongerThanADatagram_theOthersAreTold() {
    records.hold(put("x".repeat(200), "v", 1));
    records.hold(put("a", "v", 1));
    scrubber.onCaches(List.of(CACHE));

    assertThat(tick(millis(2_000), 1))
        .containsExactly(new Scrub(CACHE, List.of(keyVersion("a", 1))));
  }

  @Test
  void onScrub_differences_pullsTheNewerAndTellsTheNewer() {
    records.hold(put("same", "v", 5));
    records.hold(put("older", "v", 5));
    records.hold(remove("newer", 5));
    records.hold(put("settling", "v", SETTLED + 1));

    EffectsCollector effects = new EffectsCollector();
    Scrub scrub =
        new Scrub(
            CACHE,
            List.of(
                keyVersion("same", 5),
                keyVersion("older", 6),
                keyVersion("newer", 4),
                keyVersion("settling", 4),
                keyVersion("unknown", 4)));
    scrubber.onScrub(SELF.origin(), ALICE.origin(), true, scrub, sender, pacer, effects);

    assertThat(effects.effects().send())
        .containsExactly(
            Outgoing.toOne(
                new Pull(ALICE.origin(), CACHE, List.of(payload("older"))), ALICE.origin()),
            Outgoing.toOne(repair(remove("newer", 5)), ALICE.origin()));
    assertThat(scrubber.differences()).isEqualTo(2);
  }

  @Test
  void onScrub_valueThatIsLackingHere_pulled() {
    records.lacking.add(payload("absent"));
    records.hold(invalidate("refused", 4));
    records.lacking.add(payload("refused"));
    records.lacking.add(payload("young"));
    KeyVersion young =
        new KeyVersion(payload("young"), version(HybridTime.ofMillis(SETTLED + 1), 2));
    Scrub scrub =
        new Scrub(CACHE, List.of(keyVersion("absent", 4), keyVersion("refused", 4), young));

    EffectsCollector effects = new EffectsCollector();
    scrubber.onScrub(SELF.origin(), ALICE.origin(), true, scrub, sender, pacer, effects);
    assertThat(effects.effects().send())
        .containsExactly(
            Outgoing.toOne(
                new Pull(ALICE.origin(), CACHE, List.of(payload("absent"), payload("refused"))),
                ALICE.origin()));

    EffectsCollector ofOtherApplication = new EffectsCollector();
    scrubber.onScrub(
        SELF.origin(), ALICE.origin(), false, scrub, sender, pacer, ofOtherApplication);
    assertThat(ofOtherApplication.effects()).isEqualTo(Effects.NONE);
  }

  @Test
  void onScrub_thousandsOfUnknownKeys_nothing() {
    List<KeyVersion> keys = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      keys.add(keyVersion("k" + i, 5));
    }
    EffectsCollector effects = new EffectsCollector();
    scrubber.onScrub(
        SELF.origin(), ALICE.origin(), true, new Scrub(CACHE, keys), sender, pacer, effects);

    assertThat(effects.effects()).isEqualTo(Effects.NONE);
  }

  @Test
  void onScrub_thousandsOfOlderKeys_onlyADatagramIsTold() {
    List<KeyVersion> keys = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      records.hold(put("k" + i, "v", 9));
      keys.add(keyVersion("k" + i, 5));
    }
    EffectsCollector effects = new EffectsCollector();
    scrubber.onScrub(
        SELF.origin(), ALICE.origin(), true, new Scrub(CACHE, keys), sender, pacer, effects);

    List<Repair> told = Examples.sent(effects, Repair.class);
    assertThat(told).hasSize(1);
    assertThat(told.get(0).changes().stream().mapToInt(Examples::sizeOf).sum()).isBetween(80, 100);
  }

  @Test
  void onPull_keys_theirStateAndNothingOfWhatIsUnknown() {
    records.hold(put("a", "v", 5));
    records.hold(remove("b", 6));

    assertThat(pull("a", "unknown", "b")).containsExactly(repair(put("a", "v", 5), remove("b", 6)));
    assertThat(pull("unknown")).isEmpty();
  }

  @Test
  void onPull_thousandsOfKeys_atMostEightAnswers() {
    String[] keys = new String[5_000];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = "k" + i;
      records.hold(put(keys[i], "v", 9));
    }

    List<Repair> answers = pull(keys);
    assertThat(answers).hasSize(8);
    assertThat(answers)
        .allSatisfy(
            answer ->
                assertThat(answer.changes().stream().mapToInt(Examples::sizeOf).sum())
                    .isLessThanOrEqualTo(100));
  }

  private List<Message> tick(long afterNanos, int alive) {
    now += afterNanos;
    pacer.refill(now);
    EffectsCollector effects = new EffectsCollector();
    scrubber.onTick(alive, sender, pacer, now, effects);
    return Examples.sent(effects, Message.class);
  }

  private List<Repair> pull(String... keys) {
    List<Payload> payloads = new ArrayList<>();
    for (String key : keys) {
      payloads.add(payload(key));
    }
    EffectsCollector effects = new EffectsCollector();
    Pull pull = new Pull(SELF.origin(), CACHE, payloads);
    scrubber.onPull(SELF.origin(), ALICE.origin(), pull, sender, pacer, START, effects);
    return Examples.sent(effects, Repair.class);
  }

  private static Repair repair(Change... changes) {
    return new Repair(ALICE.origin(), SELF.origin(), List.of(), List.of(), List.of(changes), false);
  }

  private static KeyVersion keyVersion(String key, long millis) {
    return new KeyVersion(payload(key), version(millis, ALICE.origin()));
  }
}
