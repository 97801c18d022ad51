package io.github.mccache.codec;

import java.io.Serializable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.HashSet;
import java.util.Set;

/**
 * Decides which records can be encoded whatever they hold, and without code of the application, by
 * their types alone. Thread-safe; remembers its decisions without holding a class.
 */
final class Encodability {

  private final WeakClassMap<Boolean> records = new WeakClassMap<>();

  /** Returns whether every instance can be encoded; false where it depends on the instance. */
  boolean ofRecord(Class<?> type) {
    return records.computeIfAbsent(type, t -> isSerializable(t, new HashSet<>()));
  }

  private static boolean isSerializable(Class<?> type, Set<Class<?>> beingDecided) {
    if (type.isPrimitive() || !beingDecided.add(type)) {
      return true; // of what refers to itself the rest decides
    }
    try {
      if (type.isInterface()) {
        return type.isSealed() && areSerializable(type.getPermittedSubclasses(), beingDecided);
      }
      boolean itself = Serializable.class.isAssignableFrom(type);
      return type.isRecord()
          ? itself && !isReplaced(type) && hasSerializableComponents(type, beingDecided)
          : itself && (isOfJdk(type) || type.isEnum());
    } catch (LinkageError | TypeNotPresentException e) {
      return false;
    }
  }

  private static boolean isReplaced(Class<?> record) {
    for (Method method : record.getDeclaredMethods()) {
      if (method.getName().equals("writeReplace")) {
        return true;
      }
    }
    return false;
  }

  private static boolean areSerializable(Class<?>[] types, Set<Class<?>> beingDecided) {
    for (Class<?> type : types) {
      if (!isSerializable(type, beingDecided)) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasSerializableComponents(Class<?> type, Set<Class<?>> beingDecided) {
    for (RecordComponent component : type.getRecordComponents()) {
      if (!isSerializable(component.getType(), beingDecided)) {
        return false;
      }
    }
    return true;
  }

  /** Values of the JDK; its collections are open to elements that are not Serializable. */
  private static boolean isOfJdk(Class<?> type) {
    return BuiltInCodecs.of(type) != null
        || (Modifier.isFinal(type.getModifiers()) && type.getName().startsWith("java."));
  }
}
