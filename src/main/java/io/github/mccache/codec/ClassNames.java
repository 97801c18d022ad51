package io.github.mccache.codec;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be known of a class by its binary name alone, before anything is loaded. */
final class ClassNames {

  private static final int LONGEST_SHOWN = 300;

  private static final Map<String, Class<?>> PRIMITIVES =
      Map.of(
          "boolean", boolean.class,
          "byte", byte.class,
          "char", char.class,
          "short", short.class,
          "int", int.class,
          "long", long.class,
          "float", float.class,
          "double", double.class,
          "void", void.class);

  private ClassNames() {}

  /** Returns the primitive type of this name, null if it is none. */
  static @Nullable Class<?> primitive(String name) {
    return PRIMITIVES.get(name);
  }

  /**
   * Returns the element class of an array's name, null if the elements are primitive; any other
   * name as it is.
   */
  static @Nullable String element(String name) {
    int dimensions = dimensions(name);
    if (dimensions == 0) {
      return PRIMITIVES.containsKey(name) ? null : name;
    }
    String element = name.substring(dimensions);
    if (element.startsWith("L") && element.endsWith(";")) {
      return element.substring(1, element.length() - 1);
    }
    return element.length() == 1 && "ZBCSIJFD".contains(element) ? null : name;
  }

  /** Returns the element class of an array class; any other class as it is. */
  static Class<?> element(Class<?> type) {
    Class<?> element = type;
    for (Class<?> next = element.getComponentType(); next != null; next = next.getComponentType()) {
      element = next;
    }
    return element;
  }

  static int dimensions(String name) {
    int dimensions = 0;
    while (dimensions < name.length() && name.charAt(dimensions) == '[') {
      dimensions++;
    }
    return dimensions;
  }

  /** Returns the name as it may be logged, whoever sent it: one line, no quotes, not too long. */
  static String printable(String name) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < Math.min(name.length(), LONGEST_SHOWN); i++) {
      char c = name.charAt(i);
      boolean harmless =
          ".[;-/".indexOf(c) >= 0
              || (Character.isJavaIdentifierPart(c) && !Character.isIdentifierIgnorable(c));
      shown.append(harmless ? c : '?');
    }
    return name.length() > LONGEST_SHOWN ? shown.append("...").toString() : shown.toString();
  }
}
