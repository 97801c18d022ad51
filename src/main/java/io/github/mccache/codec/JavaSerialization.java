package io.github.mccache.codec;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InvalidClassException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The codec of everything that has no codec of its own and is Serializable. */
final class JavaSerialization {

  private final AllowedClasses allowed;

  JavaSerialization(AllowedClasses allowed) {
    this.allowed = allowed;
  }

  /** Returns the object as a Java stream, and allows every class that it names. */
  Encoded encode(Object root) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    RecordingOutputStream out = null;
    try {
      out = new RecordingOutputStream(bytes);
      out.writeObject(root);
      out.flush();
    } catch (Throwable thrown) {
      Fatal.rethrow(thrown);
      throw SerializationFailure.explain(root, out == null ? null : out.latest(), thrown);
    }
    return new Encoded(
        CodecNumber.JAVA_SERIALIZATION, bytes.toByteArray(), learn(root, out.classes()));
  }

  /** Returns the origin of the root, which is that of the first class that is not the JDK's. */
  private Origin learn(Object root, Set<Class<?>> classes) {
    Origin origin = allowed.learn(root.getClass());
    for (Class<?> type : classes) {
      Origin next = allowed.learn(type);
      origin = origin.loader() == null ? next : origin;
    }
    return origin;
  }

  Object decode(Encoded encoded) {
    Origin origin = encoded.origin();
    if (allowed.isOwn(origin) || origin == Origin.CHECKED) {
      return read(encoded);
    }
    StreamScan.check(encoded.bytes());
    Object object = read(encoded);
    encoded.setChecked();
    return object;
  }

  private Object read(Encoded encoded) {
    DecodingFilter filter = new DecodingFilter(allowed, encoded);
    ByteArrayInputStream source = new ByteArrayInputStream(encoded.bytes());
    FilteringInputStream in = null;
    Object object;
    try {
      in = new FilteringInputStream(source, allowed, encoded.origin(), filter);
      object = in.readObject();
    } catch (Throwable thrown) {
      Fatal.rethrow(thrown);
      throw explain(filter, in, thrown);
    }
    if (filter.refusal() != null) {
      throw filter.refusal(); // somebody's readObject has swallowed the exception
    }
    if (object == null) {
      throw DecodingException.undecodable(null, "its bytes say null");
    }
    if (source.available() > 0) {
      throw DecodingException.undecodable(
          object.getClass().getName(), source.available() + " bytes too many follow");
    }
    return object;
  }

  private static DecodingException explain(
      DecodingFilter filter, @Nullable FilteringInputStream in, Throwable thrown) {
    DecodingException refusal = filter.refusal();
    if (refusal != null) {
      return refusal;
    }
    if (thrown instanceof ClassNotFoundException) {
      return DecodingException.classNotFound(in == null ? null : in.missing());
    }
    if (thrown instanceof StackOverflowError) {
      return DecodingException.undecodable(null, "it is nested too deeply for this thread's stack");
    }
    String className = thrown instanceof InvalidClassException e ? e.classname : null;
    return DecodingException.undecodable(
            className, "reading its Java stream threw " + thrown.getClass().getName())
        .causedBy(thrown);
  }
}
