package io.github.mccache.codec;

import java.io.IOException;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * Protobuf messages as the name of their generated class and their own bytes. Maps are written in
 * the order of their keys, so that equal messages give equal bytes. What has no static {@code
 * parser()} that can be called from here, such as a DynamicMessage, is not a message to this codec.
 */
final class MessageCodec {

  private final AllowedClasses allowed;
  private final WeakClassMap<Handling> classes = new WeakClassMap<>();

  MessageCodec(AllowedClasses allowed) {
    this.allowed = allowed;
  }

  /** Returns whether instances of exactly this class are messages to this codec. */
  boolean handles(Class<?> type) {
    return handling(type).isMessage;
  }

  private Handling handling(Class<?> type) {
    return classes.computeIfAbsent(type, t -> new Handling(Protobuf.of(t)));
  }

  /** Returns the runtime of a class that this codec handles. */
  private Protobuf protobuf(Class<?> type) {
    Protobuf known = handling(type).protobuf.get();
    if (known != null) {
      return known;
    }
    Protobuf found = Protobuf.of(type);
    if (found == null) {
      throw new IllegalStateException(type.getName() + " is a protobuf message no more");
    }
    handling(type).protobuf = new WeakReference<>(found);
    return found;
  }

  Encoded encode(Object message) {
    Class<?> type = message.getClass();
    byte[] bytes;
    try {
      Protobuf protobuf = protobuf(type);
      if (!protobuf.isComplete(message)) {
        throw new EncodingException(
            type.getName(), type.getName(), "a required field of the message is not set");
      }
      int size = protobuf.sizeOf(message);
      bytes = ClassTagged.begin(type, size);
      protobuf.write(message, bytes, size);
    } catch (EncodingException e) {
      throw e;
    } catch (Throwable thrown) {
      throw failed(type, thrown);
    }
    return new Encoded(CodecNumber.PROTOBUF, bytes, allowed.learn(type));
  }

  long sizeOf(Object message) {
    Class<?> type = message.getClass();
    try {
      return ClassTagged.sizeOf(type, protobuf(type).sizeOf(message));
    } catch (Throwable thrown) {
      throw failed(type, thrown);
    }
  }

  private static EncodingException failed(Class<?> type, Throwable thrown) {
    Fatal.rethrow(thrown);
    return new EncodingException(
        type.getName(), type.getName(), "protobuf threw " + thrown.getClass().getName(), thrown);
  }

  Object decode(Encoded encoded) {
    ClassTagged tagged = ClassTagged.parse(encoded.bytes());
    Class<?> type = allowed.load(tagged.className(), encoded.origin());
    if (!handles(type)) {
      throw DecodingException.undecodable(
          tagged.className(), "the class is not a protobuf message here");
    }
    try {
      return protobuf(type).parse(type, tagged.restBytes());
    } catch (IOException e) { // what protobuf throws at a malformed message
      throw DecodingException.undecodable(
          tagged.className(), "its bytes are not a message of that type");
    } catch (Throwable thrown) {
      Fatal.rethrow(thrown);
      throw DecodingException.undecodable(
              tagged.className(), "protobuf threw " + thrown.getClass().getName())
          .causedBy(thrown);
    }
  }

  /** What is known of a class. The methods are held weakly because they refer to their classes. */
  private static final class Handling {

    final boolean isMessage;
    volatile WeakReference<@Nullable Protobuf> protobuf;

    Handling(@Nullable Protobuf found) {
      isMessage = found != null;
      protobuf = new WeakReference<>(found);
    }
  }
}
