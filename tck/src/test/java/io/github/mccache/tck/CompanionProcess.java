package io.github.mccache.tck;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Starts the {@link Companion} before the first test of a JVM whose property {@code tck.companion}
 * names a folder, and stops it when that JVM ends. It is bound to the JVM and not to the session,
 * for how many sessions Surefire opens is its own affair. If this JVM dies, the end of its pipe
 * ends the companion as well.
 */
public final class CompanionProcess implements LauncherSessionListener {

  private static final long START_SECONDS = 60;
  private static final long STOP_SECONDS = 20;

  private static Process process;

  /** For the service loader. */
  public CompanionProcess() {}

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    String folder = System.getProperty("tck.companion");
    if (folder != null) {
      startOnce(Path.of(folder));
    }
  }

  private static synchronized void startOnce(Path folder) {
    if (process != null) {
      return;
    }
    try {
      Files.createDirectories(folder);
      process =
          new ProcessBuilder(command(folder))
              .redirectError(folder.resolve(Companion.LOG).toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException("the companion cannot be started", e);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(CompanionProcess::stop, "stop-companion"));
    awaitReady(process.inputReader(StandardCharsets.UTF_8), folder);
  }

  private static List<String> command(Path folder) {
    List<String> command = new ArrayList<>();
    command.add(String.join(File.separator, System.getProperty("java.home"), "bin", "java"));
    System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.startsWith("mccache.") || name.startsWith("java.net.prefer"))
        .sorted()
        .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Companion.class.getName());
    command.add(folder.toString());
    return command;
  }

  private static void awaitReady(BufferedReader output, Path folder) {
    CompletableFuture<Boolean> ready =
        CompletableFuture.supplyAsync(() -> output.lines().anyMatch(Companion.READY::equals))
            .completeOnTimeout(false, START_SECONDS, TimeUnit.SECONDS);
    if (!ready.join()) {
      throw new IllegalStateException(
          "the companion ended early or opened no cache within %d s; it said: %s"
              .formatted(START_SECONDS, Companion.log(folder)));
    }
  }

  private static synchronized void stop() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
