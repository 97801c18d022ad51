package io.github.mccache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.mccache.api.McCache;
import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.McCacheEntryEvent;
import io.github.mccache.api.Mode;
import io.github.mccache.config.EffectiveSetting;
import io.github.mccache.config.Settings;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.configuration.MutableCacheEntryListenerConfiguration;
import javax.cache.event.CacheEntryUpdatedListener;
import javax.management.ObjectName;
import javax.management.openmbean.TabularData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Turns every setting that there is, and sees that it does something. */
class EverySettingTest {

  /** One setting turned, and what is to be seen. */
  private interface Case {
    void run(EverySettingTest test) throws Exception;
  }

  private static final String CLUSTER = "mccache.cluster.";
  private static final String DEFAULTS = "mccache.defaults.";
  private static final Map<String, Case> CASES = new LinkedHashMap<>();

  private final Cluster cluster = new Cluster();

  @AfterEach
  void close() {
    cluster.close();
  }

  static Stream<String> settings() {
    return Settings.load(
            Settings.defaultUri(), EverySettingTest.class.getClassLoader(), new Properties())
        .effective()
        .stream()
        .map(EffectiveSetting::key);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void setting_turned_hasAnEffect(String key) throws Exception {
    assertThat(CASES).as("a setting without a case here may do nothing").containsKey(key);
    CASES.get(key).run(this);
  }

  private McCache<String, String> cache(String... settings) {
    return Cluster.open(cluster.member(settings), Mode.REPLICATE);
  }

  private McCache<String, String> plain(String... settings) {
    CacheManager member = cluster.member(settings);
    return Cluster.cast(
        member.createCache(
            "cache",
            new McCacheConfiguration<String, String>().setTypes(String.class, String.class)));
  }

  /** A value of an application's class, which only {@code serialization.allow} lets in. */
  record Item(int number) implements Serializable {}

  private McCache<Object, Object> untyped(String... settings) {
    return Cluster.cast(
        cluster.member(settings).createCache("cache", new McCacheConfiguration<Object, Object>()));
  }

  private long recordsPulled(int member) {
    TabularData counts = (TabularData) cluster.memberBean(member, "ProtocolCounts");
    return (Long) counts.get(new Object[] {"recordsPulled"}).get("value");
  }

  private static @Nullable NetworkInterface beyondLoopback() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .filter(EverySettingTest::isBeyondLoopback)
        .findFirst()
        .orElse(null);
  }

  private static boolean isBeyondLoopback(NetworkInterface candidate) {
    try {
      return candidate.isUp()
          && !candidate.isLoopback()
          && candidate.supportsMulticast()
          && candidate.inetAddresses().anyMatch(Inet4Address.class::isInstance);
    } catch (SocketException e) {
      return false;
    }
  }

  private void awaitBothAlive() {
    await().until(() -> alive(0) == 1 && alive(1) == 1);
  }

  private int alive(int member) {
    return (Integer) cluster.memberBean(member, "AliveMembers");
  }

  private static void arrives(McCache<String, String> from, McCache<String, String> to) {
    from.put("k", "v");
    await().until(() -> "v".equals(to.get("k")));
  }

  /** Members of which the second has a setting that keeps it from the first. */
  private void keepsApart(String... settings) throws InterruptedException {
    McCache<String, String> first = cache();
    McCache<String, String> other = cache(settings);
    McCache<String, String> third = cache();
    first.put("k", "v");
    await().until(() -> "v".equals(third.get("k")));
    assertThat(other.get("k")).isNull();
    assertThat(alive(1)).isZero();
  }

  private void refused(String key, String value, String words) {
    assertThatThrownBy(() -> cache(key, value))
        .isInstanceOf(CacheException.class)
        .hasMessageContaining(words);
  }

  private static boolean hasBean(String type) throws Exception {
    return !ManagementFactory.getPlatformMBeanServer()
        .queryNames(new ObjectName("javax.cache:type=" + type + ",*"), null)
        .isEmpty();
  }

  static {
    CASES.put(
        "mccache.node-name",
        test -> {
          test.cache();
          test.cache("mccache.node-name", "an other name");
          await()
              .until(
                  () ->
                      List.of((String[]) test.cluster.memberBean(0, "Members"))
                          .toString()
                          .contains("an other name"));
        });
    CASES.put(
        CLUSTER + "enabled",
        test -> assertThat(test.cache(CLUSTER + "enabled", "false").mode()).isEqualTo(Mode.LOCAL));
    CASES.put(CLUSTER + "name", test -> test.keepsApart(CLUSTER + "name", "another"));
    CASES.put(
        CLUSTER + "multicast.group",
        test -> test.keepsApart(CLUSTER + "multicast.group", "239.192.77.68"));
    CASES.put(
        CLUSTER + "multicast.port", test -> test.keepsApart(CLUSTER + "multicast.port", "47999"));
    CASES.put(
        CLUSTER + "app-version",
        test -> {
          McCache<String, String> first = test.cache();
          McCache<String, String> other = test.cache(CLUSTER + "app-version", "2");
          test.awaitBothAlive();
          other.put("k", "own");
          await()
              .until(
                  () -> {
                    first.put("k", "v");
                    return other.get("k") == null;
                  });
        });
    CASES.put(
        CLUSTER + "transport",
        test -> test.refused(CLUSTER + "transport", "mesh", "not available in this version"));
    CASES.put(
        CLUSTER + "interface",
        test -> test.refused(CLUSTER + "interface", "no-such-nic", "no-such-nic"));
    CASES.put(
        CLUSTER + "keys",
        test ->
            test.refused(
                CLUSTER + "keys",
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
                "not available in this version"));
    CASES.put(
        CLUSTER + "mesh.peers",
        test -> test.refused(CLUSTER + "mesh.peers", "host:4000", "not available"));
    CASES.put(
        CLUSTER + "minimum-members",
        test -> test.refused(CLUSTER + "minimum-members", "2", "not available"));
    CASES.put(
        CLUSTER + "mtu",
        test -> {
          McCache<String, String> first = test.cache(CLUSTER + "mtu", "600");
          McCache<String, String> second = test.cache();
          test.awaitBothAlive();
          long before = (Long) test.cluster.memberBean(0, "DatagramsSent");
          first.put("k", "v".repeat(60_000));
          await().until(() -> second.get("k") != null);
          assertThat((Long) test.cluster.memberBean(0, "DatagramsSent") - before)
              .isGreaterThan(100);
        });
    CASES.put(
        CLUSTER + "scrub-interval",
        test -> {
          McCache<String, String> first = test.cache(CLUSTER + "scrub-interval", "10ms");
          McCache<String, String> second = test.cache(CLUSTER + "scrub-interval", "10ms");
          arrives(first, second);
          long before = (Long) test.cluster.memberBean(0, "DatagramsSent");
          // Heartbeats alone would take a minute and a half for as many.
          await()
              .atMost(Duration.ofSeconds(60))
              .until(() -> (Long) test.cluster.memberBean(0, "DatagramsSent") - before > 200);
        });
    CASES.put(
        CLUSTER + "expected-members",
        test -> {
          McCache<String, String> alone =
              test.cache(CLUSTER + "expected-members", "2", DEFAULTS + "on-isolated", "miss");
          alone.put("k", "v");
          await()
              .atMost(Duration.ofSeconds(60))
              .until(() -> (Boolean) test.cluster.memberBean(0, "Isolated"));
        });
    CASES.put(
        DEFAULTS + "on-isolated",
        test -> {
          McCache<String, String> misses =
              test.cache(CLUSTER + "expected-members", "2", DEFAULTS + "on-isolated", "miss");
          misses.put("k", "v");
          McCache<String, String> serves = // in a cluster of its own
              test.cache(CLUSTER + "expected-members", "2", CLUSTER + "name", "another");
          await()
              .atMost(Duration.ofSeconds(60))
              .until(() -> (Boolean) test.cluster.memberBean(1, "Isolated"));
          serves.put("k", "v");
          assertThat(serves.get("k")).isEqualTo("v");
          await().until(() -> (Boolean) test.cluster.memberBean(0, "Isolated"));
          assertThat(misses.get("k")).isNull();
        });
    CASES.put(
        CLUSTER + "mesh.port",
        test -> {
          Properties properties = new Properties();
          properties.setProperty(CLUSTER + "mesh.port", "4001");
          Settings settings =
              Settings.load(
                  Settings.defaultUri(), EverySettingTest.class.getClassLoader(), properties);
          assertThat(settings.warnings()).singleElement().asString().contains("no effect yet");
        });
    CASES.put(
        DEFAULTS + "acknowledge",
        test -> {
          McCache<String, String> first = test.plain(DEFAULTS + "acknowledge", "all");
          McCache<String, String> second = test.plain();
          test.awaitBothAlive();
          for (int i = 0; i < 100; i++) {
            first.put("k", "v" + i);
            assertThat(second.get("k")).isEqualTo("v" + i);
          }
        });
    CASES.put(
        DEFAULTS + "acknowledge-timeout",
        test -> {
          McCache<String, String> first =
              test.plain(DEFAULTS + "acknowledge", "all", DEFAULTS + "acknowledge-timeout", "1ms");
          test.plain();
          test.awaitBothAlive();
          assertThatThrownBy(() -> first.put("k", "v".repeat(8 << 20)))
              .isInstanceOf(CacheException.class)
              .hasMessageContaining("within 1 ms");
        });
    CASES.put(
        "mccache.serialization.allow",
        test -> {
          var first = test.untyped();
          var second = test.untyped("mccache.serialization.allow", Item.class.getName());
          test.awaitBothAlive();
          first.put("k", new Item(7));
          await().until(() -> new Item(7).equals(second.get("k")));
        });
    CASES.put(
        DEFAULTS + "mode",
        test ->
            assertThat(test.plain(DEFAULTS + "mode", "invalidate").mode())
                .isEqualTo(Mode.INVALIDATE));
    CASES.put(
        DEFAULTS + "maximum-entries",
        test -> {
          McCache<String, String> cache = test.plain(DEFAULTS + "maximum-entries", "2");
          for (int i = 0; i < 10; i++) {
            cache.put("k" + i, "v");
          }
          assertThat(cache.size()).isEqualTo(2);
        });
    CASES.put(
        DEFAULTS + "maximum-bytes",
        test -> {
          McCache<String, String> cache = test.plain(DEFAULTS + "maximum-bytes", "10KiB");
          for (int i = 0; i < 100; i++) {
            cache.put("k" + i, "v".repeat(1_000));
          }
          assertThat(cache.size()).isLessThan(11);
        });
    CASES.put(
        DEFAULTS + "time-to-live",
        test -> {
          McCache<String, String> cache = test.plain(DEFAULTS + "time-to-live", "50ms");
          cache.put("k", "v");
          await().until(() -> cache.get("k") == null);
        });
    CASES.put(
        DEFAULTS + "max-value",
        test -> {
          McCache<String, String> first = test.plain(DEFAULTS + "max-value", "100");
          McCache<String, String> second = test.plain();
          test.awaitBothAlive();
          second.put("large", "small");
          await().until(() -> "small".equals(first.get("large")));
          first.put("large", "v".repeat(200));
          await().until(() -> second.get("large") == null);
        });
    CASES.put(
        DEFAULTS + "fill-after-miss",
        test -> {
          String mode = DEFAULTS + "mode";
          McCache<String, String> loading =
              test.plain(mode, "invalidate", DEFAULTS + "fill-after-miss", "on");
          McCache<String, String> other = test.plain(mode, "invalidate");
          test.awaitBothAlive();
          other.put("loaded", "v");
          other.put("written", "v");
          assertThat(loading.get("loaded")).isNull();
          loading.put("loaded", "v"); // a fill, which sends nothing
          await() // two members' writes of one millisecond are concurrent: either may win
              .until(
                  () -> {
                    loading.put("written", "v");
                    return other.get("written") == null;
                  });
          assertThat(other.get("loaded")).isEqualTo("v");
        });
    CASES.put(
        DEFAULTS + "warm-up",
        test -> {
          McCache<String, String> first = test.plain();
          first.put("k", "v");
          await().until(() -> (Boolean) test.cluster.memberBean(0, "Joined"));
          test.plain();
          await().until(() -> test.recordsPulled(1) >= 1); // twice if it joins before it opens it
          test.plain(DEFAULTS + "warm-up", "none");
          await().until(() -> (Boolean) test.cluster.memberBean(2, "Joined"));
          assertThat(test.recordsPulled(2)).isZero();
        });
    CASES.put(
        CLUSTER + "insecure",
        test -> {
          NetworkInterface beyond = beyondLoopback();
          if (beyond == null) { // a machine without a network has nothing to secure
            test.refused(CLUSTER + "interface", "eth0", "eth0");
            return;
          }
          test.refused(CLUSTER + "interface", beyond.getName(), "insecure");
          test.cache(CLUSTER + "interface", beyond.getName(), CLUSTER + "insecure", "true");
        });
    CASES.put(
        CLUSTER + "multicast.hops",
        test -> {
          NetworkInterface beyond = beyondLoopback();
          if (beyond == null) {
            test.refused(CLUSTER + "multicast.hops", "256", "is above 255");
            return;
          }
          test.cache(
              CLUSTER + "interface",
              beyond.getName(),
              CLUSTER + "insecure",
              "true",
              CLUSTER + "multicast.hops",
              "7");
          try (Stream<String> lines = Files.lines(LogFile.path())) {
            assertThat(lines.filter(line -> line.contains(test.cluster.name() + " (")))
                .anyMatch(line -> line.endsWith("TTL 7"));
          }
        });
    CASES.put(
        DEFAULTS + "callback-window",
        test -> {
          McCache<String, String> cache = test.plain(DEFAULTS + "callback-window", "off");
          List<Boolean> recent = new CopyOnWriteArrayList<>();
          CacheEntryUpdatedListener<String, String> listener =
              events ->
                  events.forEach(
                      event -> recent.add(event.unwrap(McCacheEntryEvent.class).isRecentlyRead()));
          cache.registerCacheEntryListener(
              new MutableCacheEntryListenerConfiguration<>(() -> listener, null, true, true));
          cache.put("k", "v");
          cache.get("k");
          cache.put("k", "w");
          assertThat(recent).containsExactly(false);
        });
    CASES.put(
        DEFAULTS + "statistics",
        test -> {
          test.plain(DEFAULTS + "statistics", "true");
          assertThat(hasBean("CacheStatistics")).isTrue();
        });
    CASES.put(
        DEFAULTS + "management",
        test -> {
          test.plain(DEFAULTS + "management", "true");
          assertThat(hasBean("CacheConfiguration")).isTrue();
        });
  }
}
