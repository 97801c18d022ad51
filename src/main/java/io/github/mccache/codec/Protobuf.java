package io.github.mccache.codec;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The methods of the protobuf runtime that the application brings, in whatever version. They are
 * called by reflection because the product carries a relocated protobuf of its own: a reference to
 * a type of protobuf would become one to that copy, which knows nothing of the application's
 * messages. Immutable; refers to classes of the application.
 *
 * @param isInitialized of {@code MessageLite}
 * @param getSerializedSize of {@code MessageLite}
 * @param writeTo of {@code MessageLite}: to a {@code CodedOutputStream}
 * @param newInstance of {@code CodedOutputStream}, static: for a part of an array
 * @param useDeterministicSerialization of {@code CodedOutputStream}
 * @param checkNoSpaceLeft of {@code CodedOutputStream}
 * @param parseFrom of {@code Parser}: from an array
 */
record Protobuf(
    Method isInitialized,
    Method getSerializedSize,
    Method writeTo,
    Method newInstance,
    Method useDeterministicSerialization,
    Method checkNoSpaceLeft,
    Method parseFrom) {

  /** No complete name of a type: relocation would change that in a constant as well. */
  private static final String MESSAGE = "protobuf.MessageLite";

  /**
   * Returns the runtime of a generated message class; null for a class that is none, or whose
   * static {@code parser()} cannot be called from here.
   */
  static @Nullable Protobuf of(Class<?> type) {
    Class<?> message = Modifier.isFinal(type.getModifiers()) ? messageInterface(type) : null;
    if (message == null) {
      return null;
    }
    try {
      String outer = message.getName();
      String prefix = outer.substring(0, outer.lastIndexOf('.') + 1);
      Class<?> output =
          Class.forName(prefix + "CodedOutputStream", false, message.getClassLoader());
      Method parser = type.getMethod("parser");
      Protobuf found =
          new Protobuf(
              message.getMethod("isInitialized"),
              message.getMethod("getSerializedSize"),
              message.getMethod("writeTo", output),
              output.getMethod("newInstance", byte[].class, int.class, int.class),
              output.getMethod("useDeterministicSerialization"),
              output.getMethod("checkNoSpaceLeft"),
              parser.getReturnType().getMethod("parseFrom", byte[].class));
      return parser.invoke(null) == null ? null : found;
    } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
      return null;
    }
  }

  private static @Nullable Class<?> messageInterface(Class<?> type) {
    Deque<Class<?>> toVisit = new ArrayDeque<>();
    for (Class<?> next = type; next != null; next = next.getSuperclass()) {
      toVisit.addAll(List.of(next.getInterfaces()));
    }
    while (!toVisit.isEmpty()) {
      Class<?> next = toVisit.remove();
      if (next.getName().endsWith(MESSAGE)) {
        return next;
      }
      toVisit.addAll(List.of(next.getInterfaces()));
    }
    return null;
  }

  boolean isComplete(Object message) throws Throwable {
    return (boolean) call(isInitialized, message);
  }

  int sizeOf(Object message) throws Throwable {
    return (int) call(getSerializedSize, message);
  }

  /** Writes a message to the end of an array, maps in the order of their keys. */
  void write(Object message, byte[] bytes, int size) throws Throwable {
    Object output = call(newInstance, null, bytes, bytes.length - size, size);
    call(useDeterministicSerialization, output);
    call(writeTo, message, output);
    call(checkNoSpaceLeft, output);
  }

  /** Reads a message of a class whose runtime this is. */
  Object parse(Class<?> type, byte[] bytes) throws Throwable {
    return type.cast(call(parseFrom, call(type.getMethod("parser"), null), bytes));
  }

  @SuppressWarnings("NullAway") // the methods above return void or something
  private static Object call(Method method, @Nullable Object target, Object... arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause();
      throw cause == null ? e : cause;
    }
  }
}
