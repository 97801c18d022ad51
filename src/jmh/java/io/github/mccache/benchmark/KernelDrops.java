package io.github.mccache.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * How many datagrams the kernel dropped because a socket's receive buffer was full.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_net.5.html">proc_net(5)</a>
 */
final class KernelDrops {

  private static final Path TABLE = Path.of("/proc/net/udp");

  private KernelDrops() {}

  /** Returns the sum over all open IPv4 sockets of a port; empty where it cannot be known. */
  static OptionalLong ofPort(int port) {
    String suffix = String.format(Locale.ROOT, ":%04X", port);
    try (var lines = Files.lines(TABLE)) {
      return OptionalLong.of(
          lines
              .map(line -> line.trim().split("\\s+"))
              .filter(words -> words.length > 12 && words[1].endsWith(suffix))
              .mapToLong(words -> Long.parseLong(words[words.length - 1]))
              .sum());
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
