package io.github.mccache.codec;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The classes that this member has put into the cache, by name. Where two loaders have a class of
 * one name, the one learned last. Holds no class: one that is unloaded is forgotten. Thread-safe.
 */
final class LearnedClasses {

  private final ConcurrentHashMap<String, NamedReference> classes = new ConcurrentHashMap<>();
  private final ReferenceQueue<Class<?>> cleared = new ReferenceQueue<>();
  private final AtomicLong additions = new AtomicLong();

  /** Adds a class and returns whether it was not the one of its name. */
  boolean add(Class<?> type) {
    String name = type.getName();
    if (get(name) == type) {
      return false;
    }
    forgetCleared();
    classes.put(name, new NamedReference(name, type, cleared));
    additions.incrementAndGet();
    return true;
  }

  /** Returns how many classes have been added so far. */
  long additions() {
    return additions.get();
  }

  boolean contains(String name) {
    return get(name) != null;
  }

  @Nullable Class<?> get(String name) {
    NamedReference reference = classes.get(name);
    return reference == null ? null : reference.get();
  }

  private void forgetCleared() {
    for (Reference<?> gone = cleared.poll(); gone != null; gone = cleared.poll()) {
      if (gone instanceof NamedReference reference) {
        classes.remove(reference.name, reference);
      }
    }
  }

  private static final class NamedReference extends WeakReference<Class<?>> {

    private final String name;

    NamedReference(String name, Class<?> type, ReferenceQueue<Class<?>> queue) {
      super(type, queue);
      this.name = name;
    }
  }
}
