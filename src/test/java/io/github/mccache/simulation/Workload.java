package io.github.mccache.simulation;

import io.github.mccache.protocol.Change;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the application does: one operation at a time, on any member, on few keys; often the one
 * before again, for what happens to one key in a short time is what goes wrong.
 */
final class Workload {

  private static final long MILLISECOND = Scenario.MILLISECOND;
  private static final long QUICK_NANOS = 2 * MILLISECOND;
  private static final long SLOW_NANOS = 150 * MILLISECOND;

  /** The last operations begin this long before the faults end, so that none ends after them. */
  private static final long MARGIN_NANOS = SLOW_NANOS + 50 * MILLISECOND;

  private final Simulation simulation;
  private final Scenario scenario;
  private final SplittableRandom random;
  private @Nullable SimulatedMember lastMember;
  private @Nullable Place lastPlace;
  private long endNanos;
  private int burst;
  private int values;

  Workload(Simulation simulation, SplittableRandom random) {
    this.simulation = simulation;
    this.scenario = simulation.scenario();
    this.random = random;
  }

  /** Works until a time. */
  void begin(long newEndNanos) {
    endNanos = newEndNanos - MARGIN_NANOS;
    plan();
  }

  private void plan() {
    long pause = anyPause();
    if (simulation.nowNanos() + pause < endNanos) {
      simulation.schedule(
          pause,
          new Action("operation") {
            @Override
            void happen() {
              next();
            }
          });
    }
  }

  private long anyPause() {
    if (burst > 0) {
      burst--;
      return 1 + random.nextLong(500_000);
    }
    boolean bursts = scenario.has(Ingredient.WRITE_BURSTS) || scenario.has(Ingredient.PRESSURE);
    if (bursts && random.nextInt(60) == 0) {
      burst = random.nextInt(20, 200);
    }
    int dice = random.nextInt(10);
    if (dice < 4) {
      return random.nextLong(3 * MILLISECOND);
    }
    return random.nextLong(dice < 8 ? 100 * MILLISECOND : 3_000 * MILLISECOND);
  }

  private void next() {
    List<SimulatedMember> active = simulation.active();
    boolean skipped = random.nextInt(1_000) >= scenario.restriction().operationsPerMille();
    if (!active.isEmpty()) {
      boolean again = lastMember != null && lastMember.isActive() && random.nextInt(3) == 0;
      lastMember = again ? lastMember : active.get(random.nextInt(active.size()));
      Place place = anyPlace();
      if (!skipped) {
        operate(lastMember, place, active);
      }
    }
    plan();
  }

  private void operate(SimulatedMember member, Place place, List<SimulatedMember> active) {
    int dice = random.nextInt(100);
    if (burst > 0 || dice < 40) {
      write(member, place);
    } else if (dice < 46) {
      hold(member, place);
    } else if (dice < 52) {
      active.forEach(each -> write(each, place));
    } else if (dice < 67) {
      remove(member, place);
    } else if (dice < 70) {
      clear(member, place);
    } else if (dice < 90) {
      load(member, place);
    } else {
      expire(member, place);
    }
  }

  private void write(SimulatedMember member, Place place) {
    if (member.holds(place)) {
      return;
    }
    if (scenario.has(Ingredient.ACKNOWLEDGED) && random.nextInt(4) == 0) {
      member.putAcknowledged(place, newValue(), anyTtlMillis());
      member.showTouched();
    } else {
      member.put(place, newValue(), anyTtlMillis());
      member.showTouched();
    }
  }

  private void remove(SimulatedMember member, Place place) {
    if (!member.holds(place)) {
      member.remove(place);
      member.showTouched();
    }
  }

  private void clear(SimulatedMember member, Place place) {
    if (scenario.has(Ingredient.CLEARS)) {
      boolean removeAll = random.nextBoolean() && !member.holdsAny();
      member.clear(place.cache(), removeAll);
      member.showTouched();
    }
  }

  /** Lets an entry go as its expiry by access does. */
  private void expire(SimulatedMember member, Place place) {
    if (scenario.has(Ingredient.LIFETIMES) && !member.holds(place)) {
      member.expire(place);
      member.showTouched();
    }
  }

  /** A step that others' changes of the key must wait for, such as one with a slow cache writer. */
  private void hold(SimulatedMember member, Place place) {
    if (!scenario.has(Ingredient.HELD_KEYS)
        || member.holdsAny()
        || scenario.has(Ingredient.EVICTION)) {
      return;
    }
    String value = newValue();
    long ttlMillis = anyTtlMillis();
    member.hold(place, value, ttlMillis);
    member.showTouched();
    later(member, SLOW_NANOS, each -> each.putHeld(place, value, ttlMillis));
  }

  private void load(SimulatedMember member, Place place) {
    if (!scenario.has(Ingredient.LOADS)
        || member.holds(place)
        || member.caches().read(place) != null) {
      return;
    }
    SimulatedMember.BegunLoad begun = member.beginLoad(place);
    String value = newValue();
    boolean written = values % 2 == 0; // as by an entry processor that found nothing
    long ttlMillis = anyTtlMillis();
    later(
        member,
        random.nextBoolean() ? SLOW_NANOS : QUICK_NANOS,
        each -> {
          if (!each.holds(place)) {
            each.finishLoad(begun, value, ttlMillis, written);
          }
        });
  }

  /** A member that is paused meanwhile does it when it goes on. */
  private void later(SimulatedMember member, long withinNanos, Consumer<SimulatedMember> what) {
    simulation.schedule(
        1 + random.nextLong(withinNanos),
        new Action("ends") {
          @Override
          void happen() {
            if (member.isActive()) {
              what.accept(member);
              member.showTouched();
            } else if (member.isRunning()) {
              simulation.schedule(SLOW_NANOS, this);
            }
          }
        });
  }

  private Place anyPlace() {
    if (lastPlace == null || random.nextInt(2) == 0) {
      List<Place> all = simulation.places().usual();
      lastPlace = all.get(random.nextInt(all.size()));
    }
    return lastPlace;
  }

  private long anyTtlMillis() {
    boolean mortal = random.nextInt(4) == 0;
    long ttlMillis = random.nextLong(1, random.nextBoolean() ? 1_500 : 60_000);
    return mortal && scenario.has(Ingredient.LIFETIMES) ? ttlMillis : Change.ETERNAL;
  }

  /** Every value is written once only. */
  private String newValue() {
    values++;
    int dice = random.nextInt(60);
    int length = random.nextInt(20_000);
    String value = "v" + values;
    if (burst > 0 && dice < 40 && scenario.has(Ingredient.PRESSURE)) {
      return (value + ".").repeat(1 + length / 4 / (value.length() + 1));
    }
    if (dice == 0 && scenario.has(Ingredient.LARGE_VALUES)) {
      return (value + ".").repeat(1 + length / (value.length() + 1));
    }
    return dice < 4 ? (value + ".").repeat(60) : value;
  }
}
