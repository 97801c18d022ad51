package io.github.mccache.jcache;

import io.github.mccache.McCachingProvider;
import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.Mode;
import io.github.mccache.codec.Codecs;
import io.github.mccache.codec.Encoded;
import io.github.mccache.config.Settings;
import io.github.mccache.node.MemberClock;
import io.github.mccache.node.Node;
import io.github.mccache.node.NodeOptions;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.ApplyRule;
import io.github.mccache.transport.MemoryNetwork;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Managers whose members share a network in memory, and the changes of a member that is made by
 * hand: each is applied as the event loop does, whoever holds the key.
 */
final class SharedFixture implements AutoCloseable {

  static final NodeId OTHER = new NodeId(7, 7);

  /** A value that no member can decode. */
  private static final Payload UNDECODABLE = new Payload(60, new byte[] {1, 2, 3});

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final MemoryNetwork network = MemoryNetwork.synchronous("jcache");
  private final SplittableRandom random = new SplittableRandom(5);
  private final List<McCacheManager> managers = new ArrayList<>();
  private final AtomicLong lastTime = new AtomicLong();
  private final List<Node> nodes = new ArrayList<>();
  private final Codecs codecs =
      new Codecs(SharedFixture.class.getClassLoader(), List.of(), List.of(), List.of(Object.class));

  /** Adds a member to those that share a network. */
  McCacheManager member() {
    return member(network);
  }

  private McCacheManager member(MemoryNetwork itsNetwork) {
    MemberClock clock = MemberClock.system();
    String name = "member-" + NUMBER.incrementAndGet();
    McCacheManager manager =
        new McCacheManager(
            new McCacheManager.Origin(
                new McCachingProvider(),
                URI.create("urn:mccache:test-" + name),
                SharedFixture.class.getClassLoader(),
                new Properties(),
                0x5eedL),
            Settings.load(
                Settings.defaultUri(), SharedFixture.class.getClassLoader(), new Properties()),
            clock,
            () -> {
              Node node =
                  Node.start(
                      new NodeOptions(
                          name,
                          "cluster",
                          "urn:test",
                          "",
                          1_344,
                          Duration.ofSeconds(2),
                          random.split()),
                      itsNetwork.transport(name),
                      clock);
              nodes.add(node);
              return node;
            },
            closed -> {});
    managers.add(manager);
    return manager;
  }

  static McCacheConfiguration<Object, Object> configuration(Mode mode) {
    McCacheConfiguration<Object, Object> configuration = new McCacheConfiguration<>();
    configuration.setMode(mode).setStatisticsEnabled(true);
    return configuration;
  }

  @SuppressWarnings("unchecked")
  static <K, V> JCache<K, V> open(
      McCacheManager manager, McCacheConfiguration<K, V> configuration) {
    return (JCache<K, V>) manager.createCache("cache", configuration);
  }

  /** Opens a cache of a member that no other one knows of. */
  <K, V> JCache<K, V> open(McCacheConfiguration<K, V> configuration) {
    return open(member(MemoryNetwork.synchronous("alone")), configuration);
  }

  /** Returns whether every member sees so many others. */
  boolean areAlive(int others) {
    return nodes.stream().allMatch(node -> node.aliveMembers() == others);
  }

  // ---- what the other member does ----

  void put(JCache<?, ?> cache, Object key, Object value) {
    apply(cache, Change.put(id(cache), now(), payload(key), payload(value), Change.ETERNAL));
  }

  /** A value of a class that this member does not have. */
  void putUndecodable(JCache<?, ?> cache, Object key) {
    apply(cache, Change.put(id(cache), now(), payload(key), UNDECODABLE, Change.ETERNAL));
  }

  void remove(JCache<?, ?> cache, Object key) {
    apply(cache, Change.remove(id(cache), now(), payload(key)));
  }

  void invalidate(JCache<?, ?> cache, Object key) {
    apply(cache, Change.invalidate(id(cache), now(), payload(key)));
  }

  void clear(JCache<?, ?> cache) {
    apply(cache, Change.clear(id(cache), now()));
  }

  private static long id(JCache<?, ?> cache) {
    return cache.parts().store().id();
  }

  /** Its versions are above those that were stamped so far, and no two are the same. */
  private Version now() {
    long present = HybridTime.ofMillis(System.currentTimeMillis() + 2);
    return new Version(lastTime.updateAndGet(last -> Math.max(last + 1, present)), OTHER.origin());
  }

  private Payload payload(Object object) {
    Encoded encoded = codecs.encode(object);
    return new Payload(encoded.codec(), encoded.bytes());
  }

  /** On a thread that holds no key, as the event loop. */
  private static void apply(JCache<?, ?> cache, Change change) {
    List<ApplyOutcome> outcomes = new ArrayList<>();
    Thread loop =
        new Thread(
            () -> outcomes.add(cache.parts().store().apply(change, OTHER, ApplyRule.Path.LIVE)));
    loop.start();
    try {
      loop.join(60_000);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    if (outcomes.isEmpty()) {
      throw new AssertionError("a change was not applied: " + change.kind());
    }
  }

  @Override
  public void close() {
    managers.forEach(McCacheManager::close);
  }
}
