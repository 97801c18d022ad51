package io.github.mccache.simulation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Looks for seeds that notice a planted bug and hold without it. A seed that is cut off after some
 * of its cycles does the same as the whole one until then, so that a few seconds of it are enough
 * once they are known. Thread-safe.
 */
final class BugHunt {

  /** Most mistakes are noticed early, and many short seeds cost less than one long one. */
  private static final int FEW_CYCLES = 2;

  private static final int ALL_CYCLES = Integer.MAX_VALUE;
  private static final int MOST_CYCLES = 20;

  /**
   * Where a bug is noticed.
   *
   * @param cycles how many cycles of the seed it takes
   * @param invariant the name of what does not hold
   */
  record Kill(long seed, int cycles, String invariant) {

    /** Reads what {@link #toString} wrote. */
    static Kill parse(String text) {
      String[] words = text.trim().split(" +");
      return new Kill(Long.parseLong(words[0]), Integer.parseInt(words[1]), words[2]);
    }

    @Override
    public String toString() {
      return seed + " " + cycles + " " + invariant;
    }
  }

  /** A run without a mistake. */
  private record Sound(List<PlantedBug.Edit> circumstances, long seed, int cycles) {}

  private final int seeds;
  private final Map<Sound, Boolean> holds = new ConcurrentHashMap<>();
  private final Map<List<PlantedBug.Edit>, BuggyClassLoader> unplanted = new HashMap<>();

  /** Prepares a hunt; it tries so many seeds where none is remembered. */
  BugHunt(int seeds) {
    this.seeds = seeds;
  }

  /** Returns where a bug is noticed; null if it is not. */
  @Nullable Kill hunt(PlantedBug bug, @Nullable Kill before) {
    BuggyClassLoader planted = bug.planted();
    planted.check();
    if (before != null) {
      Kill again = tried(bug, planted, before.seed, before.cycles);
      if (again != null) {
        return again;
      }
      again = tried(bug, planted, before.seed, ALL_CYCLES);
      if (again != null) {
        return shortened(bug, planted, again);
      }
    }
    for (int cycles : new int[] {FEW_CYCLES, ALL_CYCLES}) {
      for (int seed = 0; seed < seeds; seed++) {
        Kill kill = tried(bug, planted, seed, cycles);
        if (kill != null) {
          return shortened(bug, planted, kill);
        }
      }
    }
    return null;
  }

  /** Describes where a bug that no seed found was looked for. */
  String looked(@Nullable Kill before) {
    String tried = "seeds 0 to " + (seeds - 1) + ", all cycles of each";
    return before == null ? tried : "seed " + before.seed + " as remembered and " + tried;
  }

  private @Nullable Kill tried(PlantedBug bug, BuggyClassLoader planted, long seed, int cycles) {
    String invariant = planted.run(seed, cycles);
    boolean noticed = !invariant.isEmpty() && !invariant.equals(PlantedRun.NO_ANSWER);
    return noticed && holdsWithout(bug, seed, cycles) ? new Kill(seed, cycles, invariant) : null;
  }

  private boolean holdsWithout(PlantedBug bug, long seed, int cycles) {
    Sound sound = new Sound(bug.circumstances(), seed, cycles);
    return holds.computeIfAbsent(sound, same -> unplanted(bug).run(seed, cycles).isEmpty());
  }

  private Kill shortened(PlantedBug bug, BuggyClassLoader planted, Kill kill) {
    for (int cycles = 1; cycles < Math.min(MOST_CYCLES, kill.cycles); cycles++) {
      Kill less = tried(bug, planted, kill.seed, cycles);
      if (less != null) {
        return less;
      }
    }
    return kill;
  }

  private synchronized BuggyClassLoader unplanted(PlantedBug bug) {
    return unplanted.computeIfAbsent(bug.circumstances(), circumstances -> bug.unplanted());
  }
}
