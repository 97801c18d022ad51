package io.github.mccache.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;

/** Names this process as people would: host, colon, process id. */
final class ProcessName {

  private ProcessName() {}

  /** Prefers the variables that shells and containers set: asking a name service may take long. */
  static String hostAndPid(Map<String, String> environment) {
    String host = environment.getOrDefault("HOSTNAME", "");
    if (host.isBlank()) {
      host = environment.getOrDefault("COMPUTERNAME", "");
    }
    if (host.isBlank()) {
      host = localHost();
    }
    return host.strip() + ":" + ProcessHandle.current().pid();
  }

  private static String localHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
