package io.github.mccache.codec;

import java.nio.charset.StandardCharsets;

/**
 * Enum constants as the name of their class and their own name. The class must be allowed, for to
 * find the constant is to run the static initializer of its class.
 */
final class EnumCodec {

  private final AllowedClasses allowed;

  EnumCodec(AllowedClasses allowed) {
    this.allowed = allowed;
  }

  Encoded encode(Enum<?> constant) {
    byte[] name = constant.name().getBytes(StandardCharsets.UTF_8);
    Class<?> type = constant.getDeclaringClass();
    byte[] bytes = ClassTagged.begin(type, name.length);
    System.arraycopy(name, 0, bytes, bytes.length - name.length, name.length);
    return new Encoded(CodecNumber.ENUM, bytes, allowed.learn(type));
  }

  long sizeOf(Enum<?> constant) {
    int name = constant.name().getBytes(StandardCharsets.UTF_8).length;
    return ClassTagged.sizeOf(constant.getDeclaringClass(), name);
  }

  Object decode(Encoded encoded) {
    ClassTagged tagged = ClassTagged.parse(encoded.bytes());
    Class<?> type = allowed.load(tagged.className(), encoded.origin());
    if (!type.isEnum()) {
      throw DecodingException.undecodable(tagged.className(), "the class is not an enum here");
    }
    String name = StringCodec.decodeUtf8(tagged.restBytes());
    try {
      for (Object constant : type.getEnumConstants()) {
        if (((Enum<?>) constant).name().equals(name)) {
          return constant;
        }
      }
    } catch (Throwable thrown) {
      Fatal.rethrow(thrown);
      throw DecodingException.undecodable(
              tagged.className(), "its initializer threw " + thrown.getClass().getName())
          .causedBy(thrown);
    }
    throw DecodingException.undecodable(
        tagged.className(), "the enum has no constant of that name here");
  }
}
