package io.github.mccache.config;

import java.util.function.Function;

/**
 * Turns what a source says into a value.
 *
 * @param accepted what a user may write, to follow the word "Accepted:"
 * @param parser from what was written; throws {@link WrongValueException}
 * @param writer to a text that the parser would take
 */
record ValueType<T>(String accepted, Function<RawValue, T> parser, Function<T, String> writer) {

  /** A type whose values are written as one text. */
  static <T> ValueType<T> ofText(
      String accepted, Function<String, T> parser, Function<T, String> writer) {
    return new ValueType<>(
        accepted,
        raw -> {
          if (raw.shape() == RawValue.Shape.OTHER) {
            throw new WrongValueException("is no value");
          }
          if (raw.shape() == RawValue.Shape.LIST) {
            throw new WrongValueException("is a list, and one value is wanted");
          }
          return parser.apply(raw.texts().get(0).strip());
        },
        writer);
  }

  /** Throws {@link WrongValueException} unless accepted. */
  T parse(RawValue raw) {
    return parser.apply(raw);
  }

  String text(T value) {
    return writer.apply(value);
  }
}
