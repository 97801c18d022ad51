package io.github.mccache.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import java.io.File;
import java.io.StringReader;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads what a HOCON text includes through {@link Locations}, relative to that text also within a
 * jar. As HOCON says, an include of what is not there is empty unless it is {@code required(…)}.
 */
final class Includes
    implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {

  private static final Pattern WITH_SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:.*");
  private static final Pattern WITH_ENDING = Pattern.compile(".*\\.(conf|json|properties)");

  private static final int DEEPEST = 20;

  private final Locations locations;
  private final URI base;
  private final int depth;

  private Includes(Locations locations, URI base, int depth) {
    this.locations = locations;
    this.base = base;
    this.depth = depth;
  }

  /** Returns the parsed text; includes are read, substitutions not yet made. */
  static ConfigObject parse(SettingsText text, Locations locations) {
    return parse(text, locations, 0);
  }

  private static ConfigObject parse(SettingsText text, Locations locations, int depth) {
    return ConfigFactory.parseReader(
            new StringReader(text.text()),
            ConfigParseOptions.defaults()
                .setSyntax(text.syntax())
                .setOriginDescription(text.shown())
                .setIncluder(new Includes(locations, text.location(), depth)))
        .root();
  }

  @Override
  public ConfigIncluder withFallback(ConfigIncluder fallback) {
    return this;
  }

  @Override
  public ConfigObject include(ConfigIncludeContext context, String what) {
    if (WITH_ENDING.matcher(what).matches()) {
      return included(context, what, List.of(resolved(what)));
    }
    return included(
        context,
        what,
        List.of(
            resolved(what + ".conf"), resolved(what + ".json"), resolved(what + ".properties")));
  }

  @Override
  public ConfigObject includeFile(ConfigIncludeContext context, File file) {
    return included(context, file.toString(), List.of(file.toURI()));
  }

  @Override
  public ConfigObject includeURL(ConfigIncludeContext context, URL url) {
    return included(context, url.toString(), List.of(uri(url.toString())));
  }

  @Override
  public ConfigObject includeResources(ConfigIncludeContext context, String what) {
    return included(context, what, List.of(resource(what)));
  }

  private ConfigObject included(ConfigIncludeContext context, String what, List<URI> candidates) {
    for (URI candidate : candidates) {
      SettingsText text;
      try {
        text = locations.read(candidate);
      } catch (UnreadableException e) {
        if (e.missing()) {
          continue;
        }
        throw UnreadableException.broken("includes " + what + ", which " + e.reason());
      }
      if (depth == DEEPEST) {
        throw UnreadableException.broken("includes " + what + ", round in a circle or too deep");
      }
      return parse(text, locations, depth + 1);
    }
    if (context.parseOptions().getAllowMissing()) {
      return ConfigFactory.empty().root();
    }
    throw UnreadableException.broken("requires the include " + what + ", which does not exist");
  }

  private URI resolved(String what) {
    if (WITH_SCHEME.matcher(what).matches()) {
      return uri(what);
    }
    String text = base.toString();
    int folder = text.lastIndexOf('/');
    if (what.startsWith("/")) {
      int root = text.lastIndexOf("!/");
      String prefix = root >= 0 ? text.substring(0, root + 1) : base.getScheme() + ":";
      return uri(prefix + encoded(what));
    }
    return uri(
        (folder >= 0 ? text.substring(0, folder + 1) : base.getScheme() + ":") + encoded(what));
  }

  private static URI resource(String what) {
    return uri("classpath:" + encoded(what));
  }

  private static String encoded(String path) {
    try {
      String absolute = path.startsWith("/") ? path : "/" + path;
      return new URI(null, null, absolute, null)
          .getRawPath()
          .substring(absolute.length() - path.length());
    } catch (URISyntaxException e) {
      throw UnreadableException.broken("includes " + path + ", which is no location");
    }
  }

  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw UnreadableException.broken("includes " + text + ", which is no location");
    }
  }
}
