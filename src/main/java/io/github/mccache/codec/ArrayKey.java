package io.github.mccache.codec;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An array as a key is kept: equal to every other one of the same class and content, which arrays
 * themselves are not. Holds a copy of its own and gives out copies. Immutable.
 *
 * <p>Ordered, so that a hash map stays fast among keys of one hash code: those of arrays are easily
 * made.
 */
final class ArrayKey implements Comparable<ArrayKey> {

  private static final Map<Class<?>, Content<?>> CONTENTS =
      Map.ofEntries(
          content(boolean[].class, Arrays::hashCode, Arrays::compare, boolean[]::clone),
          content(byte[].class, Arrays::hashCode, Arrays::compare, byte[]::clone),
          content(short[].class, Arrays::hashCode, Arrays::compare, short[]::clone),
          content(char[].class, Arrays::hashCode, Arrays::compare, char[]::clone),
          content(int[].class, Arrays::hashCode, Arrays::compare, int[]::clone),
          content(long[].class, Arrays::hashCode, Arrays::compare, long[]::clone),
          content(float[].class, Arrays::hashCode, Arrays::compare, float[]::clone),
          content(double[].class, Arrays::hashCode, Arrays::compare, double[]::clone),
          content(String[].class, Arrays::hashCode, Arrays::compare, String[]::clone));

  private final Content<?> content;
  private final Object array;
  private final int hash;

  private ArrayKey(Content<?> content, Object array, int hash) {
    this.content = content;
    this.array = array;
    this.hash = hash;
  }

  /** What is done with the arrays of one class. */
  private record Content<A>(
      Class<A> type, ToIntFunction<A> hash, Comparator<A> order, UnaryOperator<A> copy) {

    ArrayKey keyOf(Object array) {
      A own = copyOf(array);
      return new ArrayKey(this, own, hash.applyAsInt(own));
    }

    A copyOf(Object array) {
      return copy.apply(type.cast(array));
    }

    int compare(Object left, Object right) {
      return order.compare(type.cast(left), type.cast(right));
    }
  }

  private static <A> Map.Entry<Class<?>, Content<?>> content(
      Class<A> type, ToIntFunction<A> hash, Comparator<A> order, UnaryOperator<A> copy) {
    return Map.entry(type, new Content<>(type, hash, order, copy));
  }

  /** Returns whether arrays of this class can be keys by their content. */
  static boolean canHold(Class<?> type) {
    return CONTENTS.containsKey(type);
  }

  /** Returns a key of the content that an array has now; its class is one that can be held. */
  static ArrayKey of(Object array) {
    Content<?> content = CONTENTS.get(array.getClass());
    return Objects.requireNonNull(content, "content").keyOf(array);
  }

  /** Returns the array itself, which must neither change nor be given to the application. */
  Object array() {
    return array;
  }

  /** Returns a copy of the array. */
  Object copy() {
    return content.copyOf(array);
  }

  @Override
  public int compareTo(ArrayKey other) {
    return content.type == other.content.type
        ? content.compare(array, other.array)
        : content.type.getName().compareTo(other.content.type.getName());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ArrayKey that && hash == that.hash && compareTo(that) == 0;
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** Returns the class of the array: never its content. */
  @Override
  public String toString() {
    return "ArrayKey[" + content.type.getSimpleName() + "]";
  }
}
