package io.github.mccache.simulation;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Payload;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the application does: one operation at a time, on any member, on few keys; often the one
 * before again, for what happens to one key in a short time is what goes wrong.
 */
final class Workload {

  private static final long DRAIN_WITHIN_NANOS = 30_000_000;
  private static final long QUICK_LOAD_WITHIN_NANOS = 2_000_000;
  private static final long LOAD_WITHIN_NANOS = 150_000_000;

  private final Simulation simulation;
  private final Scenario scenario;
  private final RandomGenerator random;
  private final List<Long> caches;
  private final Set<SimulatedMember> drainsSoon = new HashSet<>();
  private @Nullable SimulatedMember lastMember;
  private @Nullable Place lastPlace;
  private int remaining;
  private int values;

  Workload(Simulation simulation, Scenario scenario, RandomGenerator random) {
    this.simulation = simulation;
    this.scenario = scenario;
    this.random = random;
    this.caches = List.copyOf(scenario.modes().keySet());
    this.remaining = scenario.operations();
  }

  boolean isDone() {
    return remaining == 0;
  }

  /** Does the next operation, and schedules the one after. */
  void next() {
    List<SimulatedMember> running = simulation.running();
    boolean again = lastMember != null && lastMember.isRunning() && random.nextInt(3) == 0;
    lastMember = again ? lastMember : running.get(random.nextInt(running.size()));
    operate(lastMember, running);
    remaining--;
    if (!isDone()) {
      simulation.schedule(random.nextLong(scenario.pauseNanos()), null, "operation", this::next);
    }
  }

  private void operate(SimulatedMember member, List<SimulatedMember> running) {
    Place place = anyPlace();
    int dice = random.nextInt(100);
    if (dice < 32) {
      write(member, place);
    } else if (dice < 36) {
      writeSlowly(member, place);
    } else if (dice < 46) {
      running.forEach(each -> write(each, place));
    } else if (dice < 60) {
      on(member, "remove", () -> member.remove(place));
      drainSoon(member);
    } else if (dice < 64) {
      on(member, "clear", () -> member.clear(place.cache()));
      drainSoon(member);
    } else if (dice < 78) {
      on(member, "load", () -> beginLoad(member, place));
    } else if (dice < 90) {
      on(member, "evict", () -> member.evict(place));
    } else {
      on(member, "repair", () -> member.repair(place));
    }
  }

  private void write(SimulatedMember member, Place place) {
    Payload value = newValue(random.nextInt(30) == 0 ? 1_000 : 1);
    long ttlMillis = anyTtlMillis();
    on(member, "put", () -> member.put(place, value, ttlMillis));
    drainSoon(member);
  }

  /** A step that others' changes of the key must wait for, such as one with a slow cache writer. */
  private void writeSlowly(SimulatedMember member, Place place) {
    Payload value = newValue(1);
    long ttlMillis = anyTtlMillis();
    on(member, "hold", () -> member.hold(place));
    simulation.schedule(
        random.nextLong(LOAD_WITHIN_NANOS),
        member,
        "put held",
        () -> {
          member.putHeld(place, value, ttlMillis);
          drainSoon(member);
        });
  }

  private void beginLoad(SimulatedMember member, Place place) {
    if (member.store().read(place) != null) {
      return;
    }
    SimulatedMember.BegunLoad begun = member.beginLoad(place);
    Payload value = newValue(1);
    long ttlMillis = anyTtlMillis();
    long withinNanos = random.nextBoolean() ? LOAD_WITHIN_NANOS : QUICK_LOAD_WITHIN_NANOS;
    simulation.schedule(
        random.nextLong(withinNanos),
        member,
        "loaded",
        () -> {
          member.finishLoad(begun, value, ttlMillis);
          drainSoon(member);
        });
  }

  private void on(SimulatedMember member, String what, Runnable operation) {
    simulation.schedule(0, member, what, operation);
  }

  private void drainSoon(SimulatedMember member) {
    if (drainsSoon.add(member)) {
      simulation.schedule(
          1 + random.nextLong(DRAIN_WITHIN_NANOS),
          member,
          "drain",
          () -> {
            drainsSoon.remove(member);
            member.drain();
          });
    }
  }

  private Place anyPlace() {
    if (lastPlace == null || random.nextInt(2) == 0) {
      long cache = caches.get(random.nextInt(caches.size()));
      lastPlace = new Place(cache, "key" + random.nextInt(scenario.keys()));
    }
    return lastPlace;
  }

  private long anyTtlMillis() {
    return random.nextInt(4) == 0 ? random.nextLong(1, 1_500) : Change.ETERNAL;
  }

  /** Every value is written once only. */
  private Payload newValue(int times) {
    values++;
    return new Payload(1, ("value" + values).repeat(times).getBytes(StandardCharsets.UTF_8));
  }
}
