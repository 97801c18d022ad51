package io.github.mccache.codec;

import static io.github.mccache.codec.CodecsFixture.plain;
import static io.github.mccache.codec.CodecsFixture.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mccache.api.Codec;
import io.github.mccache.codec.DecodingException.Reason;
import io.github.mccache.codec.Orders.Cash;
import io.github.mccache.codec.Orders.Line;
import io.github.mccache.codec.Orders.Order;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is kept as it is, what is copied, and what the user's own codecs do. */
class CodecsTest {

  record Money(BigDecimal amount, String currency, Instant at, DayOfWeek day) {}

  record Account(UUID id, Money balance, Account parent, Shape shape) {}

  sealed interface Shape permits Circle, Square {}

  record Circle(double radius) implements Shape {}

  record Square(double side, Shape inner) implements Shape {}

  record Pair<T>(T first, T second) implements Serializable {}

  record Holder(int[] numbers) implements Serializable {}

  record Dated(Date date) implements Serializable {}

  static final class Mutable extends BigInteger {
    private static final long serialVersionUID = 1L;
    int state;

    Mutable() {
      super("1");
    }
  }

  static final class Point {
    int x;
    byte[] own;

    Point(int x) {
      this.x = x;
    }
  }

  record Segment(Point from, Point to) {}

  /** Encodes points; every part of it can be replaced. */
  record PointCodec(
      int number, boolean immutable, Function<Point, byte[]> writer, Function<byte[], Point> reader)
      implements Codec<Point> {

    static PointCodec ordinary(boolean immutable) {
      return new PointCodec(
          64,
          immutable,
          point -> Integer.toString(point.x).getBytes(StandardCharsets.US_ASCII),
          bytes -> new Point(Integer.parseInt(new String(bytes, StandardCharsets.US_ASCII))));
    }

    @Override
    public Class<Point> type() {
      return Point.class;
    }

    @Override
    public byte[] encode(Point point) {
      return writer.apply(point);
    }

    @Override
    public Point decode(byte[] bytes) {
      return reader.apply(bytes);
    }
  }

  private static Codecs with(Codec<?>... codecs) {
    return new Codecs(CodecsFixture.loader(), List.of(codecs), List.of(), List.of());
  }

  static Stream<Object> immutableObjects() {
    Money money = new Money(BigDecimal.ONE, "EUR", Instant.EPOCH, DayOfWeek.MONDAY);
    Account parent = new Account(new UUID(1, 2), money, null, new Circle(1));
    return Stream.of(
        "text",
        1,
        1L,
        1.0,
        'c',
        true,
        BigInteger.TEN,
        BigDecimal.TEN,
        new UUID(1, 2),
        Instant.EPOCH,
        ZoneId.of("Europe/Paris"),
        DayOfWeek.MONDAY,
        EnumCodecTest.Shape.SQUARE,
        Locale.ROOT,
        URI.create("a:b"),
        money,
        new Account(new UUID(1, 2), money, parent, new Square(1, new Circle(2))));
  }

  @ParameterizedTest
  @MethodSource("immutableObjects")
  void copy_immutableObject_isTheObjectItself(Object object) {
    Codecs codecs = plain();
    assertThat(codecs.isImmutable(object)).isTrue();
    assertThat(codecs.copy(object)).isSameAs(object);
  }

  static Stream<Object> mutableObjects() {
    return Stream.of(
        new ArrayList<>(List.of(1)),
        List.of(1),
        new Date(0),
        new Pair<>("a", "b"),
        new Holder(new int[] {1}),
        new Dated(new Date(0)),
        new Mutable(),
        new StringBuilder("a"),
        new Order(),
        new byte[] {1},
        String.class);
  }

  @ParameterizedTest
  @MethodSource("mutableObjects")
  void isImmutable_mutableObject_isFalse(Object object) {
    assertThat(plain().isImmutable(object)).isFalse();
  }

  @Test
  void copy_mutableObject_sharesNothingThatChanges() {
    Codecs codecs = plain();
    Date date = new Date(7);
    Dated copy = (Dated) codecs.copy(new Dated(date));
    date.setTime(8);
    assertThat(copy.date()).isEqualTo(new Date(7));
    List<Line> lines = new ArrayList<>(List.of(new Line("a", 1)));
    assertThat(codecs.copy(lines)).isEqualTo(lines).isNotSameAs(lines);
    assertThat(codecs.copy(String.class)).isSameAs(String.class);
  }

  @Test
  void copy_array_isAnotherArray() {
    Codecs codecs = plain();
    int[] numbers = {1, 2};
    assertThat((int[]) codecs.copy(numbers)).isEqualTo(numbers).isNotSameAs(numbers);
    String[] texts = {"a", null};
    assertThat((String[]) codecs.copy(texts)).isEqualTo(texts).isNotSameAs(texts);
    assertThat(codecs.isImmutable(texts)).isFalse();
    Money[] monies = {new Money(null, null, null, null)};
    assertThat((Money[]) codecs.copy(monies)).isEqualTo(monies).isNotSameAs(monies);
    int[][] nested = {{1}, {2}};
    int[][] copy = (int[][]) codecs.copy(nested);
    nested[0][0] = 9;
    assertThat(copy).isDeepEqualTo(new int[][] {{1}, {2}});
    Object[] objects = {new Date(7)};
    assertThat(((Object[]) codecs.copy(objects))[0]).isEqualTo(objects[0]).isNotSameAs(objects[0]);
  }

  @Test
  void copy_objectWhoseCopyCannotBeRead_failsWithItsClass() {
    Object object = new Orders.ThrowsOnRead(IllegalStateException.class);
    assertThatThrownBy(() -> plain().copy(object))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining(object.getClass().getName())
        .hasMessageNotContaining("secret");
  }

  @Test
  void copy_objectThatIsNotSerializable_fails() {
    assertThatThrownBy(() -> plain().copy(new Point(1))).isInstanceOf(EncodingException.class);
  }

  @Test
  void sizeOf_anyObject_isTheLengthOfItsBytes() {
    Codecs codecs = with(PointCodec.ordinary(false));
    for (Object object :
        List.of(
            new Line("a", 1), new Cash(1), new int[] {1}, new Point(1234), "\ud83d", "\u20ac")) {
      assertThat(codecs.sizeOf(object)).isEqualTo(codecs.encode(object).bytes().length);
    }
  }

  @Test
  void decode_userCodec_givesItBack() {
    Codecs codecs = with(PointCodec.ordinary(false));
    Encoded encoded = codecs.encode(new Point(42));
    assertThat(encoded).isEqualTo(new Encoded(64, new byte[] {'4', '2'}));
    assertThat(((Point) codecs.decode(encoded)).x).isEqualTo(42);
    assertThat(refused(plain(), encoded).reason()).isEqualTo(Reason.UNKNOWN_CODEC);
  }

  @Test
  void copy_userCodec_dependsOnWhatItSays() {
    Point point = new Point(1);
    assertThat(with(PointCodec.ordinary(true)).copy(point)).isSameAs(point);
    Codecs copying = with(PointCodec.ordinary(false));
    assertThat(((Point) copying.copy(point)).x).isEqualTo(1);
    assertThat(copying.copy(point)).isNotSameAs(point);
    Segment segment = new Segment(point, point);
    assertThat(with(PointCodec.ordinary(true)).isImmutable(segment)).isTrue();
    assertThat(copying.isImmutable(segment)).isFalse();
  }

  @Test
  void encode_userCodecThatKeepsItsArray_isNotAffectedByItLater() {
    Point point = new Point(1);
    point.own = new byte[] {1};
    Codecs codecs =
        with(
            new PointCodec(
                65,
                false,
                p -> p.own,
                bytes -> {
                  Point read = new Point(0);
                  read.own = bytes;
                  return read;
                }));
    Encoded encoded = codecs.encode(point);
    point.own[0] = 9;
    ((Point) codecs.decode(encoded)).own[0] = 8;
    assertThat(encoded.bytes()).containsExactly(1);
  }

  @Test
  void encode_userCodecThatFails_saysWhich() {
    PointCodec throwing =
        new PointCodec(
            70,
            false,
            point -> {
              throw new IllegalStateException("secret");
            },
            bytes -> {
              throw new StackOverflowError("secret");
            });
    assertThatThrownBy(() -> with(throwing).encode(new Point(1)))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining("codec 70")
        .hasMessageNotContaining("secret");
    DecodingException thrown = refused(with(throwing), new Encoded(70, new byte[0]));
    assertThat(thrown.reason()).isEqualTo(Reason.UNDECODABLE);
    assertThat(thrown.className()).isEqualTo(Point.class.getName());
    PointCodec silent = new PointCodec(70, false, point -> null, bytes -> null);
    assertThatThrownBy(() -> with(silent).encode(new Point(1)))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining("null");
    assertThat(refused(with(silent), new Encoded(70, new byte[0])).reason())
        .isEqualTo(Reason.UNDECODABLE);
  }

  @Test
  void constructor_codecsThatCannotBe_areRefused() {
    PointCodec point = PointCodec.ordinary(false);
    assertThatThrownBy(() -> with(new PointCodec(63, false, point.writer(), point.reader())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("64");
    assertThatThrownBy(() -> with(point, new TextCodec<>(64, String.class)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("number");
    assertThatThrownBy(() -> with(point, new TextCodec<>(65, Point.class)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("class");
    assertThatThrownBy(() -> with(new TextCodec<>(65, List.class)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("never be used");
  }

  @Test
  void encode_builtInTypeWithAUserCodec_goesToTheUser() {
    Codecs codecs = with(new TextCodec<>(66, String.class));
    assertThat(codecs.encode("a").codec()).isEqualTo(66);
    assertThat(codecs.sizeOf("abc")).isZero();
  }

  /** Knows a number and a class; is not meant to work. */
  record TextCodec<T>(int number, Class<T> type) implements Codec<T> {

    @Override
    public byte[] encode(T object) {
      return new byte[0];
    }

    @Override
    public T decode(byte[] bytes) {
      throw new IllegalArgumentException("nothing to decode");
    }
  }
}
