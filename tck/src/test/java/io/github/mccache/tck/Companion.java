package io.github.mccache.tck;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.Caching;
import javax.cache.configuration.MutableConfiguration;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * The second member of the clustered run, in a JVM of its own. It opens one cache in the cluster of
 * the TCK's default manager, prints {@code ready}, and when its standard input ends writes how many
 * datagrams reached it. Its cache has a name that the TCK does not use, so that it never gives an
 * entry back to a test that expects an empty cache.
 */
public final class Companion {

  /** Printed as a line of its own once the cache is open. */
  static final String READY = "ready";

  /** The file, in the folder given as the argument, that holds what went to standard error. */
  static final String LOG = "companion.log";

  /** The file, in the folder given as the argument, that holds what was counted. */
  static final String REPORT = "companion.properties";

  /** The key in {@link #REPORT} for the number of datagrams that arrived. */
  static final String DATAGRAMS_RECEIVED = "DatagramsReceived";

  private Companion() {}

  /**
   * Runs until standard input ends.
   *
   * @param arguments the folder for the report
   */
  public static void main(String[] arguments) throws IOException, JMException {
    Path folder = Path.of(arguments[0]);
    try (CacheManager manager = Caching.getCachingProvider().getCacheManager();
        Cache<String, String> cache =
            manager.createCache("tck-companion", new MutableConfiguration<>())) {
      System.out.println(READY);
      System.in.transferTo(OutputStream.nullOutputStream());
      writeReport(folder, cache.getName(), datagramsReceived());
    }
  }

  /**
   * Returns what a companion wrote into the folder.
   *
   * @throws IOException if it wrote nothing; the message holds its log
   */
  static long readDatagramsReceived(Path folder) throws IOException {
    Properties report = new Properties();
    try (InputStream in = Files.newInputStream(folder.resolve(REPORT))) {
      report.load(in);
    } catch (NoSuchFileException e) {
      throw new IOException("the companion counted nothing; it said: " + log(folder), e);
    }
    return Long.parseLong(report.getProperty(DATAGRAMS_RECEIVED));
  }

  /** Returns what the companion of this folder wrote to standard error. */
  static String log(Path folder) {
    try {
      return Files.readString(folder.resolve(LOG));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static long datagramsReceived() throws JMException {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    ObjectName pattern = new ObjectName("io.github.mccache:type=Member,*");
    Set<ObjectName> members = server.queryNames(pattern, null);
    if (members.isEmpty()) {
      throw new IllegalStateException("no MBean matches " + pattern + ", so nothing is counted");
    }
    long received = 0;
    for (ObjectName member : members) {
      received += ((Number) server.getAttribute(member, DATAGRAMS_RECEIVED)).longValue();
    }
    return received;
  }

  private static void writeReport(Path folder, String cache, long received) throws IOException {
    Properties report = new Properties();
    report.setProperty(DATAGRAMS_RECEIVED, Long.toString(received));
    try (OutputStream out = Files.newOutputStream(folder.resolve(REPORT))) {
      report.store(out, "what reached the member with the cache " + cache);
    }
  }
}
