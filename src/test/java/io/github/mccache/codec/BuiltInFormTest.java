package io.github.mccache.codec;

import static io.github.mccache.codec.CodecsFixture.plain;
import static io.github.mccache.codec.CodecsFixture.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.codec.DecodingException.Reason;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes that {@code codecs.md} promises to other languages, and those that are refused. */
class BuiltInFormTest {

  static Stream<Arguments> forms() {
    return Stream.of(
        Arguments.of("", 1, ""),
        Arguments.of("a\u00e9\u20ac\ud83d\ude00", 1, "61c3a9e282acf09f9880"),
        Arguments.of("\ud83d", 2, "d83d"),
        Arguments.of(true, 3, "01"),
        Arguments.of((byte) -2, 4, "fe"),
        Arguments.of((short) -2, 5, "fffe"),
        Arguments.of(258, 6, "00000102"),
        Arguments.of(-1L, 7, "ffffffffffffffff"),
        Arguments.of(1.5f, 8, "3fc00000"),
        Arguments.of(-0.0d, 9, "8000000000000000"),
        Arguments.of(Double.NaN, 9, "7ff8000000000000"),
        Arguments.of('\u20ac', 10, "20ac"),
        Arguments.of(BigInteger.ZERO, 11, "00"),
        Arguments.of(BigInteger.valueOf(255), 11, "00ff"),
        Arguments.of(BigInteger.valueOf(-256), 11, "ff00"),
        Arguments.of(new BigDecimal("-1.00"), 12, "000000029c"),
        Arguments.of(new byte[] {1, 2}, 13, "0102"),
        Arguments.of(
            UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"),
            14,
            "00112233445566778899aabbccddeeff"),
        Arguments.of(Duration.ofMillis(-1), 16, "ffffffffffffffff3b8b87c0"),
        Arguments.of(LocalDate.of(2026, 11, 22), 17, "000007ea0b16"),
        Arguments.of(LocalTime.of(0, 0, 1), 18, "000000003b9aca00"),
        Arguments.of(
            OffsetDateTime.of(2026, 11, 22, 0, 0, 1, 0, ZoneOffset.ofHours(-1)),
            21,
            "000007ea0b16000000003b9aca00fffff1f0"),
        Arguments.of(
            ZonedDateTime.of(2026, 11, 22, 0, 0, 1, 0, ZoneId.of("Europe/Paris")),
            22,
            "000007ea0b16000000003b9aca0000000e104575726f70652f5061726973"),
        Arguments.of(ZoneId.of("UTC"), 23, "555443"),
        Arguments.of(
            TimeUnit.DAYS, 32, "001d" + hex("java.util.concurrent.TimeUnit") + hex("DAYS")));
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest(name = "{1}: {2}")
  @MethodSource("forms")
  void encode_builtIn_givesTheDocumentedBytes(Object object, int codec, String bytes) {
    Encoded encoded = plain().encode(object);
    assertThat(encoded).isEqualTo(new Encoded(codec, HexFormat.of().parseHex(bytes)));
    assertThat(plain().decode(encoded)).isEqualTo(object);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "1, c3", // cut short
    "1, c080", // overlong
    "1, eda0bd", // a surrogate
    "1, ff",
    "2, 0061", // could have been UTF-8
    "2, d83dde00",
    "2, d8",
    "3, 02",
    "3, 0100",
    "4, ''",
    "5, 00",
    "6, 000001",
    "6, 0000000100",
    "7, 00000001",
    "8, 7fc00001", // another NaN
    "9, fff8000000000000",
    "10, 20",
    "11, ''",
    "11, 0001", // a sign byte too many
    "11, ffff",
    "12, 00000001",
    "12, 000000010001",
    "14, 00112233445566778899aabbccddee",
    "15, 00000000000000003b9aca00", // a full second of nanoseconds
    "15, 7fffffffffffffff00000000",
    "16, 0000000000000000ffffffff",
    "17, 000007ea0d01",
    "17, 000007ea021d",
    "18, ffffffffffffffff",
    "18, 00004e94914f0000",
    "22, 000007ea0b16000000003b9aca00000000004575726f70652f5061726973", // not the zone's offset
    "22, 000007ea0b16000000003b9aca0000000e104d6172732f58",
    "23, 5a", // Z is an offset
    "23, 4d6172732f58",
    "23, ''",
    "24, 7fffffff",
    "25, 7fffffff",
    "26, 000007ea00",
    "27, 021e",
    "32, ''",
    "32, ffff00",
    "33, 0001",
    "63, ''",
    "63, aced0005",
    "63, aced000570", // null
  })
  void decode_malformedBytes_areUndecodable(int codec, String bytes) {
    DecodingException thrown = refused(plain(), new Encoded(codec, HexFormat.of().parseHex(bytes)));
    assertThat(thrown.reason()).isEqualTo(Reason.UNDECODABLE);
    assertThat(thrown.settingToAdd()).isNull();
  }

  @Test
  void decode_unknownCodec_saysTheNumber() {
    DecodingException thrown = refused(plain(), new Encoded(77, new byte[0]));
    assertThat(thrown.reason()).isEqualTo(Reason.UNKNOWN_CODEC);
    assertThat(thrown).hasMessageContaining("77");
  }

  @Test
  void encode_equalNumbersOfOtherForms_giveEqualBytes() {
    double otherNaN = Double.longBitsToDouble(0x7ff8000000000001L);
    assertThat(plain().encode(otherNaN)).isEqualTo(plain().encode(Double.NaN));
    assertThat(plain().encode(0.0)).isNotEqualTo(plain().encode(-0.0));
    assertThat(plain().encode(new BigDecimal("1.0")))
        .isNotEqualTo(plain().encode(new BigDecimal("1.00")));
  }

  @Test
  void toString_encoded_hidesTheContent() {
    assertThat(plain().encode("secret")).hasToString("Encoded[codec=1, 6 bytes]");
  }
}
