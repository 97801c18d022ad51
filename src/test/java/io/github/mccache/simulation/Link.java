package io.github.mccache.simulation;

import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What happens to datagrams from one place in the network to another. */
final class Link {

  private static final long LEAST_DELAY_NANOS = 50_000;
  private static final int USUAL_JITTER_NANOS = 300_000;
  private static final long LATEST_NANOS = 200 * Scenario.MILLISECOND;

  int lossPerMille;
  boolean bursts;
  boolean cut;
  boolean multicastCut;
  int duplicatePerMille;
  int latePerMille;
  int corruptPerMille;

  /** Picks one datagram that is lost; null for none. */
  @Nullable Predicate<Datagram> drop;

  private boolean inBurst;

  /** Nothing happens any more but short delays. */
  void heal() {
    lossPerMille = 0;
    bursts = false;
    cut = false;
    multicastCut = false;
    duplicatePerMille = 0;
    latePerMille = 0;
    corruptPerMille = 0;
    drop = null;
    inBurst = false;
  }

  boolean loses(boolean multicast, RandomGenerator random) {
    if (cut || (multicast && multicastCut)) {
      return true;
    }
    if (bursts) {
      inBurst = inBurst ? random.nextInt(20) != 0 : random.nextInt(100) == 0;
      if (inBurst) {
        return true;
      }
    }
    return lossPerMille > 0 && random.nextInt(1_000) < lossPerMille;
  }

  boolean drops(Datagram datagram) {
    boolean drops = drop != null && drop.test(datagram);
    if (drops) {
      drop = null;
    }
    return drops;
  }

  boolean duplicates(RandomGenerator random) {
    return duplicatePerMille > 0 && random.nextInt(1_000) < duplicatePerMille;
  }

  boolean corrupts(RandomGenerator random) {
    return corruptPerMille > 0 && random.nextInt(1_000) < corruptPerMille;
  }

  long delayNanos(RandomGenerator random) {
    boolean late = latePerMille > 0 && random.nextInt(1_000) < latePerMille;
    return LEAST_DELAY_NANOS
        + random.nextInt(USUAL_JITTER_NANOS)
        + (late ? random.nextLong(LATEST_NANOS) : 0);
  }
}
