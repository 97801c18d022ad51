package io.github.mccache.simulation;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The circumstances of one simulation.
 *
 * @param seed from which all chance comes
 * @param restriction what was left out
 * @param ingredients what makes it hard
 * @param members how many members there are, those that start late among them
 * @param modes the caches
 * @param keys how many keys each cache has
 * @param burstKeys how many keys the first cache has besides, which are written in bursts alone
 * @param maximumEntries the room of each cache without those, 0 for unlimited
 * @param datagramBytes the longest datagram
 * @param inboxDatagrams how many datagrams a member can hold that it has not read
 * @param latencyNanos how long a member may take until it reads a datagram
 * @param cycles each begins with faults and work and ends with calm
 */
record Scenario(
    long seed,
    Restriction restriction,
    Set<Ingredient> ingredients,
    int members,
    List<Mode> modes,
    int keys,
    int burstKeys,
    int maximumEntries,
    int datagramBytes,
    int inboxDatagrams,
    long latencyNanos,
    List<Cycle> cycles) {

  static final long SECOND = 1_000_000_000L;
  static final long MILLISECOND = 1_000_000L;

  /** When the first cycle begins. */
  static final long BEGIN_NANOS = 2 * SECOND;

  /** Within which time after the end of faults all must agree (S1). */
  static final long CONVERGENCE_NANOS = 3 * SECOND;

  /** How long it is quiet after that (S10). */
  static final long QUIET_NANOS = 4 * SECOND;

  /** Where the rate begins under pressure, in bytes per second. */
  static final long LOW_RATE = 500_000;

  private static final long LENGTH_NANOS = 300 * SECOND;
  private static final int FEWEST_MEMBERS = 3;
  private static final int MOST_MEMBERS = 16;

  /** With the values of a burst more than one window of a transfer of state holds. */
  private static final int FEWEST_BURST_KEYS = 900;

  private static final int MOST_BURST_KEYS = 1_600;

  private static final int MOST_MEMBERS_OF_BURSTS = 8;

  /** How much less a member can receive that has a tiny inbox, or a low rate. */
  private static final int SLOW = 10;

  private static final int USUAL_INBOX_DATAGRAMS = 8_192;
  private static final int USUAL_DATAGRAM_BYTES = 1_344;
  private static final int SMALLEST_DATAGRAM_BYTES = 548;

  /**
   * A time of work among faults.
   *
   * @param workNanos how long it takes, the calm after it not counted
   */
  record Cycle(long workNanos) {}

  /** Returns the circumstances that a seed draws. */
  static Scenario of(long seed, Restriction restriction) {
    Set<Ingredient> ingredients = EnumSet.noneOf(Ingredient.class);
    for (Ingredient ingredient : Ingredient.values()) {
      boolean drawn = chance(seed, "i" + ingredient.ordinal()).nextInt(100) < ingredient.percent();
      boolean wanted = drawn || restriction.with().contains(ingredient);
      if (wanted && !restriction.without().contains(ingredient)) {
        ingredients.add(ingredient);
      }
    }
    int members = restriction.members() > 0 ? restriction.members() : members(seed);
    // Evicted keys leave thousands of marks; what survivors pull grows with the square of them.
    if (ingredients.contains(Ingredient.EVICTION) || members > MOST_MEMBERS_OF_BURSTS) {
      ingredients.remove(Ingredient.KILL_IN_BURST);
    }
    boolean evicts = ingredients.contains(Ingredient.EVICTION);
    int keys = evicts ? chance(seed, "keys").nextInt(20, 50) : keys(seed);
    boolean tinyInbox = ingredients.contains(Ingredient.TINY_INBOX);
    boolean pressure = ingredients.contains(Ingredient.PRESSURE);
    SplittableRandom boxes = chance(seed, "boxes");
    int inbox = boxes.nextInt(8, 64);
    long latency = boxes.nextLong(20 * MILLISECOND);
    return new Scenario(
        seed,
        restriction,
        ingredients,
        members,
        modes(seed),
        keys,
        ingredients.contains(Ingredient.KILL_IN_BURST)
            ? burstKeys(seed) / (tinyInbox || isSlow(ingredients) ? SLOW : 1)
            : 0,
        evicts ? keys / 10 : ingredients.contains(Ingredient.NEARLY_FULL) ? keys : 0,
        ingredients.contains(Ingredient.SMALL_DATAGRAMS)
            ? SMALLEST_DATAGRAM_BYTES
            : USUAL_DATAGRAM_BYTES,
        tinyInbox ? inbox : pressure ? 4 * inbox : USUAL_INBOX_DATAGRAMS,
        tinyInbox ? latency : pressure ? latency / 4 : 0,
        cycles(seed, restriction));
  }

  /** Returns a stream of chance for one purpose. */
  static SplittableRandom chance(long seed, String purpose) {
    return new SplittableRandom(seed * 0x9e3779b97f4a7c15L + purpose.hashCode() * 0x5deece66dL);
  }

  SplittableRandom chance(String purpose) {
    return chance(seed, purpose);
  }

  boolean has(Ingredient ingredient) {
    return ingredients.contains(ingredient);
  }

  /** Returns whether nothing in it excuses that a value is missing somewhere. */
  boolean isTidy() {
    return !has(Ingredient.EVICTION)
        && !has(Ingredient.CLOCK_OFFSET)
        && !has(Ingredient.DRIFT)
        && !has(Ingredient.FAILING_CACHES) // what failed, and was given up, is a miss for long
        && !has(
            Ingredient.FORGETTING) // a member that returns trusts nothing old, and may be a donor
        && !has(Ingredient.COPIES); // what was taken for known elsewhere is a miss
  }

  /** Returns whether members may send little in a second. */
  boolean isSlow() {
    return isSlow(ingredients);
  }

  private static boolean isSlow(Set<Ingredient> ingredients) {
    return ingredients.contains(Ingredient.PRESSURE)
        || ingredients.contains(Ingredient.CLOSE_UNDER_LOAD);
  }

  private static int members(long seed) {
    SplittableRandom random = chance(seed, "members");
    int span = MOST_MEMBERS - FEWEST_MEMBERS + 1;
    return FEWEST_MEMBERS + Math.min(random.nextInt(span), random.nextInt(span));
  }

  private static int keys(long seed) {
    SplittableRandom random = chance(seed, "keys");
    return random.nextBoolean() ? random.nextInt(1, 4) : random.nextInt(4, 16);
  }

  private static int burstKeys(long seed) {
    return chance(seed, "burst keys").nextInt(FEWEST_BURST_KEYS, MOST_BURST_KEYS);
  }

  /** Returns the room of a cache, 0 for unlimited. */
  int maximumEntries(int cache) {
    return maximumEntries == 0 ? 0 : maximumEntries + (cache == 0 ? burstKeys : 0);
  }

  private static List<Mode> modes(long seed) {
    SplittableRandom random = chance(seed, "modes");
    List<Mode> modes = new ArrayList<>(List.of(Mode.REPLICATE));
    if (random.nextBoolean()) {
      modes.add(Mode.UPDATE);
    }
    if (random.nextBoolean()) {
      modes.add(Mode.INVALIDATE);
    }
    return modes;
  }

  private static List<Cycle> cycles(long seed, Restriction restriction) {
    SplittableRandom random = chance(seed, "cycles");
    List<Cycle> cycles = new ArrayList<>();
    long left = LENGTH_NANOS - BEGIN_NANOS;
    long calm = CONVERGENCE_NANOS + QUIET_NANOS;
    while (left > 0 && cycles.size() < restriction.cycles()) {
      boolean longest = random.nextInt(6) == 0;
      long work = random.nextLong(longest ? 120 : 20, longest ? 180 : 60) * SECOND;
      long fitting = Math.min(work, left - calm);
      if (fitting < 5 * SECOND) {
        break;
      }
      cycles.add(new Cycle(fitting));
      left -= fitting + calm;
    }
    return cycles;
  }

  /** Returns the command that runs it again. */
  String command() {
    return "mvn -q -Psimulate -Dseeds=1 -Dfirst=" + seed + restriction.arguments();
  }
}
