package io.github.mccache.config;

import io.github.mccache.api.Acknowledge;
import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.Mode;
import io.github.mccache.api.OnIsolated;
import io.github.mccache.api.WarmUp;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All settings there are, in the order of the reference file. The defaults are there, the types and
 * bounds are here; what a later version will take and this one refuses is marked here as well.
 */
final class Catalogue {

  static final String DEFAULTS = "defaults.";

  private static final String NO_MESH = "this version has no transport mesh";
  private static final Pattern MORE_THAN_ONE = Pattern.compile("[2-9]|[1-9][0-9]{1,8}");

  private static final ValueType<String> NETWORK_INTERFACE = ValueTypes.networkInterface();

  static final Setting<String> NODE_NAME = Setting.of("node-name", ValueTypes.label(0, 128));

  static final Setting<Boolean> ENABLED = Setting.of("cluster.enabled", ValueTypes.flag());

  static final Setting<String> CLUSTER_NAME = Setting.of("cluster.name", ValueTypes.label(1, 128));

  static final Setting<String> APP_VERSION =
      Setting.of("cluster.app-version", ValueTypes.label(0, 128));

  static final Setting<TransportKind> TRANSPORT =
      Setting.of("cluster.transport", ValueTypes.word("multicast", TransportKind.class))
          .refusing(
              refused(
                  raw -> isWord(raw, "mesh") || isWord(raw, "jgroups"),
                  "other transports come later",
                  "multicast"));

  static final Setting<String> INTERFACE =
      Setting.of("cluster.interface", NETWORK_INTERFACE)
          .refusing(
              refused(
                  raw -> isWord(raw, "auto") || raw.texts().toString().contains("/"),
                  "choosing an interface by a range of addresses or by itself comes later",
                  NETWORK_INTERFACE.accepted()));

  static final Setting<List<SealingKey>> KEYS =
      Setting.of("cluster.keys", ValueTypes.keys())
          .hidden()
          .refusing(
              refused(
                  raw -> !raw.items().isEmpty(),
                  "sealing comes later, and until then a key would protect nothing",
                  "[], also to overrule a source that has a key"));

  static final Setting<Boolean> INSECURE = Setting.of("cluster.insecure", ValueTypes.flag());

  static final Setting<InetAddress> MULTICAST_GROUP =
      Setting.of("cluster.multicast.group", ValueTypes.multicastGroup());

  static final Setting<Integer> MULTICAST_PORT =
      Setting.of("cluster.multicast.port", ValueTypes.number("", 1, 65535));

  static final Setting<Integer> MULTICAST_HOPS =
      Setting.of("cluster.multicast.hops", ValueTypes.number("", 0, 255));

  static final Setting<List<String>> MESH_PEERS =
      Setting.of("cluster.mesh.peers", ValueTypes.peers())
          .refusing(
              refused(
                  raw -> !raw.items().isEmpty(),
                  "there is no transport mesh yet that would speak to them",
                  "[]"));

  static final Setting<Integer> MESH_PORT =
      Setting.of("cluster.mesh.port", ValueTypes.number("", 1, 65535)).warning(raw -> NO_MESH);

  static final Setting<Integer> MTU =
      Setting.of("cluster.mtu", ValueTypes.number(" of bytes", 576, 65507));

  static final Setting<Duration> SCRUB_INTERVAL =
      Setting.of("cluster.scrub-interval", ValueTypes.duration());

  static final Setting<Integer> MINIMUM_MEMBERS =
      Setting.of("cluster.minimum-members", ValueTypes.number("", 1, 1000))
          .refusing(
              refused(
                  raw -> MORE_THAN_ONE.matcher(raw.texts().get(0).strip()).matches(),
                  "health does not depend on the number of members yet",
                  "1"));

  static final Setting<Integer> EXPECTED_MEMBERS =
      Setting.of("cluster.expected-members", ValueTypes.number("", 1, 1000));

  static final Setting<List<String>> SERIALIZATION_ALLOW =
      Setting.of("serialization.allow", ValueTypes.classPatterns());

  static final Setting<Mode> MODE =
      Setting.of(
          "defaults.mode", ValueTypes.word("local, invalidate, update, replicate", Mode.class));

  static final Setting<Long> MAXIMUM_ENTRIES =
      Setting.of("defaults.maximum-entries", ValueTypes.countOrOff());

  static final Setting<Optional<Long>> MAXIMUM_BYTES =
      Setting.of("defaults.maximum-bytes", ValueTypes.sizeOrOff());

  static final Setting<Optional<Duration>> TIME_TO_LIVE =
      Setting.of("defaults.time-to-live", ValueTypes.durationOrOff());

  static final Setting<Boolean> FILL_AFTER_MISS =
      Setting.of("defaults.fill-after-miss", ValueTypes.flag());

  static final Setting<Acknowledge> ACKNOWLEDGE =
      Setting.of("defaults.acknowledge", ValueTypes.word("none, all", Acknowledge.class));

  static final Setting<Duration> ACKNOWLEDGE_TIMEOUT =
      Setting.of("defaults.acknowledge-timeout", ValueTypes.duration());

  static final Setting<Long> MAX_VALUE =
      Setting.of("defaults.max-value", ValueTypes.size(McCacheConfiguration.LARGEST_VALUE_BYTES));

  static final Setting<OnIsolated> ON_ISOLATED =
      Setting.of("defaults.on-isolated", ValueTypes.word("serve, miss", OnIsolated.class));

  static final Setting<WarmUp> WARM_UP =
      Setting.of("defaults.warm-up", ValueTypes.word("eager, none", WarmUp.class));

  static final Setting<Optional<Duration>> CALLBACK_WINDOW =
      Setting.of("defaults.callback-window", ValueTypes.durationOrOff());

  static final Setting<Boolean> STATISTICS = Setting.of("defaults.statistics", ValueTypes.flag());

  static final Setting<Boolean> MANAGEMENT = Setting.of("defaults.management", ValueTypes.flag());

  static final List<Setting<?>> ALL =
      List.of(
          NODE_NAME,
          ENABLED,
          CLUSTER_NAME,
          APP_VERSION,
          TRANSPORT,
          INTERFACE,
          KEYS,
          INSECURE,
          MULTICAST_GROUP,
          MULTICAST_PORT,
          MULTICAST_HOPS,
          MESH_PEERS,
          MESH_PORT,
          MTU,
          SCRUB_INTERVAL,
          MINIMUM_MEMBERS,
          EXPECTED_MEMBERS,
          SERIALIZATION_ALLOW,
          MODE,
          MAXIMUM_ENTRIES,
          MAXIMUM_BYTES,
          TIME_TO_LIVE,
          FILL_AFTER_MISS,
          ACKNOWLEDGE,
          ACKNOWLEDGE_TIMEOUT,
          MAX_VALUE,
          ON_ISOLATED,
          WARM_UP,
          CALLBACK_WINDOW,
          STATISTICS,
          MANAGEMENT);

  private Catalogue() {}

  /** Returns the setting of that name below {@code mccache.}, null if there is none. */
  static @Nullable Setting<?> find(SettingName name) {
    for (Setting<?> setting : ALL) {
      if (setting.name().equals(name.catalogueName())) {
        return setting;
      }
    }
    return null;
  }

  /** Returns the settings that a template may set, by their names in it. */
  static List<String> namesInTemplates() {
    return ALL.stream()
        .map(Setting::name)
        .filter(name -> name.startsWith(DEFAULTS))
        .map(name -> name.substring(DEFAULTS.length()))
        .toList();
  }

  /** Returns what may stand in a section, the empty name being that of the root. */
  static List<String> namesIn(String section) {
    String prefix = section.isEmpty() ? "" : section + ".";
    Stream<String> names =
        ALL.stream()
            .map(Setting::name)
            .filter(name -> name.startsWith(prefix))
            .map(name -> name.substring(prefix.length()).replaceFirst("\\..*", ""));
    return Stream.concat(names, section.isEmpty() ? Stream.of("caches") : Stream.empty())
        .distinct()
        .toList();
  }

  /** Returns the names below which settings lie. */
  static List<String> sections() {
    Set<String> sections = new LinkedHashSet<>();
    for (Setting<?> setting : ALL) {
      String name = setting.name();
      for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
        sections.add(name.substring(0, dot));
      }
    }
    sections.add("caches");
    return List.copyOf(sections);
  }

  /** Returns whether that is the name of a section. */
  static boolean isSection(String name) {
    return sections().contains(name);
  }

  private static boolean isWord(RawValue raw, String word) {
    return raw.shape() == RawValue.Shape.TEXT
        && raw.texts().get(0).strip().toLowerCase(Locale.ROOT).equals(word);
  }

  private static Function<RawValue, Setting.@Nullable Refusal> refused(
      Function<RawValue, Boolean> condition, String reason, String accepted) {
    Setting.Refusal refusal = new Setting.Refusal(reason, accepted);
    return raw -> condition.apply(raw) ? refusal : null;
  }
}
