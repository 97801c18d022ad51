package io.github.mccache.jcache;

import io.github.mccache.node.CoherentStore;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheLoaderException;
import org.jspecify.annotations.Nullable;

/**
 * Calls the cache's loader, if it has one (JSR-107, section 10.1). Thread-safe as far as the loader
 * is.
 */
final class ReadThrough<K, V> {

  private final CoherentStore<K, V> store;
  private final @Nullable CacheLoader<K, V> loader;
  private final boolean enabled;
  private final Closeables closeables;

  /**
   * Makes one.
   *
   * @param store copies keys for the loader, which could change them
   * @param loader of the cache, null if it has none
   * @param enabled whether a miss is to be loaded; {@code loadAll} does in any case
   * @param closeables with what the loader is closed, so that it is not during a call
   */
  ReadThrough(
      CoherentStore<K, V> store,
      @Nullable CacheLoader<K, V> loader,
      boolean enabled,
      Closeables closeables) {
    this.store = store;
    this.loader = loader;
    this.enabled = enabled && loader != null;
    this.closeables = closeables;
  }

  /** Returns whether a miss is to be loaded. */
  boolean isEnabled() {
    return enabled;
  }

  boolean hasLoader() {
    return loader != null;
  }

  /**
   * Returns the value of a key, null if there is none.
   *
   * @throws CacheLoaderException whatever the loader throws, with the cause
   * @throws IllegalStateException once the cache is closed
   */
  @Nullable V load(K key) {
    CacheLoader<K, V> present = loader;
    if (present == null) {
      return null;
    }
    K given = store.callerKey(key);
    return this.<@Nullable V>translated(() -> present.load(given));
  }

  /** Returns the values of those keys that have one, by the keys as they are kept. */
  Map<K, V> loadAll(Collection<K> keys) {
    CacheLoader<K, V> present = loader;
    if (present == null) {
      return Map.of();
    }
    Map<K, K> ownKeys = new LinkedHashMap<>(); // by what the loader is given
    keys.forEach(key -> ownKeys.put(store.callerKey(key), key));
    Set<K> wanted = Collections.unmodifiableSet(ownKeys.keySet());
    Map<K, V> loaded = translated(() -> present.loadAll(wanted));
    return loaded == null ? Map.of() : byOwnKey(loaded, ownKeys);
  }

  /** A loader may give an array of its own for the one that it was given. */
  private Map<K, V> byOwnKey(Map<K, V> loaded, Map<K, K> ownKeys) {
    Map<K, V> values = new HashMap<>();
    ownKeys.forEach(
        (key, own) -> {
          V value = loaded.get(key);
          if (value != null) {
            values.put(own, value);
          }
        });
    if (values.size() < ownKeys.size()) {
      loaded.forEach(
          (key, value) -> {
            if (key != null && value != null && key.getClass().isArray()) {
              values.putIfAbsent(store.ownKey(key), value);
            }
          });
    }
    return values;
  }

  private <T extends @Nullable Object> T translated(Supplier<T> call) {
    return closeables.<T>call(
        () -> {
          try {
            return call.get();
          } catch (CacheLoaderException e) {
            throw e;
          } catch (Exception e) {
            throw new CacheLoaderException("the cache loader failed", e);
          }
        });
  }
}
