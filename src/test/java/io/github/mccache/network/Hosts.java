package io.github.mccache.network;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hosts on one network: namespaces joined by a bridge in one more namespace. Numbered from 1; host
 * 3 has the address 10.77.0.3 on its {@code eth0} and is behind the bridge's port {@code p3}. Their
 * names hold this process's id, so that two runs never meet. Gone when closed, or when this JVM
 * ends; what a killed JVM left behind is removed by the next.
 */
final class Hosts implements AutoCloseable {

  private static final String PREFIX = "mccache-test-";
  private static final Pattern NAME = Pattern.compile("(?m)^" + PREFIX + "(\\d+)-\\S+");
  private static final AtomicInteger NEXT = new AtomicInteger();

  private final String name =
      PREFIX + ProcessHandle.current().pid() + "-" + NEXT.incrementAndGet() + "-";
  private final int count;
  private final List<String> namespaces = new ArrayList<>(); // guarded by itself
  private final Thread hook = new Thread(this::removeAll, "remove-hosts");
  private final Faults faults;

  private Hosts(int count) {
    this.count = count;
    this.faults = new Faults(bridge(), count);
  }

  /** Makes hosts that reach each other and nothing else. */
  static Hosts of(int count) {
    removeLeftOvers();
    Hosts hosts = new Hosts(count);
    Runtime.getRuntime().addShutdownHook(hosts.hook);
    try {
      hosts.build();
      return hosts;
    } catch (RuntimeException e) {
      hosts.close();
      throw e;
    }
  }

  private static void removeLeftOvers() {
    Matcher names = NAME.matcher(Command.run("ip", "netns", "list"));
    while (names.find()) {
      if (!Files.exists(Path.of("/proc", names.group(1)))) {
        remove(names.group());
      }
    }
  }

  /** Ends what still runs there, also what is stopped, and removes the namespace. */
  private static void remove(String namespace) {
    Command.run("sh", "-c", "ip netns pids " + namespace + " | xargs -r kill -9");
    Command.run("ip", "netns", "del", namespace);
  }

  private void build() {
    addNamespace(bridge());
    Command.runWithInput(
        "link add br0 type bridge mcast_snooping 0 stp_state 0 forward_delay 0\n"
            + "link set br0 up\n",
        "ip",
        "-n",
        bridge(),
        "-batch",
        "-");
    for (int host = 1; host <= count; host++) {
      addNamespace(namespace(host));
      Command.runWithInput(
          ("link add PORT type veth peer name eth0 netns HOST\n" + "link set PORT master br0 up\n")
              .replace("PORT", port(host))
              .replace("HOST", namespace(host)),
          "ip",
          "-n",
          bridge(),
          "-batch",
          "-");
      Command.runWithInput(
          ("addr add ADDRESS/24 dev eth0\n"
                  + "link set lo up\n"
                  + "link set eth0 up\n"
                  + "route add 224.0.0.0/4 dev eth0\n")
              .replace("ADDRESS", address(host)),
          "ip",
          "-n",
          namespace(host),
          "-batch",
          "-");
    }
  }

  private void addNamespace(String namespace) {
    synchronized (namespaces) {
      namespaces.add(namespace);
      Command.run("ip", "netns", "add", namespace);
    }
    // Its chatter would be counted among the datagrams.
    execute(
        namespace,
        "sh",
        "-c",
        "f=/proc/sys/net/ipv6/conf/all/disable_ipv6; [ ! -e $f ] || echo 1 >$f;"
            + " f=/proc/sys/net/ipv6/conf/default/disable_ipv6; [ ! -e $f ] || echo 1 >$f");
  }

  int count() {
    return count;
  }

  Faults faults() {
    return faults;
  }

  private String bridge() {
    return name + "bridge";
  }

  /** Returns the name of a host's namespace. */
  String namespace(int host) {
    return name + host;
  }

  /** Returns the name of the bridge's port behind which a host is. */
  static String port(int host) {
    return "p" + host;
  }

  static String address(int host) {
    return "10.77.0." + host;
  }

  /** Runs a program on a host and returns what it wrote. */
  String run(int host, String... words) {
    return execute(namespace(host), words);
  }

  private static String execute(String namespace, String... words) {
    List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    command.addAll(List.of(words));
    return Command.run(command.toArray(String[]::new));
  }

  /** Returns how many packets the bridge has sent to a host, all kinds and copies counted. */
  long packetsTo(int host) {
    String path = "/sys/class/net/" + port(host) + "/statistics/tx_packets";
    return Long.parseLong(execute(bridge(), "cat", path).strip());
  }

  /** Returns how many datagrams a host's sockets had no room for. */
  long receiveBufferErrors(int host) {
    List<String> lines =
        run(host, "cat", "/proc/net/snmp").lines().filter(line -> line.startsWith("Udp:")).toList();
    List<String> names = List.of(lines.get(0).split(" "));
    return Long.parseLong(lines.get(1).split(" ")[names.indexOf("RcvbufErrors")]);
  }

  /** Returns the size of each receive buffer of the UDP sockets of a host, as the kernel has it. */
  List<Integer> receiveBuffers(int host) {
    return Pattern.compile("skmem:\\(r\\d+,rb(\\d+)")
        .matcher(run(host, "ss", "-u", "-a", "-n", "-m"))
        .results()
        .map(match -> Integer.valueOf(match.group(1)))
        .toList();
  }

  /** Removes all of it, and ends what still runs there. */
  @Override
  public void close() {
    removeAll();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // then it runs beside us, and finds nothing
    }
  }

  private void removeAll() {
    synchronized (namespaces) {
      for (String namespace : namespaces) {
        try {
          remove(namespace);
        } catch (IllegalStateException e) {
          System.err.println("not removed: " + e.getMessage());
        }
      }
      namespaces.clear();
    }
  }
}
