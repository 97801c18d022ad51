package io.github.mccache.benchmark;

import io.github.mccache.McCachingProvider;
import io.github.mccache.api.McCache;
import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.MemberMXBean;
import io.github.mccache.api.Mode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.cache.CacheManager;
import javax.cache.Caching;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

/**
 * The caches of one member, the same in every JVM of a run.
 *
 * @param manager closes them
 * @param visibility for the time that a change takes
 * @param changes for the number of changes
 */
record SharedCaches(
    CacheManager manager, McCache<String, Long> visibility, McCache<String, String> changes) {

  /** Opens the caches; with {@link Mode#LOCAL} there is no member and no network. */
  static SharedCaches open(Properties properties, Mode mode) {
    CacheManager manager =
        Caching.getCachingProvider(McCachingProvider.class.getName())
            .getCacheManager(null, null, properties);
    return new SharedCaches(
        manager,
        cache(manager, "visibility", Long.class, mode),
        cache(manager, "changes", String.class, mode));
  }

  @SuppressWarnings("unchecked") // what was created with these types
  private static <V> McCache<String, V> cache(
      CacheManager manager, String name, Class<V> valueType, Mode mode) {
    McCacheConfiguration<String, V> configuration = new McCacheConfiguration<>();
    configuration.setTypes(String.class, valueType);
    configuration.setMode(mode).setMaximumEntries(Subject.MAXIMUM_ENTRIES);
    return manager.createCache(name, configuration).unwrap(McCache.class);
  }

  /**
   * Waits until so many other members are there.
   *
   * @throws IOException if they are not in time
   */
  void awaitMembers(int others, long timeoutMillis) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    while (member().getAliveMembers() < others) {
      if (System.nanoTime() - deadline > 0) {
        throw new IOException(
            "there are not " + others + " other members: " + member().getMembers());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  /** Returns what the member has counted so far, by name. */
  Map<String, Long> figures() throws IOException {
    MemberMXBean member = member();
    Map<String, Long> figures = new TreeMap<>();
    figures.put("datagrams-sent", member.getDatagramsSent());
    figures.put("bytes-sent", member.getBytesSent());
    figures.put("datagrams-received", member.getDatagramsReceived());
    figures.put("inbox-drops", member.getInboxDrops());
    figures.put("changes-sent", member.getChangesSent());
    figures.put("changes-received", member.getChangesReceived());
    member
        .getAppliedChanges()
        .forEach((outcome, count) -> figures.put("outcome-" + outcome, count));
    return figures;
  }

  private static MemberMXBean member() throws IOException {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    try {
      Set<ObjectName> names =
          server.queryNames(new ObjectName("io.github.mccache:type=Member,*"), null);
      if (names.size() != 1) {
        throw new IOException("one member was expected in this JVM, not " + names);
      }
      return JMX.newMXBeanProxy(server, names.iterator().next(), MemberMXBean.class);
    } catch (MalformedObjectNameException e) {
      throw new IOException(e);
    }
  }
}
