package io.github.mccache.jcache;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Keys that mean the same for every test: of classes that change or never change, and arrays. */
enum KeyKind {
  STRING("k", "other"),
  LIST(new ArrayList<>(List.of("k")), new ArrayList<>(List.of("other"))),
  BOOLEANS(new boolean[] {true, true}, new boolean[] {true}),
  BYTES(new byte[] {1, -2}, new byte[] {1, 2}),
  SHORTS(new short[] {1, -2}, new short[] {1, 2}),
  CHARS(new char[] {'k'}, new char[] {'o'}),
  INTS(new int[] {1, -2}, new int[] {1, 2}),
  LONGS(new long[] {1, -2}, new long[] {1, 2}),
  FLOATS(new float[] {1, Float.NaN}, new float[] {1, 2}),
  DOUBLES(new double[] {1, -0.5}, new double[] {1, 0.5}),
  STRINGS(new String[] {"k", "k"}, new String[] {"k", "o"});

  private final Object key;
  private final Object other;

  KeyKind(Object key, Object other) {
    this.key = key;
    this.other = other;
  }

  /** Returns those that the application could change. */
  static List<KeyKind> mutable() {
    return Arrays.stream(values()).filter(kind -> kind != STRING).toList();
  }

  static List<KeyKind> arrays() {
    return Arrays.stream(values()).filter(kind -> kind.key.getClass().isArray()).toList();
  }

  @SuppressWarnings("unchecked") // of whatever the caller calls the class of its keys
  <K> Class<K> type() {
    return (Class<K>) key.getClass();
  }

  /** Returns the key {@code k}, a new object each time if it can be changed. */
  Object key() {
    return copy(key);
  }

  /** Returns another key, a new object each time if it can be changed. */
  Object other() {
    return copy(other);
  }

  private static Object copy(Object object) {
    if (object instanceof List<?> list) {
      return new ArrayList<>(list);
    }
    if (!object.getClass().isArray()) {
      return object;
    }
    int length = Array.getLength(object);
    Object copy = Array.newInstance(object.getClass().getComponentType(), length);
    System.arraycopy(object, 0, copy, 0, length);
    return copy;
  }

  /** Returns {@code k} for the key of each kind, {@code other} for the other one. */
  static String text(Object key) {
    for (KeyKind kind : values()) {
      if (Objects.deepEquals(key, kind.key)) {
        return "k";
      } else if (Objects.deepEquals(key, kind.other)) {
        return "other";
      }
    }
    return String.valueOf(key);
  }

  /** As {@link #text}; then does what an application must not be able to do to a cache. */
  static String textOfSpoilt(Object key) {
    String text = text(key);
    spoil(key);
    return text;
  }

  /** Empties a list, overwrites an array. */
  static void spoil(Object key) {
    if (key instanceof List<?> list) {
      list.clear();
    } else if (key.getClass().isArray()) {
      int length = Array.getLength(key);
      Object empty = Array.newInstance(key.getClass().getComponentType(), length);
      System.arraycopy(empty, 0, key, 0, length);
    }
  }
}
