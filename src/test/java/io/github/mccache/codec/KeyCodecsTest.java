package io.github.mccache.codec;

import static io.github.mccache.codec.KeyCodecs.Form.FOREIGN;
import static io.github.mccache.codec.KeyCodecs.Form.OPAQUE;
import static io.github.mccache.codec.KeyCodecs.Form.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.mccache.api.Codec;
import io.github.mccache.codec.KeyCodecs.Form;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which numbers keys of a type can have, and what decoding them takes. */
class KeyCodecsTest {

  record Isbn(String text) {}

  /** A codec of the application. */
  static final class IsbnCodec implements Codec<Isbn> {

    @Override
    public int number() {
      return 70;
    }

    @Override
    public Class<Isbn> type() {
      return Isbn.class;
    }

    @Override
    public byte[] encode(Isbn isbn) {
      return new byte[0];
    }

    @Override
    public Isbn decode(byte[] bytes) {
      return new Isbn("");
    }
  }

  private static final Codecs CODECS =
      new Codecs(
          KeyCodecsTest.class.getClassLoader(), List.of(new IsbnCodec()), List.of(), List.of());

  static Stream<Arguments> forms() {
    return Stream.of(
        arguments(String.class, CodecNumber.STRING, PLAIN),
        arguments(String.class, CodecNumber.STRING_UTF_16, PLAIN),
        arguments(String.class, CodecNumber.LONG, FOREIGN),
        arguments(String.class, CodecNumber.ENUM, FOREIGN),
        arguments(String.class, CodecNumber.PROTOBUF, FOREIGN),
        arguments(String.class, CodecNumber.JAVA_SERIALIZATION, FOREIGN),
        arguments(String.class, 40, FOREIGN),
        arguments(String.class, 70, FOREIGN),
        arguments(Long.class, CodecNumber.LONG, PLAIN),
        arguments(Long.class, CodecNumber.INTEGER, FOREIGN),
        arguments(Long.class, CodecNumber.JAVA_SERIALIZATION, FOREIGN),
        arguments(UUID.class, CodecNumber.UUID, PLAIN),
        arguments(Instant.class, CodecNumber.INSTANT, PLAIN),
        arguments(ZoneId.class, CodecNumber.ZONE_REGION, PLAIN),
        arguments(ZoneId.class, CodecNumber.ZONE_OFFSET, PLAIN),
        arguments(byte[].class, CodecNumber.BYTES, PLAIN),
        arguments(byte[].class, CodecNumber.JAVA_SERIALIZATION, FOREIGN),
        arguments(BigDecimal.class, CodecNumber.BIG_DECIMAL, PLAIN),
        arguments(DayOfWeek.class, CodecNumber.ENUM, OPAQUE),
        arguments(DayOfWeek.class, CodecNumber.JAVA_SERIALIZATION, FOREIGN),
        arguments(DayOfWeek.class, CodecNumber.STRING, FOREIGN),
        arguments(Isbn.class, 70, OPAQUE),
        arguments(Isbn.class, CodecNumber.JAVA_SERIALIZATION, OPAQUE),
        arguments(Isbn.class, CodecNumber.STRING, FOREIGN),
        arguments(Isbn.class, CodecNumber.ENUM, FOREIGN),
        arguments(Comparable.class, CodecNumber.STRING, PLAIN),
        arguments(Comparable.class, CodecNumber.ENUM, OPAQUE),
        arguments(Comparable.class, CodecNumber.BYTES, FOREIGN),
        arguments(Object.class, CodecNumber.BYTES, PLAIN),
        arguments(Object.class, CodecNumber.JAVA_SERIALIZATION, OPAQUE),
        arguments(Object.class, 40, OPAQUE),
        arguments(Object.class, 71, OPAQUE));
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource("forms")
  void form_byTypeAndNumber(Class<?> keyType, int number, Form form) {
    assertThat(CODECS.ofKeys(keyType).form(number)).isEqualTo(form);
  }

  @Test
  void form_numbersThatNoCodecHas_areForeignToEveryType() {
    for (int number : new int[] {0, -1, Integer.MIN_VALUE}) {
      assertThat(CODECS.ofKeys(Object.class).form(number)).isEqualTo(FOREIGN);
      assertThat(CODECS.ofKeys(String.class).form(number)).isEqualTo(FOREIGN);
    }
  }

  static Stream<Object> keys() {
    return Stream.of("a", "\ud800", 1L, 1, 'c', UUID.randomUUID(), DayOfWeek.MONDAY, new Isbn("1"))
        .map(Object.class::cast);
  }

  @ParameterizedTest
  @MethodSource("keys")
  void form_whatOwnKeysAreEncodedAs_isNeverForeign(Object key) {
    int number = CODECS.encode(key).codec();
    Stream<Class<?>> types = Stream.of(key.getClass(), Object.class);

    assertThat(types.map(type -> CODECS.ofKeys(type).form(number))).doesNotContain(FOREIGN);
  }

  @Test
  void form_everyNumberThatDecodesAsPlain_isOfTheJdk() {
    KeyCodecs any = CODECS.ofKeys(Object.class);

    assertThat(IntStream.range(-1, 100).filter(number -> any.form(number) == PLAIN))
        .allMatch(number -> number <= 2 || BuiltInCodecs.of(number) != null);
  }
}
