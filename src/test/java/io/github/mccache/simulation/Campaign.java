package io.github.mccache.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Many seeds, on as many threads as there are processors. */
final class Campaign {

  private final long first;
  private final long count;
  private final Restriction restriction;
  private final @Nullable Consumer<Seed> progress;
  private final AtomicLong next;
  private final List<Seed> failed = new ArrayList<>();
  private Totals totals = new Totals();

  /**
   * Prepares a campaign.
   *
   * @param progress receives each seed that is done, in any order, one at a time
   */
  Campaign(long first, long count, Restriction restriction, @Nullable Consumer<Seed> progress) {
    this.first = first;
    this.count = count;
    this.restriction = restriction;
    this.progress = progress;
    this.next = new AtomicLong(first);
  }

  /** Runs all seeds; returns those that failed, the lowest first. */
  List<Seed> run() {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      Thread thread = new Thread(this::work, "seeds " + i);
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted while seeds run", e);
      }
    }
    failed.sort(Comparator.comparingLong(seed -> seed.scenario().seed()));
    return failed;
  }

  private void work() {
    long seed;
    while ((seed = next.getAndIncrement()) < first + count) {
      done(Seed.run(Scenario.of(seed, restriction)));
    }
  }

  private synchronized void done(Seed seed) {
    totals.add(seed);
    if (seed.isFailed()) {
      failed.add(seed);
    }
    if (progress != null) {
      progress.accept(seed);
    }
  }

  /** Adds to these totals from now on. */
  void totals(Totals newTotals) {
    totals = newTotals;
  }

  /** Returns the failures with the commands that run them again. */
  String summary() {
    StringBuilder text = new StringBuilder(totals.line());
    for (Seed seed : failed.subList(0, Math.min(10, failed.size()))) {
      text.append('\n')
          .append(seed.scenario().command())
          .append("\n  ")
          .append(seed.failure() == null ? "" : seed.failure().toString());
    }
    return text.toString();
  }
}
