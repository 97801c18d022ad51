package io.github.mccache.config;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * What a user set for one cache manager, checked and complete. Immutable.
 *
 * <p>Later wins: the built-in reference, the file at the manager's URI or else {@code mccache.conf}
 * or {@code mccache.properties} on the class path, environment variables {@code MCCACHE_…}, system
 * properties {@code mccache.…}, the {@code Properties} of {@code getCacheManager}. What a program
 * gives to {@code createCache} wins over all of them: {@link CacheSettings#with}.
 */
public final class Settings {

  private static final URI DEFAULT_URI = URI.create("urn:mccache:default");

  private final Map<SettingName, RawValue> values;
  private final List<CacheNamePattern> templates;
  private final List<String> warnings;
  private final List<String> notes;

  private Settings(
      Map<SettingName, RawValue> values, List<CacheNamePattern> templates, Findings findings) {
    this.values = values;
    this.templates = templates;
    this.warnings = findings.warnings();
    this.notes = findings.notes();
  }

  /** Returns the URI of a manager that was given none: {@code urn:mccache:default}. */
  public static URI defaultUri() {
    return DEFAULT_URI;
  }

  /**
   * Returns the part of a manager's URI that divides clusters of the same name: an explicit {@code
   * urn:} is a name of its own, and any other URI, which may say where the settings are, is as good
   * as the default one.
   */
  public static URI dividing(URI managerUri) {
    return "urn".equalsIgnoreCase(managerUri.getScheme()) ? managerUri : DEFAULT_URI;
  }

  /**
   * Returns the settings of a manager, from all sources and from the environment and the system
   * properties of this process.
   *
   * @param uri where the manager's file is, as {@code file:}, {@code classpath:} or {@code jar:},
   *     or any other URI for the files on the class path
   * @param loader the manager's class loader, which knows the class path
   * @param managerProperties those of {@code getCacheManager}; names that do not begin with {@code
   *     mccache.} are somebody else's and ignored
   * @throws SettingsException with all mistakes at once
   */
  public static Settings load(URI uri, ClassLoader loader, Properties managerProperties) {
    Properties systemProperties = new Properties();
    Properties live = System.getProperties();
    live.stringPropertyNames()
        .forEach(name -> systemProperties.setProperty(name, live.getProperty(name, "")));
    Map<String, String> environment = Map.copyOf(System.getenv());
    return load(
        new SettingsSources(
            uri,
            loader,
            environment,
            systemProperties,
            managerProperties,
            () -> ProcessName.hostAndPid(environment)));
  }

  static Settings load(SettingsSources sources) {
    Findings findings = new Findings();
    Layer layers = ReferenceLayer.read();
    layers.putAll(FileLayer.read(sources, findings));
    layers.putAll(EnvironmentLayer.read(sources.environment(), findings));
    layers.putAll(
        PropertiesLayer.read(sources.systemProperties(), "system property -D%s", findings));
    layers.putAll(
        PropertiesLayer.read(
            sources.managerProperties(), "the Properties of getCacheManager", findings));
    Map<SettingName, RawValue> values = new LinkedHashMap<>(layers.asMap());
    List<CacheNamePattern> templates = checked(values, findings);
    findings.throwIfMistaken();
    nameNode(values, sources);
    return new Settings(values, templates, findings);
  }

  private static List<CacheNamePattern> checked(
      Map<SettingName, RawValue> values, Findings findings) {
    Map<String, String> templates = new LinkedHashMap<>();
    values.forEach(
        (name, raw) -> {
          Setting<?> setting = Catalogue.find(name);
          if (setting == null) {
            throw new IllegalStateException("unknown setting in a layer: " + name.key());
          }
          setting.check(name, raw, findings);
          if (name.template() != null) {
            templates.putIfAbsent(name.template(), name.key() + " (from " + raw.origin() + ")");
          }
        });
    List<CacheNamePattern> patterns = new ArrayList<>();
    templates.forEach(
        (template, first) -> {
          try {
            patterns.add(CacheNamePattern.parse(template));
          } catch (WrongValueException e) {
            findings.mistake(
                first
                    + ": the name of the template "
                    + e.reason()
                    + ". Accepted: "
                    + CacheNamePattern.ACCEPTED
                    + ".");
          }
        });
    patterns.sort(CacheNamePattern.BEST_FIRST);
    return List.copyOf(patterns);
  }

  private static void nameNode(Map<SettingName, RawValue> values, SettingsSources sources) {
    values.computeIfPresent(
        SettingName.of(Catalogue.NODE_NAME.name()),
        (name, raw) ->
            Catalogue.NODE_NAME.value(raw).isEmpty()
                ? new RawValue(
                    RawValue.Shape.TEXT,
                    List.of(sources.defaultNodeName().get()),
                    raw.origin(),
                    raw.builtIn(),
                    null)
                : raw);
  }

  /** Returns the label of this process in logs and to other members, never empty. */
  public String nodeName() {
    return value(Catalogue.NODE_NAME);
  }

  /** Returns how this member finds and talks to the others. */
  public ClusterSettings cluster() {
    return new ClusterSettings(
        value(Catalogue.ENABLED),
        value(Catalogue.CLUSTER_NAME),
        value(Catalogue.APP_VERSION),
        value(Catalogue.TRANSPORT),
        value(Catalogue.INTERFACE),
        value(Catalogue.KEYS),
        value(Catalogue.INSECURE),
        new MulticastSettings(
            value(Catalogue.MULTICAST_GROUP),
            value(Catalogue.MULTICAST_PORT),
            value(Catalogue.MULTICAST_HOPS)),
        new MeshSettings(value(Catalogue.MESH_PEERS), value(Catalogue.MESH_PORT)),
        value(Catalogue.MTU),
        value(Catalogue.SCRUB_INTERVAL),
        value(Catalogue.MINIMUM_MEMBERS),
        value(Catalogue.EXPECTED_MEMBERS));
  }

  /**
   * Returns the patterns of classes that may be deserialized from the network: class names,
   * packages ending in {@code .*}, packages with those below them ending in {@code .**}.
   */
  public List<String> serializationAllow() {
    return value(Catalogue.SERIALIZATION_ALLOW);
  }

  /**
   * Returns what holds for a cache: {@code defaults} overlaid by every template that matches the
   * name. An exact name wins over a pattern and a longer pattern over a shorter, setting by
   * setting.
   */
  public CacheSettings cache(String cacheName) {
    List<String> matching = matching(cacheName);
    Optional<Long> bytes = value(Catalogue.MAXIMUM_BYTES, matching);
    boolean entriesUnset = raw(Catalogue.MAXIMUM_ENTRIES, matching).builtIn();
    return new CacheSettings(
        value(Catalogue.MODE, matching),
        entriesUnset && bytes.isPresent()
            ? Long.MAX_VALUE
            : value(Catalogue.MAXIMUM_ENTRIES, matching),
        entriesUnset && bytes.isEmpty(),
        bytes.map(OptionalLong::of).orElse(OptionalLong.empty()),
        value(Catalogue.TIME_TO_LIVE, matching),
        value(Catalogue.FILL_AFTER_MISS, matching),
        value(Catalogue.ACKNOWLEDGE, matching),
        value(Catalogue.ACKNOWLEDGE_TIMEOUT, matching),
        value(Catalogue.MAX_VALUE, matching),
        value(Catalogue.ON_ISOLATED, matching),
        value(Catalogue.WARM_UP, matching),
        value(Catalogue.CALLBACK_WINDOW, matching).orElse(Duration.ZERO),
        value(Catalogue.STATISTICS, matching),
        value(Catalogue.MANAGEMENT, matching),
        matching);
  }

  /**
   * Returns all that is in force, in the order of the reference and then the templates, the
   * strongest first. Secrets are masked.
   */
  public List<EffectiveSetting> effective() {
    List<EffectiveSetting> lines = new ArrayList<>();
    for (Setting<?> setting : Catalogue.ALL) {
      lines.add(effective(setting, SettingName.of(setting.name())));
    }
    for (CacheNamePattern template : templates) {
      for (String name : Catalogue.namesInTemplates()) {
        SettingName inTemplate = new SettingName(template.text(), name);
        Setting<?> setting = Catalogue.find(inTemplate);
        if (setting != null && values.containsKey(inTemplate)) {
          lines.add(effective(setting, inTemplate));
        }
      }
    }
    return List.copyOf(lines);
  }

  /**
   * Returns what is in force for one cache, each with the key that gave it: that of a template or
   * of {@code defaults}.
   */
  public List<EffectiveSetting> effective(String cacheName) {
    List<String> matching = matching(cacheName);
    return Catalogue.ALL.stream()
        .filter(setting -> setting.name().startsWith(Catalogue.DEFAULTS))
        .map(setting -> effective(setting, winner(setting, matching)))
        .toList();
  }

  /** Returns {@link #effective()} as HOCON, with the origin of each value as a comment. */
  public String render() {
    List<EffectiveSetting> lines = effective();
    int width =
        lines.stream()
            .mapToInt(line -> assignment(line).length())
            .filter(n -> n <= 80)
            .max()
            .orElse(0);
    return lines.stream()
        .map(
            line ->
                String.format(
                    "%-" + Math.max(1, width) + "s  # %s",
                    assignment(line),
                    line.origin().replaceAll("\\p{Cntrl}", " ")))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /**
   * Returns what deserves a line in the log at level WARN though it is no mistake: unknown
   * variables, several files, settings without effect in this version. No secrets; may be empty.
   */
  public List<String> warnings() {
    return warnings;
  }

  /**
   * Returns what deserves a line in the log at level INFO: variables of McCache for Python that
   * have no effect here. No secrets; may be empty.
   */
  public List<String> notes() {
    return notes;
  }

  /** Returns {@link #render()}. */
  @Override
  public String toString() {
    return render();
  }

  private static String assignment(EffectiveSetting line) {
    String value = line.value();
    boolean list = value.startsWith("[") && value.endsWith("]");
    return line.key() + " = " + (list ? value : ValueTypes.quoted(value));
  }

  private EffectiveSetting effective(Setting<?> setting, SettingName name) {
    RawValue raw = raw(name);
    return new EffectiveSetting(name.key(), setting.text(raw), raw.origin());
  }

  private List<String> matching(String cacheName) {
    return templates.stream()
        .filter(template -> template.matches(cacheName))
        .map(CacheNamePattern::text)
        .toList();
  }

  private <T> T value(Setting<T> setting) {
    return value(setting, List.of());
  }

  private <T> T value(Setting<T> setting, List<String> matching) {
    return setting.value(raw(setting, matching));
  }

  private RawValue raw(Setting<?> setting, List<String> matching) {
    return raw(winner(setting, matching));
  }

  private SettingName winner(Setting<?> setting, List<String> matching) {
    for (String template : matching) {
      SettingName name =
          new SettingName(template, setting.name().substring(Catalogue.DEFAULTS.length()));
      if (values.containsKey(name)) {
        return name;
      }
    }
    return SettingName.of(setting.name());
  }

  private RawValue raw(SettingName name) {
    RawValue raw = values.get(name);
    if (raw == null) {
      throw new IllegalStateException("the reference has no " + name.key());
    }
    return raw;
  }
}
