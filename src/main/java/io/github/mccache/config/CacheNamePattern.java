package io.github.mccache.config;

import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * The name of a template: {@code *} stands for any run of characters but dots, {@code **} for any
 * run of characters, {@code ?} for one that is no dot; a backslash takes the meaning from the
 * character after it. The class patterns of {@code serialization.allow} go by the same rule.
 * Immutable.
 *
 * @param text as it was written
 * @param doubles how many {@code **}
 * @param wildcards how many {@code **}, {@code *} and {@code ?}
 * @param regex the same, for matching
 */
record CacheNamePattern(String text, int doubles, int wildcards, Pattern regex) {

  static final String ACCEPTED =
      "the name of a cache, or a pattern in which * stands for any characters but dots, ** for any"
          + " characters and ? for one; a backslash before * ? [ ] { } \\ takes their meaning away";

  /**
   * The best match first: exact names, then longer patterns, then those with fewer {@code **}, then
   * those with fewer wildcards; {@code **} is no longer than {@code *}.
   */
  static final Comparator<CacheNamePattern> BEST_FIRST =
      Comparator.comparing((CacheNamePattern pattern) -> pattern.wildcards > 0)
          .thenComparing(pattern -> pattern.doubles - pattern.text.length())
          .thenComparing(CacheNamePattern::doubles)
          .thenComparing(CacheNamePattern::wildcards)
          .thenComparing(CacheNamePattern::text);

  /** Throws {@link WrongValueException} unless accepted. */
  static CacheNamePattern parse(String text) {
    if (text.isEmpty()) {
      throw new WrongValueException("is empty");
    }
    StringBuilder regex = new StringBuilder();
    int doubles = 0;
    int wildcards = 0;
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      switch (character) {
        case '*' -> {
          wildcards++;
          if (text.startsWith("**", i)) {
            doubles++;
            i++;
            regex.append(".*");
          } else {
            regex.append("[^.]*");
          }
        }
        case '?' -> {
          wildcards++;
          regex.append("[^.]");
        }
        case '[', ']', '{', '}' ->
            throw new WrongValueException("holds " + character + " without a backslash before it");
        case '\\' -> {
          i++;
          if (i == text.length()) {
            throw new WrongValueException("ends in a backslash");
          }
          regex.append(Pattern.quote(text.substring(i, i + 1)));
        }
        default -> regex.append(Pattern.quote(String.valueOf(character)));
      }
    }
    return new CacheNamePattern(
        text, doubles, wildcards, Pattern.compile(regex.toString(), Pattern.DOTALL));
  }

  boolean matches(String cacheName) {
    return regex.matcher(cacheName).matches();
  }
}
