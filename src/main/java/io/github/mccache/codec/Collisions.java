package io.github.mccache.codec;

import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the elements of the hash sets and maps of one stream cost if all of a container have the
 * same hash code, which a stream can be made to have: each is compared with all that came before,
 * so the square of their number. Hash codes cannot be known without loading classes; therefore this
 * bounds every container as if they collided, but those of the JDK that put colliding elements into
 * a tree, where all elements are of one class that has an order. For one thread.
 */
final class Collisions {

  /**
   * How many objects all comparisons may visit: seconds. So many are compared in pairs of 65,536
   * texts, or of 37,000 lists of one number.
   */
  private static final long MOST_COMPARED = 1L << 31;

  /** Those that put colliding elements into a tree. */
  private static final Set<String> ORDERING =
      Set.of("java.util.HashSet", "java.util.HashMap", "java.util.concurrent.ConcurrentHashMap");

  /** Classes of the JDK whose instances have an order among each other. */
  private static final Set<String> ORDERED =
      Set.of(
          "java.lang.String",
          "java.lang.Byte",
          "java.lang.Short",
          "java.lang.Integer",
          "java.lang.Long",
          "java.lang.Float",
          "java.lang.Double",
          "java.lang.Character",
          "java.lang.Boolean",
          "java.math.BigInteger",
          "java.math.BigDecimal",
          "java.util.UUID");

  private long left = MOST_COMPARED;

  /** The elements of one set, or the keys of one map. */
  final class Elements {

    private final boolean ordering;
    private long count;
    private long visits;
    private @Nullable String onlyClass;
    private boolean mixed;

    private Elements(boolean ordering) {
      this.ordering = ordering;
    }

    /**
     * Adds one.
     *
     * @param cost how many objects it consists of; 0 for null, which some maps write at their end
     * @param className null if it is of no class with an order
     */
    void add(long cost, @Nullable String className) {
      if (cost == 0) {
        return;
      }
      mixed |= count > 0 && !Objects.equals(className, onlyClass);
      onlyClass = className;
      count++;
      visits = Math.min(visits + cost, MOST_COMPARED + 1);
    }

    /**
     * They are complete.
     *
     * @throws DecodingException if they, and those before them, may cost too much
     */
    void judge() {
      boolean ordered = ordering && !mixed && onlyClass != null && ORDERED.contains(onlyClass);
      if (ordered || count < 2) {
        return;
      }
      left -= visits * (count - 1) / 2;
      if (left < 0) {
        throw DecodingException.undecodable(
            null,
            "its hash sets and maps have so many elements that it would take too long to put them"
                + " together if their hash codes collide");
      }
    }
  }

  /** Returns the elements, none yet, of a container of this class. */
  Elements of(String className) {
    return new Elements(ORDERING.contains(className));
  }
}
