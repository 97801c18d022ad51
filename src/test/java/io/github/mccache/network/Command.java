package io.github.mccache.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Runs programs of the system that take a moment. */
final class Command {

  private static final long PATIENCE_SECONDS = 20;

  private Command() {}

  /**
   * Runs a program and returns what it wrote.
   *
   * @throws IllegalStateException when it fails, with what it wrote
   */
  static String run(String... words) {
    return runWithInput("", words);
  }

  /** As {@link #run}, with something to read. */
  static String runWithInput(String input, String... words) {
    try {
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      try (var stdin = process.outputWriter(StandardCharsets.UTF_8)) {
        stdin.write(input);
      }
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(String.join(" ", words) + " does not end");
      }
      if (process.exitValue() != 0) {
        throw new IllegalStateException(
            String.join(" ", words) + " ended with " + process.exitValue() + ": " + output.strip());
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
