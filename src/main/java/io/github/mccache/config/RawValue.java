package io.github.mccache.config;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a source says of one setting, not yet checked.
 *
 * @param shape how it was written
 * @param texts one text, or the items of a list; for what is neither, how to call it in a message
 * @param origin where it was set
 * @param builtIn whether nobody set it
 * @param converted null, or what the source accepts when it could not make sense of the text itself
 */
record RawValue(
    Shape shape, List<String> texts, String origin, boolean builtIn, @Nullable String converted) {

  /** How a value was written. */
  enum Shape {
    TEXT,
    LIST,
    /** A block, a list of lists, null: never a value. */
    OTHER
  }

  static RawValue text(String text, String origin) {
    return new RawValue(Shape.TEXT, List.of(text), origin, false, null);
  }

  static RawValue list(List<String> items, String origin) {
    return new RawValue(Shape.LIST, List.copyOf(items), origin, false, null);
  }

  static RawValue other(String what, String origin) {
    return new RawValue(Shape.OTHER, List.of(what), origin, false, null);
  }

  /** A text that its source could not convert. */
  static RawValue misfit(String text, String origin, String accepted) {
    return new RawValue(Shape.TEXT, List.of(text), origin, false, accepted);
  }

  RawValue asBuiltIn() {
    return new RawValue(shape, texts, "built-in default", true, converted);
  }

  /** Returns the items of a list, also of one written as text with commas, or as {@code []}. */
  List<String> items() {
    if (shape == Shape.LIST) {
      return texts;
    }
    String text = texts.get(0).strip();
    if (text.startsWith("[") && text.endsWith("]")) {
      text = text.substring(1, text.length() - 1).strip();
    }
    return text.isEmpty()
        ? List.of()
        : Arrays.stream(text.split("\\s*,\\s*", -1)).map(RawValue::unquoted).toList();
  }

  private static String unquoted(String item) {
    return item.length() >= 2 && item.startsWith("\"") && item.endsWith("\"")
        ? item.substring(1, item.length() - 1)
        : item;
  }

  /** Returns the value as a message may show it, on one line and not endless. */
  String shown() {
    String text =
        switch (shape) {
          case TEXT -> texts.get(0).isEmpty() ? "\"\"" : texts.get(0);
          case LIST -> "[" + String.join(", ", texts) + "]";
          case OTHER -> texts.get(0);
        };
    String line = text.replaceAll("\\p{Cntrl}", " ");
    return line.length() <= 80 ? line : line.substring(0, 77) + "...";
  }
}
