package io.github.mccache.network;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.Locale;

/** Whether this machine lets a test build hosts. */
final class RealNetwork {

  /** What is in the way, empty for nothing; found out once, and told once. */
  private static final class Obstacle {

    static final String TEXT = find();

    private static String find() {
      String obstacle = obstacle();
      if (!obstacle.isEmpty()) {
        System.err.println("SKIPPED: the tests of real networks: " + obstacle);
      }
      return obstacle;
    }
  }

  private RealNetwork() {}

  /** Skips the test, and says why, where hosts cannot be built; fails it where CI says so. */
  static void assumeUsable() {
    if (Obstacle.TEXT.isEmpty()) {
      return;
    }
    if (Boolean.parseBoolean(System.getenv("CI"))) {
      fail("CI=true, but real networks cannot be tested: " + Obstacle.TEXT);
    }
    abort("SKIPPED: " + Obstacle.TEXT);
  }

  private static String obstacle() {
    if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
      return "they need Linux";
    }
    try (Hosts hosts = Hosts.of(1)) {
      hosts.faults().heal();
      return "";
    } catch (RuntimeException e) {
      return "they need root, ip and nft, and a kernel that has what these ask for: "
          + e.getMessage();
    }
  }
}
