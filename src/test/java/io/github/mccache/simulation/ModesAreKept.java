package io.github.mccache.simulation;

import io.github.mccache.replication.ApplyRule.Held;
import java.util.HashSet;
import java.util.Set;

/**
 * What others write adds nothing to a member's cache in mode update, and is never seen in mode
 * invalidate.
 */
final class ModesAreKept implements Invariant {

  private record Key(SimulatedMember member, Place place) {}

  private final Simulation simulation;
  private final Set<Key> held = new HashSet<>();

  ModesAreKept(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void onOperation(SimulatedMember member, Operation operation) {
    if (operation.kind() == Operation.Kind.PUT) {
      held.add(new Key(member, operation.place())); // though what waited may have replaced it
    }
  }

  @Override
  public void afterEvent(SimulatedMember member) {
    for (Place place : simulation.places()) {
      Key key = new Key(member, place);
      SimulatedStore.Recorded record = member.store().record(place);
      SimulatedStore.Visible visible = member.store().read(place);
      if (visible != null && visible.version().origin() != member.id().origin()) {
        checkForeign(key);
      }
      boolean holds = record != null && (visible != null || held.contains(key)) && isEntry(record);
      if (holds) {
        held.add(key);
      } else {
        held.remove(key);
      }
    }
  }

  private void checkForeign(Key key) {
    Mode mode = simulation.modes().get(key.place.cache());
    if (mode == Mode.INVALIDATE) {
      throw violated("%s sees a value of another member", key);
    }
    if (mode == Mode.UPDATE && !held.contains(key)) {
      throw violated("%s took a value for a key that it did not hold", key);
    }
  }

  private static boolean isEntry(SimulatedStore.Recorded record) {
    return record.held() == Held.ENTRY;
  }
}
