package io.github.mccache.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/** The codecs of numbers, characters, truth values, UUIDs and byte arrays. */
final class ScalarCodecs {

  /** A few bytes with a larger one would be a number of gigabytes as soon as it is written out. */
  static final int LARGEST_SCALE = 10_000;

  private ScalarCodecs() {}

  static List<BuiltInCodec<?>> all() {
    return List.of(
        BuiltInCodec.fixed(
            CodecNumber.BOOLEAN,
            Boolean.class,
            1,
            (object, out) -> out.put((byte) (object ? 1 : 0)),
            ScalarCodecs::readBoolean),
        BuiltInCodec.fixed(
            CodecNumber.BYTE, Byte.class, 1, (object, out) -> out.put(object), ByteBuffer::get),
        BuiltInCodec.fixed(
            CodecNumber.SHORT,
            Short.class,
            2,
            (object, out) -> out.putShort(object),
            ByteBuffer::getShort),
        BuiltInCodec.fixed(
            CodecNumber.INTEGER,
            Integer.class,
            4,
            (object, out) -> out.putInt(object),
            ByteBuffer::getInt),
        BuiltInCodec.fixed(
            CodecNumber.LONG,
            Long.class,
            8,
            (object, out) -> out.putLong(object),
            ByteBuffer::getLong),
        BuiltInCodec.fixed(
            CodecNumber.FLOAT,
            Float.class,
            4,
            (object, out) -> out.putInt(Float.floatToIntBits(object)),
            ScalarCodecs::readFloat),
        BuiltInCodec.fixed(
            CodecNumber.DOUBLE,
            Double.class,
            8,
            (object, out) -> out.putLong(Double.doubleToLongBits(object)),
            ScalarCodecs::readDouble),
        BuiltInCodec.fixed(
            CodecNumber.CHARACTER,
            Character.class,
            2,
            (object, out) -> out.putChar(object),
            ByteBuffer::getChar),
        new BuiltInCodec<>(
            CodecNumber.BIG_INTEGER,
            BigInteger.class,
            ScalarCodecs::size,
            (object, out) -> out.put(object.toByteArray()),
            ScalarCodecs::readBigInteger),
        new BuiltInCodec<>(
            CodecNumber.BIG_DECIMAL,
            BigDecimal.class,
            object -> 4 + size(object.unscaledValue()),
            (object, out) -> out.putInt(object.scale()).put(object.unscaledValue().toByteArray()),
            ScalarCodecs::readBigDecimal),
        new BuiltInCodec<>(
            CodecNumber.BYTES,
            byte[].class,
            object -> object.length,
            (object, out) -> out.put(object),
            ScalarCodecs::rest),
        BuiltInCodec.fixed(
            CodecNumber.UUID,
            UUID.class,
            16,
            (object, out) ->
                out.putLong(object.getMostSignificantBits())
                    .putLong(object.getLeastSignificantBits()),
            in -> new UUID(in.getLong(), in.getLong())));
  }

  private static int size(BigInteger number) {
    return number.bitLength() / 8 + 1;
  }

  private static Boolean readBoolean(ByteBuffer in) {
    byte value = in.get();
    require(value == 0 || value == 1);
    return value == 1;
  }

  private static Float readFloat(ByteBuffer in) {
    int bits = in.getInt();
    float value = Float.intBitsToFloat(bits);
    require(Float.floatToIntBits(value) == bits); // one NaN only, as equals knows only one
    return value;
  }

  private static Double readDouble(ByteBuffer in) {
    long bits = in.getLong();
    double value = Double.longBitsToDouble(bits);
    require(Double.doubleToLongBits(value) == bits);
    return value;
  }

  private static BigInteger readBigInteger(ByteBuffer in) {
    byte[] bytes = rest(in);
    BigInteger number = new BigInteger(bytes);
    require(size(number) == bytes.length); // no sign byte more than needed
    return number;
  }

  private static BigDecimal readBigDecimal(ByteBuffer in) {
    int scale = in.getInt();
    require(Math.abs((long) scale) <= LARGEST_SCALE);
    return new BigDecimal(readBigInteger(in), scale);
  }

  private static byte[] rest(ByteBuffer in) {
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    return bytes;
  }

  private static void require(boolean wellFormed) {
    if (!wellFormed) {
      throw new IllegalArgumentException("not the canonical form");
    }
  }
}
