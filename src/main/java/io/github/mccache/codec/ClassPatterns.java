package io.github.mccache.codec;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The patterns of {@code mccache.serialization.allow}: a class ({@code com.acme.Order}, a nested
 * one {@code com.acme.Order$Line}), the classes of a package ({@code com.acme.*}), or those of a
 * package and all below it ({@code com.acme.**}). Immutable.
 */
final class ClassPatterns {

  private static final String WORD = "\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*";
  private static final Pattern LEGAL =
      Pattern.compile(WORD + "(\\." + WORD + ")*(\\.\\*\\*?)?", Pattern.UNICODE_CHARACTER_CLASS);

  private final Set<String> classes = new HashSet<>();
  private final Set<String> packages = new HashSet<>();
  private final List<String> subtrees = new ArrayList<>();

  /**
   * Reads the patterns.
   *
   * @throws IllegalArgumentException for a text that is no pattern
   */
  ClassPatterns(List<String> patterns) {
    for (String pattern : patterns) {
      if (!LEGAL.matcher(pattern).matches()) {
        throw new IllegalArgumentException(
            "mccache.serialization.allow has \""
                + pattern
                + "\", which is neither a class (com.acme.Order), nor a package (com.acme.*), nor a"
                + " package with all below it (com.acme.**)");
      }
      if (pattern.endsWith(".**")) {
        subtrees.add(pattern.substring(0, pattern.length() - 2));
      } else if (pattern.endsWith(".*")) {
        packages.add(pattern.substring(0, pattern.length() - 2));
      } else {
        classes.add(pattern);
      }
    }
  }

  boolean match(String className) {
    return classes.contains(className)
        || packages.contains(className.substring(0, Math.max(0, className.lastIndexOf('.'))))
        || subtrees.stream().anyMatch(className::startsWith);
  }
}
