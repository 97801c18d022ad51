package io.github.mccache.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Every built-in codec gives back what it took, in one form only, and knows its size. */
class BuiltInRoundTripTest {

  private static final int TRIES = 200;

  private final Codecs codecs = CodecsFixture.plain();

  private void roundTrips(Object object, int codec) {
    Encoded encoded = codecs.encode(object);
    assertThat(encoded.codec()).isEqualTo(codec);
    Object decoded = CodecsFixture.plain().decode(encoded);
    assertThat(decoded).isEqualTo(object).hasSameClassAs(object);
    assertThat(codecs.encode(decoded)).isEqualTo(encoded);
    assertThat(codecs.sizeOf(object)).isEqualTo(encoded.bytes().length);
  }

  @Property(tries = TRIES)
  void decode_wellFormedString_givesItBack(@ForAll("wellFormedStrings") String text) {
    roundTrips(text, CodecNumber.STRING);
  }

  @Property(tries = TRIES)
  void decode_stringOfAnyChars_givesItBack(@ForAll("anyChars") String text) {
    boolean utf8 = StringCodec.utf8Length(text) >= 0;
    roundTrips(text, utf8 ? CodecNumber.STRING : CodecNumber.STRING_UTF_16);
  }

  @Property(tries = TRIES)
  void decode_boolean_givesItBack(@ForAll boolean value) {
    roundTrips(value, CodecNumber.BOOLEAN);
  }

  @Property(tries = TRIES)
  void decode_byte_givesItBack(@ForAll byte value) {
    roundTrips(value, CodecNumber.BYTE);
  }

  @Property(tries = TRIES)
  void decode_short_givesItBack(@ForAll short value) {
    roundTrips(value, CodecNumber.SHORT);
  }

  @Property(tries = TRIES)
  void decode_integer_givesItBack(@ForAll int value) {
    roundTrips(value, CodecNumber.INTEGER);
  }

  @Property(tries = TRIES)
  void decode_long_givesItBack(@ForAll long value) {
    roundTrips(value, CodecNumber.LONG);
  }

  @Property(tries = TRIES)
  void decode_floatOfAnyBits_givesItBack(@ForAll int bits) {
    roundTrips(Float.intBitsToFloat(bits), CodecNumber.FLOAT);
  }

  @Property(tries = TRIES)
  void decode_doubleOfAnyBits_givesItBack(@ForAll long bits) {
    roundTrips(Double.longBitsToDouble(bits), CodecNumber.DOUBLE);
  }

  @Property(tries = TRIES)
  void decode_character_givesItBack(@ForAll char value) {
    roundTrips(value, CodecNumber.CHARACTER);
  }

  @Property(tries = TRIES)
  void decode_bigInteger_givesItBack(@ForAll BigInteger value, @ForAll("exponents") int exponent) {
    roundTrips(value.shiftLeft(exponent), CodecNumber.BIG_INTEGER);
  }

  @Property(tries = TRIES)
  void decode_bigDecimal_givesItBack(
      @ForAll BigInteger unscaled, @ForAll @IntRange(min = -10_000, max = 10_000) int scale) {
    roundTrips(new BigDecimal(unscaled, scale), CodecNumber.BIG_DECIMAL);
  }

  @Property(tries = TRIES)
  void decode_byteArray_givesItBack(@ForAll byte[] value) {
    Encoded encoded = codecs.encode(value);
    assertThat(encoded.codec()).isEqualTo(CodecNumber.BYTES);
    assertThat(encoded.bytes()).isEqualTo(value).isNotSameAs(value);
    assertThat((byte[]) codecs.decode(encoded)).isEqualTo(value).isNotSameAs(encoded.bytes());
    assertThat(codecs.sizeOf(value)).isEqualTo(value.length);
  }

  @Property(tries = TRIES)
  void decode_uuid_givesItBack(@ForAll long high, @ForAll long low) {
    roundTrips(new UUID(high, low), CodecNumber.UUID);
  }

  @Property(tries = TRIES)
  void decode_instant_givesItBack(@ForAll("instants") Instant value) {
    roundTrips(value, CodecNumber.INSTANT);
  }

  @Property(tries = TRIES)
  void decode_duration_givesItBack(@ForAll long seconds, @ForAll("nanos") int nanos) {
    roundTrips(Duration.ofSeconds(seconds, nanos), CodecNumber.DURATION);
  }

  @Property(tries = TRIES)
  void decode_localDateAndTime_givesThemBack(@ForAll("dateTimes") LocalDateTime value) {
    roundTrips(value, CodecNumber.LOCAL_DATE_TIME);
    roundTrips(value.toLocalDate(), CodecNumber.LOCAL_DATE);
    roundTrips(value.toLocalTime(), CodecNumber.LOCAL_TIME);
    roundTrips(Year.from(value), CodecNumber.YEAR);
    roundTrips(YearMonth.from(value), CodecNumber.YEAR_MONTH);
    roundTrips(MonthDay.from(value), CodecNumber.MONTH_DAY);
  }

  @Property(tries = TRIES)
  void decode_offsetDateTime_givesItBack(
      @ForAll("dateTimes") LocalDateTime value, @ForAll("offsets") ZoneOffset offset) {
    roundTrips(OffsetDateTime.of(value, offset), CodecNumber.OFFSET_DATE_TIME);
    roundTrips(OffsetTime.of(value.toLocalTime(), offset), CodecNumber.OFFSET_TIME);
    roundTrips(ZonedDateTime.of(value, offset), CodecNumber.ZONED_DATE_TIME);
    roundTrips(offset, CodecNumber.ZONE_OFFSET);
  }

  @Property(tries = TRIES)
  void decode_zonedDateTime_givesItBack(
      @ForAll("dateTimes") LocalDateTime value, @ForAll("regions") ZoneId zone) {
    roundTrips(ZonedDateTime.of(value, zone), CodecNumber.ZONED_DATE_TIME);
    roundTrips(
        ZonedDateTime.of(value, zone).withLaterOffsetAtOverlap(), CodecNumber.ZONED_DATE_TIME);
    roundTrips(zone, CodecNumber.ZONE_REGION);
  }

  @Property(tries = TRIES)
  void decode_period_givesItBack(@ForAll int years, @ForAll int months, @ForAll int days) {
    roundTrips(Period.of(years, months, days), CodecNumber.PERIOD);
  }

  @Property(tries = 20)
  void decode_enumOfJdk_givesItBack(@ForAll TimeUnit unit) {
    roundTrips(unit, CodecNumber.ENUM);
  }

  @Provide
  Arbitrary<String> wellFormedStrings() {
    return Arbitraries.integers()
        .between(0, Character.MAX_CODE_POINT)
        .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
        .list()
        .ofMaxSize(40)
        .map(list -> new String(list.stream().mapToInt(i -> i).toArray(), 0, list.size()));
  }

  @Provide
  Arbitrary<String> anyChars() {
    return Arbitraries.strings()
        .withCharRange('a', 'c')
        .withCharRange('\ud7f0', '\ue00f')
        .withChars('\ufffd', '\u0000')
        .ofMaxLength(30);
  }

  @Provide
  Arbitrary<Integer> exponents() {
    return Arbitraries.integers().between(0, 300);
  }

  @Provide
  Arbitrary<Integer> nanos() {
    return Arbitraries.integers().between(0, 999_999_999);
  }

  @Provide
  Arbitrary<Instant> instants() {
    return Arbitraries.longs()
        .between(Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond())
        .flatMap(seconds -> nanos().map(nanos -> Instant.ofEpochSecond(seconds, nanos)));
  }

  @Provide
  Arbitrary<LocalDateTime> dateTimes() {
    Arbitrary<Long> recent = Arbitraries.longs().between(-20_000, 30_000);
    Arbitrary<Long> any =
        Arbitraries.longs().between(LocalDate.MIN.toEpochDay(), LocalDate.MAX.toEpochDay());
    Arbitrary<Long> nanos = Arbitraries.longs().between(0, LocalTime.MAX.toNanoOfDay());
    return Arbitraries.oneOf(recent, any)
        .flatMap(
            day ->
                nanos.map(
                    n -> LocalDateTime.of(LocalDate.ofEpochDay(day), LocalTime.ofNanoOfDay(n))));
  }

  @Provide
  Arbitrary<ZoneOffset> offsets() {
    return Arbitraries.integers().between(-18 * 3600, 18 * 3600).map(ZoneOffset::ofTotalSeconds);
  }

  @Provide
  Arbitrary<ZoneId> regions() {
    return Arbitraries.of(ZoneId.getAvailableZoneIds().stream().sorted().toList())
        .map(ZoneId::of)
        .filter(zone -> !(zone instanceof ZoneOffset));
  }
}
