package io.github.mccache.codec;

import java.nio.ByteBuffer;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * A codec of one class of the JDK. Equal objects give equal bytes, and only those bytes are
 * decoded: a reader refuses every other spelling of the same object.
 *
 * @param number one of {@link CodecNumber}
 * @param type the class
 * @param size how many bytes an object takes
 * @param writer writes exactly that many, big-endian
 * @param reader reads all there is, or throws any RuntimeException
 */
record BuiltInCodec<T>(
    int number,
    Class<T> type,
    ToIntFunction<T> size,
    BiConsumer<T, ByteBuffer> writer,
    Function<ByteBuffer, T> reader) {

  static <T> BuiltInCodec<T> fixed(
      int number,
      Class<T> type,
      int size,
      BiConsumer<T, ByteBuffer> writer,
      Function<ByteBuffer, T> reader) {
    return new BuiltInCodec<>(number, type, object -> size, writer, reader);
  }

  Encoded encode(Object object) {
    T typed = type.cast(object);
    ByteBuffer bytes = ByteBuffer.allocate(size.applyAsInt(typed));
    writer.accept(typed, bytes);
    return new Encoded(number, bytes.array());
  }

  int sizeOf(Object object) {
    return size.applyAsInt(type.cast(object));
  }

  T decode(byte[] bytes) {
    ByteBuffer input = ByteBuffer.wrap(bytes);
    T object;
    try {
      object = reader.apply(input);
    } catch (RuntimeException e) {
      throw DecodingException.undecodable(type.getName(), "its bytes are malformed");
    }
    if (input.hasRemaining()) {
      throw DecodingException.undecodable(
          type.getName(), input.remaining() + " bytes too many follow");
    }
    return object;
  }
}
