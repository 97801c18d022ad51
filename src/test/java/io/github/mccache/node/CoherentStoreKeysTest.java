package io.github.mccache.node;

import static io.github.mccache.node.StoreFixture.at;
import static io.github.mccache.node.StoreFixture.id;
import static io.github.mccache.node.StoreFixture.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.codec.Codecs;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyRule;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
}
