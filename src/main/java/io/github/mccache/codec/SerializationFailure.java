package io.github.mccache.codec;

import java.io.InvalidClassException;
import java.io.NotSerializableException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Says which object in a graph could not be serialized, by class and field path, and why. */
final class SerializationFailure {

  private static final int LONGEST_CHAIN = 16;

  private static final Set<String> USER_METHODS =
      Set.of("writeObject", "writeReplace", "writeExternal");

  private SerializationFailure() {}

  /**
   * Returns the exception to throw.
   *
   * @param root what was to be serialized
   * @param latest the object that the stream came to last, null if unknown
   * @param thrown what came out of the stream
   */
  static EncodingException explain(Object root, @Nullable Object latest, Throwable thrown) {
    String rootName = root.getClass().getName();
    if (thrown instanceof StackOverflowError) {
      return new EncodingException(
          rootName,
          rootName,
          "it is nested too deeply for this thread's stack; give the cache a Codec for it");
    }
    if (latest != null && complainsOf(latest, thrown)) {
      return new EncodingException(
          latest.getClass().getName(),
          FieldPath.describe(root, latest.getClass(), object -> object == latest),
          "the class is not Serializable; make it so, mark the field transient, give the cache a"
              + " Codec, or store by reference in the mode invalidate or local");
    }
    String className = throwingClass(thrown);
    String problem = "its serialization threw " + thrown.getClass().getName();
    if (className == null) {
      return new EncodingException(rootName, rootName, problem, thrown);
    }
    String path =
        FieldPath.describe(
            root, className, object -> object.getClass().getName().equals(className));
    return new EncodingException(className, path, problem, thrown);
  }

  /**
   * Returns the exception to throw when an object can be written but what was written not be read.
   */
  static EncodingException unreadable(Object root, DecodingException thrown) {
    Throwable cause = thrown.getCause();
    String named = thrown.className();
    String className = named == null ? root.getClass().getName() : named;
    String reason =
        cause instanceof InvalidClassException && isWithoutConstructor(cause)
            ? "its superclass is not Serializable and has no accessible constructor without"
                + " parameters"
            : String.valueOf(thrown.getMessage());
    return new EncodingException(
        className,
        FieldPath.describe(
            root, className, object -> object.getClass().getName().equals(className)),
        "its bytes could not be read again: " + reason,
        thrown);
  }

  /** The words are the JDK's; what else the message may hold is not for a log. */
  private static boolean isWithoutConstructor(Throwable cause) {
    return String.valueOf(cause.getMessage()).endsWith("no valid constructor");
  }

  /** Returns the class of the application whose code threw, null if it was the JDK's or ours. */
  static @Nullable String firstOfApplication(Throwable thrown) {
    for (StackTraceElement frame : thrown.getStackTrace()) {
      String name = frame.getClassName();
      if (name.startsWith("io.github.mccache.codec.") && name.endsWith("InputStream")) {
        return null;
      }
      if (!name.startsWith("java.") && !name.startsWith("jdk.") && !name.startsWith("sun.")) {
        return name;
      }
    }
    return null;
  }

  /** Returns whether the failure is that this very object is not Serializable. */
  private static boolean complainsOf(Object object, Throwable thrown) {
    Throwable link = thrown;
    for (int i = 0; link != null && i < LONGEST_CHAIN; i++) {
      if (link instanceof NotSerializableException) {
        return object.getClass().getName().equals(link.getMessage());
      }
      link = link.getCause();
    }
    return false;
  }

  /** Returns the class whose own serialization code threw, null if the trace shows none. */
  private static @Nullable String throwingClass(Throwable thrown) {
    for (StackTraceElement frame : thrown.getStackTrace()) {
      if (USER_METHODS.contains(frame.getMethodName())
          && !frame.getClassName().startsWith("java.")) {
        return frame.getClassName();
      }
    }
    return null;
  }
}
