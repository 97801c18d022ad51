package io.github.mccache.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** On what, and beside what else, figures were taken: to be published with them. */
final class Surroundings {

  private Surroundings() {}

  static String describe() {
    return String.format(
        Locale.ROOT,
        "%d processors (%s), %s %s, JDK %s; load average at the end %.1f",
        Runtime.getRuntime().availableProcessors(),
        processorModel(),
        System.getProperty("os.name"),
        System.getProperty("os.version"),
        Runtime.version(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  private static String processorModel() {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).trim())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }
}
