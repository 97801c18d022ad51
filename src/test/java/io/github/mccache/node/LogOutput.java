package io.github.mccache.node;

import io.github.mccache.LogFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What is logged on the test's own thread while an action runs, out of {@link LogFile}. */
final class LogOutput {

  private static final Path LOG = LogFile.path();

  private LogOutput() {}

  static List<String> of(Runnable action) {
    int before = content().length;
    action.run();
    byte[] after = content();
    String added =
        new String(Arrays.copyOfRange(after, before, after.length), StandardCharsets.UTF_8);
    String thread = "[" + Thread.currentThread().getName() + "]";
    return added.lines().filter(line -> line.contains(thread)).toList();
  }

  private static byte[] content() {
    try {
      return Files.exists(LOG) ? Files.readAllBytes(LOG) : new byte[0];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
