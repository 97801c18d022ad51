package io.github.mccache.simulation;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What others write adds nothing to a member's cache in mode update, and is never seen in mode
 * invalidate.
 */
final class ModesAreKept implements Invariant {

  private final Simulation simulation;
  private final Map<SimulatedMember, boolean[]> held = new HashMap<>();

  ModesAreKept(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void onOperation(SimulatedMember member, Operation operation) {
    if (operation.value() != null) {
      held(member)[operation.place().index()] = true; // though what waited may have replaced it
    }
  }

  @Override
  public void onTouched(SimulatedMember member, Place place, @Nullable Visible visible) {
    if (place.mode() == Mode.REPLICATE) {
      return;
    }
    boolean[] held = held(member);
    if (visible != null && !isOwn(member, visible)) {
      if (place.mode() == Mode.INVALIDATE) {
        throw violated("%s sees %s of %s, of another member", member, visible, place);
      }
      if (!held[place.index()]) {
        throw violated("%s took %s of %s, which it did not hold", member, visible, place);
      }
    }
    held[place.index()] = visible != null;
  }

  /** Also what it wrote as another incarnation. */
  private boolean isOwn(SimulatedMember member, Visible visible) {
    return simulation.ledger().writes(visible.version()).stream()
        .anyMatch(write -> write.member() == member);
  }

  private boolean[] held(SimulatedMember member) {
    return held.computeIfAbsent(member, ignored -> new boolean[simulation.places().all().size()]);
  }
}
