package io.github.mccache.network;

import io.github.mccache.api.McCache;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes, removes and reads in the background until told to stop. Half of the changes are made to
 * keys of the member's own, the others to keys that all members share. Confined to the member's
 * command thread, but for the thread that it starts.
 */
final class Load {

  /** What the ledger says of a key that was removed. */
  static final String ABSENT = "-";

  /**
   * What to do.
   *
   * @param seed of the choice of keys and operations
   * @param pauseMicros between two operations, 0 for none
   * @param ownKeys how many keys the member has for itself
   * @param sharedKeys how many keys the members share
   * @param valueBytes the size of a value
   * @param removePercent how many of the changes are removals
   */
  record Plan(
      long seed, long pauseMicros, int ownKeys, int sharedKeys, int valueBytes, int removePercent) {

    Plan {
      if (ownKeys < 1 || sharedKeys < 1) {
        throw new IllegalArgumentException("no keys to write");
      }
    }

    static Plan parse(String[] words) {
      return new Plan(
          Long.parseLong(words[1]),
          Long.parseLong(words[2]),
          Integer.parseInt(words[3]),
          Integer.parseInt(words[4]),
          Integer.parseInt(words[5]),
          Integer.parseInt(words[6]));
    }

    String words() {
      return String.join(
          " ",
          Long.toString(seed),
          Long.toString(pauseMicros),
          Integer.toString(ownKeys),
          Integer.toString(sharedKeys),
          Integer.toString(valueBytes),
          Integer.toString(removePercent));
    }
  }

  private final McCache<String, String> cache;
  private final String nodeName;
  private final Map<String, String> ledger;
  private final Plan plan;
  private final Thread thread = new Thread(this::run, "load");
  private final long[] nanos = new long[1 << 20]; // of the last operations
  private long operations;
  private volatile boolean stopped;

  Load(McCache<String, String> cache, String nodeName, Map<String, String> ledger, Plan plan) {
    this.cache = cache;
    this.nodeName = nodeName;
    this.ledger = ledger;
    this.plan = plan;
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns an empty ledger: what a member did last to each key, and what must be there then. */
  static Map<String, String> newLedger() {
    return new ConcurrentHashMap<>();
  }

  private void run() {
    SplittableRandom random = new SplittableRandom(plan.seed);
    String filler = "x".repeat(plan.valueBytes);
    while (!stopped) {
      String key =
          random.nextBoolean()
              ? nodeName + "-" + random.nextInt(plan.ownKeys)
              : "shared-" + random.nextInt(plan.sharedKeys);
      long begun = System.nanoTime();
      if (random.nextInt(100) < plan.removePercent) {
        remove(cache, ledger, key);
      } else {
        put(cache, ledger, key, (nodeName + ":" + operations + ":" + filler));
      }
      note(System.nanoTime() - begun);
      if (plan.pauseMicros > 0) {
        LockSupport.parkNanos(plan.pauseMicros * 1_000);
      }
    }
  }

  private void note(long elapsed) {
    nanos[(int) (operations++ % nanos.length)] = elapsed;
  }

  static void put(
      McCache<String, String> cache, Map<String, String> ledger, String key, String value) {
    cache.put(key, value);
    ledger.put(key, NetworkMember.hash(value));
  }

  /** A removal counts also where the key is absent: it is told to all, and may be the last word. */
  static boolean remove(McCache<String, String> cache, Map<String, String> ledger, String key) {
    boolean removed = cache.remove(key);
    ledger.put(key, ABSENT);
    return removed;
  }

  /**
   * Ends it and returns the number of operations, and the 99th and 100th percentile of µs of each
   * of the last million.
   */
  String stop() throws InterruptedException {
    stopped = true;
    thread.join();
    long[] sorted = Arrays.copyOf(nanos, (int) Math.min(operations, nanos.length));
    Arrays.sort(sorted);
    long p99 = operations == 0 ? 0 : sorted[(int) (sorted.length * 0.99)];
    long longest = operations == 0 ? 0 : sorted[sorted.length - 1];
    return operations + " " + p99 / 1_000 + " " + longest / 1_000;
  }
}
