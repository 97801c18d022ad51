package io.github.mccache.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsMistakesTest {

  private static final String SECRET = "c2VjcmV0U2VjcmV0U2VjcmV0";

  @TempDir Path folder;

  @Test
  void load_severalMistakes_tellsAllInOneMessage() {
    Path file =
        Sources.write(
            folder.resolve("mccache.conf"),
            """
            mccache {
              cluster {
                multicast { port = 70000 }
                transprt = multicast
              }
              defaults.time-to-live = 3600
            }
            """);
    assertThatThrownBy(
            () ->
                Sources.none()
                    .uri(file)
                    .variable("MCCACHE_CACHE_MODE", "2")
                    .system("mccache.cluster.mtu", "big")
                    .manager("mccache.caches.orders.mode", "replicated")
                    .load())
        .isInstanceOf(SettingsException.class)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            """
            McCache settings: 6 mistakes
              1. mccache.cluster.transprt = multicast (from $:4) is no setting. Did you mean \
            mccache.cluster.transport? Accepted in mccache.cluster: enabled, name, app-version, \
            transport, interface, keys, insecure, multicast, mesh, mtu, scrub-interval, \
            minimum-members, expected-members.
              2. mccache.cluster.multicast.port = 70000 (from $:3) is above 65535. Accepted: a \
            whole number from 1 to 65535.
              3. mccache.cluster.mtu = big (from system property -Dmccache.cluster.mtu) is not a \
            whole number. Accepted: a whole number of bytes from 576 to 65507.
              4. mccache.defaults.mode = 2 (from environment variable MCCACHE_CACHE_MODE) is not \
            understood. Accepted: 0 for update, 1 for replicate.
              5. mccache.defaults.time-to-live = 3600 (from $:6) has no unit. Accepted: a duration \
            with its unit from 1ms to 3650d, such as 500ms, 30s, 2h, or off.
              6. mccache.caches."orders".mode = replicated (from the Properties of getCacheManager) \
            is none of the words accepted. Accepted: local, invalidate, update, replicate.\
            """
                .replace("$", file.toString()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "node-name | a\tb\u0007c | holds a control character",
        "cluster.enabled | perhaps | is neither true nor false",
        "cluster.name | '' | has 0 characters",
        "cluster.transport | udp | is none of the words accepted",
        "cluster.interface | my nic | names no interface",
        "cluster.interface | '' | names no interface",
        "cluster.multicast.group | localhost | is no IP address",
        "cluster.multicast.group | 1.2.3 | is no IP address",
        "cluster.multicast.group | 239.1.1.256 | is no IP address",
        "cluster.multicast.group | 223.255.255.255 | is not a multicast address",
        "cluster.multicast.group | fe80::1 | is not a multicast address",
        "cluster.multicast.port | 0 | is below 1",
        "cluster.multicast.port | 65536 | is above 65535",
        "cluster.multicast.port | 1.5 | is not a whole number",
        "cluster.multicast.port | 99999999999999999999 | is above 65535",
        "cluster.multicast.hops | -1 | is below 0",
        "cluster.multicast.hops | 256 | is above 255",
        "cluster.mtu | 575 | is below 576",
        "cluster.mtu | 65508 | is above 65507",
        "cluster.scrub-interval | 0s | is below 1ms",
        "cluster.scrub-interval | -1s | is below 1ms",
        "cluster.scrub-interval | off | is no duration",
        "cluster.scrub-interval | 2 parsecs | is no duration",
        "cluster.minimum-members | 0 | is below 1",
        "serialization.allow | * | is not accepted: item 1 would allow every class",
        "serialization.allow | a.B,c..D | is not accepted: item 2 is no class name or pattern",
        "serialization.allow | a.B,,c | is not accepted: item 2 is no class name or pattern",
        "defaults.mode | full | is none of the words accepted",
        "defaults.maximum-entries | 0 | is below 1",
        "defaults.maximum-entries | none | is not a whole number",
        "defaults.maximum-bytes | 0 | is below 1",
        "defaults.maximum-bytes | 5 sheep | is no size",
        "defaults.maximum-bytes | 9999999YiB | is above 9223372036854775806",
        "defaults.time-to-live | 0s | is below 1ms",
        "defaults.time-to-live | 500us | is below 1ms",
        "defaults.time-to-live | 3651d | is above 3650d",
        "defaults.time-to-live | 60 | has no unit",
        "defaults.acknowledge | some | is none of the words accepted",
        "defaults.max-value | 0 | is below 1",
        "defaults.max-value | 17MiB | is above 16MiB",
        "defaults.on-isolated | hide | is none of the words accepted",
        "defaults.warm-up | lazy | is none of the words accepted",
        "defaults.statistics | 1 | is neither true nor false",
      })
  void load_wrongValue_tellsWhatIsAccepted(String name, String text, String reason) {
    String accepted = Catalogue.find(SettingName.of(name)).accepted();
    assertThat(Sources.none().system("mccache." + name, text).mistakes())
        .containsExactly(
            "mccache.%s = %s (from system property -Dmccache.%s) %s. Accepted: %s."
                .formatted(
                    name,
                    text.isEmpty() ? "\"\"" : text.replaceAll("\\p{Cntrl}", " "),
                    name,
                    reason,
                    accepted));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cluster.transport | Mesh | other transports come later | multicast",
        "cluster.transport | jgroups | other transports come later | multicast",
        "cluster.interface | auto | choosing an interface by a range of addresses or by itself"
            + " comes later | loopback, the name of a network interface such as eth0, or an"
            + " address of one",
        "cluster.interface | 10.0.0.0/8 | choosing an interface by a range of addresses or by"
            + " itself comes later | loopback, the name of a network interface such as eth0, or an"
            + " address of one",
        "cluster.mesh.peers | a:1,b:2 | there is no transport mesh yet that would speak to them"
            + " | []",
        "cluster.minimum-members | 3 | health does not depend on the number of members yet | 1",
      })
  void load_valueOfALaterVersion_isRefusedNotIgnored(
      String name, String text, String reason, String accepted) {
    assertThat(Sources.none().system("mccache." + name, text).mistakes())
        .containsExactly(
            "mccache.%s = %s (from system property -Dmccache.%s) is not available in this version:"
                    .formatted(name, text, name)
                + " %s. Accepted: %s.".formatted(reason, accepted));
  }

  @Test
  void load_key_isRefusedWithTheReasonAndNotShown() {
    assertThat(Sources.none().system("mccache.cluster.keys", SECRET).mistakes())
        .containsExactly(
            "mccache.cluster.keys = (hidden) (from system property -Dmccache.cluster.keys) is not"
                + " available in this version: sealing comes later, and until then a key would"
                + " protect nothing. Accepted: [], also to overrule a source that has a key.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mccache.cluster.keys = [\"$\"]",
        "mccache.cluster.keys = \"$\"",
        "mccache.cluster.keys = { a = \"$\" }",
        "mccache.cluster.keys = [[\"$\"]]",
        "mccache.cluster.kyes = [\"$\"]",
        "mccache.cluster.KEYS = [\"$\"]",
        "mccache.keys = \"$\"",
        "mccache.crypto = \"$\"",
        "mccache.caches.a.keys = \"$\"",
        "mccache.cluster { keys = [$+$/=] }",
        "mccache.cluster { keys = [\"$] }",
        "mccache.cluster { keys = [\"\\q$\"] }",
        "mccache.cluster { keys \"$\" }",
        "mccache.cluster { keys = $ } $",
        "mccache.cluster { keys = [$] }} $",
        "mccache.cluster.keys.$+ = 1",
        "mccache.cluster { keys : [ ${$ ] }",
      })
  void load_mistakeWithAKey_showsNothingOfIt(String text) {
    Path file = Sources.write(folder.resolve("a.conf"), text.replace("$", SECRET));
    assertThatThrownBy(() -> Sources.none().uri(file).load())
        .isInstanceOf(SettingsException.class)
        .satisfies(
            thrown -> {
              StringWriter trace = new StringWriter();
              thrown.printStackTrace(new PrintWriter(trace));
              assertThat(trace.toString()).contains(file + ":1").doesNotContain(SECRET);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "cluster.port, cluster.multicast.port",
    "multicast.port, cluster.multicast.port",
    "cluster.muticast.port, cluster.multicast.port",
    "nodename, node-name",
    "node.name, node-name",
    "defaults.ttl-to-live, defaults.time-to-live",
    "defaults.maximumEntries, defaults.maximum-entries",
    "mode, defaults.mode",
    "serialisation.allow, serialization.allow",
    "cluster.MTU, cluster.mtu",
    "caches.orders.mdoe, 'caches.\"orders\".mode'",
    "caches.orders.maximum-entires, 'caches.\"orders\".maximum-entries'",
  })
  void load_unknownKey_suggestsTheNearest(String unknown, String nearest) {
    assertThat(Sources.none().system("mccache." + unknown, "1").mistakes())
        .singleElement()
        .asString()
        .contains(" = 1 (from system property -Dmccache." + unknown + ") is no setting. Did you")
        .contains("Did you mean mccache." + nearest + "? Accepted in ");
  }

  @Test
  void load_wrongStructure_tellsFileAndLine() {
    assertThat(mistakes("mccache = 3"))
        .containsExactly(
            "mccache (from $:1) is not a block. Accepted: mccache { … } with the settings in it.");
    assertThat(mistakes("mccache.caches.x = 3"))
        .containsExactly(
            "mccache.caches.\"x\" (from $:1) is not a block. Accepted: mccache.caches {"
                + " \"name or pattern\" { mode = local } } and the like.");
    assertThat(mistakes("\nmccache.serialization = 3"))
        .containsExactly(
            "mccache.serialization (from $:2) is not a block. Accepted in mccache.serialization:"
                + " allow.");
    assertThat(mistakes("mccache.clusterr { name = x }"))
        .containsExactly(
            "mccache.clusterr = { … } (from $:1) is no setting. Did you mean mccache.cluster?"
                + " Accepted in mccache: node-name, cluster, serialization, defaults, caches.");
    assertThat(mistakes("mccache.defaults.mode = null"))
        .containsExactly(
            "mccache.defaults.mode = null (from $:1) is no value. Accepted: local, invalidate,"
                + " update, replicate.");
    assertThat(mistakes("mccache.defaults.mode = [local]"))
        .containsExactly(
            "mccache.defaults.mode = [local] (from $:1) is a list, and one value is wanted."
                + " Accepted: local, invalidate, update, replicate.");
    assertThat(mistakes("mccache.caches.com.acme.mode = local"))
        .singleElement()
        .asString()
        .startsWith("mccache.caches.\"com\".acme = { … } (from $:1) is no setting.")
        .endsWith("The name of a cache that holds a dot stands in double quotes.");
    assertThat(mistakes("mccache.caches.\"a[0]\" { mode = local, statistics = on }"))
        .containsExactly(
            "mccache.caches.\"a[0]\".mode (from $:1): the name of the template holds [ without a"
                + " backslash before it. Accepted: the name of a cache, or a pattern in which *"
                + " stands for any characters but dots, ** for any characters and ? for one; a"
                + " backslash before * ? [ ] { } \\ takes their meaning away.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mccache {~ cluster { name = a~ }~ | 4 | the file ends before a brace, bracket or quote"
            + " is closed",
        "mccache {~ node-name = \"a~ } | 2 | a double quote is not closed on its line",
        "mccache {~ node-name = \"\\w\"~ } | 2 | a backslash in double quotes must be doubled",
        "mccache {~ caches { a-* { mode = local } }~ } | 2 | a name or value with characters other"
            + " than letters, digits, - and _ must stand in double quotes",
        "mccache {~ node-name~ } | 3 | a name needs = or a block after it, and every closing brace"
            + " an opening one",
        "mccache.serialization.allow = [ a : b ] | 1 | a list needs commas between its items and ]"
            + " at its end",
        "mccache { node-name = : } | 1 | a brace, comma, equals sign or double quote is missing or"
            + " too many",
      })
  void load_brokenHocon_tellsTheLineInOurWords(String text, int line, String hint) {
    assertThat(mistakes(text.replace("~", "\n")))
        .containsExactly(
            "$:%d cannot be understood: %s. The text is not shown, as it may hold a key. Accepted:"
                    .formatted(line, hint)
                + " HOCON.");
  }

  @Test
  void load_unresolvedSubstitution_namesIt() {
    assertThat(mistakes("mccache {\n node-name = ${HOST_NAME}\n}"))
        .containsExactly(
            "$:2 refers to ${HOST_NAME}, which is neither in the file nor a system property nor an"
                + " environment variable. Accepted: a name that is there, or ${?…} for one that may"
                + " be absent.");
  }

  @Test
  void load_brokenProperties_tellsTheLine() {
    Path file = Sources.write(folder.resolve("a.properties"), "a=b\nmccache.x = \\u00g1");
    assertThat(Sources.none().uri(file).mistakes())
        .containsExactly(
            file
                + ":2 holds a broken unicode escape. Accepted: a backslash, u and four hexadecimal"
                + " digits.");
  }

  @Test
  void load_settingsOutsideOfMccache_areAWarning() {
    Path hocon = Sources.write(folder.resolve("a.conf"), "other = 1\ncluster { name = x }");
    assertThat(Sources.none().uri(hocon).load().warnings())
        .containsExactly(
            "cluster (from " + hocon + ":2) is ignored: it stands outside of mccache, not inside.");
    Path properties = Sources.write(folder.resolve("a.properties"), "x=1\ndefaults.mode=local");
    assertThat(Sources.none().uri(properties).load().warnings())
        .containsExactly(
            "defaults.mode (from "
                + properties
                + ":2) is ignored: it stands outside of mccache, not inside.");
  }

  @Test
  void load_settingsWithoutEffectYet_areWarnings() {
    assertThat(
            Sources.none()
                .system("mccache.cluster.mesh.port", "4711")
                .system("mccache.cluster.scrub-interval", "3s")
                .system("mccache.caches.a.warm-up", "eager")
                .load()
                .warnings())
        .containsExactly(
            "mccache.cluster.mesh.port = 4711 (from system property"
                + " -Dmccache.cluster.mesh.port) has no effect yet: this version has no transport"
                + " mesh.");
  }

  private List<String> mistakes(String hocon) {
    Path file = Sources.write(folder.resolve("a.conf"), hocon);
    return Sources.none().uri(file).mistakes().stream()
        .map(mistake -> mistake.replace(file.toString(), "$"))
        .toList();
  }
}
