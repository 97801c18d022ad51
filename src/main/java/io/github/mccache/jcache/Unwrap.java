package io.github.mccache.jcache;

import org.jspecify.annotations.Nullable;

/** The one meaning of {@code unwrap} (JSR-107, section 5.5). */
final class Unwrap {

  private Unwrap() {}

  /**
   * Returns the first candidate that is of the type.
   *
   * @throws IllegalArgumentException when none is
   */
  static <T> T unwrap(Class<T> type, @Nullable Object... candidates) {
    for (Object candidate : candidates) {
      if (type.isInstance(candidate)) {
        return type.cast(candidate);
      }
    }
    throw new IllegalArgumentException("cannot unwrap to " + type.getName());
  }
}
