package io.github.mccache.cli;

import io.github.mccache.McCachingProvider;
import io.github.mccache.api.EntryMetadata;
import io.github.mccache.api.McCache;
import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.Mode;
import io.github.mccache.config.ClusterSettings;
import io.github.mccache.config.MulticastSettings;
import io.github.mccache.config.Settings;
import io.github.mccache.jcache.McCacheManager;
import io.github.mccache.node.MemberClock;
import io.github.mccache.node.Node;
import io.github.mccache.node.NodeOptions;
import io.github.mccache.node.NodeStatistics;
import io.github.mccache.transport.MulticastOptions;
import io.github.mccache.transport.MulticastTransport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import javax.cache.CacheManager;

/**
 * One member of {@link Stress}, in a JVM of its own: does what it is told on standard input, line
 * by line, and answers each line with one line on standard output that begins with {@code done} and
 * the same word. The work itself has a thread of its own, so that figures can be asked for
 * meanwhile. Ends when its input does.
 *
 * <p>It is put together as {@link McCachingProvider} puts a member together, but for the transport,
 * which loses datagrams.
 */
final class StressMember {

  static final String CACHE = "stress";

  // The names of its figures.
  static final String OPERATIONS = "operations";
  static final String INSERTED = "inserted";
  static final String UPDATED = "updated";
  static final String DELETED = "deleted";
  static final String EVICTED = "evicted";
  static final String CHANGES_SENT = "changes-sent";
  static final String CHANGES_RECEIVED = "changes-received";
  static final String DATAGRAMS_SENT = "datagrams-sent";
  static final String BYTES_SENT = "bytes-sent";
  static final String DATAGRAMS_ARRIVED = "datagrams-arrived";
  static final String DATAGRAMS_LOST = "datagrams-lost";
  static final String KERNEL_DROPS = "kernel-drops";
  static final String INBOX_DROPS = "inbox-drops";
  static final String FRAMES_MISSING = "frames-missing";
  static final String REPAIR_REQUESTS = "repair-requests";
  static final String REPAIRS_SENT = "repairs-sent";
  static final String VOIDS_SENT = "voids-sent";
  static final String CATCH_UPS = "catch-ups";
  static final String FAILURES = "failures";

  private static final long JOIN_MILLIS = 60_000;
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Node node;
  private final LossyTransport transport;
  private final McCache<String, String> cache;
  private final StressWorkload workload;
  private final LongAdder evicted = new LongAdder();
  private CompletableFuture<Long> end = CompletableFuture.completedFuture(0L);

  /**
   * What it works with, as a line of arguments.
   *
   * @param number of this member, from 0
   * @param loss the probability that a datagram is lost, 0 to 1
   */
  record Arguments(int number, int keys, Aperture aperture, double loss, long seed) {

    static Arguments parse(String... words) {
      return new Arguments(
          Integer.parseInt(words[0]),
          Integer.parseInt(words[1]),
          Aperture.parse(words[2]),
          Double.parseDouble(words[3]),
          Long.parseLong(words[4]));
    }

    List<String> words() {
      return List.of(
          String.valueOf(number),
          String.valueOf(keys),
          aperture.toString(),
          String.valueOf(loss),
          String.valueOf(seed));
    }

    /** Differs for every member and every use. */
    long seedOf(int use) {
      return (seed * 1_000 + number) * 10 + use;
    }
  }

  private StressMember(Assembly assembly, McCache<String, String> cache, Arguments arguments) {
    this.node = assembly.node();
    this.transport = assembly.transport;
    this.cache = cache;
    this.workload =
        new StressWorkload(
            cache,
            arguments.keys(),
            arguments.aperture(),
            arguments.seedOf(0),
            "member-" + arguments.number());
    cache.addEvictionListener((key, value) -> evicted.increment());
  }

  /** Runs until standard input ends. */
  @SuppressWarnings("SystemOut")
  public static void main(String[] words) throws IOException {
    Arguments arguments = Arguments.parse(words);
    Assembly assembly = new Assembly(arguments);
    try (CacheManager manager = assembly.manager()) {
      new StressMember(assembly, open(manager, arguments), arguments).run(System.out);
    }
  }

  @SuppressWarnings("unchecked") // what was created with these types
  private static McCache<String, String> open(CacheManager manager, Arguments arguments) {
    McCacheConfiguration<String, String> configuration = new McCacheConfiguration<>();
    configuration.setTypes(String.class, String.class);
    configuration.setMode(Mode.REPLICATE).setMaximumEntries(2L * arguments.keys());
    return manager.createCache(CACHE, configuration).unwrap(McCache.class);
  }

  /** The parts of a member, put together. */
  private static final class Assembly {

    final Settings settings;
    final LossyTransport transport;
    private final URI uri = Settings.defaultUri();
    private final MemberClock clock = MemberClock.system();
    private final SecureRandom random = new SecureRandom();
    private final CompletableFuture<Node> node = new CompletableFuture<>();

    Assembly(Arguments arguments) {
      settings = Settings.load(uri, loader(), new Properties());
      ClusterSettings cluster = settings.cluster();
      MulticastSettings multicast = cluster.multicast();
      MulticastOptions options =
          new MulticastOptions(
              settings.nodeName(),
              cluster.interfaceName(),
              cluster.insecure(),
              multicast.group().getHostAddress(),
              multicast.port(),
              multicast.hops());
      transport =
          new LossyTransport(
              new MulticastTransport(options), arguments.loss(), arguments.seedOf(1));
    }

    private static ClassLoader loader() {
      return ClassLoader.getSystemClassLoader();
    }

    CacheManager manager() {
      return new McCacheManager(
          new McCacheManager.Origin(
              new McCachingProvider(), uri, loader(), new Properties(), random.nextLong()),
          settings,
          clock,
          this::startNode,
          closed -> {});
    }

    private Node startNode() {
      ClusterSettings cluster = settings.cluster();
      NodeOptions options =
          new NodeOptions(
              settings.nodeName(),
              cluster.name(),
              uri.toString(),
              cluster.appVersion(),
              cluster.mtu(),
              cluster.scrubInterval(),
              random);
      Node started = Node.start(options, transport, clock);
      node.complete(started);
      return started;
    }

    /** Returns the member, which is there once a cache is open. */
    Node node() {
      return node.join();
    }
  }

  private void run(PrintStream out) throws IOException {
    out.println("done ready");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      List<String> words = List.of(line.split(" ", -1));
      out.println(("done " + words.get(0) + " " + obey(words)).trim());
      out.flush();
    }
  }

  private String obey(List<String> words) throws IOException {
    return switch (words.get(0)) {
      case "join" -> join(Integer.parseInt(words.get(1)));
      case "work" -> work(Long.parseLong(words.get(1)), Long.parseLong(words.get(2)));
      case "end" -> String.valueOf(end.join());
      case "figures" -> figures().toString();
      case "checksum" -> cache.checksum().toString();
      case "dump" -> dump();
      default -> throw new IllegalArgumentException("unknown command " + words.get(0));
    };
  }

  private String join(int others) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(JOIN_MILLIS);
    while (node.aliveMembers() < others) {
      if (System.nanoTime() - deadline > 0) {
        throw new IOException(
            "there are not " + others + " other members: " + node.describeMembers());
      }
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
    return "";
  }

  private String work(long startMicros, long nanos) {
    end = new CompletableFuture<>();
    CompletableFuture<Long> ended = end;
    Thread worker =
        new Thread(
            () -> {
              try {
                StressWorkload.awaitMicros(startMicros);
                ended.complete(workload.run(nanos));
              } catch (RuntimeException | Error e) {
                ended.completeExceptionally(e);
                throw e;
              }
            },
            "stress-worker");
    worker.setDaemon(true);
    worker.start();
    return "";
  }

  private Figures figures() {
    NodeStatistics statistics = node.statistics();
    Map<String, Long> figures = new TreeMap<>();
    figures.put(OPERATIONS, workload.operations());
    figures.put(INSERTED, workload.inserted());
    figures.put(UPDATED, workload.updated());
    figures.put(DELETED, workload.deleted());
    figures.put(EVICTED, evicted.sum());
    figures.put(CHANGES_SENT, statistics.changesSent());
    figures.put(CHANGES_RECEIVED, statistics.changesReceived());
    figures.put(DATAGRAMS_SENT, statistics.datagramsSent());
    figures.put(BYTES_SENT, statistics.bytesSent());
    figures.put(DATAGRAMS_ARRIVED, transport.arrived());
    figures.put(DATAGRAMS_LOST, transport.lost());
    figures.put(KERNEL_DROPS, KernelDrops.ofThisProcess());
    figures.put(INBOX_DROPS, statistics.inboxDrops());
    figures.put(FRAMES_MISSING, statistics.replica().get("missing"));
    figures.put(REPAIR_REQUESTS, statistics.replica().get("repairRequests"));
    figures.put(REPAIRS_SENT, statistics.replica().get("repairsSent"));
    figures.put(VOIDS_SENT, statistics.replica().get("voidsSent"));
    figures.put(CATCH_UPS, statistics.replica().get("catchUps"));
    figures.put(FAILURES, statistics.internalFailures() + statistics.cacheFailures());
    return new Figures(figures);
  }

  /** Returns every key that is here, with its version and value. */
  private String dump() {
    return cache.keys().stream().sorted().map(this::entry).collect(Collectors.joining(" "));
  }

  private String entry(String key) {
    return key
        + "="
        + cache.metadata(key).map(EntryMetadata::version).orElse(null)
        + "="
        + cache.get(key);
  }
}
