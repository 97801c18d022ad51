package io.github.mccache.network;

import io.github.mccache.api.EntryVersion;
import io.github.mccache.api.McCache;
import io.github.mccache.api.McCacheConfiguration;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import javax.cache.CacheManager;
import javax.cache.Caching;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;

/**
 * A member in a JVM of its own: obeys commands on standard input and answers on standard output. A
 * command is {@code <number> <words>}; the answer is any number of lines {@code <number> + <line>}
 * and one {@code <number> ok <result>} or {@code <number> failed <why>}. Leaves when its input
 * ends.
 */
final class NetworkMember {

  static final String CACHE = "network";
  static final String READY = "ready";

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private final McCache<String, String> cache;
  private final String nodeName;
  private final PrintStream out;
  private final Map<String, String> ledger = Load.newLedger();
  private Optional<Load> load = Optional.empty();

  private NetworkMember(McCache<String, String> cache, String nodeName, PrintStream out) {
    this.cache = cache;
    this.nodeName = nodeName;
    this.out = out;
  }

  @SuppressWarnings("unchecked")
  public static void main(String[] arguments) throws IOException {
    try (CacheManager manager =
        Caching.getCachingProvider()
            .getCacheManager(null, NetworkMember.class.getClassLoader(), new Properties())) {
      McCache<String, String> cache =
          manager
              .createCache(
                  CACHE,
                  new McCacheConfiguration<String, String>().setTypes(String.class, String.class))
              .unwrap(McCache.class);
      String nodeName = System.getProperty("mccache.node-name");
      PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
      new NetworkMember(cache, nodeName, out).run();
    }
  }

  private void run() throws IOException {
    out.println(READY);
    out.flush();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", -1);
      List<String> command = List.of(words).subList(1, words.length);
      if (command.get(0).equals("close")) {
        return;
      }
      out.println(words[0] + " " + answer(words[0], command.toArray(String[]::new)));
      out.flush();
    }
  }

  private String answer(String number, String[] words) {
    try {
      return "ok " + obey(number, words);
    } catch (Exception e) {
      return "failed " + e.toString().replace('\n', ' ');
    }
  }

  private String obey(String number, String[] words) throws Exception {
    switch (words[0]) {
      case "put":
        Load.put(cache, ledger, words[1], words[2]);
        return "";
      case "fill":
        fill(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]));
        return "";
      case "get":
        return String.valueOf(cache.get(words[1]));
      case "remove":
        return String.valueOf(Load.remove(cache, ledger, words[1]));
      case "clear":
        cache.clear();
        return "";
      case "size":
        return String.valueOf(cache.size());
      case "digest":
        return digest();
      case "dump":
        cache.keys().forEach(key -> record(key).ifPresent(line -> say(number, line)));
        return "";
      case "ledger":
        ledger.forEach((key, hash) -> say(number, key + " " + hash));
        return "";
      case "heap":
        return String.valueOf(heapKilobytes());
      case "stats":
        stats().forEach(line -> say(number, line));
        return "";
      case "write":
        if (load.isPresent()) {
          throw new IllegalStateException("it writes already");
        }
        load = Optional.of(new Load(cache, nodeName, ledger, Load.Plan.parse(words)));
        return "";
      case "stop":
        Load stopping = load.orElseThrow();
        load = Optional.empty();
        return stopping.stop();
      default:
        throw new IllegalArgumentException("no such command: " + words[0]);
    }
  }

  /** Returns what is alive, roughly: what is left after a collection. */
  private static long heapKilobytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1_024;
  }

  private void say(String number, String line) {
    out.println(number + " + " + line);
  }

  private void fill(String prefix, int keys, int valueBytes) {
    String filler = "x".repeat(valueBytes);
    for (int i = 0; i < keys; i++) {
      String value = i + ":" + filler;
      Load.put(cache, ledger, prefix + i, value.substring(0, Math.min(valueBytes, value.length())));
    }
  }

  /** Returns key, hash of the value, and version; empty when the entry is gone by now. */
  private Optional<String> record(String key) {
    String value = cache.get(key);
    return value == null
        ? Optional.empty()
        : cache.metadata(key).map(data -> key + " " + hash(value) + " " + text(data.version()));
  }

  private static String text(EntryVersion version) {
    return version.toString();
  }

  /** Returns how many entries there are, and a sum over all of what {@code dump} would say. */
  private String digest() {
    long count = 0;
    long sum = 0;
    for (String key : cache.keys()) {
      Optional<String> line = record(key);
      if (line.isPresent()) {
        count++;
        sum += fnv(line.get());
      }
    }
    return count + " " + Long.toHexString(sum);
  }

  static String hash(String value) {
    return Long.toHexString(fnv(value));
  }

  /** FNV-1a over the characters, finished by a mixing step, so that sums do not cancel out. */
  private static long fnv(String text) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    hash = (hash ^ (hash >>> 32)) * 0x9e3779b97f4a7c15L;
    return hash ^ (hash >>> 29);
  }

  /** Returns every number and truth value of this member's beans, as {@code name value}. */
  private static List<String> stats() throws JMException {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    List<String> lines = new ArrayList<>();
    for (String type : List.of("Member", "Cache")) {
      for (ObjectName bean :
          server.queryNames(new ObjectName("io.github.mccache:type=" + type + ",*"), null)) {
        for (MBeanAttributeInfo attribute : server.getMBeanInfo(bean).getAttributes()) {
          String name = attribute.getName();
          describe(name, server.getAttribute(bean, name), lines);
        }
      }
    }
    return lines;
  }

  private static void describe(String name, Object value, List<String> lines) {
    if (value instanceof Number || value instanceof Boolean) {
      lines.add(name + " " + value);
    } else if (value instanceof TabularData table) {
      for (Object row : table.values()) {
        CompositeData pair = (CompositeData) row;
        describe(name + "." + pair.get("key"), pair.get("value"), lines);
      }
    }
  }
}
