package io.github.mccache.simulation;

import io.github.mccache.protocol.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Draws what goes wrong in a cycle, and ends it. */
final class Faults {

  private static final long SECOND = Scenario.SECOND;
  private static final long LATE_NANOS = 4 * SECOND;

  private final Simulation simulation;
  private final Scenario scenario;
  private final SplittableRandom random;
  private final SplittableRandom bursts;
  private final List<SimulatedMember> paused = new ArrayList<>();
  private final List<SimulatedMember> failing = new ArrayList<>();
  private final List<Integer> comingBack = new ArrayList<>();
  private long endNanos;

  Faults(Simulation simulation, SplittableRandom random) {
    this.simulation = simulation;
    this.scenario = simulation.scenario();
    this.random = random;
    this.bursts = scenario.chance("bursts");
  }

  /** Lets things go wrong until a time. */
  void begin(long newEndNanos) {
    endNanos = newEndNanos;
    nextWeather();
    planSometimes(Ingredient.PAUSE, 2, this::pause);
    planSometimes(Ingredient.CRASH, 2, this::crash);
    planSometimes(Ingredient.LEAVE, 1, this::leave);
    planSometimes(Ingredient.COPIES, 2, this::copy);
    planSometimes(Ingredient.FAILING_CACHES, 3, this::failCaches);
    if (scenario.has(Ingredient.KILL_IN_BURST)) {
      planKill();
    }
    if (scenario.has(Ingredient.LATE_JOIN)) {
      for (int slot : simulation.emptySlots()) {
        if (random.nextBoolean()) {
          planIn(random.nextLong(left()), () -> simulation.startMember(slot));
        }
      }
    }
  }

  /** Ends all of it. */
  void end() {
    simulation.network().heal();
    paused.forEach(SimulatedMember::resume);
    paused.clear();
    failing.forEach(member -> member.failing().fail(0));
    failing.clear();
    comingBack.forEach(simulation::startMember);
    comingBack.clear();
  }

  private long left() {
    return Math.max(1, endNanos - simulation.nowNanos());
  }

  private void planSometimes(Ingredient ingredient, int most, Runnable fault) {
    if (scenario.has(ingredient)) {
      for (int times = random.nextInt(most + 1); times > 0; times--) {
        planIn(random.nextLong(left()), fault);
      }
    }
  }

  private void planIn(long nanos, Runnable fault) {
    simulation.schedule(
        nanos,
        new Action("fault") {
          @Override
          void happen() {
            if (simulation.nowNanos() < endNanos) {
              fault.run();
            }
          }
        });
  }

  // ---- members ----

  private void pause() {
    SimulatedMember member = anyActive();
    if (member != null) {
      simulation.trace(member, "pauses");
      member.pause();
      paused.add(member);
      boolean longer = random.nextInt(3) == 0;
      long nanos = random.nextLong(longer ? 120 * SECOND : 6 * SECOND);
      planIn(
          nanos,
          () -> {
            if (paused.remove(member)) {
              simulation.trace(member, "resumes");
              member.resume();
            }
          });
    }
  }

  private void failCaches() {
    SimulatedMember member = anyActive();
    if (member != null) {
      int dice = random.nextInt(3);
      int percent = dice == 0 ? 5 : dice == 1 ? 50 : 100;
      simulation.trace(member, "fails to apply " + percent + " % of what it receives");
      member.failing().fail(percent);
      failing.add(member);
      planIn(random.nextLong(12 * SECOND), () -> member.failing().fail(0));
    }
  }

  private void crash() {
    crash(anyActive());
  }

  private void crash(@Nullable SimulatedMember member) {
    if (member != null && member.isActive() && simulation.running().size() > 2) {
      simulation.trace(member, "crashes");
      simulation.stopped(member);
      member.crash();
      comeBackPerhaps(member.slot());
    }
  }

  /** Often so late that nothing but the survivors themselves can mend what it left behind. */
  private void planKill() {
    long late = Math.max(0, left() - LATE_NANOS);
    long from = bursts.nextInt(3) == 0 ? 0 : late;
    planIn(
        bursts.nextLong(from, left() - SECOND), // all of it before the faults end
        () -> {
          SimulatedMember member = anyActive();
          if (member != null) {
            new Burst(simulation, member, bursts).begin(() -> crash(member));
          }
        });
  }

  private void leave() {
    SimulatedMember member = anyActive();
    if (member != null && simulation.running().size() > 2) {
      simulation.trace(member, "leaves");
      member.leave();
      simulation.stopped(member);
      comeBackPerhaps(member.slot());
    }
  }

  /** One process ends and begins again as what another one is, or two do as one. */
  private void copy() {
    SimulatedMember original = anyActive();
    SimulatedMember member = anyActive();
    if (member == null || member == original || simulation.running().size() < 4) {
      return;
    }
    NodeId shared = original.id();
    if (random.nextBoolean()) {
      shared = new NodeId(random.nextLong(), random.nextLong());
      restart(original, shared);
    }
    restart(member, shared);
  }

  private void restart(SimulatedMember member, NodeId id) {
    simulation.trace(member, "crashes, and begins again as a copy");
    simulation.stopped(member);
    member.crash();
    simulation.startCopy(member.slot(), id);
  }

  private void comeBackPerhaps(int slot) {
    int dice = random.nextInt(3);
    if (dice == 0) {
      planIn(
          random.nextLong(10 * SECOND),
          () -> {
            if (comingBack.remove((Integer) slot)) {
              simulation.startMember(slot);
            }
          });
    }
    if (dice < 2) {
      comingBack.add(slot);
    }
  }

  private @Nullable SimulatedMember anyActive() {
    List<SimulatedMember> active = simulation.active();
    return active.size() < 2 ? null : active.get(random.nextInt(active.size()));
  }

  // ---- links ----

  private void nextWeather() {
    simulation.network().heal();
    boolean fair = random.nextInt(6) == 0;
    if (!fair) {
      drawLinks();
      drawPartition();
    }
    planIn(random.nextLong(SECOND, 12 * SECOND), this::nextWeather);
  }

  private void drawLinks() {
    int loss = scenario.has(Ingredient.LOSS) ? anyLoss() : 0;
    boolean bursts = scenario.has(Ingredient.BURSTS) && random.nextBoolean();
    boolean oneWay = scenario.has(Ingredient.ONE_WAY) && random.nextBoolean();
    int duplicates = anyPerMille(Ingredient.DUPLICATION, 300);
    int late = anyPerMille(Ingredient.REORDERING, 300);
    int corrupt = anyPerMille(Ingredient.CORRUPTION, 20);
    int affected = random.nextInt(3) == 0 ? random.nextInt(100) : 100;
    Network network = simulation.network();
    for (int from = 0; from < network.slots(); from++) {
      for (int to = 0; to < network.slots(); to++) {
        Link link = network.link(from, to);
        if (random.nextInt(100) < affected && (!oneWay || from < to)) {
          link.lossPerMille = loss;
          link.bursts = bursts;
        }
        link.duplicatePerMille = duplicates;
        link.latePerMille = late;
        link.corruptPerMille = corrupt;
      }
    }
  }

  private int anyLoss() {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(10);
      case 1 -> random.nextInt(50);
      case 2 -> random.nextInt(300);
      default -> random.nextInt(500);
    };
  }

  private int anyPerMille(Ingredient ingredient, int bound) {
    return scenario.has(ingredient) ? random.nextInt(bound) : 0;
  }

  private void drawPartition() {
    if (scenario.has(Ingredient.PARTITION) && random.nextInt(2) == 0) {
      partition(random.nextInt(3) == 0);
    }
    if (scenario.has(Ingredient.ONE_WAY_PARTITION) && random.nextInt(3) == 0) {
      int deaf = random.nextInt(simulation.network().slots());
      for (int from = 0; from < simulation.network().slots(); from++) {
        simulation.network().link(from, deaf).cut |= random.nextBoolean();
      }
    }
    if (scenario.has(Ingredient.MULTICAST_SILENCE) && random.nextInt(3) == 0) {
      silenceMulticast();
    }
  }

  private void partition(boolean bridged) {
    Network network = simulation.network();
    long group = random.nextLong();
    int bridge = bridged ? random.nextInt(network.slots()) : -1;
    for (int from = 0; from < network.slots(); from++) {
      for (int to = 0; to < network.slots(); to++) {
        boolean apart = (group >>> from & 1) != (group >>> to & 1);
        network.link(from, to).cut |= apart && from != bridge && to != bridge;
      }
    }
  }

  private void silenceMulticast() {
    Network network = simulation.network();
    boolean everywhere = random.nextBoolean();
    int silent = random.nextInt(network.slots());
    for (int from = 0; from < network.slots(); from++) {
      for (int to = 0; to < network.slots(); to++) {
        network.link(from, to).multicastCut = everywhere || to == silent;
      }
    }
  }
}
