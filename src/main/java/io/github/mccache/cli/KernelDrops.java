package io.github.mccache.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How many datagrams the kernel dropped because a receive buffer of this process was full: a loss
 * that nobody injected.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_net.5.html">proc_net(5)</a>
 */
final class KernelDrops {

  private static final List<Path> TABLES =
      List.of(Path.of("/proc/self/net/udp"), Path.of("/proc/self/net/udp6"));
  private static final Path OPEN_FILES = Path.of("/proc/self/fd");
  private static final int INODE_COLUMN = 9;
  private static final int COLUMNS = 13;

  private KernelDrops() {}

  /** Returns the sum over the UDP sockets that are open now; 0 where it cannot be known. */
  static long ofThisProcess() {
    try {
      Set<String> own = socketInodes();
      long drops = 0;
      for (Path table : TABLES) {
        for (String line : Files.readAllLines(table)) {
          String[] words = line.trim().split("\\s+", -1);
          if (words.length >= COLUMNS && own.contains(words[INODE_COLUMN])) {
            drops += Long.parseLong(words[words.length - 1]);
          }
        }
      }
      return drops;
    } catch (IOException | NumberFormatException notLinux) {
      return 0;
    }
  }

  private static Set<String> socketInodes() throws IOException {
    Set<String> inodes = new HashSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(OPEN_FILES)) {
      for (Path file : files) {
        String target = target(file);
        if (target.startsWith("socket:[")) {
          inodes.add(target.substring("socket:[".length(), target.length() - 1));
        }
      }
    }
    return inodes;
  }

  private static String target(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }
}
