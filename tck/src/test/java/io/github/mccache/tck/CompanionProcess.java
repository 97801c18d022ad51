package io.github.mccache.tck;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MBeanServerDelegate;
import javax.management.MBeanServerNotification;
import javax.management.Notification;
import javax.management.ObjectName;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Starts the {@link Companion} before the first test of a JVM whose property {@code tck.companion}
 * names a folder, and stops it when that JVM ends. It is bound to the JVM and not to the session,
 * for how many sessions Surefire opens is its own affair. If this JVM dies, the end of its pipe
 * ends the companion as well.
 *
 * <p>The companion is told of every cache that is opened here, by the management bean that comes
 * with it, and the opening waits until the companion has the cache as well and the member here has
 * joined it: so each test has its second member from the first entry on, and the provider knows
 * nothing of it. The TCK expects that a value that was loaded is there, but a load that runs while
 * a member joins may be in vain: what was written meanwhile could be newer.
 */
public final class CompanionProcess implements LauncherSessionListener {

  private static final long START_SECONDS = 60;
  private static final long OPEN_SECONDS = 20;
  private static final long STOP_SECONDS = 20;
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static CompanionProcess running;

  private Path folder;
  private Process process;
  private Writer commands;
  private final BlockingQueue<Optional<String>> answers = new LinkedBlockingQueue<>();
  private final Set<OpenedCache> told = new HashSet<>();

  /** For the service loader. */
  public CompanionProcess() {}

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    String property = System.getProperty("tck.companion");
    if (property != null) {
      startOnce(Path.of(property));
    }
  }

  private static synchronized void startOnce(Path folder) {
    if (running != null) {
      return;
    }
    running = new CompanionProcess();
    running.start(folder);
  }

  private void start(Path reports) {
    folder = reports;
    try {
      Files.createDirectories(folder);
      process =
          new ProcessBuilder(command())
              .redirectError(folder.resolve(Companion.LOG).toFile())
              .start();
      commands = process.outputWriter(StandardCharsets.UTF_8);
      Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop-companion"));
      Thread reader = new Thread(this::read, "read-companion");
      reader.setDaemon(true);
      reader.start();
      awaitReady("did not start", START_SECONDS);
      ManagementFactory.getPlatformMBeanServer()
          .addNotificationListener(
              MBeanServerDelegate.DELEGATE_NAME, (change, handback) -> tell(change), null, null);
    } catch (IOException e) {
      throw new UncheckedIOException("the companion cannot be started", e);
    } catch (JMException e) {
      throw new IllegalStateException("the companion cannot be told of caches", e);
    }
  }

  private List<String> command() {
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

  private void read() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      output.lines().map(Optional::of).forEach(answers::add);
    } catch (IOException | UncheckedIOException e) {
      System.err.println("the companion cannot be heard: " + e);
    } finally {
      answers.add(Optional.empty());
    }
  }

  /** Called for every bean that comes or goes, on the thread that opens the cache. */
  private void tell(Notification change) {
    if (change instanceof MBeanServerNotification bean
        && bean.getType().equals(MBeanServerNotification.REGISTRATION_NOTIFICATION)) {
      OpenedCache.ofBean(bean.getMBeanName()).ifPresent(this::tell);
    }
  }

  private synchronized void tell(OpenedCache cache) {
    if (told.add(cache)) {
      open(cache);
    }
    awaitJoined(cache);
  }

  private void open(OpenedCache cache) {
    try {
      commands.write(cache.toLine() + "\n");
      commands.flush();
      awaitReady("did not open " + cache, OPEN_SECONDS);
    } catch (IOException e) {
      throw new UncheckedIOException("the companion cannot be told of " + cache, e);
    }
  }

  private void awaitJoined(OpenedCache cache) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(OPEN_SECONDS);
    while (!isJoined(cache)) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException(
            "the member of %s has not joined the companion in %d s; it said: %s"
                .formatted(cache, OPEN_SECONDS, Companion.log(folder)));
      }
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }

  private static boolean isJoined(OpenedCache cache) {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    try {
      ObjectName pattern =
          new ObjectName(
              "io.github.mccache:type=Member,manager=" + ObjectName.quote(cache.manager()) + ",*");
      for (ObjectName member : server.queryNames(pattern, null)) {
        if (!(boolean) server.getAttribute(member, "Joined")
            || (int) server.getAttribute(member, "AliveMembers") == 0) {
          return false;
        }
      }
      return true;
    } catch (JMException e) {
      throw new IllegalStateException("the member of " + cache + " cannot be asked", e);
    }
  }

  private void awaitReady(String complaint, long timeoutSeconds) {
    try {
      Optional<String> answer;
      do {
        answer = answers.poll(timeoutSeconds, TimeUnit.SECONDS);
      } while (answer != null && answer.isPresent() && !answer.get().equals(Companion.READY));
      if (answer == null || answer.isEmpty()) {
        throw new IllegalStateException(
            "the companion %s, in up to %d s; it said: %s"
                .formatted(complaint, timeoutSeconds, Companion.log(folder)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stop() {
    try {
      commands.close();
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
