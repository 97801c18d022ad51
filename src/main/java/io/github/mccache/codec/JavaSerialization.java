package io.github.mccache.codec;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InvalidClassException;
import java.lang.reflect.Method;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The codec of everything that has no codec of its own and is Serializable. */
final class JavaSerialization {

  private static final Set<String> READING_METHODS =
      Set.of("readObject", "readResolve", "readExternal");

  private final AllowedClasses allowed;
  private final WeakClassMap<Reading> readings = new WeakClassMap<>();

  JavaSerialization(AllowedClasses allowed) {
    this.allowed = allowed;
  }

  /**
   * Returns the object as a Java stream, and allows every class that it names.
   *
   * @param readable whether a stream that could not be decoded here is refused
   */
  Encoded encode(Object root, boolean readable) {
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
    Encoded encoded =
        new Encoded(
            CodecNumber.JAVA_SERIALIZATION, bytes.toByteArray(), learn(root, out.classes()));
    if (readable) {
      requireReadable(root, encoded, out.classes());
    }
    return encoded;
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

  /**
   * Decodes what was encoded here unless it is known that this succeeds.
   *
   * @throws EncodingException if it does not
   */
  private void requireReadable(Object root, Encoded encoded, Set<Class<?>> classes) {
    boolean proven = true;
    boolean hashes = false;
    boolean ofApplication = false;
    for (Class<?> type : classes) {
      Reading reading = readings.computeIfAbsent(type, Reading::new);
      proven &= reading.proven;
      hashes |= reading.hashes;
      ofApplication |= reading.ofApplication;
    }
    if (proven && !(hashes && ofApplication && StreamScan.hashesUnfinished(encoded.bytes()))) {
      return;
    }
    try {
      read(encoded);
    } catch (DecodingException e) {
      throw SerializationFailure.unreadable(root, e);
    }
    for (Class<?> type : classes) {
      Reading reading = readings.computeIfAbsent(type, Reading::new);
      reading.proven = !reading.readsItself;
    }
  }

  /** What is known of how a class is read. */
  private static final class Reading {

    final boolean ofApplication;
    final boolean readsItself;
    final boolean hashes;
    volatile boolean proven;

    Reading(Class<?> type) {
      ClassLoader loader = type.getClassLoader();
      ofApplication = loader != null && loader != ClassLoader.getPlatformClassLoader();
      readsItself = ofApplication && hasReadingMethod(type);
      hashes = StreamScan.hashes(type.getName());
    }

    private static boolean hasReadingMethod(Class<?> type) {
      try {
        for (Method method : type.getDeclaredMethods()) {
          if (READING_METHODS.contains(method.getName())) {
            return true;
          }
        }
        return false;
      } catch (LinkageError e) {
        return true;
      }
    }
  }

  /** As {@link #decode}, of a key that another member has sent. */
  Object decodeKey(Encoded encoded) {
    StreamScan.checkKey(encoded.bytes());
    return decode(encoded);
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
    String className =
        thrown instanceof InvalidClassException e && e.classname != null
            ? e.classname
            : SerializationFailure.firstOfApplication(thrown);
    return DecodingException.undecodable(
            className, "reading its Java stream threw " + thrown.getClass().getName())
        .causedBy(thrown);
  }
}
