package io.github.mccache.codec;

import io.github.mccache.api.Codec;
import java.lang.reflect.Modifier;

/**
 * Which codec numbers the keys of a cache can have, by the declared type of the keys: a key of
 * another number is refused before anything of it is decoded. Immutable.
 */
public final class KeyCodecs {

  /** What decoding a key takes. */
  public enum Form {
    /** Short work of the JDK's own code alone: strings, numbers, times. */
    PLAIN,
    /** Code of the application, class initializers or Java deserialization. */
    OPAQUE,
    /** No key of this cache has that number. */
    FOREIGN
  }

  private final Class<?> keyType;
  private final UserCodecs userCodecs;
  private final boolean closed;

  KeyCodecs(Class<?> keyType, UserCodecs userCodecs) {
    this.keyType = keyType;
    this.userCodecs = userCodecs;
    this.closed =
        Modifier.isFinal(keyType.getModifiers())
            && (keyType == String.class || BuiltInCodecs.of(keyType) != null);
  }

  /** Returns what a codec number needs; any number may come from the network. */
  public Form form(int number) {
    return switch (number) {
      case CodecNumber.STRING, CodecNumber.STRING_UTF_16 -> plain(String.class);
      case CodecNumber.ENUM -> opaqueIf(mayBeEnum());
      case CodecNumber.PROTOBUF, CodecNumber.JAVA_SERIALIZATION ->
          opaqueIf(!closed && !keyType.isEnum());
      default -> byTable(number);
    };
  }

  private Form byTable(int number) {
    BuiltInCodec<?> builtIn = BuiltInCodecs.of(number);
    if (builtIn != null) {
      return plain(builtIn.type());
    }
    UserCodecs.Entry user = userCodecs.of(number);
    if (user != null) {
      return opaqueIf(
          keyType.isAssignableFrom(user.type()) || user.type().isAssignableFrom(keyType));
    }
    // A codec that other members may have: of a newer version, or the application's own.
    boolean mayBeKnownElsewhere =
        number >= Codec.FIRST_USER_NUMBER || (number > 0 && !closed && !keyType.isEnum());
    return opaqueIf(mayBeKnownElsewhere);
  }

  private Form plain(Class<?> type) {
    return keyType.isAssignableFrom(type) ? Form.PLAIN : Form.FOREIGN;
  }

  private static Form opaqueIf(boolean possible) {
    return possible ? Form.OPAQUE : Form.FOREIGN;
  }

  private boolean mayBeEnum() {
    return keyType.isEnum() || keyType.isInterface() || keyType.isAssignableFrom(Enum.class);
  }
}
