package io.github.mccache.codec;

import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * Finds the classes that objects of the declared types consist of: their superclasses, the concrete
 * or sealed types of their serializable fields with the type arguments that are written there
 * ({@code List<Line>}), and so on. Needs no access to any field's content.
 */
final class DeclaredClasses {

  private static final int MOST_CLASSES = 10_000;

  private final Set<Class<?>> seen = new HashSet<>();
  private final Deque<Class<?>> toVisit = new ArrayDeque<>();

  private DeclaredClasses() {}

  /** Returns the names of the classes that may be instantiated for these types. */
  static Set<String> reachableFrom(Collection<? extends Class<?>> types) {
    DeclaredClasses search = new DeclaredClasses();
    types.forEach(search::add);
    Set<String> names = new HashSet<>();
    while (!search.toVisit.isEmpty()) {
      Class<?> type = search.toVisit.remove();
      if (!type.isInterface()) {
        names.add(type.getName());
      }
      search.visit(type);
    }
    return Set.copyOf(names);
  }

  private void visit(Class<?> type) {
    try {
      if (type.isSealed()) {
        for (Class<?> permitted : type.getPermittedSubclasses()) {
          add(permitted);
        }
      }
      Class<?> superclass = type.getSuperclass();
      if (superclass != null && superclass != Object.class && seen.add(superclass)) {
        toVisit.add(superclass); // abstract ones too: the stream names them
      }
      if (isOfJdk(type)) {
        return; // what the JDK keeps inside is for the list of basic classes to say
      }
      for (Field field : type.getDeclaredFields()) {
        if ((field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0) {
          add(field.getType());
          addArguments(field.getGenericType());
        }
      }
    } catch (LinkageError | TypeNotPresentException e) {
      // A class that does not link here has no objects here: the filter will name what is missing.
    }
  }

  private void add(Class<?> type) {
    Class<?> element = ClassNames.element(type);
    boolean instantiable = !Modifier.isAbstract(element.getModifiers()) || element.isSealed();
    boolean candidate =
        !element.isPrimitive() && element != Object.class && (instantiable || element.isEnum());
    if (candidate && seen.size() < MOST_CLASSES && seen.add(element)) {
      toVisit.add(element);
    }
  }

  private void addArguments(Type type) {
    if (type instanceof Class<?> simple) {
      add(simple);
    } else if (type instanceof ParameterizedType generic) {
      for (Type argument : generic.getActualTypeArguments()) {
        addArguments(argument);
      }
    } else if (type instanceof GenericArrayType array) {
      addArguments(array.getGenericComponentType());
    } else if (type instanceof WildcardType wildcard) {
      for (Type bound : wildcard.getUpperBounds()) {
        addArguments(bound);
      }
    }
  }

  private static boolean isOfJdk(Class<?> type) {
    return type.getName().startsWith("java.") || type.getName().startsWith("javax.");
  }
}
