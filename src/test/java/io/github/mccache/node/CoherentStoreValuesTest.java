package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mccache.codec.Codecs;
import io.github.mccache.codec.Encoded;
import io.github.mccache.codec.EncodingException;
import io.github.mccache.node.StoreOptions.Sharing;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Payload;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What may be a value, of this member and of others. */
class CoherentStoreValuesTest {

  record Unserializable(String name) {}

  /** Of a class that the cache does not know. */
  static final class Stranger implements Serializable {
    private static final long serialVersionUID = 1L;
    final int number;

    Stranger(int number) {
      this.number = number;
    }
  }

  /** Reads itself well the first time and never again. */
  static final class Once implements Serializable {
    private static final long serialVersionUID = 1L;
    static int reads;

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      if (reads++ > 0) {
        throw new InvalidObjectException("secret");
      }
    }
  }

  private static Change theirs(String key, Object value, long version) {
    Codecs codecs =
        new Codecs(CoherentStoreValuesTest.class.getClassLoader(), List.of(), List.of(), List.of());
    Encoded encoded = codecs.encode(value);
    return Change.put(
        StoreFixture.id(),
        StoreFixture.at(version),
        StoreFixture.payload(key),
        new Payload(encoded.codec(), encoded.bytes()),
        Change.ETERNAL);
  }

  @Test
  void read_remoteValueOfAnotherTypeThanDeclared_isAMissAndCounted() {
    StoreFixture fixture = StoreFixture.ofValues(Integer.class, Sharing.REPLICATE);
    fixture.apply(theirs("k", "a text", 1));
    List<String> log = LogOutput.of(() -> assertThat(fixture.read("k")).isNull());
    assertThat(log)
        .singleElement()
        .asString()
        .contains("java.lang.String", "java.lang.Integer")
        .doesNotContain("a text");
    assertThat(fixture.store.counters().undecodableCount()).isEqualTo(1);
    fixture.apply(theirs("k", 7, 2));
    assertThat(fixture.read("k")).isEqualTo(7);
  }

  @Test
  void read_strangeClassInAnUntypedCache_isLoggedAsInfo() {
    StoreFixture fixture = StoreFixture.ofValues(Object.class, Sharing.REPLICATE);
    fixture.apply(theirs("k", new Stranger(1), 1));
    List<String> log = LogOutput.of(() -> assertThat(fixture.read("k")).isNull());
    assertThat(log)
        .singleElement()
        .asString()
        .contains("INFO", "until this member itself puts one", "\"io.github.mccache.node.*\"");
  }

  @Test
  void read_strangeClassesByTheHundred_leaveRoomInTheLog() {
    StoreFixture fixture = StoreFixture.ofValues(Object.class, Sharing.REPLICATE);
    List<String> log =
        LogOutput.of(
            () -> {
              for (int i = 0; i < 200; i++) {
                StringBuilder name = new StringBuilder("com.acme.Invented\r\n" + i);
                name.insert(0, (char) name.length()).insert(0, '\0');
                fixture.apply(
                    Change.put(
                        StoreFixture.id(),
                        StoreFixture.at(i + 1),
                        StoreFixture.payload("k"),
                        new Payload(32, name.toString().getBytes(StandardCharsets.US_ASCII)),
                        Change.ETERNAL));
                assertThat(fixture.read("k")).isNull();
              }
              fixture.apply(
                  Change.put(
                      StoreFixture.id(),
                      StoreFixture.at(300),
                      StoreFixture.payload("k"),
                      new Payload(60, new byte[1]),
                      Change.ETERNAL));
              assertThat(fixture.read("k")).isNull();
            });
    assertThat(log).hasSize(WarningLimit.MOST_CAUSES + 1);
    assertThat(log).last().asString().contains("no codec 60");
    assertThat(fixture.store.counters().undecodableCount()).isEqualTo(201);
  }

  @Test
  void hold_recordThatIsNotSerializable_isRefusedWhereItWouldBeSent() {
    Object value = new Unserializable("secret");
    for (Sharing sharing : List.of(Sharing.UPDATE, Sharing.REPLICATE)) {
      for (StoreFixture fixture :
          List.of(StoreFixture.of(sharing), StoreFixture.byReference(sharing))) {
        assertThatThrownBy(() -> fixture.store.hold(value))
            .isInstanceOf(EncodingException.class)
            .hasMessageNotContaining("secret");
      }
    }
    for (Sharing sharing : List.of(Sharing.LOCAL, Sharing.INVALIDATE)) {
      assertThat(StoreFixture.of(sharing).store.hold(value)).isSameAs(value);
      assertThat(StoreFixture.byReference(sharing).store.hold(value)).isSameAs(value);
    }
  }

  /** Counts how often it is serialized. */
  private static final class Counted implements Serializable {

    private static final AtomicInteger WRITTEN = new AtomicInteger();
    private String text;

    Counted(String text) {
      this.text = text;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      WRITTEN.incrementAndGet();
      out.defaultWriteObject();
    }
  }

  @Test
  void write_valueOfTheApplicationByReference_isEncodedOnceByTheWriter() {
    StoreFixture fixture = StoreFixture.byReference(Sharing.REPLICATE);
    Counted value = new Counted("as it was put");
    int before = Counted.WRITTEN.get();
    fixture.write("k", value);
    assertThat(Counted.WRITTEN).hasValue(before + 1);
    value.text = "changed since";

    Payload sent = fixture.drain().get(0).value();
    Payload again = fixture.store.current(StoreFixture.payload("k")).value();
    fixture.records();

    assertThat(Counted.WRITTEN).hasValue(before + 1);
    assertThat(again).isEqualTo(sent);
    assertThat(fixture.read("k")).isSameAs(value);
  }

  @Test
  void read_remoteValueByReference_itsBytesAreSentAsTheyCame() {
    StoreFixture fixture = StoreFixture.byReference(Sharing.REPLICATE);
    Change change = theirs("k", new Counted("theirs"), 1);
    fixture.store.hold(new Counted("so that the class is known"));
    fixture.apply(change);
    int before = Counted.WRITTEN.get();

    Object read = fixture.read("k");

    assertThat(fixture.read("k")).isSameAs(read).isInstanceOf(Counted.class);
    assertThat(fixture.store.current(StoreFixture.payload("k"))).isEqualTo(change);
    assertThat(Counted.WRITTEN).hasValue(before);
  }

  @Test
  void write_valueOfTheApplicationByReference_isNotEncodedWhereItIsNotSent() {
    for (Sharing sharing : List.of(Sharing.LOCAL, Sharing.INVALIDATE)) {
      StoreFixture fixture = StoreFixture.byReference(sharing);
      int before = Counted.WRITTEN.get();
      fixture.write("k", new Counted("here"));
      fixture.drain();
      assertThat(Counted.WRITTEN).hasValue(before);
    }
  }

  @Test
  void read_ownValueThatCannotBeReadAgain_blamesNoOtherMember() {
    StoreFixture fixture = StoreFixture.of(Sharing.REPLICATE);
    Once.reads = 0;
    fixture.write("k", new Once());
    List<String> log = LogOutput.of(() -> assertThat(fixture.read("k")).isNull());
    assertThat(log)
        .singleElement()
        .asString()
        .contains("WARN", "put on this member", Once.class.getName())
        .doesNotContain("another member", "secret");
  }

  @Test
  void ownKey_array_byItsContentOrRefusedWithTheReason() {
    StoreFixture byValue = StoreFixture.of(Sharing.REPLICATE);
    StoreFixture byReference = StoreFixture.byReference(Sharing.LOCAL);
    for (Object key : List.of(new byte[1], new int[1], new String[] {"secret"})) {
      Object own = byValue.store.ownKey(key);
      assertThat(own).isEqualTo(byValue.store.ownKey(byValue.store.callerKey(own)));
      assertThat(byValue.store.callerKey(own)).isEqualTo(key).isNotSameAs(key);
      assertRefused(byReference, key);
    }
    for (StoreFixture fixture : List.of(byValue, byReference)) {
      assertRefused(fixture, new Object[0]);
      assertThat(fixture.store.ownKey(new ArrayList<>(List.of(1)))).isEqualTo(List.of(1));
    }
  }

  private static void assertRefused(StoreFixture fixture, Object key) {
    assertThatThrownBy(() -> fixture.store.ownKey(key))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining(key.getClass().getTypeName())
        .hasMessageContaining("equals only itself")
        .hasMessageNotContaining("secret");
  }
}
