package io.github.mccache.codec;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The patterns of {@code mccache.serialization.allow}: a class ({@code com.acme.Order}, a nested
 * one {@code com.acme.Order$Line}), the classes of a package ({@code com.acme.*}), or those of a
 * package and all below it ({@code com.acme.**}). As in the patterns for the names of caches,
 * {@code *} stands for any characters but dots and {@code **} for any characters, wherever they
 * are; only the first word of a name must be spelled out. Immutable.
 */
final class ClassPatterns {

  private static final String START = "\\p{javaJavaIdentifierStart}";
  private static final String PART = "\\p{javaJavaIdentifierPart}";
  private static final String WORD = "(" + START + "|\\*\\*?+)(" + PART + "|(?<!\\*)\\*\\*?+)*+";
  private static final Pattern LEGAL =
      Pattern.compile(START + PART + "*+(\\." + WORD + ")*+", Pattern.UNICODE_CHARACTER_CLASS);

  private static final Pattern WILDCARD = Pattern.compile("\\*\\*?");

  private final Set<String> classes = new HashSet<>();
  private final List<Pattern> patterns = new ArrayList<>();

  /**
   * Reads the patterns.
   *
   * @throws IllegalArgumentException for a text that is no pattern
   */
  ClassPatterns(List<String> texts) {
    for (String text : texts) {
      if (!LEGAL.matcher(text).matches()) {
        throw new IllegalArgumentException(
            "mccache.serialization.allow has \""
                + text
                + "\", which is neither a class (com.acme.Order), nor a package (com.acme.*), nor a"
                + " package with all below it (com.acme.**)");
      }
      if (text.indexOf('*') < 0) {
        classes.add(text);
      } else {
        patterns.add(compiled(text));
      }
    }
  }

  private static Pattern compiled(String text) {
    StringBuilder regex = new StringBuilder();
    int literal = 0;
    for (var star = WILDCARD.matcher(text); star.find(); literal = star.end()) {
      regex.append(Pattern.quote(text.substring(literal, star.start())));
      regex.append(star.end() - star.start() == 2 ? ".+" : "[^.]+");
    }
    return Pattern.compile(regex.append(Pattern.quote(text.substring(literal))).toString());
  }

  boolean match(String className) {
    return classes.contains(className)
        || patterns.stream().anyMatch(pattern -> pattern.matcher(className).matches());
  }
}
