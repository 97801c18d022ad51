package io.github.mccache.tck;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import javax.cache.CacheManager;
import javax.cache.Caching;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.spi.CachingProvider;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * The second member of a clustered run, in a JVM of its own. It opens every cache that it is told
 * of on its standard input, each in the cluster of a manager of the same URI, and keeps it open
 * until its input ends, when it writes what it held and how much reached it. It never writes to a
 * cache: what it holds came from the JVM that the TCK examines, of tests that are long over as
 * well, and none of it may go back there.
 */
public final class Companion {

  /** Printed as a line of its own at the beginning, and when the caches of a line are open. */
  static final String READY = "ready";

  /** The file, in the folder given as the argument, that holds what went to standard error. */
  static final String LOG = "companion.log";

  /** The file, in the folder given as the argument, that holds what was counted. */
  static final String REPORT = "companion.properties";

  private static final String DATAGRAMS_RECEIVED = "DatagramsReceived";
  private static final String CHANGES_RECEIVED = "ChangesReceived";
  private static final String CACHES_HELD = "CachesHeld";
  private static final String CACHES_REFUSED = "CachesRefused";

  private final CachingProvider provider;
  private int held;
  private int refused;

  private Companion(CachingProvider provider) {
    this.provider = provider;
  }

  /**
   * What a companion held.
   *
   * @param datagrams that arrived
   * @param changes of entries that arrived
   * @param caches how many different ones were open
   * @param cachesRefused how many could not be opened; its log says why
   */
  record Report(long datagrams, long changes, long caches, long cachesRefused) {

    /**
     * Returns what a companion wrote into the folder.
     *
     * @throws IOException if it wrote nothing; the message holds its log
     */
    static Report read(Path folder) throws IOException {
      Properties report = new Properties();
      try (InputStream in = Files.newInputStream(folder.resolve(REPORT))) {
        report.load(in);
      } catch (NoSuchFileException e) {
        throw new IOException("the companion counted nothing; it said: " + log(folder), e);
      }
      return new Report(
          Long.parseLong(report.getProperty(DATAGRAMS_RECEIVED)),
          Long.parseLong(report.getProperty(CHANGES_RECEIVED)),
          Long.parseLong(report.getProperty(CACHES_HELD)),
          Long.parseLong(report.getProperty(CACHES_REFUSED)));
    }

    /**
     * Returns what the companions of a run held, each with a folder of its own in that of the run.
     */
    static Report sum(Path run) throws IOException {
      Report sum = new Report(0, 0, 0, 0);
      try (DirectoryStream<Path> folders = Files.newDirectoryStream(run, "companion-*")) {
        for (Path folder : folders) {
          sum = sum.plus(read(folder));
        }
      }
      return sum;
    }

    private Report plus(Report other) {
      return new Report(
          datagrams + other.datagrams,
          changes + other.changes,
          caches + other.caches,
          cachesRefused + other.cachesRefused);
    }

    private void write(Path folder) throws IOException {
      Properties report = new Properties();
      report.setProperty(DATAGRAMS_RECEIVED, Long.toString(datagrams));
      report.setProperty(CHANGES_RECEIVED, Long.toString(changes));
      report.setProperty(CACHES_HELD, Long.toString(caches));
      report.setProperty(CACHES_REFUSED, Long.toString(cachesRefused));
      try (OutputStream out = Files.newOutputStream(folder.resolve(REPORT))) {
        report.store(out, "what the second member held");
      }
    }
  }

  /**
   * Runs until standard input ends.
   *
   * @param arguments the folder for the report
   */
  public static void main(String[] arguments) throws IOException, JMException {
    try (CachingProvider provider = Caching.getCachingProvider()) {
      Companion companion = new Companion(provider);
      System.out.println(READY);
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        companion.open(OpenedCache.parse(line));
        System.out.println(READY);
      }
      new Report(
              counted(DATAGRAMS_RECEIVED),
              counted(CHANGES_RECEIVED),
              companion.held,
              companion.refused)
          .write(Path.of(arguments[0]));
    }
  }

  private void open(OpenedCache cache) {
    try {
      CacheManager manager =
          provider.getCacheManager(URI.create(cache.manager()), provider.getDefaultClassLoader());
      if (manager.getCache(cache.name()) == null) {
        manager.createCache(cache.name(), new MutableConfiguration<>());
        held++;
      }
    } catch (RuntimeException e) {
      refused++;
      e.printStackTrace();
    }
  }

  /** Returns what the companion of this folder wrote to standard error. */
  static String log(Path folder) {
    try {
      return Files.readString(folder.resolve(LOG));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static long counted(String attribute) throws JMException {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    ObjectName pattern = new ObjectName("io.github.mccache:type=Member,*");
    Set<ObjectName> members = server.queryNames(pattern, null);
    long received = 0;
    for (ObjectName member : members) {
      received += ((Number) server.getAttribute(member, attribute)).longValue();
    }
    return received;
  }
}
