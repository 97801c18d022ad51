package io.github.mccache;

import java.nio.file.Path;

/** The file into which the logging backend of the tests writes; each JVM of a build has its own. */
public final class LogFile {

  private LogFile() {}

  /** Returns what {@code simplelogger.properties} names, if the build names none. */
  public static Path path() {
    return Path.of(System.getProperty("org.slf4j.simpleLogger.logFile", "target/test.log"));
  }
}
