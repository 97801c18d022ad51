package io.github.mccache.jcache;

import java.util.Map;
import java.util.function.Supplier;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheLoaderException;
import org.jspecify.annotations.Nullable;

/**
 * Calls the cache's loader, if it has one (JSR-107, section 10.1). Thread-safe as far as the loader
 * is.
 */
final class ReadThrough<K, V> {

  private final @Nullable CacheLoader<K, V> loader;
  private final boolean enabled;

  /**
   * Makes one.
   *
   * @param loader of the cache, null if it has none
   * @param enabled whether a miss is to be loaded; {@code loadAll} does in any case
   */
  ReadThrough(@Nullable CacheLoader<K, V> loader, boolean enabled) {
    this.loader = loader;
    this.enabled = enabled && loader != null;
  }

  /** Returns whether a miss is to be loaded. */
  boolean isEnabled() {
    return enabled;
  }

  boolean hasLoader() {
    return loader != null;
  }

  @Nullable CacheLoader<K, V> loader() {
    return loader;
  }

  /**
   * Returns the value of a key, null if there is none.
   *
   * @throws CacheLoaderException whatever the loader throws, with the cause
   */
  @Nullable V load(K key) {
    CacheLoader<K, V> present = loader;
    return present == null ? null : translated(() -> present.load(key));
  }

  /** Returns the values of those keys that have one. */
  Map<K, V> loadAll(Iterable<? extends K> keys) {
    CacheLoader<K, V> present = loader;
    Map<K, V> loaded = present == null ? null : translated(() -> present.loadAll(keys));
    return loaded == null ? Map.of() : loaded;
  }

  private static <T extends @Nullable Object> T translated(Supplier<T> call) {
    try {
      return Callbacks.<T>within(call);
    } catch (CacheLoaderException e) {
      throw e;
    } catch (Exception e) {
      throw new CacheLoaderException("the cache loader failed", e);
    }
  }
}
