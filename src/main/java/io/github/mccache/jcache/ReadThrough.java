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
  private final Closeables closeables;

  /**
   * Makes one.
   *
   * @param loader of the cache, null if it has none
   * @param enabled whether a miss is to be loaded; {@code loadAll} does in any case
   * @param closeables with what the loader is closed, so that it is not during a call
   */
  ReadThrough(@Nullable CacheLoader<K, V> loader, boolean enabled, Closeables closeables) {
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

  @Nullable CacheLoader<K, V> loader() {
    return loader;
  }

  /**
   * Returns the value of a key, null if there is none.
   *
   * @throws CacheLoaderException whatever the loader throws, with the cause
   * @throws IllegalStateException once the cache is closed
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
