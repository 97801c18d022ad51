package io.github.mccache.config;

import org.jspecify.annotations.Nullable;

/**
 * Reads the dotted names of properties. Whatever stands between {@code mccache.caches.} and the
 * last dot is the template, in double quotes or not, since no setting of a template has a dot.
 */
final class FlatNames {

  private static final String PREFIX = SettingName.ROOT + ".";
  private static final String CACHES = "caches.";

  private FlatNames() {}

  /** Returns the name, null for those that are not below {@code mccache.}. */
  static @Nullable SettingName parse(String property) {
    if (!property.startsWith(PREFIX)) {
      return null;
    }
    String name = property.substring(PREFIX.length());
    int lastDot = name.lastIndexOf('.');
    if (!name.startsWith(CACHES) || lastDot < CACHES.length()) {
      return SettingName.of(name);
    }
    String template = name.substring(CACHES.length(), lastDot);
    if (template.length() >= 2 && template.startsWith("\"") && template.endsWith("\"")) {
      template = template.substring(1, template.length() - 1).replaceAll("\\\\([\\\\\"])", "$1");
    }
    return new SettingName(template, name.substring(lastDot + 1));
  }
}
