package io.github.mccache.jcache;

import io.github.mccache.LogFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;

/** What has been logged, out of {@link LogFile}. */
final class TestLog {

  private TestLog() {}

  /** Returns the lines that contain a text, such as the name of a cache that no other test uses. */
  static List<String> linesWith(String text) {
    try (var lines = Files.lines(LogFile.path())) {
      return lines.filter(line -> line.contains(text)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
