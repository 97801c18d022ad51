package io.github.mccache;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.mccache.api.McCache;
import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.McCacheEntryEvent;
import io.github.mccache.api.Mode;
import io.github.mccache.config.Settings;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.configuration.MutableCacheEntryListenerConfiguration;
import javax.cache.event.CacheEntryCreatedListener;
import javax.cache.event.CacheEntryEvent;
import javax.cache.event.CacheEntryRemovedListener;
import javax.cache.event.CacheEntryUpdatedListener;
import javax.cache.expiry.AccessedExpiryPolicy;
import javax.cache.expiry.Duration;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a member does for its listeners, with what it cannot take, and with its surroundings. */
class MemberTest {

  private final Cluster cluster = new Cluster();

  @AfterEach
  void closeCluster() {
    cluster.close();
  }

  /** An event as it was heard. */
  record Heard(String type, String key, boolean remote, boolean recentlyRead, String thread) {

    static Heard of(CacheEntryEvent<? extends String, ? extends String> event) {
      McCacheEntryEvent<?, ?> detailed = event.unwrap(McCacheEntryEvent.class);
      return new Heard(
          event.getEventType().name(),
          event.getKey(),
          detailed.isRemote(),
          detailed.isRecentlyRead(),
          Thread.currentThread().getName());
    }
  }

  /** Keeps what it hears. */
  private static final class Ear
      implements CacheEntryCreatedListener<String, String>,
          CacheEntryUpdatedListener<String, String>,
          CacheEntryRemovedListener<String, String>,
          Serializable {

    private static final long serialVersionUID = 1L;

    private final transient ConcurrentLinkedQueue<Heard> heard = new ConcurrentLinkedQueue<>();

    static Ear on(McCache<String, String> cache) {
      Ear ear = new Ear();
      cache.registerCacheEntryListener(
          new MutableCacheEntryListenerConfiguration<>(() -> ear, null, true, true));
      return ear;
    }

    private void hear(Iterable<CacheEntryEvent<? extends String, ? extends String>> events) {
      events.forEach(event -> heard.add(Heard.of(event)));
    }

    @Override
    public void onCreated(Iterable<CacheEntryEvent<? extends String, ? extends String>> events) {
      hear(events);
    }

    @Override
    public void onUpdated(Iterable<CacheEntryEvent<? extends String, ? extends String>> events) {
      hear(events);
    }

    @Override
    public void onRemoved(Iterable<CacheEntryEvent<? extends String, ? extends String>> events) {
      hear(events);
    }

    List<String> summary() {
      return heard.stream().map(h -> h.type() + " " + h.key()).toList();
    }
  }

  private List<McCache<String, String>> twoMembers() {
    McCache<String, String> first = Cluster.open(cluster.member(), Mode.REPLICATE);
    McCache<String, String> second = Cluster.open(cluster.member(), Mode.REPLICATE);
    awaitEachOther();
    return List.of(first, second);
  }

  private void awaitEachOther() {
    await()
        .until(
            () ->
                cluster.memberBean(0, "AliveMembers").equals(1)
                    && cluster.memberBean(1, "AliveMembers").equals(1));
  }

  @Test
  void managers_withSettingsInDifferentPlaces_areOneCluster() throws IOException {
    Path folder = Files.createTempDirectory("mccache");
    Path one = Files.writeString(folder.resolve("one.conf"), "");
    Path two = Files.writeString(folder.resolve("two.conf"), "");
    McCache<String, String> first = Cluster.open(cluster.member(one.toUri()), Mode.REPLICATE);
    McCache<String, String> second = Cluster.open(cluster.member(two.toUri()), Mode.REPLICATE);
    McCache<String, String> third =
        Cluster.open(cluster.member(Settings.defaultUri()), Mode.REPLICATE);

    first.put("k", "v");

    await().until(() -> "v".equals(second.get("k")) && "v".equals(third.get("k")));
  }

  @Test
  void managers_withOtherUrns_areKeptApartWithOneWarning() {
    McCache<String, String> green =
        Cluster.open(cluster.member(URI.create("urn:green")), Mode.REPLICATE);
    McCache<String, String> blue =
        Cluster.open(cluster.member(URI.create("urn:blue")), Mode.REPLICATE);

    green.put("k", "v");

    await().until(() -> !warningsOfKeptApart("member-0").isEmpty());
    await().until(() -> !warningsOfKeptApart("member-1").isEmpty());
    assertThat(warningsOfKeptApart("member-0"))
        .singleElement()
        .asString()
        .contains("member member-1 at 127.0.0.1", "urn:green");
    assertThat(blue.get("k")).isNull();
  }

  private List<String> warningsOfKeptApart(String nodeName) {
    try (Stream<String> lines = Files.lines(LogFile.path())) {
      return lines
          .filter(line -> line.contains("WARN") && line.contains(cluster.name() + " as well"))
          .filter(line -> line.contains(" " + nodeName + ": "))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void listener_hearsRemoteChanges_offTheProtocolThread() {
    List<McCache<String, String>> caches = twoMembers();
    Ear ear = Ear.on(caches.get(1));

    caches.get(0).put("a", "1");
    await().until(() -> ear.summary().equals(List.of("CREATED a")));
    caches.get(1).get("a");
    caches.get(0).put("a", "2");
    await().until(() -> ear.summary().size() == 2);
    caches.get(0).remove("a");
    await().until(() -> ear.summary().size() == 3);
    caches.get(1).put("b", "own");

    assertThat(ear.summary()).containsExactly("CREATED a", "UPDATED a", "REMOVED a", "CREATED b");
    assertThat(ear.heard).extracting(Heard::remote).containsExactly(true, true, true, false);
    assertThat(ear.heard).extracting(Heard::recentlyRead).startsWith(false, true, true);
    assertThat(ear.heard.stream().limit(3))
        .allSatisfy(heard -> assertThat(heard.thread()).startsWith("mccache-worker-"));
  }

  @Test
  void removeAll_elsewhere_isHeardByEntry_butClearIsNot() {
    List<McCache<String, String>> caches = twoMembers();
    caches.get(0).putAll(Map.of("a", "1", "b", "2"));
    await().until(() -> caches.get(1).keys().size() == 2);
    Ear ear = Ear.on(caches.get(1));

    caches.get(0).removeAll();
    await().until(() -> ear.summary().size() == 2);
    assertThat(ear.summary()).containsExactlyInAnyOrder("REMOVED a", "REMOVED b");

    caches.get(0).put("c", "3");
    await().until(() -> ear.summary().contains("CREATED c"));
    caches.get(0).clear();
    caches.get(0).put("d", "written after the clear");
    await().until(() -> ear.summary().contains("CREATED d"));
    assertThat(ear.summary()).doesNotContain("REMOVED c");
    assertThat(caches.get(1).containsKey("c")).isFalse();
  }

  @Test
  void listenerThatBlocks_doesNotHoldUpTheProtocol() throws Exception {
    List<McCache<String, String>> caches = twoMembers();
    CountDownLatch release = new CountDownLatch(1);
    caches
        .get(1)
        .registerCacheEntryListener(
            new MutableCacheEntryListenerConfiguration<>(
                () -> (CacheEntryCreatedListener<String, String>) events -> awaitQuietly(release),
                null,
                false,
                true));

    caches.get(0).put("a", "1");
    caches.get(0).put("b", "2");

    await().until(() -> "2".equals(caches.get(1).get("b")));
    release.countDown();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void valueOfManyDatagrams_arrives() {
    List<McCache<String, String>> caches = twoMembers();
    String large = "x".repeat(100_000);

    caches.get(0).put("a", large);

    await().until(() -> large.equals(caches.get(1).get("a")));
  }

  @Test
  void keyOfManyDatagrams_arrives() {
    List<McCache<String, String>> caches = twoMembers();
    String key = "k".repeat(20_000);

    caches.get(0).put(key, "value");

    await().until(() -> "value".equals(caches.get(1).get(key)));
  }

  @Test
  void keyThatIsTooLong_isNotKept() {
    List<McCache<String, String>> caches = twoMembers();

    caches.get(0).put("k".repeat(70_000), "value");

    assertThat(caches.get(0).size()).isZero();
  }

  /** A class that no member has put itself, and nobody allowed. */
  record Stranger(String name) implements Serializable {}

  @Test
  void valueOfAClassThatIsNotAllowed_isAMiss() {
    McCache<String, Object> sender = openObjects(cluster.member());
    McCache<String, Object> receiver = openObjects(cluster.member());
    awaitEachOther();

    sender.put("a", new Stranger("a"));
    await().until(() -> cluster.memberBean(1, "ChangesReceived").equals(1L));

    assertThat(receiver.get("a")).isNull();
    assertThat(receiver.get("a")).isNull();
    assertThat(sender.get("a")).isEqualTo(new Stranger("a"));
  }

  @Test
  void valueOfAClassThatIsAllowed_arrives() {
    String allow = "mccache.serialization.allow";
    McCache<String, Object> sender = openObjects(cluster.member());
    McCache<String, Object> receiver = openObjects(cluster.member(allow, Stranger.class.getName()));
    awaitEachOther();

    sender.put("a", new Stranger("a"));

    await().until(() -> new Stranger("a").equals(receiver.get("a")));
  }

  private static McCache<String, Object> openObjects(CacheManager member) {
    return Cluster.cast(member.createCache("cache", new McCacheConfiguration<String, Object>()));
  }

  @Test
  void rubbishOnThePort_isCounted_andChangesNothing() throws Exception {
    List<McCache<String, String>> caches = twoMembers();
    caches.get(0).put("a", "1");
    await().until(() -> "1".equals(caches.get(1).get("a")));

    Random random = new Random(42);
    try (MulticastSocket socket = new MulticastSocket()) {
      socket.setNetworkInterface(loopback());
      socket.setTimeToLive(0);
      InetSocketAddress group =
          new InetSocketAddress(InetAddress.getByName("239.192.77.67"), cluster.port());
      for (int i = 0; i < 200; i++) {
        byte[] bytes = new byte[random.nextInt(1, i % 10 == 0 ? 20_000 : 1_400)];
        random.nextBytes(bytes);
        socket.send(new DatagramPacket(bytes, bytes.length, group));
      }
    }
    caches.get(0).put("b", "2");

    await().until(() -> "2".equals(caches.get(1).get("b")));
    assertThat(refused(1)).isPositive();
    assertThat(caches.get(1).keys()).containsExactlyInAnyOrder("a", "b");
    assertThat(caches.get(1).get("a")).isEqualTo("1");
  }

  private long refused(int member) {
    TabularData byReason = (TabularData) cluster.memberBean(member, "RefusedDatagrams");
    return byReason.values().stream()
        .mapToLong(row -> (Long) ((CompositeData) row).get("value"))
        .sum();
  }

  private static NetworkInterface loopback() throws IOException {
    return NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
  }

  @Test
  void membersWithOtherNamesOrUris_doNotMix() {
    McCache<String, String> here = Cluster.open(cluster.member(), Mode.REPLICATE);
    McCache<String, String> otherUri =
        Cluster.open(cluster.member(URI.create("urn:mccache:other")), Mode.REPLICATE);
    McCache<String, String> otherName =
        Cluster.open(cluster.member("mccache.cluster.name", "other"), Mode.REPLICATE);
    McCache<String, String> friend = Cluster.open(cluster.member(), Mode.REPLICATE);
    await().until(() -> cluster.memberBean(0, "AliveMembers").equals(1));

    here.put("a", "1");

    await().until(() -> friend.containsKey("a"));
    assertThat(otherUri.containsKey("a")).isFalse();
    assertThat(otherName.containsKey("a")).isFalse();
    assertThat(cluster.memberBean(0, "AliveMembers")).isEqualTo(1);
  }

  @Test
  void noClusteredCache_noThreadAndNoSocket() throws Exception {
    List<String> before = ourThreads();
    long sockets = sockets();
    CacheManager manager = cluster.member();
    Cluster.open(manager, Mode.LOCAL).put("a", "1");
    assertThat(ourThreads()).isEqualTo(before);
    assertThat(sockets()).isEqualTo(sockets);

    McCache<String, String> clustered =
        Cluster.cast(manager.createCache("clustered", new McCacheConfiguration<String, String>()));
    clustered.put("a", "1");
    assertThat(ourThreads()).hasSizeGreaterThan(before.size());
    assertThat(sockets()).isGreaterThan(sockets);

    clustered.close();
    await().untilAsserted(() -> assertThat(ourThreads()).isEqualTo(before));
    assertThat(sockets()).isEqualTo(sockets);
  }

  private static List<String> ourThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("mccache"))
        .sorted()
        .toList();
  }

  /**
   * Counts the UDP sockets of this process; where the system does not tell, there is nothing to
   * compare.
   */
  private static long sockets() throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    if (!Files.isDirectory(descriptors)) {
      return 0;
    }
    try (Stream<Path> all = Files.list(descriptors)) {
      return all.filter(MemberTest::isSocket).count();
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException e) {
      return false; // closed in the meantime
    }
  }

  /** More than goes out while it closes: nobody serves what the unsent changes replaced. */
  @Test
  void close_moreUnsentThanItCanSend_noOtherServesWhatWasReplaced() {
    int keys = 15_000;
    UnaryOperator<McCacheConfiguration<String, String>> roomy =
        configuration -> configuration.setMaximumEntries(2L * keys);
    CacheManager first = cluster.member();
    CacheManager second = cluster.member();
    McCache<String, String> here = Cluster.open(first, Mode.REPLICATE, roomy);
    McCache<String, String> there = Cluster.open(second, Mode.REPLICATE, roomy);
    await().until(() -> cluster.memberBean(0, "AliveMembers").equals(1));
    for (int i = 0; i < keys; i++) {
      here.put("key " + i, "old");
    }
    await().atMost(ofSeconds(60)).until(() -> there.size() == keys);

    String fresh = "new".repeat(1_000);
    for (int i = 0; i < keys; i++) {
      here.put("key " + i, fresh);
    }
    first.close();

    await()
        .atMost(ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(IntStream.range(0, keys).mapToObj(i -> there.get("key " + i)))
                    .doesNotContain("old"));
  }

  @Test
  void close_leavesNeitherThreadNorBean() {
    List<String> before = ourThreads();
    CacheManager manager = cluster.member();
    Cluster.open(manager, Mode.REPLICATE).put("a", "1");

    manager.close();

    // A thread of an earlier test may have been ending when the others were listed.
    await().untilAsserted(() -> assertThat(before).containsAll(ourThreads()));
    assertThatThrownBy(() -> cluster.memberBean(0, "NodeName")).isInstanceOf(AssertionError.class);
  }

  @Test
  void destroyAndCreateAgain_withTheSameName_works() {
    CacheManager manager = cluster.member();
    for (int round = 0; round < 20; round++) {
      McCache<String, String> cache = Cluster.open(manager, Mode.REPLICATE);
      cache.put("round", String.valueOf(round));
      manager.destroyCache("cache");
    }

    assertThat(Cluster.open(manager, Mode.REPLICATE).containsKey("round")).isFalse();
  }

  @Test
  void interfaceThatDoesNotExist_isNamed_withThoseThatDo() {
    CacheManager manager = cluster.member("mccache.cluster.interface", "no-such-interface");

    assertThatThrownBy(() -> Cluster.open(manager, Mode.REPLICATE))
        .isInstanceOf(CacheException.class)
        .hasMessageContaining("no-such-interface")
        .hasMessageContaining("lo")
        .hasMessageContaining("mccache.cluster.enabled");
    assertThat(ourThreads()).noneMatch(name -> name.contains("member-0"));
  }

  @Test
  void wrongSetting_isOneClearError() {
    assertThatThrownBy(() -> cluster.member("mccache.cluster.mtu", "12"))
        .isInstanceOf(CacheException.class)
        .hasMessageContaining("mccache.cluster.mtu")
        .hasMessageContaining("12");
  }

  // ---- entries that live on when they are used ----

  private McCache<String, String> openIdle(int seconds) {
    return Cluster.open(
        cluster.member(),
        Mode.REPLICATE,
        configuration -> {
          configuration.setExpiryPolicyFactory(
              AccessedExpiryPolicy.factoryOf(new Duration(TimeUnit.SECONDS, seconds)));
          return configuration;
        });
  }

  @Test
  void get_onOneMemberBeyondTheIdleTime_keepsTheEntryOnAllAndForAJoiner() {
    McCache<String, String> first = openIdle(5);
    McCache<String, String> second = openIdle(5);
    awaitEachOther();
    first.put("used", "v");
    first.put("idle", "v");
    await().until(() -> second.containsKey("used"));
    long firstDeadline = System.currentTimeMillis() + 5_000;

    await()
        .atMost(ofSeconds(60))
        .until(
            () ->
                "v".equals(first.get("used"))
                    && System.currentTimeMillis() > firstDeadline + 1_000);

    assertThat(second.containsKey("used")).isTrue();
    assertThat(first.containsKey("idle")).isFalse();
    assertThat(second.containsKey("idle")).isFalse();
    McCache<String, String> joiner = openIdle(5);
    await().until(() -> joiner.containsKey("used"));
    await()
        .atMost(ofSeconds(60))
        .until(
            () -> Stream.of(first, second, joiner).noneMatch(cache -> cache.containsKey("used")));
  }
}
