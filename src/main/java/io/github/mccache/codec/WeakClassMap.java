package io.github.mccache.codec;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Remembers something per class for as long as the class lives, and not a moment longer: it holds
 * neither the class nor its loader. A value must not refer to its class. Thread-safe; a look-up
 * takes no lock.
 *
 * @param <V> what is remembered
 */
final class WeakClassMap<V> {

  private final ConcurrentHashMap<Object, V> map = new ConcurrentHashMap<>();
  private final ReferenceQueue<Class<?>> cleared = new ReferenceQueue<>();

  /** Returns what is remembered, else what the function says; it may be asked more than once. */
  V computeIfAbsent(Class<?> type, Function<Class<?>, V> function) {
    V known = map.get(new Probe(type));
    if (known != null) {
      return known;
    }
    forgetCleared();
    V value = function.apply(type);
    map.put(new Key(type, cleared), value);
    return value;
  }

  int size() {
    forgetCleared();
    return map.size();
  }

  private void forgetCleared() {
    for (Reference<?> key = cleared.poll(); key != null; key = cleared.poll()) {
      map.remove(key);
    }
  }

  private static final class Key extends WeakReference<Class<?>> {

    private final int hash;

    Key(Class<?> type, ReferenceQueue<Class<?>> queue) {
      super(type, queue);
      hash = System.identityHashCode(type);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      if (this == other) {
        return true;
      }
      Class<?> type = get();
      return type != null && other instanceof Key that && type == that.get();
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  /** Looks a key up without making a reference that the collector would have to process. */
  private static final class Probe {

    private final Class<?> type;

    Probe(Class<?> type) {
      this.type = type;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key && key.get() == type;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(type);
    }
  }
}
