package io.github.mccache.jcache;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/** What has been logged: the file into which the logging backend of the tests writes. */
final class TestLog {

  private TestLog() {}

  /** Returns the lines that contain a text, such as the name of a cache that no other test uses. */
  static List<String> linesWith(String text) {
    try (var lines = Files.lines(file())) {
      return lines.filter(line -> line.contains(text)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path file() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = TestLog.class.getResourceAsStream("/simplelogger.properties")) {
      properties.load(in);
    }
    return Path.of(properties.getProperty("org.slf4j.simpleLogger.logFile"));
  }
}
