package io.github.mccache.codec;

import io.github.mccache.api.Codec;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The codecs that the user gave to one cache, checked once. Immutable. */
final class UserCodecs {

  private final Map<Class<?>, Entry> byType = new HashMap<>();
  private final Map<Integer, Entry> byNumber = new HashMap<>();

  /**
   * Checks the codecs.
   *
   * @throws IllegalArgumentException for a number that is reserved, or a number or a class that two
   *     codecs share, or a class that no object has
   */
  UserCodecs(List<Codec<?>> codecs) {
    for (Codec<?> codec : codecs) {
      Entry entry = new Entry(codec, codec.number(), codec.type(), codec.immutable());
      check(entry);
      require(byNumber.put(entry.number, entry) == null, entry, "has a number that another has");
      require(byType.put(entry.type, entry) == null, entry, "has a class that another has");
    }
  }

  @Nullable Entry of(Class<?> type) {
    return byType.get(type);
  }

  @Nullable Entry of(int number) {
    return byNumber.get(number);
  }

  private static void check(Entry entry) {
    require(
        entry.number >= Codec.FIRST_USER_NUMBER,
        entry,
        "has a number that is reserved: take " + Codec.FIRST_USER_NUMBER + " or more");
    boolean instantiable =
        entry.type.isArray()
            || !(entry.type.isPrimitive() || Modifier.isAbstract(entry.type.getModifiers()));
    require(instantiable, entry, "would never be used: no object is of exactly that class");
  }

  private static void require(boolean condition, Entry entry, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(
          "codec " + entry.number + " for " + entry.type.getName() + " " + problem);
    }
  }

  /** One codec, with what it said of itself when the cache was made. */
  record Entry(Codec<?> codec, int number, Class<?> type, boolean immutable) {

    Encoded encode(Object object) {
      String name = type.getName();
      byte[] bytes;
      try {
        bytes = encodeTyped(codec, object);
      } catch (Throwable thrown) {
        Fatal.rethrow(thrown);
        throw new EncodingException(
            name, name, "codec " + number + " threw " + thrown.getClass().getName(), thrown);
      }
      if (bytes == null) {
        throw new EncodingException(name, name, "codec " + number + " returned null");
      }
      return new Encoded(number, bytes.clone()); // the codec may have given its object's own array
    }

    Object decode(byte[] bytes) {
      Object object;
      try {
        object = codec.decode(bytes.clone()); // the object may keep the array
      } catch (Throwable thrown) {
        Fatal.rethrow(thrown);
        throw DecodingException.undecodable(
                type.getName(), "codec " + number + " threw " + thrown.getClass().getName())
            .causedBy(thrown);
      }
      if (!type.isInstance(object)) {
        throw DecodingException.undecodable(
            type.getName(), "codec " + number + " returned null or an object of another class");
      }
      return object;
    }

    private static <T> byte @Nullable [] encodeTyped(Codec<T> codec, Object object) {
      return codec.encode(codec.type().cast(object));
    }
  }
}
