package io.github.mccache.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The circumstances of one simulation.
 *
 * @param seed from which all chance of the simulation comes
 * @param clockOffsetsMillis one founding member each
 * @param modes the caches
 * @param keys how many keys each cache has
 * @param operations how many operations the application does
 * @param pauseNanos the longest pause between two of them
 * @param lateShare the share of deliveries that take up to 200 ms
 * @param duplicateShare the share of deliveries that happen again
 * @param memberJoins whether a member joins in the middle
 * @param memberLeaves whether a member leaves in the middle
 */
record Scenario(
    long seed,
    List<Long> clockOffsetsMillis,
    Map<Long, Mode> modes,
    int keys,
    int operations,
    long pauseNanos,
    double lateShare,
    double duplicateShare,
    boolean memberJoins,
    boolean memberLeaves) {

  /** Returns the circumstances that a seed draws. */
  static Scenario of(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    boolean sameClocks = random.nextBoolean();
    List<Long> offsets = new ArrayList<>();
    for (int members = random.nextInt(2, 6); members > 0; members--) {
      offsets.add(sameClocks ? 0 : random.nextLong(-200, 201));
    }
    Map<Long, Mode> modes = new TreeMap<>();
    modes.put(1L, Mode.REPLICATE);
    modes.put(2L, Mode.UPDATE);
    modes.put(3L, Mode.INVALIDATE);
    return new Scenario(
        seed,
        offsets,
        modes,
        random.nextInt(1, 4),
        random.nextInt(60, 200),
        random.nextLong(1_000_000, 20_000_000),
        random.nextDouble(0.7),
        random.nextDouble(0.4),
        random.nextInt(4) == 0,
        offsets.size() > 2 && random.nextInt(4) == 0);
  }
}
