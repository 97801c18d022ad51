package io.github.mccache.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.api.Acknowledge;
import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.Mode;
import io.github.mccache.api.OnIsolated;
import io.github.mccache.api.WarmUp;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsPrecedenceTest {

  @TempDir Path folder;

  /** The sources that a user has, weakest first. */
  enum Source {
    FILE("settings.conf:1"),
    PYTHON_VARIABLE("environment variable MCCACHE_CACHE_MAX"),
    VARIABLE("environment variable MCCACHE_DEFAULTS_MAXIMUM_ENTRIES"),
    SYSTEM("system property -Dmccache.defaults.maximum-entries"),
    MANAGER("the Properties of getCacheManager");

    final String origin;

    Source(String origin) {
      this.origin = origin;
    }

    long value() {
      return 100 + ordinal();
    }

    void set(Sources sources, Path folder) {
      String key = "mccache.defaults.maximum-entries";
      String text = Long.toString(value());
      switch (this) {
        case FILE ->
            sources.uri(Sources.write(folder.resolve("settings.conf"), key + " = " + text));
        case PYTHON_VARIABLE -> sources.variable("MCCACHE_CACHE_MAX", text);
        case VARIABLE -> sources.variable("MCCACHE_DEFAULTS_MAXIMUM_ENTRIES", text);
        case SYSTEM -> sources.system(key, text);
        case MANAGER -> sources.manager(key, text);
      }
    }
  }

  static List<Arguments> pairs() {
    List<Arguments> pairs = new ArrayList<>();
    for (Source weaker : Source.values()) {
      for (Source stronger : Source.values()) {
        if (weaker.ordinal() < stronger.ordinal()) {
          pairs.add(Arguments.of(weaker, stronger));
        }
      }
    }
    return pairs;
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void load_twoSources_strongerWins(Source weaker, Source stronger) {
    Sources sources = Sources.none();
    stronger.set(sources, folder);
    weaker.set(sources, folder);
    Settings settings = sources.load();
    assertThat(settings.cache("any").maximumEntries()).isEqualTo(stronger.value());
    assertThat(Sources.effective(settings, "mccache.defaults.maximum-entries").origin())
        .endsWith(stronger.origin);
  }

  @ParameterizedTest
  @EnumSource(Source.class)
  void load_oneSource_winsOverTheReference(Source source) {
    Sources sources = Sources.none();
    source.set(sources, folder);
    CacheSettings cache = sources.load().cache("any");
    assertThat(cache.maximumEntries()).isEqualTo(source.value());
    assertThat(cache.maximumEntriesByDefault()).isFalse();
  }

  @Test
  void load_nothingSet_givesTheReference() {
    Settings settings = Sources.none().load();
    CacheSettings cache = settings.cache("any");
    assertThat(settings.nodeName()).isEqualTo("host:42");
    assertThat(settings.warnings()).isEmpty();
    assertThat(settings.serializationAllow()).isEmpty();
    ClusterSettings cluster = settings.cluster();
    assertThat(cluster.enabled()).isTrue();
    assertThat(cluster.insecure()).isFalse();
    assertThat(cluster.name()).isEqualTo("default");
    assertThat(cluster.appVersion()).isEmpty();
    assertThat(cluster.transport()).isEqualTo(TransportKind.MULTICAST);
    assertThat(cluster.interfaceName()).isEqualTo("loopback");
    assertThat(cluster.keys()).isEmpty();
    assertThat(cluster.multicast().group().getHostAddress()).isEqualTo("239.192.77.67");
    assertThat(cluster.multicast().port()).isEqualTo(47474);
    assertThat(cluster.multicast().hops()).isEqualTo(1);
    assertThat(cluster.mesh()).isEqualTo(new MeshSettings(List.of(), 47475));
    assertThat(cluster.mtu()).isEqualTo(1344);
    assertThat(cluster.scrubInterval()).isEqualTo(Duration.ofSeconds(2));
    assertThat(cluster.minimumMembers()).isEqualTo(1);
    assertThat(cache)
        .isEqualTo(
            new CacheSettings(
                Mode.REPLICATE,
                10_000,
                true,
                OptionalLong.empty(),
                Optional.empty(),
                false,
                Acknowledge.NONE,
                Duration.ofSeconds(5),
                16 * 1024 * 1024,
                OnIsolated.SERVE,
                WarmUp.EAGER,
                Duration.ofSeconds(5),
                false,
                false,
                List.of()));
  }

  @Test
  void load_wrongValueOverruled_isNoMistake() {
    Sources sources = Sources.none().variable("MCCACHE_CRYPTO_KEY", "no key at all");
    assertThat(sources.mistakes()).hasSize(1);
    assertThat(sources.system("mccache.cluster.keys", "[]").mistakes()).isEmpty();
  }

  @Test
  void load_realProcess_readsItsEnvironmentAndProperties() {
    Settings settings =
        Settings.load(
            Settings.defaultUri(),
            ClassLoader.getPlatformClassLoader(),
            properties("mccache.cluster.name", "mine", "somebody.else", "x"));
    assertThat(settings.cluster().name()).isEqualTo("mine");
    assertThat(settings.nodeName()).endsWith(":" + ProcessHandle.current().pid());
  }

  private static Properties properties(String... pairs) {
    Properties properties = new Properties();
    for (int i = 0; i < pairs.length; i += 2) {
      properties.setProperty(pairs[i], pairs[i + 1]);
    }
    return properties;
  }

  @Test
  void load_managerPropertiesWithNumbersFlagsAndDefaults_readsThem() {
    Sources sources =
        Sources.none()
            .manager("mccache.defaults.maximum-entries", 7)
            .manager("mccache.defaults.statistics", true);
    CacheSettings cache = sources.load().cache("any");
    assertThat(cache.maximumEntries()).isEqualTo(7);
    assertThat(cache.statistics()).isTrue();
  }

  @Test
  void with_configuration_winsWhereItSays() {
    CacheSettings cache = Sources.none().load().cache("any");
    McCacheConfiguration<String, String> configuration = new McCacheConfiguration<>();
    assertThat(cache.with(configuration)).isEqualTo(cache);
    configuration
        .setMode(Mode.LOCAL)
        .setMaximumEntries(3)
        .setTimeToLive(Duration.ofMillis(20))
        .setMaximumValueBytes(99)
        .setFillAfterMiss(true)
        .setAcknowledge(Acknowledge.ALL)
        .setAcknowledgeTimeout(Duration.ofSeconds(7))
        .setOnIsolated(OnIsolated.MISS)
        .setWarmUp(WarmUp.NONE);
    CacheSettings overlaid = cache.with(new McCacheConfiguration<>(configuration));
    assertThat(overlaid.fillAfterMiss()).isTrue();
    assertThat(overlaid.acknowledge()).isEqualTo(Acknowledge.ALL);
    assertThat(overlaid.acknowledgeTimeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(overlaid.onIsolated()).isEqualTo(OnIsolated.MISS);
    assertThat(overlaid.warmUp()).isEqualTo(WarmUp.NONE);
    assertThat(overlaid.mode()).isEqualTo(Mode.LOCAL);
    assertThat(overlaid.maximumEntries()).isEqualTo(3);
    assertThat(overlaid.maximumEntriesByDefault()).isFalse();
    assertThat(overlaid.timeToLive()).contains(Duration.ofMillis(20));
    assertThat(overlaid.maxValueBytes()).isEqualTo(99);
    assertThat(overlaid.callbackWindow()).isEqualTo(cache.callbackWindow());
  }

  @Test
  void with_otherBoundOnly_liftsTheBuiltInBoundOnEntries() {
    CacheSettings byDefault = Sources.none().load().cache("any");
    CacheSettings bytes =
        byDefault.with(new McCacheConfiguration<String, String>().setMaximumBytes(5));
    assertThat(bytes.maximumEntries()).isEqualTo(Long.MAX_VALUE);
    assertThat(bytes.maximumEntriesByDefault()).isFalse();
    assertThat(bytes.maximumBytes()).hasValue(5);
    CacheSettings weight =
        byDefault.with(
            new McCacheConfiguration<String, String>().setMaximumWeight(5, (key, value) -> 1));
    assertThat(weight.maximumEntries()).isEqualTo(Long.MAX_VALUE);
    CacheSettings explicit =
        Sources.none()
            .system("mccache.defaults.maximum-entries", "10000")
            .load()
            .cache("any")
            .with(new McCacheConfiguration<String, String>().setMaximumBytes(5));
    assertThat(explicit.maximumEntries()).isEqualTo(10_000);
  }

  @Test
  void cache_boundOnBytesSetAlone_liftsTheBuiltInBoundOnEntries() {
    CacheSettings cache =
        Sources.none().system("mccache.defaults.maximum-bytes", "1MiB").load().cache("any");
    assertThat(cache.maximumBytes()).hasValue(1 << 20);
    assertThat(cache.maximumEntries()).isEqualTo(Long.MAX_VALUE);
    assertThat(cache.maximumEntriesByDefault()).isFalse();
  }

  @Test
  void cache_boundOnEntriesOff_hasNone() {
    CacheSettings cache =
        Sources.none().system("mccache.defaults.maximum-entries", "off").load().cache("any");
    assertThat(cache.maximumEntries()).isEqualTo(Long.MAX_VALUE);
    assertThat(cache.maximumEntriesByDefault()).isFalse();
  }
}
