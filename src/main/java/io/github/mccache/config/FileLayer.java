package io.github.mccache.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.net.URI;
import java.net.URL;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the file of a manager: the one at its URI, else the one on the class path, if any. */
final class FileLayer {

  private static final List<String> DEFAULT_NAMES = List.of("mccache.conf", "mccache.properties");
  private static final Set<String> SECTIONS =
      Set.of("node-name", "cluster", "serialization", "defaults", "caches");
  private static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{\\??[^}\\s]{1,200}\\}");

  private final SettingsSources sources;
  private final Findings findings;
  private final Locations locations;

  private FileLayer(SettingsSources sources, Findings findings) {
    this.sources = sources;
    this.findings = findings;
    this.locations = new Locations(sources.loader());
  }

  static Layer read(SettingsSources sources, Findings findings) {
    FileLayer reader = new FileLayer(sources, findings);
    SettingsText text =
        Locations.isLocation(sources.uri()) ? reader.readUri() : reader.readDefault();
    return text == null ? new Layer() : reader.parse(text);
  }

  private @Nullable SettingsText readUri() {
    try {
      SettingsText text = locations.read(sources.uri());
      warnOfCopies(text);
      return text;
    } catch (UnreadableException e) {
      findings.mistake(
          "the manager's URI "
              + sources.uri()
              + " "
              + e.reason()
              + ". Accepted: "
              + Locations.ACCEPTED
              + "; or a URI that is only a name, such as "
              + Settings.defaultUri()
              + ", for mccache.conf or mccache.properties on the class path.");
      return null;
    }
  }

  private void warnOfCopies(SettingsText text) {
    URI uri = text.location();
    if ("classpath".equalsIgnoreCase(uri.getScheme())) {
      String name = uri.getSchemeSpecificPart().replaceFirst("^/+", "");
      warnOfCopies(name, locations.resources(name));
    }
  }

  private void warnOfCopies(String name, List<URL> urls) {
    if (urls.size() > 1) {
      findings.warning(
          name
              + " is on the class path "
              + urls.size()
              + " times; the first is read, "
              + Locations.shown(urls.get(0))
              + ", and not "
              + String.join(
                  ", ", urls.subList(1, urls.size()).stream().map(Locations::shown).toList())
              + ".");
    }
  }

  private @Nullable SettingsText readDefault() {
    warnOfPath();
    SettingsText chosen = null;
    for (String name : DEFAULT_NAMES) {
      try {
        List<URL> urls = locations.resources(name);
        if (urls.isEmpty()) {
          continue;
        }
        if (chosen != null) {
          findings.warning(
              Locations.shown(urls.get(0))
                  + " is ignored because of "
                  + chosen.shown()
                  + ": of the two names on the class path mccache.conf wins.");
          continue;
        }
        chosen = locations.readResource(URI.create("classpath:" + name), urls.get(0));
        warnOfCopies(name, urls);
      } catch (UnreadableException e) {
        findings.mistake(
            name
                + " on the class path "
                + e.reason()
                + ". Accepted: a readable UTF-8 text, or none.");
        return null;
      }
    }
    return chosen;
  }

  /** A path without {@code file:} is only a name; say so before somebody wonders. */
  private void warnOfPath() {
    URI uri = sources.uri();
    if (uri.getScheme() == null && uri.toString().matches(".*\\.(conf|json|properties)")) {
      findings.warning(
          "the manager's URI "
              + uri
              + " is taken as a mere name and no such file is read: write file:"
              + uri
              + " or classpath:"
              + uri
              + " for a location.");
    }
  }

  private Layer parse(SettingsText text) {
    String foreign = ForeignFile.xml(text);
    if (foreign != null) {
      findings.mistake(text.shown() + " " + foreign + ". Accepted: " + Locations.ACCEPTED + ".");
      return new Layer();
    }
    return text.syntax() == ConfigSyntax.PROPERTIES ? parseProperties(text) : parseHocon(text);
  }

  private Layer parseProperties(SettingsText text) {
    Layer layer = new Layer();
    try {
      for (PropertiesText.Entry entry : PropertiesText.parse(text.text())) {
        SettingName name = FlatNames.parse(entry.key());
        String origin = text.shown() + ":" + entry.line();
        if (name != null) {
          layer.assign(name, RawValue.text(entry.value(), origin), findings);
        } else if (SECTIONS.contains(entry.key().replaceFirst("\\..*", ""))) {
          warnOfOutside(entry.key(), origin);
        }
      }
    } catch (IllegalArgumentException e) {
      findings.mistake(
          text.shown()
              + ":"
              + e.getMessage()
              + " holds a broken unicode escape. Accepted: a backslash, u and four hexadecimal"
              + " digits.");
    }
    return layer;
  }

  private Layer parseHocon(SettingsText text) {
    Layer layer = new Layer();
    try {
      ConfigObject root = Includes.parse(text, locations);
      root.forEach(
          (key, value) -> {
            if (SECTIONS.contains(key)) {
              warnOfOutside(key, HoconWalk.origin(value.origin()));
            }
          });
      ConfigValue ours = resolved(root).get(SettingName.ROOT);
      if (ours == null && !root.isEmpty() && Collections.disjoint(root.keySet(), SECTIONS)) {
        warnOfNothing(text);
      }
      if (ours != null && ours.valueType() == ConfigValueType.OBJECT) {
        new HoconWalk(layer, findings).walk((ConfigObject) ours);
      } else if (ours != null) {
        findings.mistake(
            "mccache (from "
                + HoconWalk.origin(ours.origin())
                + ") is not a block. Accepted: mccache { … } with the settings in it.");
      }
    } catch (UnreadableException e) {
      findings.mistake(text.shown() + " " + e.reason() + ". Accepted: " + Locations.ACCEPTED + ".");
    } catch (ConfigException.UnresolvedSubstitution e) {
      Matcher names = SUBSTITUTION.matcher(String.valueOf(e.getMessage()));
      findings.mistake(
          HoconWalk.origin(e.origin())
              + " refers to "
              + (names.find() ? names.group() : "a name")
              + ", which is neither in the file nor a system property nor an environment variable."
              + " Accepted: a name that is there, or ${?…} for one that may be absent.");
    } catch (ConfigException e) {
      String foreign = ForeignFile.yaml(text);
      if (foreign != null) {
        findings.mistake(text.shown() + " " + foreign + ". Accepted: " + Locations.ACCEPTED + ".");
        return layer;
      }
      findings.mistake(
          (e.origin() == null ? text.shown() : HoconWalk.origin(e.origin()))
              + " cannot be understood: "
              + hint(String.valueOf(e.getMessage()))
              + ". The text is not shown, as it may hold a key. Accepted: "
              + text.syntax().name().replace("CONF", "HOCON")
              + ".");
    }
    return layer;
  }

  /** A file of something else that happens to be readable would leave the defaults in silence. */
  private void warnOfNothing(SettingsText text) {
    findings.warning(
        text.shown()
            + " holds no settings of McCache: there is nothing in it under mccache. Is it the file"
            + " of another cache provider?");
  }

  private void warnOfOutside(String key, String origin) {
    findings.warning(
        key + " (from " + origin + ") is ignored: it stands outside of mccache, not inside.");
  }

  /** Makes the substitutions, from the file itself, system properties and the environment. */
  private ConfigObject resolved(ConfigObject root) {
    Properties properties = new Properties();
    sources.systemProperties().stringPropertyNames().stream()
        .filter(name -> !name.equals(SettingName.ROOT) && FlatNames.parse(name) == null)
        .forEach(
            name -> properties.setProperty(name, sources.systemProperties().getProperty(name)));
    Map<String, ConfigValue> environment = new HashMap<>();
    sources
        .environment()
        .forEach(
            (name, text) -> {
              if (!name.equals(SettingName.ROOT)) {
                environment.put(
                    name, ConfigValueFactory.fromAnyRef(text, "environment variable " + name));
              }
            });
    Config fallback =
        ConfigFactory.parseProperties(
                properties, ConfigParseOptions.defaults().setOriginDescription("system property"))
            .withFallback(ConfigValueFactory.fromMap(environment));
    return root.toConfig()
        .withFallback(fallback)
        .resolve(ConfigResolveOptions.defaults().setUseSystemEnvironment(false))
        .root();
  }

  /** Says in our own words what the library says with quotations from the text. */
  private static String hint(String message) {
    if (message.contains("unescaped newline")) {
      return "a double quote is not closed on its line";
    }
    if (message.contains("valid escape sequence")) {
      return "a backslash in double quotes must be doubled";
    }
    if (message.contains("end of file")) {
      return "the file ends before a brace, bracket or quote is closed";
    }
    if (message.contains("Reserved character") || message.contains("not allowed after")) {
      return "a name or value with characters other than letters, digits, - and _ must stand in"
          + " double quotes";
    }
    if (message.contains("List should have")) {
      return "a list needs commas between its items and ] at its end";
    }
    if (message.contains("may not be followed by") || message.contains("trailing tokens")) {
      return "a name needs = or a block after it, and every closing brace an opening one";
    }
    return "a brace, comma, equals sign or double quote is missing or too many";
  }
}
