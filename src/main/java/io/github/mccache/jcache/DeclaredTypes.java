package io.github.mccache.jcache;

import java.lang.invoke.MethodType;
import java.util.Objects;

/**
 * The types given to {@code setTypes}, checked at run time (JSR-107, section 5.3). Immutable.
 *
 * @param keyType of which every key is an instance
 * @param valueType of which every value is an instance
 */
record DeclaredTypes<K, V>(Class<K> keyType, Class<V> valueType) {

  /** Returns the type of the objects of a type: {@code Long} for {@code long}, else itself. */
  @SuppressWarnings("unchecked") // long.class and Long.class are both a Class<Long>
  static <T> Class<T> boxed(Class<T> type) {
    return (Class<T>)
        MethodType.methodType(Objects.requireNonNull(type, "type")).wrap().returnType();
  }

  /**
   * Returns if this may be a key.
   *
   * @throws NullPointerException for null
   * @throws ClassCastException for another type
   */
  void requireKey(K key) {
    Objects.requireNonNull(key, "key");
    require(keyType, key, "key");
  }

  /**
   * Returns if this may be a value.
   *
   * @throws NullPointerException for null
   * @throws ClassCastException for another type
   */
  void requireValue(V value) {
    Objects.requireNonNull(value, "value");
    require(valueType, value, "value");
  }

  private static void require(Class<?> type, Object object, String what) {
    if (!type.isInstance(object)) {
      throw new ClassCastException(
          "a "
              + what
              + " of "
              + object.getClass().getName()
              + " where the cache takes "
              + type.getName());
    }
  }
}
