package io.github.mccache;

import io.github.mccache.config.ClusterSettings;
import io.github.mccache.config.MulticastSettings;
import io.github.mccache.config.Settings;
import io.github.mccache.config.SettingsException;
import io.github.mccache.jcache.McCacheManager;
import io.github.mccache.node.MemberClock;
import io.github.mccache.node.Node;
import io.github.mccache.node.NodeOptions;
import io.github.mccache.transport.MulticastOptions;
import io.github.mccache.transport.MulticastTransport;
import java.net.URI;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.configuration.OptionalFeature;
import javax.cache.spi.CachingProvider;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The provider that {@code Caching.getCachingProvider()} finds (JSR-107, chapter 13), and the place
 * where the parts of the product are put together. Thread-safe. Nothing here is static: every class
 * loader has clusters of its own.
 */
public final class McCachingProvider implements CachingProvider {

  private static final Logger LOG = LoggerFactory.getLogger(McCachingProvider.class);

  /**
   * The open managers. A manager holds its class loader, and the management server and its own
   * threads hold the manager, so it stays until it is closed: weak keys would promise more.
   */
  private final Map<ClassLoader, Map<URI, McCacheManager>> managers = new HashMap<>();

  private final SecureRandom random = new SecureRandom();

  /** For {@link java.util.ServiceLoader}. */
  public McCachingProvider() {}

  /**
   * Returns the manager of this URI and class loader, opening it if there is none. It stays open,
   * with its caches, threads and class loader, until it is closed: an application that can be
   * undeployed closes it, or calls {@link #close(ClassLoader)}.
   *
   * @param uri where its configuration is, null for {@link #getDefaultURI}
   * @param classLoader knows the classes of keys and values, null for {@link
   *     #getDefaultClassLoader}
   * @param properties settings that win over every file, null for none; without effect on a manager
   *     that is open
   * @throws CacheException if the configuration cannot be read or is wrong, with all that is wrong
   *     in it
   */
  @Override
  public CacheManager getCacheManager(
      @Nullable URI uri, @Nullable ClassLoader classLoader, @Nullable Properties properties) {
    URI managerUri = uri == null ? getDefaultURI() : uri;
    ClassLoader loader = classLoader == null ? getDefaultClassLoader() : classLoader;
    synchronized (managers) {
      Map<URI, McCacheManager> ofLoader = managers.computeIfAbsent(loader, l -> new HashMap<>());
      McCacheManager present = ofLoader.get(managerUri);
      if (present == null || present.isClosed()) {
        present = open(managerUri, loader, properties == null ? new Properties() : properties);
        ofLoader.put(managerUri, present);
      }
      return present;
    }
  }

  private McCacheManager open(URI uri, ClassLoader loader, Properties properties) {
    Properties copy = new Properties();
    copy.putAll(properties);
    Settings settings = settings(uri, loader, copy);
    settings.warnings().forEach(LOG::warn);
    settings.notes().forEach(LOG::info);
    MemberClock clock = MemberClock.system();
    Supplier<Node> startNode = () -> startNode(settings, uri, clock);
    return new McCacheManager(
        new McCacheManager.Origin(this, uri, loader, copy, random.nextLong()),
        settings,
        clock,
        startNode,
        this::forget);
  }

  private static Settings settings(URI uri, ClassLoader loader, Properties properties) {
    try {
      return Settings.load(uri, loader, properties);
    } catch (SettingsException e) {
      throw new CacheException(e.getMessage(), e);
    }
  }

  private Node startNode(Settings settings, URI uri, MemberClock clock) {
    ClusterSettings cluster = settings.cluster();
    MulticastSettings multicast = cluster.multicast();
    MulticastOptions transport =
        new MulticastOptions(
            settings.nodeName(),
            cluster.interfaceName(),
            cluster.insecure(),
            multicast.group().getHostAddress(),
            multicast.port(),
            multicast.hops());
    NodeOptions options =
        new NodeOptions(
            settings.nodeName(),
            cluster.name(),
            Settings.dividing(uri).toString(),
            cluster.appVersion(),
            cluster.mtu(),
            cluster.scrubInterval(),
            cluster.expectedMembers(),
            random);
    return Node.start(options, new MulticastTransport(transport), clock);
  }

  private void forget(McCacheManager closed) {
    synchronized (managers) {
      Map<URI, McCacheManager> ofLoader = managers.get(closed.getClassLoader());
      if (ofLoader != null && ofLoader.remove(closed.getURI(), closed) && ofLoader.isEmpty()) {
        managers.remove(closed.getClassLoader());
      }
    }
  }

  @Override
  public CacheManager getCacheManager(@Nullable URI uri, @Nullable ClassLoader classLoader) {
    return getCacheManager(uri, classLoader, null);
  }

  @Override
  public CacheManager getCacheManager() {
    return getCacheManager(null, null, null);
  }

  /** Returns the class loader of this provider. */
  @Override
  public ClassLoader getDefaultClassLoader() {
    return Objects.requireNonNull(getClass().getClassLoader(), "class loader of the provider");
  }

  /** Returns {@code urn:mccache:default}. */
  @Override
  public URI getDefaultURI() {
    return Settings.defaultUri();
  }

  @Override
  public Properties getDefaultProperties() {
    return new Properties();
  }

  /** Closes every manager. */
  @Override
  public void close() {
    close(manager -> true);
  }

  /** Closes the managers of a class loader. */
  @Override
  public void close(@Nullable ClassLoader classLoader) {
    ClassLoader loader = classLoader == null ? getDefaultClassLoader() : classLoader;
    close(manager -> manager.getClassLoader() == loader);
  }

  /** Closes one manager; does nothing if there is none of this URI and class loader. */
  @Override
  public void close(@Nullable URI uri, @Nullable ClassLoader classLoader) {
    URI managerUri = uri == null ? getDefaultURI() : uri;
    ClassLoader loader = classLoader == null ? getDefaultClassLoader() : classLoader;
    close(manager -> manager.getClassLoader() == loader && manager.getURI().equals(managerUri));
  }

  private void close(Predicate<McCacheManager> which) {
    List<McCacheManager> closing = new ArrayList<>();
    synchronized (managers) {
      managers.values().forEach(ofLoader -> closing.addAll(ofLoader.values()));
    }
    McCacheManager.closeAll(closing.stream().filter(which).toList());
  }

  /** Returns whether a feature is supported: storing by reference is. */
  @Override
  public boolean isSupported(OptionalFeature optionalFeature) {
    return optionalFeature == OptionalFeature.STORE_BY_REFERENCE;
  }
}
