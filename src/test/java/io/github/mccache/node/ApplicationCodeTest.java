package io.github.mccache.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.api.Codec;
import io.github.mccache.codec.Codecs;
import io.github.mccache.codec.Encoded;
import io.github.mccache.node.StoreOptions.Sharing;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Message.Touched;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyRule.Path;
import io.github.mccache.replication.Records;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Whatever the event loop does to a store, it calls nothing that the application has written: no
 * serialization of a key or value, no codec, no weigher, no {@code hashCode} or {@code equals}.
 */
class ApplicationCodeTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** What was called of the application, and whether the event loop is at work. */
  private static final Set<String> CALLED = new TreeSet<>();

  private static boolean onLoop;

  private static void called(String what) {
    if (onLoop) {
      CALLED.add(what);
    }
  }

  // ---- what the application has written ----

  private static final class Value implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String text;

    Value(String text) {
      this.text = text;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      called("writeObject of a value");
      out.defaultWriteObject();
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      called("readObject of a value");
      in.defaultReadObject();
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private record CodedValue(String text) {}

  private static class Key implements Serializable, Comparable<Key> {

    private static final long serialVersionUID = 1L;

    final int number;

    Key(int number) {
      this.number = number;
    }

    @Override
    public boolean equals(Object other) {
      called("equals");
      return other instanceof Key that && number == that.number;
    }

    @Override
    public int hashCode() {
      called("hashCode");
      return number;
    }

    @Override
    public int compareTo(Key other) {
      called("compareTo");
      return Integer.compare(number, other.number);
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      called("writeObject of a key");
      out.defaultWriteObject();
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      called("readObject of a key");
      in.defaultReadObject();
    }
  }

  private static final class CodedKey extends Key {

    private static final long serialVersionUID = 1L;

    CodedKey(int number) {
      super(number);
    }
  }

  private record TextCodec<T>(int number, Class<T> type, Function<String, T> maker)
      implements Codec<T> {

    @Override
    public boolean immutable() {
      return true;
    }

    @Override
    public byte[] encode(T object) {
      called("encode of " + type.getSimpleName());
      return text(object).getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Object object) {
      return object instanceof CodedValue value
          ? value.text()
          : String.valueOf(((CodedKey) object).number);
    }

    @Override
    public T decode(byte[] bytes) {
      called("decode of " + type.getSimpleName());
      return maker.apply(new String(bytes, StandardCharsets.UTF_8));
    }
  }

  private static long weigh(Object key, Object value) {
    called("weigher");
    return Objects.hash(key, value) == 0 ? 0 : 1;
  }

  // ---- a store, and what is done to it ----

  private static final StoreObserver<Object> SILENT =
      new StoreObserver<>() {
        @Override
        public void onRemoteChange(
            Object key,
            VersionedEntry before,
            VersionedEntry after,
            RemoteChange change,
            ChangeVersion version) {}

        @Override
        public void onEvicted(Object key, VersionedEntry record) {}

        @Override
        public void onExpired(Object key, VersionedEntry record) {}
      };

  private final AtomicLong nanos = new AtomicLong();
  private final MemberClock clock = new MemberClock(InstantSource.fixed(START), nanos::get);
  private final Codecs codecs =
      new Codecs(
          ApplicationCodeTest.class.getClassLoader(),
          List.of(
              new TextCodec<>(70, CodedValue.class, CodedValue::new),
              new TextCodec<>(71, CodedKey.class, text -> new CodedKey(Integer.parseInt(text)))),
          List.of(),
          List.of(Object.class));
  private long others;

  private CoherentStore<Object, Object> store(Sharing sharing, boolean byValue) {
    StoreOptions<Object, Object> options =
        new StoreOptions<>(
            "books",
            sharing,
            Object.class,
            Object.class,
            byValue,
            OptionalLong.of(8),
            OptionalLong.of(100_000),
            OptionalLong.of(6),
            ApplicationCodeTest::weigh,
            1_000,
            1_000,
            false,
            codecs);
    return new CoherentStore<>(
        options, clock, StoreFixture.OWN, SILENT, Uplink.NONE, Stability.NONE);
  }

  private Payload payload(Object object) {
    Encoded encoded = codecs.encode(object);
    return new Payload(encoded.codec(), encoded.bytes());
  }

  private Version theirs() {
    others = Math.max(others, clock.last()) + 1;
    return new Version(others, StoreFixture.OTHER);
  }

  private static void byLoop(Runnable action) {
    onLoop = true;
    try {
      action.run();
    } finally {
      onLoop = false;
    }
  }

  private static void write(CoherentStore<Object, Object> store, Object key, Object value) {
    Object held = store.hold(value);
    store.compute(key, state -> state.write(held, 60_000));
  }

  private static void read(CoherentStore<Object, Object> store, Object key) {
    VersionedEntry record = store.find(key, store.nowMillis());
    if (record != null) {
      assertThat(store.value(key, record)).isNotNull();
    }
  }

  private static List<Change> drain(CoherentStore<Object, Object> store) {
    List<Change> changes = new ArrayList<>();
    byLoop(
        () -> {
          while (store.drain(100, changes::add) > 0) {}
        });
    return changes;
  }

  private void apply(CoherentStore<Object, Object> store, Change change, Path path) {
    byLoop(() -> store.apply(change, StoreFixture.PEER, path));
  }

  /** All that other members can ask. */
  private void answer(CoherentStore<Object, Object> store, List<Payload> keys) {
    Version since = theirs();
    byLoop(
        () -> {
          for (Payload key : keys) {
            store.current(key);
            store.version(key);
            store.lacks(key, since);
          }
          store.records(Records.Wanted.ALL).forEachRemaining(change -> {});
          store.entryVersions().forEachRemaining(change -> {});
        });
  }

  private static final Map<String, Function<Integer, Object>> KEYS =
      Map.of(
          "text",
          n -> "key " + n,
          "Key",
          Key::new,
          "CodedKey",
          CodedKey::new,
          "all of them",
          n -> n % 3 == 0 ? "key " + n : n % 3 == 1 ? new Key(n) : new CodedKey(n));

  @TestFactory
  List<DynamicTest> eventLoop_whateverItDoes_callsNoCodeOfTheApplication() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Sharing sharing : List.of(Sharing.REPLICATE, Sharing.UPDATE, Sharing.INVALIDATE)) {
      for (boolean byValue : new boolean[] {true, false}) {
        for (Function<String, Object> values :
            List.<Function<String, Object>>of(Value::new, CodedValue::new)) {
          KEYS.forEach(
              (kind, keys) ->
                  tests.add(
                      DynamicTest.dynamicTest(
                          sharing
                              + (byValue ? " by value " : " by reference ")
                              + kind
                              + " "
                              + values.apply("").getClass().getSimpleName(),
                          () -> useAll(store(sharing, byValue), keys, values))));
        }
      }
    }
    return tests;
  }

  private void useAll(
      CoherentStore<Object, Object> store,
      Function<Integer, Object> keys,
      Function<String, Object> values) {
    CALLED.clear();
    List<Object> all = IntStream.range(0, 12).mapToObj(keys::apply).toList();
    List<Payload> payloads = all.stream().map(this::payload).toList();

    all.forEach(key -> write(store, key, values.apply("ours")));
    List<Change> sent = drain(store);
    assertThat(sent).isNotEmpty();
    sent.forEach(change -> apply(store, change, Path.RESYNC)); // the same versions once more
    all.forEach(key -> read(store, key));
    answer(store, payloads);

    for (Path path : Path.values()) {
      payloads.forEach(key -> apply(store, put(store, key, values.apply("theirs")), path));
      answer(store, payloads);
      all.forEach(key -> read(store, key));
      Payload value = payload(values.apply("loaded"));
      payloads.forEach(
          key -> apply(store, Change.fill(store.id(), theirs(), key, value, Change.ETERNAL), path));
      apply(store, Change.remove(store.id(), theirs(), payloads.get(0)), path);
      apply(store, Change.invalidate(store.id(), theirs(), payloads.get(1)), path);
      all.forEach(key -> write(store, key, values.apply("ours again")));
      all.forEach(key -> read(store, key));
      drain(store);
    }
    all.forEach(key -> use(store, key));
    List<Touched> touched = new ArrayList<>();
    byLoop(() -> store.drainTouched(100, touched::add));
    byLoop(() -> touched.forEach(store::prolong));
    store.compute(all.get(2), KeyState::remove);
    answer(store, payloads);

    byLoop(() -> store.startAnew(0x33, 0));
    drain(store);
    answer(store, payloads);
    byLoop(() -> store.distrust(theirs()));
    all.forEach(key -> write(store, key, values.apply("trusted")));
    byLoop(() -> store.startAnew(0x34, HybridTime.ofMillis(store.nowMillis()) - 1));
    drain(store);
    all.forEach(key -> write(store, key, values.apply("of the present")));
    apply(store, Change.clear(store.id(), theirs()), Path.LIVE);
    drain(store);
    all.forEach(key -> write(store, key, values.apply("after the clear")));
    nanos.addAndGet(3_600_000_000_000L);
    answer(store, payloads);
    drain(store);
    byLoop(store::withdraw);

    assertThat(CALLED).isEmpty();
  }

  private Change put(CoherentStore<Object, Object> store, Payload key, Object value) {
    return Change.put(store.id(), theirs(), key, payload(value), Change.ETERNAL);
  }

  private static void use(CoherentStore<Object, Object> store, Object key) {
    VersionedEntry record = store.find(key, store.nowMillis());
    if (record != null && record.deadlineMillis() != Change.ETERNAL) {
      record.setDeadlineMillis(record.deadlineMillis() + 10_000);
      store.noteUse(key, record);
    }
  }
}
