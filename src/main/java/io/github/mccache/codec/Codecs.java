package io.github.mccache.codec;

import io.github.mccache.api.Codec;
import java.lang.reflect.Array;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Turns the keys and values of one cache into bytes and back, copies them for store-by-value, and
 * holds the cache's allow-list. Thread-safe. Drop it with the cache: it holds the class loader of
 * the manager and nothing else of the application.
 *
 * <p>An object goes to the user's codec for exactly its class if there is one, else to the built-in
 * codec of its class, else to Java serialization.
 */
public final class Codecs {

  private final AllowedClasses allowed;
  private final UserCodecs userCodecs;
  private final EnumCodec enums;
  private final MessageCodec messages;
  private final JavaSerialization serialization;
  private final Immutability immutability;
  private final Encodability encodability;

  /** The numbers of the user's codecs that have decoded what they encoded. */
  private final Set<Integer> provenCodecs = ConcurrentHashMap.newKeySet();

  /**
   * Makes the codecs of a cache.
   *
   * @param loader the class loader of the cache manager, which finds the classes that bytes name
   * @param userCodecs the user's codecs, at most one per number and class
   * @param serializationAllow the patterns of {@code mccache.serialization.allow}
   * @param declaredTypes the classes that were given to {@code setTypes}; those without instances,
   *     such as interfaces, add nothing
   * @throws IllegalArgumentException for a codec or a pattern that is wrong, with the reason
   */
  public Codecs(
      ClassLoader loader,
      List<Codec<?>> userCodecs,
      List<String> serializationAllow,
      Collection<? extends Class<?>> declaredTypes) {
    this.allowed = new AllowedClasses(loader, serializationAllow, declaredTypes);
    this.userCodecs = new UserCodecs(userCodecs);
    this.enums = new EnumCodec(allowed);
    this.messages = new MessageCodec(allowed);
    this.serialization = new JavaSerialization(allowed);
    this.immutability = new Immutability(this.userCodecs, messages);
    this.encodability = new Encodability();
  }

  /** Returns which codec numbers keys of this type can have. */
  public KeyCodecs ofKeys(Class<?> keyType) {
    return new KeyCodecs(keyType, userCodecs);
  }

  /**
   * Returns the object as bytes. From then on the classes of the object may be decoded in this
   * cache: it is this member's own.
   *
   * @param object not null
   * @throws EncodingException if it cannot be encoded
   */
  public Encoded encode(Object object) {
    return encode(object, false);
  }

  private Encoded encode(Object object, boolean readable) {
    UserCodecs.Entry user = userCodecs.of(object.getClass());
    if (user != null) {
      Encoded encoded = user.encode(object);
      if (readable && provenCodecs.add(user.number())) {
        requireReadable(object, encoded);
      }
      return encoded;
    }
    if (object instanceof String text) {
      return StringCodec.encode(text);
    }
    BuiltInCodec<?> builtIn = BuiltInCodecs.of(object.getClass());
    if (builtIn != null) {
      return builtIn.encode(object);
    }
    if (object instanceof Enum<?> constant) {
      return enums.encode(constant);
    }
    if (object instanceof ArrayKey key) {
      return encode(key.array(), readable);
    }
    if (messages.handles(object.getClass())) {
      return messages.encode(object);
    }
    return serialization.encode(object, readable);
  }

  private void requireReadable(Object object, Encoded encoded) {
    try {
      decode(encoded);
    } catch (DecodingException e) {
      provenCodecs.remove(encoded.codec());
      throw SerializationFailure.unreadable(object, e);
    }
  }

  /**
   * As {@link #encode}, of an object that is kept as its bytes: it is refused if they could not be
   * decoded here. They are decoded once to know that where it depends on the class alone, and each
   * time where it depends on the object: where a class of the application reads itself, and where
   * an object refers to itself within a hash set or map.
   *
   * @throws EncodingException if it cannot be encoded, or not be decoded again
   */
  public Encoded encodeReadable(Object object) {
    return encode(object, true);
  }

  /**
   * Returns whether nothing of the application runs for a key: for its hash code, to compare it,
   * and to encode it. A string, a number, a time, an enum, or an array of such.
   */
  public boolean isPlainKey(Object key) {
    return key instanceof ArrayKey arrayKey
        ? userCodecs.of(arrayKey.array().getClass()) == null
        : isPlainKey(key.getClass());
  }

  /** As {@link #isPlainKey(Object)}, of all keys of a type. */
  public boolean arePlainKeys(Class<?> type) {
    return (Modifier.isFinal(type.getModifiers()) || type.isEnum()) && isPlainKey(type);
  }

  private boolean isPlainKey(Class<?> type) {
    return userCodecs.of(type) == null
        && (type == String.class
            || BuiltInCodecs.of(type) != null
            || Enum.class.isAssignableFrom(type));
  }

  /**
   * Returns whether {@link #encode} of the object takes no code of the application but what a
   * protobuf compiler has made, and always succeeds: strings, numbers, times, enums, messages, and
   * records of such components that are Serializable.
   */
  public boolean isPlain(Object object) {
    Class<?> type = object.getClass();
    return userCodecs.of(type) == null
        && (object instanceof String
            || BuiltInCodecs.of(type) != null
            || object instanceof Enum<?>
            || messages.handles(type)
            || (object instanceof Record && encodability.ofRecord(type)));
  }

  /**
   * Returns the object of these bytes, never null. They may come from anywhere: nothing is
   * deserialized unless it is allowed, and no more memory is taken than they can fill.
   *
   * @throws DecodingException if there is no such object here
   */
  public Object decode(Encoded encoded) {
    byte[] bytes = encoded.bytes();
    return switch (encoded.codec()) {
      case CodecNumber.STRING -> StringCodec.decodeUtf8(bytes);
      case CodecNumber.STRING_UTF_16 -> StringCodec.decodeUtf16(bytes);
      case CodecNumber.ENUM -> enums.decode(encoded);
      case CodecNumber.PROTOBUF -> messages.decode(encoded);
      case CodecNumber.JAVA_SERIALIZATION -> serialization.decode(encoded);
      default -> decodeByTable(encoded.codec(), bytes);
    };
  }

  /**
   * As {@link #decode(Encoded)}, of a key that another member has sent.
   *
   * @throws DecodingException also for an object whose hash code would take too long
   */
  public Object decodeKey(Encoded encoded) {
    return encoded.codec() == CodecNumber.JAVA_SERIALIZATION
        ? serialization.decodeKey(encoded)
        : decode(encoded);
  }

  /**
   * As {@link #decode(Encoded)}, of what must be an instance of this class.
   *
   * @throws DecodingException also for an object of another class
   */
  public <T> T decode(Encoded encoded, Class<T> type) {
    Object object = decode(encoded);
    if (!type.isInstance(object)) {
      throw DecodingException.ofAnotherType(object.getClass(), type);
    }
    return type.cast(object);
  }

  private Object decodeByTable(int number, byte[] bytes) {
    BuiltInCodec<?> builtIn = BuiltInCodecs.of(number);
    if (builtIn != null) {
      return builtIn.decode(bytes);
    }
    UserCodecs.Entry user = userCodecs.of(number);
    if (user == null) {
      throw DecodingException.unknownCodec(number);
    }
    return user.decode(bytes);
  }

  /**
   * Allows the classes of this object, as {@link #encode} would, for a caller that needs no bytes
   * now.
   *
   * @throws EncodingException if it cannot be encoded
   */
  public void learn(Object object) {
    encode(object);
  }

  /** Returns a number that is another one when a further class has been learned. */
  public long learned() {
    return allowed.learned();
  }

  /** Returns whether the object never changes, so that it may be kept and handed out as it is. */
  public boolean isImmutable(Object object) {
    return immutability.ofInstances(object.getClass());
  }

  /**
   * Returns a key of the application's in the form in which it is kept: by value a copy where the
   * application could change the original. An array, which equals only itself, becomes an object
   * that equals others of its content. A key in that form is returned as it is, or as a copy.
   *
   * @param byValue whether the cache stores by value
   * @throws EncodingException for an array that cannot be a key, and when a copy is needed and
   *     cannot be made
   */
  public Object ownKey(Object key, boolean byValue) {
    if (key.getClass().isArray()) {
      return arrayKey(key, byValue);
    }
    return byValue ? copy(key) : key;
  }

  /**
   * As {@link #ownKey}, of a key that was decoded just now and that nothing else refers to.
   *
   * @throws EncodingException for an array that cannot be a key
   */
  public Object receivedKey(Object key, boolean byValue) {
    return key.getClass().isArray() ? arrayKey(key, byValue) : key;
  }

  /**
   * Returns a key as the application may have it: by value a copy where it could change the one
   * that is kept.
   *
   * @param key in the form in which it is kept, or another one of the application's
   * @throws EncodingException when a copy is needed and cannot be made
   */
  public Object callerKey(Object key, boolean byValue) {
    if (key instanceof ArrayKey arrayKey) {
      return arrayKey.copy();
    }
    return byValue ? copy(key) : key;
  }

  private static ArrayKey arrayKey(Object array, boolean byValue) {
    boolean hasContent = ArrayKey.canHold(array.getClass());
    if (hasContent && byValue) {
      return ArrayKey.of(array);
    }
    String name = array.getClass().getTypeName();
    throw new EncodingException(
        name,
        name,
        hasContent
            ? "by reference an array cannot be a key, for it equals only itself; store by value,"
                + " or take a String, a List or a record of its elements"
            : "an array cannot be a key, for it equals only itself, unless it is one of primitives"
                + " or of String in a cache that stores by value; take a List or a record of its"
                + " elements");
  }

  /**
   * Returns a copy for store-by-value, which shares nothing with the object that can change: the
   * object itself if it is immutable, a clone of an array of primitives or immutable elements, else
   * what comes back from its bytes.
   *
   * @throws EncodingException if it cannot be encoded, or its bytes cannot be decoded here
   */
  public Object copy(Object object) {
    if (isImmutable(object)) {
      return object;
    }
    Object array = copyOfFlatArray(object);
    if (array != null) {
      return array;
    }
    Encoded encoded = encode(object);
    try {
      return decode(encoded);
    } catch (DecodingException e) {
      throw SerializationFailure.unreadable(object, e);
    }
  }

  private @Nullable Object copyOfFlatArray(Object object) {
    Class<?> component = object.getClass().getComponentType();
    if (component == null
        || userCodecs.of(object.getClass()) != null
        || !immutability.ofReferences(component)) {
      return null;
    }
    int length = Array.getLength(object);
    Object copy = Array.newInstance(component, length);
    System.arraycopy(object, 0, copy, 0, length);
    return copy;
  }

  /**
   * Returns how many bytes {@link #encode} gives for the object: at once for built-in codecs, by
   * encoding it for others.
   *
   * @throws EncodingException if it cannot be encoded
   */
  public long sizeOf(Object object) {
    Class<?> type = object.getClass();
    if (userCodecs.of(type) == null) {
      if (object instanceof String text) {
        return StringCodec.sizeOf(text);
      }
      BuiltInCodec<?> builtIn = BuiltInCodecs.of(type);
      if (builtIn != null) {
        return builtIn.sizeOf(object);
      }
      if (object instanceof Enum<?> constant) {
        return enums.sizeOf(constant);
      }
      if (object instanceof ArrayKey key) {
        return sizeOf(key.array());
      }
      if (messages.handles(type)) {
        return messages.sizeOf(object);
      }
    }
    return encode(object).bytes().length;
  }
}
