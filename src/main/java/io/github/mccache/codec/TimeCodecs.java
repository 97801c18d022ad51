package io.github.mccache.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
import java.util.List;

/**
 * The codecs of {@code java.time}. The factories of the JDK refuse what is out of range; what they
 * would quietly carry over, such as nanoseconds above a second, is refused here.
 */
final class TimeCodecs {

  /** The hidden class of the zones that are not offsets. */
  static final Class<? extends ZoneId> REGION_CLASS = ZoneId.of("UTC").getClass();

  static final BuiltInCodec<ZoneId> REGION =
      new BuiltInCodec<>(
          CodecNumber.ZONE_REGION,
          ZoneId.class,
          object -> id(object).length,
          (object, out) -> out.put(id(object)),
          TimeCodecs::readRegion);

  private TimeCodecs() {}

  static List<BuiltInCodec<?>> all() {
    return List.of(
        BuiltInCodec.fixed(
            CodecNumber.INSTANT,
            Instant.class,
            12,
            (object, out) -> out.putLong(object.getEpochSecond()).putInt(object.getNano()),
            in -> Instant.ofEpochSecond(in.getLong(), readNanos(in))),
        BuiltInCodec.fixed(
            CodecNumber.DURATION,
            Duration.class,
            12,
            (object, out) -> out.putLong(object.getSeconds()).putInt(object.getNano()),
            in -> Duration.ofSeconds(in.getLong(), readNanos(in))),
        BuiltInCodec.fixed(
            CodecNumber.LOCAL_DATE, LocalDate.class, 6, TimeCodecs::write, TimeCodecs::readDate),
        BuiltInCodec.fixed(
            CodecNumber.LOCAL_TIME, LocalTime.class, 8, TimeCodecs::write, TimeCodecs::readTime),
        BuiltInCodec.fixed(
            CodecNumber.LOCAL_DATE_TIME,
            LocalDateTime.class,
            14,
            TimeCodecs::write,
            TimeCodecs::readDateTime),
        BuiltInCodec.fixed(
            CodecNumber.OFFSET_TIME,
            OffsetTime.class,
            12,
            (object, out) -> {
              write(object.toLocalTime(), out);
              write(object.getOffset(), out);
            },
            in -> OffsetTime.of(readTime(in), readOffset(in))),
        BuiltInCodec.fixed(
            CodecNumber.OFFSET_DATE_TIME,
            OffsetDateTime.class,
            18,
            (object, out) -> {
              write(object.toLocalDateTime(), out);
              write(object.getOffset(), out);
            },
            in -> OffsetDateTime.of(readDateTime(in), readOffset(in))),
        new BuiltInCodec<>(
            CodecNumber.ZONED_DATE_TIME,
            ZonedDateTime.class,
            object -> 18 + id(object.getZone()).length,
            (object, out) -> {
              write(object.toLocalDateTime(), out);
              write(object.getOffset(), out);
              out.put(id(object.getZone()));
            },
            in -> ZonedDateTime.ofStrict(readDateTime(in), readOffset(in), readZone(in))),
        REGION,
        BuiltInCodec.fixed(
            CodecNumber.ZONE_OFFSET,
            ZoneOffset.class,
            4,
            TimeCodecs::write,
            TimeCodecs::readOffset),
        BuiltInCodec.fixed(
            CodecNumber.YEAR,
            Year.class,
            4,
            (object, out) -> out.putInt(object.getValue()),
            in -> Year.of(in.getInt())),
        BuiltInCodec.fixed(
            CodecNumber.YEAR_MONTH,
            YearMonth.class,
            5,
            (object, out) -> out.putInt(object.getYear()).put((byte) object.getMonthValue()),
            in -> YearMonth.of(in.getInt(), in.get())),
        BuiltInCodec.fixed(
            CodecNumber.MONTH_DAY,
            MonthDay.class,
            2,
            (object, out) ->
                out.put((byte) object.getMonthValue()).put((byte) object.getDayOfMonth()),
            in -> MonthDay.of(in.get(), in.get())),
        BuiltInCodec.fixed(
            CodecNumber.PERIOD,
            Period.class,
            12,
            (object, out) ->
                out.putInt(object.getYears()).putInt(object.getMonths()).putInt(object.getDays()),
            in -> Period.of(in.getInt(), in.getInt(), in.getInt())));
  }

  private static void write(LocalDate date, ByteBuffer out) {
    out.putInt(date.getYear()).put((byte) date.getMonthValue()).put((byte) date.getDayOfMonth());
  }

  private static void write(LocalTime time, ByteBuffer out) {
    out.putLong(time.toNanoOfDay());
  }

  private static void write(LocalDateTime dateTime, ByteBuffer out) {
    write(dateTime.toLocalDate(), out);
    write(dateTime.toLocalTime(), out);
  }

  private static void write(ZoneOffset offset, ByteBuffer out) {
    out.putInt(offset.getTotalSeconds());
  }

  private static byte[] id(ZoneId zone) {
    return zone.getId().getBytes(StandardCharsets.US_ASCII);
  }

  private static int readNanos(ByteBuffer in) {
    int nanos = in.getInt();
    if (nanos < 0 || nanos > 999_999_999) {
      throw new IllegalArgumentException("nanoseconds out of range");
    }
    return nanos;
  }

  private static LocalDate readDate(ByteBuffer in) {
    return LocalDate.of(in.getInt(), in.get(), in.get());
  }

  private static LocalTime readTime(ByteBuffer in) {
    return LocalTime.ofNanoOfDay(in.getLong());
  }

  private static LocalDateTime readDateTime(ByteBuffer in) {
    return LocalDateTime.of(readDate(in), readTime(in));
  }

  private static ZoneOffset readOffset(ByteBuffer in) {
    return ZoneOffset.ofTotalSeconds(in.getInt());
  }

  private static ZoneId readZone(ByteBuffer in) {
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    String id = new String(bytes, StandardCharsets.US_ASCII);
    ZoneId zone = ZoneId.of(id);
    if (!zone.getId().equals(id)) {
      throw new IllegalArgumentException("not the canonical name of the zone");
    }
    return zone;
  }

  private static ZoneId readRegion(ByteBuffer in) {
    ZoneId zone = readZone(in);
    if (zone instanceof ZoneOffset) {
      throw new IllegalArgumentException("an offset has a codec of its own");
    }
    return zone;
  }
}
