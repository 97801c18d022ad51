package io.github.mccache.config;

import com.typesafe.config.ConfigUtil;
import org.jspecify.annotations.Nullable;

/**
 * Which setting an assignment is for.
 *
 * @param template the name or glob of a template of caches, null outside of them
 * @param name below {@code mccache.}, or below the template: {@code cluster.name}, {@code mode}
 */
record SettingName(@Nullable String template, String name) {

  static final String ROOT = "mccache";

  static SettingName of(String name) {
    return new SettingName(null, name);
  }

  /** Returns the setting of the catalogue that checks this one. */
  String catalogueName() {
    return template == null ? name : "defaults." + name;
  }

  /** Returns the whole key as one would write it in a file. */
  String key() {
    return template == null
        ? ROOT + "." + name
        : ROOT + ".caches." + ConfigUtil.quoteString(template) + "." + name;
  }
}
