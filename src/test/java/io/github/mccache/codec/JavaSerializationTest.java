package io.github.mccache.codec;

import static io.github.mccache.codec.CodecsFixture.allowing;
import static io.github.mccache.codec.CodecsFixture.plain;
import static io.github.mccache.codec.CodecsFixture.receive;
import static io.github.mccache.codec.CodecsFixture.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mccache.codec.DecodingException.Reason;
import io.github.mccache.codec.Orders.Cash;
import io.github.mccache.codec.Orders.Line;
import io.github.mccache.codec.Orders.Link;
import io.github.mccache.codec.Orders.ThrowsOnRead;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamConstants;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes through Java streams, and what may not. */
class JavaSerializationTest {

  private interface Greeter {
    String greet();
  }

  private record Answer(String text) implements InvocationHandler, Serializable {
    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) {
      return text;
    }
  }

  private record TextPair(String first, String second, Long number, Long other)
      implements Serializable {}

  private interface Adder extends IntUnaryOperator, Serializable {}

  private static Object roundTrip(Object object) {
    Codecs codecs = plain();
    return codecs.decode(codecs.encode(object));
  }

  private static Encoded stream(byte[] bytes) {
    return new Encoded(CodecNumber.JAVA_SERIALIZATION, bytes);
  }

  private static byte[] javaStream(Object object) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    return bytes.toByteArray();
  }

  @Test
  void decode_ownLambda_works() {
    int summand = 40;
    Adder adder = number -> number + summand;
    assertThat(((Adder) roundTrip(adder)).applyAsInt(2)).isEqualTo(42);
  }

  @Test
  void decode_ownProxy_works() {
    Object proxy =
        Proxy.newProxyInstance(
            CodecsFixture.loader(),
            new Class<?>[] {Greeter.class, Comparable.class},
            new Answer("hello"));
    assertThat(((Greeter) roundTrip(proxy)).greet()).isEqualTo("hello");
    DecodingException thrown =
        refused(allowing("io.github.mccache.codec.*"), plain().encode(proxy));
    assertThat(thrown.reason()).isEqualTo(Reason.NOT_ALLOWED);
  }

  @Test
  void decode_ownClassObjects_areTheSame() {
    List<Class<?>> classes =
        List.of(int.class, void.class, int[].class, Line.class, Line[][].class, Map.class);
    assertThat(roundTrip(classes)).isEqualTo(classes);
  }

  @Test
  void decode_ownArraysOfObjects_areEqual() {
    Line[][] lines = {{new Line("a", 1)}, {}, null};
    assertThat((Line[][]) roundTrip(lines)).isDeepEqualTo(lines);
  }

  @Test
  void decode_plainJavaStreamOfAnotherWriter_works() throws IOException {
    Codecs codecs = allowing(Line.class.getName());
    assertThat(codecs.decode(stream(javaStream(new Line("a", 1))))).isEqualTo(new Line("a", 1));
  }

  @Test
  @SuppressWarnings("StringOperationCanBeSimplified") // two objects are wanted
  void encode_equalRecordsOfSharedAndSeparateObjects_givesEqualBytes() {
    TextPair shared = new TextPair("abc", "abc", 1L << 40, 1L << 40);
    String one = new String("abc");
    String two = new String("abc");
    TextPair separate = new TextPair(one, two, 1L << 40, Long.valueOf(1L << 40));
    assertThat(plain().encode(separate)).isEqualTo(plain().encode(shared));
    assertThat(roundTrip(separate)).isEqualTo(shared);
  }

  @Test
  void decode_ownDeepStructure_works() {
    Link chain = (Link) roundTrip(Link.chain(200));
    int length = 0;
    for (Link link = chain; link != null; link = link.next) {
      length++;
    }
    assertThat(length).isEqualTo(200);
  }

  @Test
  void encode_structureDeeperThanTheStack_saysSo() {
    assertThatThrownBy(() -> plain().encode(Link.chain(100_000)))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining("nested too deeply")
        .hasMessageContaining(Link.class.getName());
  }

  @Test
  void decode_structureDeeperThanTheLimit_isUndecodable() throws Exception {
    Codecs codecs = plain();
    AtomicReference<Encoded> own = new AtomicReference<>();
    Link chain = Link.chain((int) DecodingFilter.DEEPEST + 1);
    onStackOf(64, () -> own.set(codecs.encode(chain)));
    AtomicReference<DecodingException> thrown = new AtomicReference<>();
    onStackOf(64, () -> thrown.set(refused(codecs, own.get())));
    assertThat(thrown.get().reason()).isEqualTo(Reason.UNDECODABLE);
    assertThat(thrown.get()).hasMessageContaining("nested");
  }

  @Test
  void decode_structureDeeperThanTheStack_isUndecodable() throws Exception {
    Codecs codecs = plain();
    AtomicReference<Encoded> own = new AtomicReference<>();
    Link chain = Link.chain((int) DecodingFilter.DEEPEST - 10);
    onStackOf(64, () -> own.set(codecs.encode(chain)));
    AtomicReference<Throwable> outcome = new AtomicReference<>();
    Thread small =
        new Thread(
            null,
            () -> {
              try {
                codecs.decode(own.get());
              } catch (Throwable e) {
                outcome.set(e);
              }
            },
            "small stack",
            1 << 17);
    small.start();
    small.join();
    assertThat(outcome.get()).isInstanceOf(DecodingException.class);
  }

  private static void onStackOf(int megabytes, Runnable task) throws InterruptedException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread = new Thread(null, task, "large stack", (long) megabytes << 20);
    thread.setUncaughtExceptionHandler((t, e) -> failure.set(e));
    thread.start();
    thread.join();
    assertThat(failure.get()).isNull();
  }

  @Test
  void decode_tinyStreamOfAHugeArray_isUndecodable() throws IOException {
    for (String type : List.of("[B", "[J", "[Ljava.lang.Object;", "[[I")) {
      DecodingException thrown = refused(plain(), stream(hugeArray(type, 500_000_000)));
      assertThat(thrown.reason()).isEqualTo(Reason.UNDECODABLE);
      assertThat(thrown).hasMessageContaining("arrays are longer");
    }
  }

  /** Says that an array of so many elements follows, and ends there. */
  private static byte[] hugeArray(String type, int length) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeShort(ObjectStreamConstants.STREAM_MAGIC);
    out.writeShort(ObjectStreamConstants.STREAM_VERSION);
    out.writeByte(ObjectStreamConstants.TC_ARRAY);
    out.writeByte(ObjectStreamConstants.TC_CLASSDESC);
    out.writeUTF(type);
    out.writeLong(0);
    out.writeByte(ObjectStreamConstants.SC_SERIALIZABLE);
    out.writeShort(0);
    out.writeByte(ObjectStreamConstants.TC_ENDBLOCKDATA);
    out.writeByte(ObjectStreamConstants.TC_NULL);
    out.writeInt(length);
    return bytes.toByteArray();
  }

  @Test
  void decode_manyArraysThatShareTheirBytes_isUndecodable() throws IOException {
    // Each array is nested in the one before and as long as the whole stream allows for one.
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(hugeArray("[Ljava.lang.Object;", 100_000));
    for (int i = 0; i < 40; i++) {
      out.writeByte(ObjectStreamConstants.TC_ARRAY);
      out.writeByte(ObjectStreamConstants.TC_REFERENCE);
      out.writeInt(ObjectStreamConstants.baseWireHandle);
      out.writeInt(100_000);
    }
    out.write(new byte[100_000]);
    DecodingException thrown = refused(plain(), stream(bytes.toByteArray()));
    assertThat(thrown).hasMessageContaining("arrays are longer");
  }

  @Test
  void decode_collectionThatClaimsToBeHuge_isUndecodable() throws IOException {
    List<Object> collections =
        List.of(
            new ArrayList<>(List.of(1)),
            new HashMap<>(Map.of(1, 1)),
            new java.util.HashSet<>(List.of(1)),
            new java.util.Hashtable<>(Map.of(1, 1)),
            new java.util.ArrayDeque<>(List.of(1)),
            new java.util.PriorityQueue<>(List.of(1)),
            new java.util.Vector<>(List.of(1)),
            List.of(1, 2, 3));
    for (Object collection : collections) {
      byte[] bytes = javaStream(collection);
      for (int i = 4; i + 4 <= bytes.length; i++) {
        byte[] changed = bytes.clone();
        changed[i] = 0x3f;
        changed[i + 1] = (byte) 0xff;
        changed[i + 2] = (byte) 0xff;
        changed[i + 3] = (byte) 0xff;
        try {
          plain().decode(stream(changed));
        } catch (DecodingException e) {
          assertThat(e.reason()).isIn((Object[]) Reason.values());
        }
      }
    }
  }

  @Test
  void decode_trailingOrMissingBytes_areUndecodable() throws IOException {
    List<Object> objects =
        List.of(
            new Line("a", 1),
            new Cash(1),
            new ArrayList<>(List.of(1, "b")),
            new HashMap<>(Map.of(1, 1)),
            new int[] {1, 2, 3},
            new String[] {"a"},
            new java.util.Date(0),
            Collections.singletonList("x".repeat(5000)));
    for (Object object : objects) {
      Codecs codecs = plain();
      byte[] bytes = codecs.encode(object).bytes();
      codecs.decode(stream(bytes));
      for (int more : new int[] {1, 2, 3000}) {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + more);
        assertThat(refused(codecs, stream(longer)).reason()).isEqualTo(Reason.UNDECODABLE);
      }
      byte[] block = Arrays.copyOf(bytes, bytes.length + 2);
      block[bytes.length] = ObjectStreamConstants.TC_BLOCKDATA;
      assertThat(refused(codecs, stream(block)).reason()).isEqualTo(Reason.UNDECODABLE);
      for (int length = 0; length < Math.min(bytes.length, 300); length++) {
        byte[] shorter = Arrays.copyOf(bytes, length);
        assertThat(refused(codecs, stream(shorter)).reason()).isEqualTo(Reason.UNDECODABLE);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        IllegalStateException.class,
        IOException.class,
        ClassNotFoundException.class,
        NoClassDefFoundError.class,
        StackOverflowError.class,
        AssertionErrorOfText.class
      })
  void decode_readObjectThrows_becomesOurException(Class<? extends Throwable> error) {
    Codecs codecs = plain();
    Encoded encoded = codecs.encode(new ThrowsOnRead(error));
    assertThat(refused(codecs, encoded)).hasMessageNotContaining("secret");
  }

  /** An error that is nobody's. */
  public static final class AssertionErrorOfText extends Error {
    private static final long serialVersionUID = 1L;

    /** Called by reflection. */
    public AssertionErrorOfText(String message) {
      super(message);
    }
  }

  @Test
  @SuppressWarnings("removal") // it is what must pass
  void decode_readObjectEndsTheJvmOrTheThread_isNotCaught() {
    Codecs codecs = plain();
    Encoded outOfMemory = codecs.encode(new ThrowsOnRead(OutOfMemoryError.class));
    assertThatThrownBy(() -> codecs.decode(outOfMemory)).isInstanceOf(OutOfMemoryError.class);
    assertThatThrownBy(() -> codecs.encode(new Orders.ThrowsOnWrite(new ThreadDeath())))
        .isInstanceOf(ThreadDeath.class);
  }

  @Test
  void decode_classThatChanged_isUndecodableAndNamed() throws IOException {
    byte[] bytes = javaStream(new Line("a", 1));
    int end = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("Line") + 4;
    bytes[end + 7]++; // the serialVersionUID follows the name
    DecodingException thrown = refused(allowing(Line.class.getName()), stream(bytes));
    assertThat(thrown.reason()).isEqualTo(Reason.UNDECODABLE);
    assertThat(thrown.className()).isEqualTo(Line.class.getName());
  }

  @Test
  void decode_allowedClassThatIsNotHere_isNotFound() throws IOException {
    byte[] bytes = javaStream(new Line("a", 1));
    int at = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("Line");
    bytes[at] = 'F';
    DecodingException thrown = refused(allowing("io.github.**"), stream(bytes));
    assertThat(thrown.reason()).isEqualTo(Reason.CLASS_NOT_FOUND);
    assertThat(thrown.className()).isEqualTo("io.github.mccache.codec.Orders$Fine");
    assertThat(thrown.settingToAdd()).isNull();
  }

  @Test
  void receive_ordinarySupplierOfValues_works() {
    Supplier<Object> values = () -> new ArrayList<>(List.of(1, "two", 3.0));
    assertThat(receive(plain(), values.get())).isEqualTo(values.get());
  }
}
