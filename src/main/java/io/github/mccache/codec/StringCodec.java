package io.github.mccache.codec;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Strings as UTF-8; those with an unpaired surrogate, which UTF-8 cannot say, as UTF-16 under a
 * number of their own. A string has exactly one of the two forms.
 */
final class StringCodec {

  private static final char REPLACEMENT = '\ufffd';

  private StringCodec() {}

  static Encoded encode(String text) {
    if (utf8Length(text) >= 0) {
      return new Encoded(CodecNumber.STRING, text.getBytes(StandardCharsets.UTF_8));
    }
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(2, text.length()));
    bytes.asCharBuffer().put(text);
    return new Encoded(CodecNumber.STRING_UTF_16, bytes.array());
  }

  static long sizeOf(String text) {
    long utf8 = utf8Length(text);
    return utf8 >= 0 ? utf8 : 2L * text.length();
  }

  static String decodeUtf8(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) < 0) {
      return text; // the quick decoder has replaced nothing
    }
    try {
      CharBuffer strict = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return strict.toString();
    } catch (CharacterCodingException e) {
      throw DecodingException.undecodable(String.class.getName(), "its bytes are not UTF-8");
    }
  }

  static String decodeUtf16(byte[] bytes) {
    String text = bytes.length % 2 == 0 ? ByteBuffer.wrap(bytes).asCharBuffer().toString() : "";
    if (utf8Length(text) >= 0) {
      throw DecodingException.undecodable(
          String.class.getName(), "its bytes are not UTF-16 with an unpaired surrogate");
    }
    return text;
  }

  /** Returns the bytes that the string takes as UTF-8, -1 if it cannot be said in it. */
  static long utf8Length(String text) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        bytes++;
      } else if (c < 0x800) {
        bytes += 2;
      } else if (!Character.isSurrogate(c)) {
        bytes += 3;
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        bytes += 4;
        i++;
      } else {
        return -1;
      }
    }
    return bytes;
  }
}
