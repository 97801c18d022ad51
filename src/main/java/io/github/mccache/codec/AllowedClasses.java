package io.github.mccache.codec;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * The allow-list of one cache: which classes bytes may name, and where those classes come from.
 * Basic values of the JDK, the types declared for the cache and what their fields need, the
 * patterns of {@code serialization.allow}, and the classes that this member itself has put into the
 * cache. It judges by name, before a class is loaded. Thread-safe.
 */
final class AllowedClasses {

  private final ClassLoader loader;
  private final ClassPatterns patterns;
  private final Set<String> declared;
  private final LearnedClasses learned = new LearnedClasses();

  AllowedClasses(
      ClassLoader loader, List<String> patterns, Collection<? extends Class<?>> declaredTypes) {
    this.loader = loader;
    this.patterns = new ClassPatterns(patterns);
    this.declared = DeclaredClasses.reachableFrom(declaredTypes);
  }

  /** Returns whether bytes may name this class, which is not an array. */
  boolean contains(String className) {
    return BasicClasses.contains(className)
        || declared.contains(className)
        || learned.contains(className)
        || patterns.match(className);
  }

  /** Allows a class, or the element class of an array, for as long as it lives. */
  void learn(Class<?> type) {
    Class<?> element = ClassNames.element(type);
    if (!element.isPrimitive() && !BasicClasses.contains(element.getName())) {
      learned.add(element);
    }
  }

  /**
   * Returns the class of this name, not initialized.
   *
   * @throws DecodingException if it is not allowed or not known
   */
  Class<?> load(String className) {
    if (!contains(className)) {
      throw DecodingException.notAllowed(className);
    }
    try {
      return find(className);
    } catch (ClassNotFoundException e) {
      throw DecodingException.classNotFound(className);
    }
  }

  /**
   * Returns the class of this name, not initialized, without asking whether it is allowed: the one
   * that the manager's class loader knows, else the one that was put into the cache.
   */
  Class<?> find(String className) throws ClassNotFoundException {
    try {
      return Class.forName(className, false, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      String element = ClassNames.element(className);
      Class<?> type = element == null ? null : learned.get(element);
      if (type == null) {
        throw new ClassNotFoundException(className);
      }
      for (int i = ClassNames.dimensions(className); i > 0; i--) {
        type = type.arrayType();
      }
      return type;
    }
  }

  ClassLoader loader() {
    return loader;
  }
}
