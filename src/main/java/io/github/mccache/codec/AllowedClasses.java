package io.github.mccache.codec;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The allow-list of one cache: which classes bytes may name, and where those classes come from.
 * Basic values of the JDK, the types declared for the cache and what their fields need, the
 * patterns of {@code serialization.allow}, and the classes that this member itself has put into the
 * cache. It judges by name, before a class is loaded. What was encoded here needs no permission.
 * Thread-safe.
 */
final class AllowedClasses {

  /**
   * How many names of missing classes are remembered; above, none is looked for that is no file.
   */
  private static final int MOST_MISSING = 1_000;

  private final ClassLoader loader;
  private final Set<ClassLoader> declaredLoaders = new LinkedHashSet<>();
  private final ClassPatterns patterns;
  private final Set<String> declared;
  private final LearnedClasses learned = new LearnedClasses();
  private final WeakClassMap<Origin> origins = new WeakClassMap<>();

  /** A class loader may keep a lock for ever for each name that it was asked for in vain. */
  private final Set<String> missing = ConcurrentHashMap.newKeySet();

  AllowedClasses(
      ClassLoader loader, List<String> patterns, Collection<? extends Class<?>> declaredTypes) {
    this.loader = loader;
    this.patterns = new ClassPatterns(patterns);
    this.declared = DeclaredClasses.reachableFrom(declaredTypes);
    for (Class<?> type : declaredTypes) {
      ClassLoader its = ClassNames.element(type).getClassLoader();
      if (its != null && its != loader) {
        declaredLoaders.add(its);
      }
    }
  }

  /** Returns how many names are remembered as missing, for a test. */
  int missingCount() {
    return missing.size();
  }

  /** Returns whether bytes from elsewhere may name this class, which is not an array. */
  boolean contains(String className) {
    return BasicClasses.contains(className)
        || patterns.match(className)
        || ((declared.contains(className) || learned.contains(className))
            && !DeniedClasses.contains(className));
  }

  /** Returns a number that is another one when a class has been learned. */
  long learned() {
    return learned.additions();
  }

  /** Returns whether bytes of this origin were encoded in this cache. */
  boolean isOwn(@Nullable Origin origin) {
    return origin != null && origin.isOf(this);
  }

  /** Returns whether the bytes may name this class, which is not an array. */
  boolean contains(String className, @Nullable Origin origin) {
    return isOwn(origin) || contains(className);
  }

  /**
   * Allows a class, or the element class of an array, for as long as it lives, and returns the
   * origin of an object of this class that is being encoded.
   */
  Origin learn(Class<?> type) {
    Class<?> element = ClassNames.element(type);
    boolean isKnown = element.isPrimitive() || BasicClasses.contains(element.getName());
    if (!isKnown && learned.add(element)) {
      missing.remove(element.getName());
    }
    return origins.computeIfAbsent(element, t -> Origin.in(this, t));
  }

  /**
   * Returns the class of this name, not initialized.
   *
   * @param origin of the bytes
   * @throws DecodingException if it is not allowed or not known
   */
  Class<?> load(String className, @Nullable Origin origin) {
    if (!contains(className, origin)) {
      throw DecodingException.notAllowed(className);
    }
    try {
      return find(className, origin);
    } catch (ClassNotFoundException e) {
      throw DecodingException.classNotFound(className);
    }
  }

  /**
   * Returns the class of this name, not initialized, without asking whether it is allowed. An
   * object that was put here is of the class that its own loader knows. Other objects are of the
   * class that the loader of a declared type knows, else of the one that was put into the cache
   * last, else of the one that the manager's class loader knows: an application that is reloaded
   * can use no other.
   */
  Class<?> find(String className, @Nullable Origin origin) throws ClassNotFoundException {
    String element = Objects.requireNonNullElse(ClassNames.element(className), "");
    ClassLoader own = origin != null && origin.isOf(this) ? origin.loader() : null;
    Class<?> type = own == null ? null : findBy(own, className, element);
    for (ClassLoader next : declaredLoaders) {
      type = type == null ? findBy(next, className, element) : type;
    }
    type = type == null ? findLearned(className, element) : type;
    type = type == null ? findBy(loader, className, element) : type;
    if (type == null) {
      if (missing.size() < MOST_MISSING) {
        missing.add(element);
      }
      throw new ClassNotFoundException(className);
    }
    return type;
  }

  private @Nullable Class<?> findLearned(String className, String element) {
    Class<?> type = learned.get(element);
    for (int i = ClassNames.dimensions(className); type != null && i > 0; i--) {
      type = type.arrayType();
    }
    return type;
  }

  private @Nullable Class<?> findBy(ClassLoader by, String className, String element) {
    boolean isMissing =
        missing.contains(element) || (missing.size() >= MOST_MISSING && !isFile(by, element));
    if (isMissing) {
      return null;
    }
    try {
      return Class.forName(className, false, by);
    } catch (ClassNotFoundException | LinkageError e) {
      return null;
    }
  }

  private static boolean isFile(ClassLoader by, String className) {
    return className.isEmpty() || by.getResource(className.replace('.', '/') + ".class") != null;
  }

  ClassLoader loader() {
    return loader;
  }
}
