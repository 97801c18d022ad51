package io.github.mccache.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.net.DatagramSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Three members in three JVMs over loopback multicast: each puts, replaces, removes, lets expire
 * and clears, and the terminal shows who changed what and how long it took until the others saw it.
 * Ends with each member's checksum; the exit status is 0 if they are equal, 1 if they differ, 2 if
 * a member failed.
 */
public final class Demo {

  private static final List<String> NAMES = List.of("anna", "ben", "carla");
  private static final int BURST_CHANGES = 2_000;
  private static final long TIMEOUT_MILLIS = 5_000;
  private static final long START_MILLIS = 15_000;
  private static final long SHORT_LIFE_MILLIS = 200;

  private final List<DemoProcess> members;
  private final PrintStream out;
  private final List<Long> delaysMicros = new ArrayList<>();

  private Demo(List<DemoProcess> members, PrintStream out) {
    this.members = members;
    this.out = out;
  }

  /** Runs the demonstration and exits with its status. */
  @SuppressWarnings("SystemOut")
  public static void main(String[] arguments) {
    int status;
    try {
      status = run(System.out);
    } catch (IOException e) {
      System.out.println("The demonstration failed: " + e.getMessage());
      status = 2;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      status = 2;
    }
    System.exit(status);
  }

  private static int run(PrintStream out) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    int port = freePort();
    List<String> cluster =
        List.of(
            "-Dmccache.cluster.name=demo-" + ProcessHandle.current().pid(),
            "-Dmccache.cluster.multicast.port=" + port,
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    out.println(
        "Three members in three JVMs, multicast on the loopback interface, port " + port + ".");
    List<DemoProcess> members = new ArrayList<>();
    try {
      for (String name : NAMES) {
        members.add(DemoProcess.start(name, cluster));
      }
      boolean equal = new Demo(members, out).play();
      out.printf(
          "%nIt took %.1f s.%n", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun) / 1000.0);
      return equal ? 0 : 1;
    } finally {
      members.forEach(DemoProcess::close);
    }
  }

  /** A port that nobody has on this machine right now, so that two demonstrations do not meet. */
  private static int freePort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      return socket.getLocalPort();
    }
  }

  private boolean play() throws IOException, InterruptedException {
    for (DemoProcess member : members) {
      member.await("ready", START_MILLIS);
    }
    out.printf("%n%-6s  %-8s  %-16s  %s%n", "who", "does", "to", "seen by the others after");
    for (DemoProcess member : members) {
      change(member, "put", "colour-" + member.name(), "red");
      change(member, "replace", "colour-" + member.name(), "blue");
      change(member, "put", "size-" + member.name(), "42");
      change(member, "remove", "size-" + member.name(), "");
      expire(member, "offer-" + member.name());
    }
    clear(members.get(0));
    summarize();
    return burst();
  }

  private void change(DemoProcess writer, String operation, String key, String value)
      throws IOException, InterruptedException {
    writer.send((operation + " " + key + " " + value).trim());
    long begun = writer.awaitDone(operation, TIMEOUT_MILLIS).begunMicros();
    show(writer, operation, key, "saw " + key, begun);
  }

  private void expire(DemoProcess writer, String key) throws IOException, InterruptedException {
    writer.send("put-for " + key + " today " + SHORT_LIFE_MILLIS);
    DemoProcess.Done done = writer.awaitDone("put-for", TIMEOUT_MILLIS);
    show(writer, "put", key, "saw " + key, done.begunMicros());
    long deadline = Long.parseLong(done.result());
    List<String> seen = new ArrayList<>();
    for (DemoProcess member : members) {
      long late = member.await("expired " + key, TIMEOUT_MILLIS).micros() - deadline;
      seen.add(String.format("%s %5.1f ms", member.name(), late / 1000.0));
    }
    out.printf(
        "%-6s  %-8s  %-16s  %s%n",
        "all", "expire", key, "after its deadline: " + String.join(", ", seen));
  }

  private void clear(DemoProcess writer) throws IOException, InterruptedException {
    for (DemoProcess member : members) {
      if (member != writer) {
        member.send("await-empty");
      }
    }
    writer.send("clear");
    long begun = writer.awaitDone("clear", TIMEOUT_MILLIS).begunMicros();
    show(writer, "clear", "the cache", "done await-empty", begun);
  }

  private void show(DemoProcess writer, String operation, String key, String sign, long begunMicros)
      throws IOException, InterruptedException {
    List<String> seen = new ArrayList<>();
    for (DemoProcess member : members) {
      if (member != writer) {
        long delay = member.await(sign, TIMEOUT_MILLIS).micros() - begunMicros;
        delaysMicros.add(delay);
        seen.add(String.format("%s %6.2f ms", member.name(), delay / 1000.0));
      }
    }
    out.printf("%-6s  %-8s  %-16s  %s%n", writer.name(), operation, key, String.join(", ", seen));
  }

  private void summarize() {
    List<Long> sorted = delaysMicros.stream().sorted().toList();
    out.printf(
        "%nFrom the call of the operation until a listener elsewhere knew: median %.2f ms, slowest"
            + " %.2f ms, of %d.%n",
        sorted.get(sorted.size() / 2) / 1000.0,
        sorted.get(sorted.size() - 1) / 1000.0,
        sorted.size());
  }

  private boolean burst() throws IOException, InterruptedException {
    out.printf(
        "%nNow all three at once, %,d changes each on the same 200 keys, as fast as they can.%n",
        BURST_CHANGES);
    int seed = 1;
    for (DemoProcess member : members) {
      member.send("burst " + BURST_CHANGES + " " + seed++);
    }
    for (DemoProcess member : members) {
      member.await("done burst", TIMEOUT_MILLIS);
    }
    Set<String> checksums = new HashSet<>();
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS);
    List<String> last;
    do {
      last = checksums();
      checksums = new HashSet<>(last);
    } while (checksums.size() > 1 && System.nanoTime() < deadline);
    out.println();
    for (int i = 0; i < members.size(); i++) {
      out.printf("%-6s  entries:checksum  %s%n", members.get(i).name(), last.get(i));
    }
    boolean equal = checksums.size() == 1;
    out.println(equal ? "All equal." : "They differ: that must not happen.");
    return equal;
  }

  private List<String> checksums() throws IOException, InterruptedException {
    List<String> checksums = new ArrayList<>();
    for (DemoProcess member : members) {
      member.send("checksum");
    }
    for (DemoProcess member : members) {
      checksums.add(member.awaitDone("checksum", TIMEOUT_MILLIS).result());
    }
    return checksums;
  }
}
