package io.github.mccache.network;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * What is wrong with the network of some {@link Hosts}: nothing at first. Each fault strikes IPv4
 * packets on the bridge, each receiver by itself, and is counted. Faults add up; the rules change
 * in one step.
 */
final class Faults {

  private record Cut(int from, int to) {}

  private static final Pattern PACKETS = Pattern.compile("packets (\\d+)");
  private static final String CHAIN_BRIDGE = "bridge mccache forward";

  private final String namespace;
  private final int count;
  private final TreeMap<Integer, Integer> lossPercent = new TreeMap<>();
  private final Set<Cut> cuts = new LinkedHashSet<>();
  private final Set<Integer> silenced = new TreeSet<>();
  private int duplicationPercent;
  private long bytesPerSecond; // 0 for as many as there are

  Faults(String namespace, int count) {
    this.namespace = namespace;
    this.count = count;
  }

  /** Each host loses so many of the packets to it. */
  void lose(int percent) {
    hosts().forEach(host -> lossPercent.put(host, percent));
    install();
  }

  /** Each host gets so many of the datagrams to it twice. */
  void duplicate(int percent) {
    duplicationPercent = percent;
    install();
  }

  /** The hosts of different groups do not hear each other. */
  @SafeVarargs
  final void partition(Set<Integer>... groups) {
    for (Set<Integer> from : groups) {
      for (Set<Integer> to : groups) {
        if (from != to) {
          from.forEach(a -> to.forEach(b -> cuts.add(new Cut(a, b))));
        }
      }
    }
    install();
  }

  /** One host is not heard by another, which it still hears. */
  void cut(int from, int to) {
    cuts.add(new Cut(from, to));
    install();
  }

  /** Multicast does not reach these hosts any more; unicast does. */
  void silence(Integer... hosts) {
    silenced.addAll(Arrays.asList(hosts));
    install();
  }

  /** The way to each host carries so many bytes a second, and drops what is more. */
  void narrow(long bytes) {
    bytesPerSecond = bytes;
    install();
  }

  /** Ends all faults. */
  void heal() {
    lossPercent.clear();
    cuts.clear();
    silenced.clear();
    duplicationPercent = 0;
    bytesPerSecond = 0;
    install();
  }

  /** Returns how many packets {@link #lose} took. */
  long lost() {
    return packets("bridge mccache lost");
  }

  /** Returns how many packets {@link #partition} and {@link #cut} took. */
  long severed() {
    return packets("bridge mccache severed");
  }

  /** Returns how many packets {@link #silence} took. */
  long silenced() {
    return packets("bridge mccache silenced");
  }

  /** Returns how many packets {@link #narrow} dropped. */
  long exceeding() {
    return packets("bridge mccache exceeding");
  }

  /** Returns how many packets {@link #duplicate} doubled. */
  long doubled() {
    return packets("netdev mccache doubled");
  }

  private long packets(String counter) {
    String list = nft("list counter " + counter + "\n");
    Matcher packets = PACKETS.matcher(list);
    if (!packets.find()) {
      throw new IllegalStateException("nft lists no counter " + counter + ": " + list);
    }
    return Long.parseLong(packets.group(1));
  }

  private IntStream hosts() {
    return IntStream.rangeClosed(1, count);
  }

  private void install() {
    List<String> lines = new ArrayList<>();
    lines.add("add table bridge mccache");
    for (String counter : List.of("lost", "severed", "silenced", "exceeding")) {
      lines.add("add counter bridge mccache " + counter);
    }
    lines.add("add chain " + CHAIN_BRIDGE + " { type filter hook forward priority 0; }");
    lines.add("flush chain " + CHAIN_BRIDGE);
    cuts.forEach(
        cut ->
            lines.add(
                onBridge("iifname %s oifname %s ether type ip", cut.from, cut.to)
                    + " counter name severed drop"));
    silenced.forEach(
        host ->
            lines.add(
                onBridge("oifname %s ip daddr 224.0.0.0/4", host) + " counter name silenced drop"));
    lossPercent.forEach(
        (host, percent) ->
            lines.add(onBridge("oifname %s ether type ip", host) + chance(percent) + "lost drop"));
    if (bytesPerSecond > 0) {
      hosts().forEach(host -> lines.add(onBridge("oifname %s ether type ip", host) + excess()));
    }
    lines.add("add table netdev mccache");
    lines.add("add counter netdev mccache doubled");
    hosts().mapToObj(Hosts::port).forEach(port -> addDuplication(port, lines));
    nft(lines.stream().collect(joining("\n", "", "\n")));
  }

  private void addDuplication(String port, List<String> lines) {
    String chain = "netdev mccache " + port;
    lines.add(
        "add chain " + chain + " { type filter hook egress device " + port + " priority 0; }");
    lines.add("flush chain " + chain);
    if (duplicationPercent > 0) {
      // The copy passes here as well; the mark says that it is one.
      lines.add(
          "add rule "
              + chain
              + " ip protocol udp meta mark != 1"
              + chance(duplicationPercent)
              + "doubled meta mark set 1 dup to "
              + port);
    }
  }

  private static String onBridge(String match, Integer... hosts) {
    Object[] ports = Arrays.stream(hosts).map(Hosts::port).toArray();
    return "add rule " + CHAIN_BRIDGE + " " + String.format(match, ports);
  }

  /** As a switch does it, with room for some 50 ms. */
  private String excess() {
    return " limit rate over "
        + bytesPerSecond
        + " bytes/second burst "
        + bytesPerSecond / 20
        + " bytes counter name exceeding drop";
  }

  private static String chance(int percent) {
    return " numgen random mod 100 < " + percent + " counter name ";
  }

  private String nft(String script) {
    return Command.runWithInput(script, "ip", "netns", "exec", namespace, "nft", "-f", "-");
  }
}
