package io.github.mccache.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Recognises the settings file of another cache provider, which an application that has changed its
 * provider still gives by {@code spring.cache.jcache.config} or {@code hibernate.javax.cache.uri}.
 */
final class ForeignFile {

  private static final List<String> PROVIDERS =
      List.of("Ehcache", "Hazelcast", "Infinispan", "Coherence", "Ignite", "Redisson");
  private static final Pattern FIRST_ELEMENT = Pattern.compile("<([A-Za-z_][^>]*)>?");

  /** How much of a file is looked at: the first element stands behind comments. */
  private static final int HEAD = 64 * 1024;

  private ForeignFile() {}

  /** Returns what is wrong with a file that is XML, to follow its name; null if it is none. */
  static @Nullable String xml(SettingsText text) {
    String head = text.text().substring(0, Math.min(HEAD, text.text().length())).stripLeading();
    if (!head.startsWith("<")) {
      return null;
    }
    Matcher first = FIRST_ELEMENT.matcher(head.replaceAll("(?s)<!--.*?-->", ""));
    return reason("XML", name(text) + " " + (first.find() ? first.group(1) : ""));
  }

  /**
   * Returns what is wrong with a file that could not be parsed and is YAML by its name, to follow
   * its name; null if it is none.
   */
  static @Nullable String yaml(SettingsText text) {
    return name(text).matches(".*\\.ya?ml")
        ? reason("YAML", name(text) + " " + text.text().stripLeading().lines().findFirst())
        : null;
  }

  private static String reason(String syntax, String hints) {
    String folded = hints.toLowerCase(Locale.ROOT);
    for (String provider : PROVIDERS) {
      if (folded.contains(provider.toLowerCase(Locale.ROOT))) {
        return "is a settings file of " + provider + ", in " + syntax + ", not one of McCache";
      }
    }
    return "is " + syntax + ", as the settings files of other cache providers are, not of McCache";
  }

  /** The last part of the name alone: a folder may be called after a provider by chance. */
  private static String name(SettingsText text) {
    String shown = text.shown().toLowerCase(Locale.ROOT);
    return shown.substring(1 + Math.max(shown.lastIndexOf('/'), shown.lastIndexOf('\\')));
  }
}
