package io.github.mccache.simulation;

import io.github.mccache.protocol.Change;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The last changes of a member: more than one window of a transfer of state holds, some keys again
 * and again. Each of the others receives another part of them, beyond a first gap that all of them
 * may have; then the member ends, so that no other can request from it what is missing.
 */
final class Burst {

  private static final long STEP_NANOS = Scenario.MILLISECOND;
  private static final int MOST_WRITES_PER_STEP = 60;

  private final Simulation simulation;
  private final SimulatedMember member;
  private final SplittableRandom random;
  private final List<Place> places;
  private int writesLeft;

  Burst(Simulation simulation, SimulatedMember member, SplittableRandom random) {
    this.simulation = simulation;
    this.member = member;
    this.random = random;
    this.places = simulation.places().ofBursts();
    this.writesLeft = random.nextInt(places.size() / 2, 2 * places.size());
  }

  /** Begins it. */
  void begin(Runnable end) {
    simulation.trace(member, "writes " + writesLeft + " times in a burst");
    drawLinks(1_000, 1_001); // the first of it is lost to all, unless the loss is drawn at once
    boolean deaf = random.nextBoolean(); // it receives no request for what got lost
    for (int from = 0; deaf && from < simulation.network().slots(); from++) {
      simulation.network().link(from, member.slot()).lossPerMille = 1_000;
    }
    write(end);
    if (random.nextBoolean()) {
      drawLinks(50, 700);
    } else {
      plan(2 * STEP_NANOS, () -> drawLinks(50, 700));
    }
  }

  private void drawLinks(int leastPerMille, int abovePerMille) {
    for (int to = 0; to < simulation.network().slots(); to++) {
      simulation.network().link(member.slot(), to).lossPerMille =
          random.nextInt(leastPerMille, abovePerMille);
    }
  }

  private void write(Runnable end) {
    if (!member.isActive()) {
      return;
    }
    int writes = random.nextInt(1, MOST_WRITES_PER_STEP);
    for (int write = 0; write < writes && writesLeft > 0; write++, writesLeft--) {
      Place place = places.get(random.nextInt(places.size()));
      String value = member + "." + writesLeft + "." + random.nextInt(1_000_000);
      member.put(place, value.repeat(random.nextInt(5, 20)), Change.ETERNAL);
    }
    member.showTouched();
    plan(STEP_NANOS, writesLeft > 0 ? () -> write(end) : end);
  }

  private void plan(long inNanos, Runnable what) {
    simulation.schedule(inNanos, Simulation.action("burst", what));
  }
}
