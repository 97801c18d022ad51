package io.github.mccache.codec;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the shortest way from an object to one of those that it refers to, through the fields that
 * serialization would follow, as far as modules let us look: no {@code --add-opens} is needed, and
 * what is closed is passed over. Collections and maps of the JDK are walked by their elements.
 */
final class FieldPath {

  private static final int MOST_OBJECTS = 10_000;

  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Step> toVisit = new ArrayDeque<>();

  private FieldPath() {}

  /**
   * Returns the way, such as {@code com.acme.Order.lines[2].socket (java.net.Socket)}; with three
   * dots for what could not be seen; without the parenthesis when the root itself is meant.
   */
  static String describe(Object root, Class<?> wanted, Predicate<Object> test) {
    return describe(root, wanted.getName(), test);
  }

  static String describe(Object root, String wanted, Predicate<Object> test) {
    String rootName = root.getClass().getName();
    Step found = new FieldPath().find(root, test);
    if (found == null) {
      return rootName.equals(wanted) ? rootName : rootName + "... (" + wanted + ")";
    }
    return found.parent == null ? rootName : rootName + found.labels() + " (" + wanted + ")";
  }

  private @Nullable Step find(Object root, Predicate<Object> test) {
    add(null, "", root);
    while (!toVisit.isEmpty()) {
      Step step = toVisit.remove();
      if (test.test(step.object)) {
        return step;
      }
      try {
        expand(step);
      } catch (RuntimeException | LinkageError e) {
        // A collection that changes under our hands, a class that does not link: look elsewhere.
      }
    }
    return null;
  }

  private void expand(Step step) {
    Object object = step.object;
    boolean ofJdk = object.getClass().getName().startsWith("java.");
    if (object instanceof Object[] array) {
      addAll(step, java.util.Arrays.asList(array));
    } else if (ofJdk && object instanceof Collection<?> collection) {
      addAll(step, collection);
    } else if (ofJdk && object instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        add(step, "[key]", entry.getKey());
        add(step, "[value]", entry.getValue());
      }
    } else {
      addFields(step);
    }
  }

  private void addAll(Step parent, Collection<?> elements) {
    int index = 0;
    for (Object element : elements) {
      add(parent, "[" + index++ + "]", element);
    }
  }

  private void addFields(Step parent) {
    for (Class<?> type = parent.object.getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        boolean followed =
            (field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0
                && !field.getType().isPrimitive();
        if (followed && field.trySetAccessible()) {
          try {
            add(parent, "." + field.getName(), field.get(parent.object));
          } catch (IllegalAccessException e) {
            // Closed after all: passed over like the others.
          }
        }
      }
    }
  }

  private void add(@Nullable Step parent, String label, @Nullable Object object) {
    if (object != null && seen.size() < MOST_OBJECTS && seen.add(object)) {
      toVisit.add(new Step(parent, label, object));
    }
  }

  private static final class Step {

    private final @Nullable Step parent;
    private final String label;
    private final Object object;

    Step(@Nullable Step parent, String label, Object object) {
      this.parent = parent;
      this.label = label;
      this.object = object;
    }

    String labels() {
      Deque<String> labels = new ArrayDeque<>();
      for (Step step = this; step != null; step = step.parent) {
        labels.push(step.label);
      }
      return String.join("", labels);
    }
  }
}
