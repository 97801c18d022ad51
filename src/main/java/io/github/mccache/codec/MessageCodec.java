package io.github.mccache.codec;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.io.IOException;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;

/**
 * Protobuf messages as the name of their generated class and their own bytes. Maps are written in
 * the order of their keys, so that equal messages give equal bytes. What has no static {@code
 * parser()} that can be called from here, such as a DynamicMessage, is not a message to this codec.
 */
final class MessageCodec {

  private final AllowedClasses allowed;
  private final WeakClassMap<Boolean> messageClasses = new WeakClassMap<>();

  MessageCodec(AllowedClasses allowed) {
    this.allowed = allowed;
  }

  /** Returns whether instances of exactly this class are messages to this codec. */
  boolean handles(Class<?> type) {
    return MessageLite.class.isAssignableFrom(type)
        && messageClasses.computeIfAbsent(
            type, t -> Modifier.isFinal(t.getModifiers()) && parser(t) != null);
  }

  Encoded encode(MessageLite message) {
    Class<?> type = message.getClass();
    if (!message.isInitialized()) {
      throw new EncodingException(
          type.getName(), type.getName(), "a required field of the message is not set");
    }
    int size = message.getSerializedSize();
    byte[] bytes = ClassTagged.begin(type, size);
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes, bytes.length - size, size);
      out.useDeterministicSerialization();
      message.writeTo(out);
      out.flush();
      out.checkNoSpaceLeft();
    } catch (IOException | RuntimeException e) {
      throw new EncodingException(
          type.getName(), type.getName(), "protobuf threw " + e.getClass().getName(), e);
    }
    allowed.learn(type);
    return new Encoded(CodecNumber.PROTOBUF, bytes);
  }

  long sizeOf(MessageLite message) {
    return ClassTagged.sizeOf(message.getClass(), message.getSerializedSize());
  }

  Object decode(byte[] bytes) {
    ClassTagged tagged = ClassTagged.parse(bytes);
    Class<?> type = allowed.load(tagged.className());
    try {
      Parser<?> parser = handles(type) ? parser(type) : null;
      if (parser == null) {
        throw DecodingException.undecodable(
            tagged.className(), "the class is not a protobuf message here");
      }
      return type.cast(parser.parseFrom(tagged.rest()));
    } catch (DecodingException e) {
      throw e;
    } catch (InvalidProtocolBufferException e) {
      throw DecodingException.undecodable(
          tagged.className(), "its bytes are not a message of that type");
    } catch (Throwable thrown) {
      Fatal.rethrow(thrown);
      throw DecodingException.undecodable(
              tagged.className(), "protobuf threw " + thrown.getClass().getName())
          .causedBy(thrown);
    }
  }

  private static @Nullable Parser<?> parser(Class<?> type) {
    try {
      return type.getMethod("parser").invoke(null) instanceof Parser<?> parser ? parser : null;
    } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
      return null;
    }
  }
}
