package io.github.mccache.config;

import com.typesafe.config.ConfigSyntax;
import java.net.URI;
import java.util.Locale;

/**
 * The text of a file and where it came from.
 *
 * @param location what relative includes are relative to
 * @param shown the location for messages
 * @param text the content
 * @param syntax by the ending of the name: HOCON unless {@code .json} or {@code .properties}
 */
record SettingsText(URI location, String shown, String text, ConfigSyntax syntax) {

  static SettingsText of(URI location, String shown, String text) {
    String name = shown.toLowerCase(Locale.ROOT);
    ConfigSyntax syntax =
        name.endsWith(".properties")
            ? ConfigSyntax.PROPERTIES
            : name.endsWith(".json") ? ConfigSyntax.JSON : ConfigSyntax.CONF;
    return new SettingsText(location, shown, text, syntax);
  }
}
