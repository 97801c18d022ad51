package io.github.mccache.jcache;

import java.net.URI;
import java.util.List;
import javax.cache.CacheException;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/** How management beans are called. */
final class BeanNames {

  private static final String OWN_DOMAIN = "io.github.mccache";

  /** What the specification has replaced. */
  private static final String SPECIFIED = "[,:=\n]";

  /** What else an object name cannot hold. */
  private static final String ILLEGAL = "[,:=\n*?\"]";

  private BeanNames() {}

  /**
   * Returns the names of a cache's bean of JSR-107 (section 12.1): that of the specification, with
   * {@code , : =} and line breaks replaced by dots (and more, if it would not be a name else); and
   * the one that Micrometer makes, which replaces only the colons of the manager's URI, where that
   * is another legal name.
   */
  static List<ObjectName> ofSpecification(String type, URI managerUri, String cacheName) {
    String uri = managerUri.toString();
    ObjectName loose =
        legal(type, uri.replaceAll(SPECIFIED, "."), cacheName.replaceAll(SPECIFIED, "."));
    ObjectName specified =
        loose == null
            ? created(javax(type, uri.replaceAll(ILLEGAL, "."), cacheName.replaceAll(ILLEGAL, ".")))
            : loose;
    ObjectName micrometer = legal(type, uri.replace(':', '.'), cacheName);
    return micrometer == null || micrometer.equals(specified)
        ? List.of(specified)
        : List.of(specified, micrometer);
  }

  /** Returns the name of a member's bean. */
  static List<ObjectName> ofMember(URI managerUri, String nodeName, long origin) {
    return List.of(
        own("type=Member,manager=" + quoted(managerUri) + ",node=" + quoted(nodeName), origin));
  }

  /** Returns the name of a cache's bean beyond JSR-107. */
  static List<ObjectName> ofCache(URI managerUri, String cacheName, long origin) {
    return List.of(
        own("type=Cache,manager=" + quoted(managerUri) + ",cache=" + quoted(cacheName), origin));
  }

  private static ObjectName own(String properties, long origin) {
    return created(OWN_DOMAIN + ":" + properties + String.format(",origin=%016x", origin));
  }

  private static String quoted(Object text) {
    return ObjectName.quote(text.toString());
  }

  private static String javax(String type, String manager, String cache) {
    return "javax.cache:type=" + type + ",CacheManager=" + manager + ",Cache=" + cache;
  }

  private static @Nullable ObjectName legal(String type, String manager, String cache) {
    try {
      ObjectName name = new ObjectName(javax(type, manager, cache));
      return name.isPattern() ? null : name;
    } catch (MalformedObjectNameException e) {
      return null;
    }
  }

  private static ObjectName created(String name) {
    try {
      return new ObjectName(name);
    } catch (MalformedObjectNameException e) {
      throw new CacheException("no management bean can be named " + name, e);
    }
  }
}
