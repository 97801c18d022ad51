package io.github.mccache.wire;

import java.nio.charset.StandardCharsets;

/** Texts that are meant for people, and are short if they are. Pure functions. */
final class Label {

  /** How many bytes of a label travel, and are kept of one that arrives. */
  static final int BYTES = 128;

  private static final int MAXIMUM_BYTES_PER_CHAR = 3;

  private Label() {}

  /** Returns as much of a text as a label may have. */
  static String of(String text) {
    return cut(text, BYTES);
  }

  /**
   * Returns a label that another member sent, as it may stand in a log line: cut, and with a
   * question mark for each character that could end the line, hide a part of it or reverse it.
   */
  static String received(String text) {
    return printable(of(text));
  }

  static String printable(String text) {
    return text.codePoints().allMatch(Label::isPrintable)
        ? text
        : text.codePoints()
            .map(point -> isPrintable(point) ? point : '?')
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
  }

  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.PRIVATE_USE ->
          false;
      default -> true;
    };
  }

  /** Returns as many whole characters from the front as fit into so many bytes of UTF-8. */
  static String cut(String text, int maximumBytes) {
    if (text.length() <= maximumBytes / MAXIMUM_BYTES_PER_CHAR) {
      return text;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= maximumBytes) {
      return text;
    }
    int end = maximumBytes;
    while (isInsideCharacter(bytes[end])) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  private static boolean isInsideCharacter(byte utf8) {
    return (utf8 & 0xC0) == 0x80;
  }
}
