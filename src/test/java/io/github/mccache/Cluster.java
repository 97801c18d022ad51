package io.github.mccache;

import io.github.mccache.api.McCache;
import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.Mode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.DatagramSocket;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import javax.cache.CacheManager;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Members of one cluster in this JVM, each with a class loader of its own, over real multicast on
 * the loopback interface, on a port and under a name that nobody else has.
 */
final class Cluster implements AutoCloseable {

  private final McCachingProvider provider = new McCachingProvider();
  private final String name = "test-" + UUID.randomUUID();
  private final int port = freePort();
  private final URI uri = URI.create("urn:mccache:" + name);
  private final List<CacheManager> managers = new ArrayList<>();

  private static int freePort() {
    try (DatagramSocket socket = new DatagramSocket()) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String name() {
    return name;
  }

  int port() {
    return port;
  }

  URI uri() {
    return uri;
  }

  McCachingProvider provider() {
    return provider;
  }

  /** Adds a member, with settings beyond those that keep it in this cluster. */
  CacheManager member(String... settings) {
    return member(uri, settings);
  }

  CacheManager member(URI managerUri, String... settings) {
    Properties properties = new Properties();
    properties.setProperty("mccache.cluster.name", name);
    properties.setProperty("mccache.cluster.multicast.port", String.valueOf(port));
    properties.setProperty("mccache.node-name", "member-" + managers.size());
    for (int i = 0; i < settings.length; i += 2) {
      properties.setProperty(settings[i], settings[i + 1]);
    }
    ClassLoader loader = new URLClassLoader(new URL[0], getClass().getClassLoader());
    CacheManager manager = provider.getCacheManager(managerUri, loader, properties);
    managers.add(manager);
    return manager;
  }

  /** Opens a cache of strings on a member. */
  static McCache<String, String> open(CacheManager member, Mode mode) {
    return open(member, mode, configuration -> configuration);
  }

  static McCache<String, String> open(
      CacheManager member,
      Mode mode,
      UnaryOperator<McCacheConfiguration<String, String>> configure) {
    McCacheConfiguration<String, String> configuration = new McCacheConfiguration<>();
    configuration.setTypes(String.class, String.class);
    configuration.setMode(mode);
    return cast(member.createCache("cache", configure.apply(configuration)));
  }

  @SuppressWarnings("unchecked")
  static <K, V> McCache<K, V> cast(javax.cache.Cache<K, V> cache) {
    return cache.unwrap(McCache.class);
  }

  /** Returns an attribute of the bean of a member, by the number that it got when it was added. */
  Object memberBean(int number, String attribute) {
    return attribute(memberName(number), attribute);
  }

  /** Returns an attribute of the bean of a member's cache. */
  Object cacheBean(int number, String cache, String attribute) {
    String pattern =
        "io.github.mccache:type=Cache,manager="
            + ObjectName.quote(uri.toString())
            + ",cache="
            + ObjectName.quote(cache)
            + ",origin="
            + memberName(number).getKeyProperty("origin");
    return attribute(name(pattern), attribute);
  }

  private ObjectName memberName(int number) {
    return name(
        "io.github.mccache:type=Member,manager="
            + ObjectName.quote(uri.toString())
            + ",node="
            + ObjectName.quote("member-" + number)
            + ",*");
  }

  private static ObjectName name(String pattern) {
    try {
      Set<ObjectName> names =
          ManagementFactory.getPlatformMBeanServer().queryNames(new ObjectName(pattern), null);
      if (names.size() != 1) {
        throw new AssertionError(pattern + " names " + names);
      }
      return names.iterator().next();
    } catch (JMException e) {
      throw new AssertionError(e);
    }
  }

  private static Object attribute(ObjectName name, String attribute) {
    try {
      return ManagementFactory.getPlatformMBeanServer().getAttribute(name, attribute);
    } catch (JMException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    provider.close();
  }
}
