package io.github.mccache.jcache;

import io.github.mccache.config.Settings;
import io.github.mccache.node.MemberClock;
import io.github.mccache.node.Node;
import java.net.URI;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.configuration.Configuration;
import javax.cache.spi.CachingProvider;
import org.jspecify.annotations.Nullable;

/**
 * The caches of one URI and class loader (JSR-107, chapter 6), and their part in a cluster: a
 * member of its own while one of them is clustered. Thread-safe.
 */
public final class McCacheManager implements CacheManager {

  private final Origin origin;
  private final Settings settings;
  private final Consumer<McCacheManager> closed;
  private final Lifecycle lifecycle;
  private final Workers workers;
  private final CacheFactory.Owner owner;
  private final ConcurrentHashMap<String, JCache<?, ?>> caches = new ConcurrentHashMap<>();

  /**
   * Where a manager comes from.
   *
   * @param provider that made the manager
   * @param uri of the manager
   * @param classLoader of the classes of keys and values
   * @param properties of the application, unchanged
   * @param id 64 random bits, the origin of versions of local caches
   */
  public record Origin(
      CachingProvider provider, URI uri, ClassLoader classLoader, Properties properties, long id) {}

  /**
   * Opens a manager without caches.
   *
   * @param settings in force for its caches
   * @param clock of all of them
   * @param startNode makes the member of this manager when the first clustered cache needs it
   * @param closed called once, when the manager has been closed
   */
  public McCacheManager(
      Origin origin,
      Settings settings,
      MemberClock clock,
      Supplier<Node> startNode,
      Consumer<McCacheManager> closed) {
    this.origin = origin;
    this.settings = settings;
    this.closed = closed;
    this.lifecycle = new Lifecycle("CacheManager " + origin.uri());
    this.workers = new Workers(settings.nodeName(), origin.classLoader());
    this.owner =
        new CacheFactory.Owner(
            this,
            origin.id(),
            settings,
            clock,
            workers,
            new Membership(origin.uri(), startNode),
            cache -> caches.remove(cache.getName(), cache));
  }

  // ---- caches ----

  @Override
  public <K, V, C extends Configuration<K, V>> Cache<K, V> createCache(
      String cacheName, C configuration) {
    lifecycle.requireOpen();
    Objects.requireNonNull(cacheName, "cache name");
    Objects.requireNonNull(configuration, "configuration");
    requireAbsent(cacheName, caches.get(cacheName));
    JCache<K, V> cache = CacheFactory.create(owner, cacheName, configuration);
    try {
      requireAbsent(cacheName, caches.putIfAbsent(cacheName, cache));
      cache.life().open();
    } catch (Throwable e) {
      caches.remove(cacheName, cache);
      cache.life().abandon();
      throw e;
    }
    if (lifecycle.isClosed()) {
      cache.close("CacheManager.close()");
      throw lifecycle.closed(null);
    }
    return cache;
  }

  private void requireAbsent(String cacheName, @Nullable JCache<?, ?> present) {
    if (present != null) {
      throw new CacheException(
          "cache \""
              + cacheName
              + "\" exists already in the manager "
              + origin.uri()
              + "; get it with getCache, or destroy it first");
    }
  }

  @Override
  @SuppressWarnings("unchecked") // checked against the configured types
  public <K, V> @Nullable Cache<K, V> getCache(
      String cacheName, Class<K> keyType, Class<V> valueType) {
    lifecycle.requireOpen();
    Objects.requireNonNull(keyType, "key type");
    Objects.requireNonNull(valueType, "value type");
    JCache<?, ?> cache = caches.get(Objects.requireNonNull(cacheName, "cache name"));
    if (cache == null || cache.isClosed()) {
      return null;
    }
    DeclaredTypes<?, ?> types = cache.parts().types();
    requireSame(cacheName, "key", types.keyType(), keyType);
    requireSame(cacheName, "value", types.valueType(), valueType);
    return (Cache<K, V>) cache;
  }

  private static void requireSame(
      String cacheName, String what, Class<?> configured, Class<?> asked) {
    if (!configured.equals(DeclaredTypes.boxed(asked))) {
      throw new ClassCastException(
          "cache \""
              + cacheName
              + "\" has "
              + what
              + "s of "
              + configured.getName()
              + ", not of "
              + asked.getName());
    }
  }

  @Override
  @SuppressWarnings("unchecked") // unchecked by contract: the caller knows the types
  public <K, V> @Nullable Cache<K, V> getCache(String cacheName) {
    lifecycle.requireOpen();
    JCache<?, ?> cache = caches.get(Objects.requireNonNull(cacheName, "cache name"));
    return cache == null || cache.isClosed() ? null : (Cache<K, V>) cache;
  }

  @Override
  public Iterable<String> getCacheNames() {
    lifecycle.requireOpen();
    return Collections.unmodifiableSet(new LinkedHashSet<>(caches.keySet()));
  }

  /**
   * Empties a cache on every member and closes it on this one; does nothing if there is none of
   * this name.
   */
  @Override
  public void destroyCache(String cacheName) {
    lifecycle.requireOpen();
    JCache<?, ?> cache = caches.get(Objects.requireNonNull(cacheName, "cache name"));
    if (cache != null) {
      cache.destroy();
    }
  }

  @Override
  public void enableStatistics(String cacheName, boolean enabled) {
    lifecycle.requireOpen();
    JCache<?, ?> cache = caches.get(Objects.requireNonNull(cacheName, "cache name"));
    if (cache != null) {
      cache.life().setStatisticsEnabled(enabled);
    }
  }

  @Override
  public void enableManagement(String cacheName, boolean enabled) {
    lifecycle.requireOpen();
    JCache<?, ?> cache = caches.get(Objects.requireNonNull(cacheName, "cache name"));
    if (cache != null) {
      cache.life().setManagementEnabled(enabled);
    }
  }

  // ---- the manager itself ----

  @Override
  public CachingProvider getCachingProvider() {
    return origin.provider();
  }

  @Override
  public URI getURI() {
    return origin.uri();
  }

  @Override
  public ClassLoader getClassLoader() {
    return origin.classLoader();
  }

  @Override
  public Properties getProperties() {
    Properties copy = new Properties();
    copy.putAll(origin.properties());
    return copy;
  }

  /** Closes every cache of this manager on this member; no other member's data is touched. */
  @Override
  public void close() {
    if (lifecycle.close("CacheManager.close()")) {
      try {
        closeEach(caches.values(), cache -> cache.close("CacheManager.close()"));
      } finally {
        workers.close();
        closed.accept(this);
      }
    }
  }

  /**
   * Closes managers, all of them even if one fails.
   *
   * @throws RuntimeException of the first that failed
   */
  public static void closeAll(Collection<McCacheManager> managers) {
    closeEach(managers, McCacheManager::close);
  }

  private static <T> void closeEach(Collection<T> all, Consumer<T> close) {
    Throwable failure = null;
    for (T one : all) {
      try {
        close.accept(one);
      } catch (RuntimeException | Error e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure != null) {
      throw (RuntimeException) failure;
    }
  }

  @Override
  public boolean isClosed() {
    return lifecycle.isClosed();
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    return Unwrap.unwrap(type, this, settings);
  }
}
