package io.github.mccache.benchmark;

import java.io.IOException;
import java.net.DatagramSocket;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * A cluster that no other process is in: a name and a UDP port of its own on the loopback
 * interface.
 *
 * @param name by which its members know each other
 * @param port where they meet
 */
record LoopbackCluster(String name, int port) {

  /** Chooses a port that nobody has on this machine right now. */
  static LoopbackCluster ofOwn() throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      return new LoopbackCluster(
          "benchmark-" + ProcessHandle.current().pid(), socket.getLocalPort());
    }
  }

  private Map<String, String> settings() {
    return Map.of(
        "mccache.cluster.interface",
        "loopback",
        "mccache.cluster.name",
        name,
        "mccache.cluster.multicast.port",
        String.valueOf(port));
  }

  /** Returns the settings for the manager of a member in this JVM. */
  Properties asProperties() {
    Properties properties = new Properties();
    properties.putAll(settings());
    return properties;
  }

  /** Returns the settings for the command line of another JVM. */
  List<String> asJvmArguments() {
    return settings().entrySet().stream()
        .map(setting -> "-D" + setting.getKey() + "=" + setting.getValue())
        .toList();
  }
}
