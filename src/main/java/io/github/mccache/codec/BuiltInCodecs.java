package io.github.mccache.codec;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the codec of a class of the JDK, by class or by number. Strings have {@link StringCodec}.
 */
final class BuiltInCodecs {

  // Classes of the JDK only: they outlive everything, so a static map of them holds nothing back.
  private static final Map<Class<?>, BuiltInCodec<?>> BY_TYPE = new HashMap<>();
  private static final Map<Integer, BuiltInCodec<?>> BY_NUMBER = new HashMap<>();

  static {
    Stream.concat(ScalarCodecs.all().stream(), TimeCodecs.all().stream())
        .forEach(
            codec -> {
              BY_TYPE.put(codec.type(), codec);
              BY_NUMBER.put(codec.number(), codec);
            });
    BY_TYPE.put(TimeCodecs.REGION_CLASS, TimeCodecs.REGION);
  }

  private BuiltInCodecs() {}

  static @Nullable BuiltInCodec<?> of(Class<?> type) {
    return BY_TYPE.get(type);
  }

  static @Nullable BuiltInCodec<?> of(int number) {
    return BY_NUMBER.get(number);
  }
}
