package io.github.mccache.config;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the format of {@link Properties} and keeps the line numbers, which that class forgets: it
 * is given one logical line at a time.
 */
final class PropertiesText {

  private static final Pattern LINE = Pattern.compile("([^\\r\\n]*)(?:\\r\\n|\\r|\\n)?");

  /**
   * One assignment.
   *
   * @param line where it begins, from 1
   */
  record Entry(String key, String value, int line) {}

  private PropertiesText() {}

  /** Throws {@link IllegalArgumentException} with the line for a broken unicode escape. */
  static List<Entry> parse(String text) {
    List<Entry> entries = new ArrayList<>();
    StringBuilder logical = new StringBuilder();
    int number = 0;
    int first = 0;
    for (Matcher lines = LINE.matcher(text);
        lines.lookingAt();
        lines.region(lines.end(), text.length())) {
      if (lines.group().isEmpty()) {
        break;
      }
      number++;
      boolean starts = logical.isEmpty();
      if (starts) {
        first = number;
      }
      logical.append(
          lines.group()); // with its own end: the JDK takes a last "\\\r" and "\\\n" differently
      String line = lines.group(1);
      boolean comment = starts && line.matches("[ \\t\\f]*[#!].*");
      if (comment || !endsInLoneBackslash(line)) {
        add(logical.toString(), first, entries);
        logical.setLength(0);
      }
    }
    add(logical.toString(), first, entries);
    return entries;
  }

  private static boolean endsInLoneBackslash(String line) {
    int backslashes = 0;
    while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 1;
  }

  private static void add(String logicalLine, int line, List<Entry> entries) {
    Properties one = new Properties();
    try {
      one.load(new StringReader(logicalLine));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(Integer.toString(line));
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
    for (String key : one.stringPropertyNames()) {
      entries.add(new Entry(key, one.getProperty(key), line));
    }
  }
}
