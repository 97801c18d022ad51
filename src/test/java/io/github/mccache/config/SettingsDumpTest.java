package io.github.mccache.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsDumpTest {

  @TempDir Path folder;

  private Sources sources(Path file) {
    return Sources.none()
        .uri(file)
        .variable("MCCACHE_CACHE_TTL", "90")
        .variable("MCCACHE_CLUSTER_MTU", "1472")
        .system("mccache.serialization.allow", "com.acme.Order, com.acme.**")
        .manager("mccache.node-name", "web 1 \"a\"");
  }

  private Path file() {
    return Sources.write(
        folder.resolve("mccache.conf"),
        """
        mccache {
          cluster.name = shop
          caches {
            "orders-*" { mode = local }
            orders-eu { statistics = on, max-value = 65536 }
          }
        }
        """);
  }

  @Test
  void render_everySource_tellsEveryOrigin() {
    Path file = file();
    assertThat(sources(file).load().render().replaceAll(" +# ", "  # "))
        .isEqualTo(
            """
            mccache.node-name = "web 1 \\"a\\\""  # the Properties of getCacheManager
            mccache.cluster.enabled = true  # built-in default
            mccache.cluster.name = shop  # FILE:2
            mccache.cluster.app-version = ""  # built-in default
            mccache.cluster.transport = multicast  # built-in default
            mccache.cluster.interface = loopback  # built-in default
            mccache.cluster.keys = []  # built-in default
            mccache.cluster.insecure = false  # built-in default
            mccache.cluster.multicast.group = 239.192.77.67  # built-in default
            mccache.cluster.multicast.port = 47474  # built-in default
            mccache.cluster.multicast.hops = 1  # built-in default
            mccache.cluster.mesh.peers = []  # built-in default
            mccache.cluster.mesh.port = 47475  # built-in default
            mccache.cluster.mtu = 1472  # environment variable MCCACHE_CLUSTER_MTU
            mccache.cluster.scrub-interval = 2s  # built-in default
            mccache.cluster.minimum-members = 1  # built-in default
            mccache.cluster.expected-members = 1  # built-in default
            mccache.serialization.allow = [com.acme.Order, "com.acme.**"]  # system property -Dmccache.serialization.allow
            mccache.defaults.mode = replicate  # built-in default
            mccache.defaults.maximum-entries = 10000  # built-in default
            mccache.defaults.maximum-bytes = off  # built-in default
            mccache.defaults.time-to-live = 90s  # environment variable MCCACHE_CACHE_TTL
            mccache.defaults.fill-after-miss = false  # built-in default
            mccache.defaults.acknowledge = none  # built-in default
            mccache.defaults.acknowledge-timeout = 5s  # built-in default
            mccache.defaults.max-value = 16MiB  # built-in default
            mccache.defaults.on-isolated = serve  # built-in default
            mccache.defaults.warm-up = eager  # built-in default
            mccache.defaults.callback-window = 5s  # built-in default
            mccache.defaults.statistics = false  # built-in default
            mccache.defaults.management = false  # built-in default
            mccache.caches."orders-eu".max-value = 64KiB  # FILE:5
            mccache.caches."orders-eu".statistics = true  # FILE:5
            mccache.caches."orders-*".mode = local  # FILE:4
            """
                .replaceAll(" +# ", "  # ")
                .replace("FILE", file.toString()));
  }

  @Test
  void render_origins_standInOneColumn() {
    assertThat(Sources.none().load().render().lines().map(line -> line.indexOf('#')).distinct())
        .hasSize(1);
  }

  @Test
  void render_readBack_givesTheSameSettings() {
    Settings settings = sources(file()).load();
    Path copy = Sources.write(folder.resolve("copy.conf"), settings.render());
    Settings again = Sources.none().uri(copy).load();
    assertThat(again.effective())
        .extracting(line -> line.key() + line.value())
        .isEqualTo(settings.effective().stream().map(line -> line.key() + line.value()).toList());
    Config parsed = ConfigFactory.parseString(settings.render());
    assertThat(parsed.getStringList("mccache.serialization.allow"))
        .isEqualTo(settings.serializationAllow());
  }

  @Test
  void effective_ofACache_tellsTheKeyThatGaveEachValue() {
    Path file = file();
    assertThat(sources(file).load().effective("orders-eu"))
        .hasSize(13)
        .contains(
            new EffectiveSetting("mccache.caches.\"orders-*\".mode", "local", file + ":4"),
            new EffectiveSetting("mccache.caches.\"orders-eu\".statistics", "true", file + ":5"),
            new EffectiveSetting(
                "mccache.defaults.time-to-live", "90s", "environment variable MCCACHE_CACHE_TTL"),
            new EffectiveSetting("mccache.defaults.warm-up", "eager", "built-in default"));
  }

  @Test
  void keys_inADump_areHidden() {
    byte[] bytes = new byte[32];
    bytes[0] = 99;
    String text = Base64.getEncoder().encodeToString(bytes);
    RawValue raw = RawValue.list(List.of(text, text.replace('/', '_')), "a test");
    List<SealingKey> keys = Catalogue.KEYS.value(raw);
    assertThat(keys).hasSize(2).allMatch(key -> key.bytes()[0] == 99);
    assertThat(keys.get(0)).isEqualTo(keys.get(1)).hasToString("(hidden)");
    assertThat(Catalogue.KEYS.text(raw)).isEqualTo("[\"(hidden)\", \"(hidden)\"]");
  }

  @Test
  void sealingKey_isCopiedInAndOut() {
    byte[] bytes = new byte[32];
    SealingKey key = new SealingKey(bytes);
    bytes[0] = 1;
    key.bytes()[0] = 2;
    assertThat(key.bytes()[0]).isZero();
  }
}
