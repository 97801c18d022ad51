package io.github.mccache.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class EnvironmentLayerTest {

  /** A value other than the default for each setting that this version lets change. */
  private static final Map<String, String> OTHER_VALUES =
      new LinkedHashMap<>(
          Map.ofEntries(
              Map.entry("node-name", "web-1"),
              Map.entry("cluster.enabled", "false"),
              Map.entry("cluster.name", "shop"),
              Map.entry("cluster.interface", "eth0"),
              Map.entry("cluster.insecure", "true"),
              Map.entry("cluster.multicast.group", "239.1.2.3"),
              Map.entry("cluster.multicast.port", "4000"),
              Map.entry("cluster.multicast.hops", "3"),
              Map.entry("cluster.mesh.port", "4001"),
              Map.entry("cluster.mtu", "1472"),
              Map.entry("cluster.app-version", "1.2"),
              Map.entry("cluster.scrub-interval", "10s"),
              Map.entry("cluster.expected-members", "3"),
              Map.entry("serialization.allow", "[com.acme.Order, \"com.acme.**\"]"),
              Map.entry("defaults.mode", "invalidate"),
              Map.entry("defaults.maximum-entries", "256"),
              Map.entry("defaults.maximum-bytes", "8MiB"),
              Map.entry("defaults.time-to-live", "1h"),
              Map.entry("defaults.fill-after-miss", "true"),
              Map.entry("defaults.acknowledge", "all"),
              Map.entry("defaults.on-isolated", "miss"),
              Map.entry("defaults.acknowledge-timeout", "1500ms"),
              Map.entry("defaults.max-value", "64KiB"),
              Map.entry("defaults.warm-up", "none"),
              Map.entry("defaults.callback-window", "off"),
              Map.entry("defaults.statistics", "true"),
              Map.entry("defaults.management", "true")));

  /** Settings of which this version takes the default only. */
  private static final Map<String, String> REFUSED =
      Map.of(
          "cluster.transport", "jgroups",
          "cluster.keys", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
          "cluster.mesh.peers", "host:4000",
          "cluster.minimum-members", "2");

  static Stream<Arguments> settings() {
    return Catalogue.ALL.stream().map(setting -> Arguments.of(setting.name(), setting.variable()));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void variable_ofEachSetting_setsIt(String name, String variable) {
    String other = OTHER_VALUES.get(name);
    String refused = REFUSED.get(name);
    assertThat(other == null).as("%s is in one of the tables", name).isEqualTo(refused != null);
    if (refused != null) {
      assertThat(Sources.none().variable(variable, refused).mistakes())
          .singleElement()
          .asString()
          .contains("mccache." + name, variable, "is not available in this version");
      return;
    }
    Settings settings = Sources.none().variable(variable, other).load();
    assertThat(Sources.effective(settings, "mccache." + name))
        .isEqualTo(
            new EffectiveSetting("mccache." + name, other, "environment variable " + variable));
  }

  @ParameterizedTest
  @CsvSource({
    "MCCACHE_MULTICAST_IP, 224.0.0.3, cluster.multicast.group, 224.0.0.3",
    "MCCACHE_MULTICAST_IP, 224.0.0.3:4000, cluster.multicast.group, 224.0.0.3",
    "MCCACHE_MULTICAST_IP, 224.0.0.3:4000, cluster.multicast.port, 4000",
    "MCCACHE_MULTICAST_IP, 224.0.0.3, cluster.multicast.port, 47474",
    "MCCACHE_MULTICAST_IP, ff15::1, cluster.multicast.group, ff15:0:0:0:0:0:0:1",
    "MCCACHE_MULTICAST_IP, [ff15::1]:4000, cluster.multicast.group, ff15:0:0:0:0:0:0:1",
    "MCCACHE_MULTICAST_IP, [ff15::1]:4000, cluster.multicast.port, 4000",
    "MCCACHE_MULTICAST_IP, [ff15::1], cluster.multicast.port, 47474",
    "MCCACHE_MULTICAST_PORT, 4000, cluster.multicast.port, 4000",
    "MCCACHE_MULTICAST_HOPS, 9, cluster.multicast.hops, 9",
    "MCCACHE_PACKET_MTU, 1472, cluster.mtu, 1472",
    "MCCACHE_CACHE_PULSE, 300, cluster.scrub-interval, 5m",
    "MCCACHE_CACHE_PULSE, 0.5, cluster.scrub-interval, 500ms",
    "MCCACHE_CACHE_MODE, 0, defaults.mode, update",
    "MCCACHE_CACHE_MODE, 1, defaults.mode, replicate",
    "MCCACHE_CACHE_MAX, 256, defaults.maximum-entries, 256",
    "MCCACHE_CACHE_SIZE, 8388608, defaults.maximum-bytes, 8MiB",
    "MCCACHE_CACHE_TTL, 3600, defaults.time-to-live, 1h",
    "MCCACHE_CACHE_TTL, 0, defaults.time-to-live, off",
    "MCCACHE_CALLBACK_WIN, 7, defaults.callback-window, 7s",
    "MCCACHE_CALLBACK_WIN, 0, defaults.callback-window, off",
  })
  void variable_ofMcCacheForPython_setsOurs(
      String variable, String text, String name, String expected) {
    Settings settings = Sources.none().variable(variable, text).load();
    assertThat(Sources.effective(settings, "mccache." + name).value()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "MCCACHE_MULTICAST_IP, localhost, 'is no IP address'",
    "MCCACHE_MULTICAST_IP, 224.0.0.3:, 'Accepted: ip or ip:port with a port from 1 to 65535.'",
    "MCCACHE_MULTICAST_IP, 224.0.0.3:70000, 'is above 65535'",
    "MCCACHE_MULTICAST_IP, [ff15::1, 'Accepted: ip or ip:port'",
    "MCCACHE_CACHE_PULSE, 0, 'Accepted: a number of seconds above 0.'",
    "MCCACHE_CACHE_MODE, 2, 'Accepted: 0 for update, 1 for replicate.'",
    "MCCACHE_CACHE_MAX, 0, 'is below 1'",
    "MCCACHE_CACHE_SIZE, -5, 'is below 1'",
    "MCCACHE_CACHE_TTL, 1h, 'Accepted: a number of seconds, or 0 for off.'",
    "MCCACHE_CRYPTO_KEY, sjQ, 'is not available in this version'",
  })
  void variable_ofMcCacheForPythonWrong_isToldByItsOwnName(
      String variable, String text, String expected) {
    assertThat(Sources.none().variable(variable, text).mistakes())
        .singleElement()
        .asString()
        .contains("environment variable " + variable, expected);
  }

  @Test
  void variable_empty_countsAsNotSet() {
    Settings settings =
        Sources.none()
            .variable("MCCACHE_CRYPTO_KEY", "")
            .variable("MCCACHE_CACHE_TTL", " ")
            .variable("MCCACHE_DEFAULTS_MODE", "")
            .load();
    assertThat(settings.effective()).allMatch(line -> line.origin().equals("built-in default"));
  }

  @Test
  void variable_unknown_isAWarningWithTheNearest() {
    Settings settings =
        Sources.none()
            .variable("MCCACHE_CLUSTER_NAMES", "secret")
            .variable("MCCACHE_CACHES_ORDERS_MODE", "local")
            .variable("OTHER", "x")
            .load();
    assertThat(settings.warnings())
        .isEqualTo(
            List.of(
                "environment variable MCCACHE_CACHES_ORDERS_MODE is ignored: templates of caches"
                    + " cannot be set by a variable, only in a file or as a property such as"
                    + " -Dmccache.caches.orders.mode=local.",
                "environment variable MCCACHE_CLUSTER_NAMES is ignored: McCache for Java has no"
                    + " such setting. The nearest is MCCACHE_CLUSTER_NAME; if another tool reads"
                    + " the variable, all is well."));
  }

  @Test
  void variables_ofKubernetesServices_areOneWarningAndSetNothing() {
    Settings settings =
        Sources.none()
            .variable("MCCACHE_PORT", "tcp://10.0.0.1:47474")
            .variable("MCCACHE_SERVICE_HOST", "10.0.0.1")
            .variable("MCCACHE_SERVICE_PORT", "47474")
            .variable("MCCACHE_SERVICE_PORT_GOSSIP", "47474")
            .variable("MCCACHE_PORT_47474_TCP", "tcp://10.0.0.1:47474")
            .variable("MCCACHE_PORT_47474_TCP_ADDR", "10.0.0.1")
            .variable("MCCACHE_PORT_47475_UDP_PROTO", "udp")
            .variable("MCCACHE_MULTICAST_PORT", "udp://10.0.0.1:47474")
            .variable("MCCACHE_CLUSTER_MESH_PORT", "tcp://10.0.0.2:47475")
            .variable("MCCACHE_CLUSTER_MULTICAST_PORT", "udp://10.0.0.3:1")
            .variable("MCCACHE_HOME", "/opt/mccache")
            .load();

    assertThat(settings.cluster().multicast().port()).isEqualTo(47474);
    assertThat(settings.warnings())
        .singleElement()
        .asString()
        .contains(
            "MCCACHE_PORT,",
            "MCCACHE_SERVICE_HOST",
            "MCCACHE_PORT_47474_TCP_ADDR",
            "MCCACHE_CLUSTER_MESH_PORT",
            "MCCACHE_HOME",
            "Kubernetes");
  }

  @Test
  void variables_ofAServiceWithManyPorts_areNamedUpToABound() {
    Sources sources = Sources.none();
    for (int port = 0; port < 1_000; port++) {
      sources.variable("MCCACHE_PORT_" + port + "_TCP_ADDR", "10.0.0.1");
    }

    assertThat(sources.load().warnings())
        .singleElement()
        .asString()
        .contains(" and 980 more")
        .hasSizeLessThan(2_000);
  }

  @ParameterizedTest
  @CsvSource({
    "MCCACHE_CLUSTR_NAME, MCCACHE_CLUSTER_NAME",
    "MCCACHE_MODE, MCCACHE_DEFAULTS_MODE",
    "MCCACHE_MAX_VALUE, MCCACHE_DEFAULTS_MAX_VALUE",
    "MCCACHE_CACHE_TTL_, MCCACHE_CACHE_TTL",
  })
  void variable_plausiblyMisspelt_isAWarningWithWhatIsMeant(String variable, String meant) {
    assertThat(Sources.none().variable(variable, "1").load().warnings())
        .singleElement()
        .asString()
        .contains(variable + " is ignored", "The nearest is " + meant);
  }

  @Test
  void variables_ofMcCacheForPythonWithoutCounterpart_areANoteEachAndNoWarning() {
    Sources sources = Sources.none();
    ForeignVariables.PYTHON.keySet().forEach(variable -> sources.variable(variable, "1"));
    Settings settings = sources.load();

    assertThat(settings.warnings()).isEmpty();
    assertThat(settings.notes()).hasSize(ForeignVariables.PYTHON.size());
    assertThat(settings.notes())
        .contains(
            "environment variable MCCACHE_LOG_FORMAT of McCache for Python has no effect on McCache"
                + " for Java. The logging backend of the application stands in its place.",
            "environment variable MCCACHE_DAEMON_SLEEP of McCache for Python has no effect on"
                + " McCache for Java. Nothing stands in its place.");
  }
}
