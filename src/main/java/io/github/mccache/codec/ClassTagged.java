package io.github.mccache.codec;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Bytes that begin with the name of their class: its length in two bytes, unsigned and big-endian,
 * the binary name in UTF-8, then the rest.
 *
 * @param className the binary name, such as {@code com.acme.Order$State}
 * @param rest a view of what follows
 */
record ClassTagged(String className, ByteBuffer rest) {

  private static final int LONGEST_NAME = 0xffff;

  /** Returns bytes that begin with the name and end with so many that are still to be written. */
  static byte[] begin(Class<?> type, int restBytes) {
    byte[] name = type.getName().getBytes(StandardCharsets.UTF_8);
    if (name.length > LONGEST_NAME) {
      throw new EncodingException(type.getName(), type.getName(), "its name is too long");
    }
    byte[] bytes = new byte[Math.addExact(2 + name.length, restBytes)];
    ByteBuffer.wrap(bytes).putShort((short) name.length).put(name);
    return bytes;
  }

  static long sizeOf(Class<?> type, long restBytes) {
    return 2 + StringCodec.utf8Length(type.getName()) + restBytes;
  }

  static ClassTagged parse(byte[] bytes) {
    ByteBuffer input = ByteBuffer.wrap(bytes);
    byte[] name;
    try {
      name = new byte[Short.toUnsignedInt(input.getShort())];
      input.get(name);
    } catch (BufferUnderflowException e) {
      throw DecodingException.undecodable(null, "its bytes end within the name of its class");
    }
    return new ClassTagged(StringCodec.decodeUtf8(name), input.slice());
  }

  byte[] restBytes() {
    byte[] bytes = new byte[rest.remaining()];
    rest.duplicate().get(bytes);
    return bytes;
  }
}
