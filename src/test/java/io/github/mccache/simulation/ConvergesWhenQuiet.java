package io.github.mccache.simulation;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Version;

/**
 * At rest, who holds a key holds its last write, and in mode replicate everybody has its version,
 * and its value unless some member evicted it or it was too large (S1). Who joined later than the
 * first write has not been given the earlier ones yet.
 */
final class ConvergesWhenQuiet implements Invariant {

  /** Values up to this fit into a datagram. */
  private static final int SMALL_BYTES = 100;

  private final Simulation simulation;

  ConvergesWhenQuiet(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void atRest() {
    for (SimulatedMember member : simulation.running()) {
      if (member.isFounder()) {
        for (Place place : simulation.places()) {
          check(member, place);
        }
      }
    }
  }

  private void check(SimulatedMember member, Place place) {
    SimulatedStore.Visible visible = member.store().read(place);
    Operation winner = simulation.ledger().winner(place);
    Version floor = simulation.ledger().floor(place.cache());
    boolean alive = winner != null && winner.version().isAfter(floor);
    if (visible != null && !isLoadOfItsOwn(visible, winner)) {
      if (!alive || !visible.version().equals(winner.version())) {
        throw violated("%s serves %s of %s, not %s", member, visible, place, winner);
      }
    }
    if (alive && simulation.modes().get(place.cache()) == Mode.REPLICATE) {
      checkReplica(member, place, winner);
    }
  }

  private boolean isLoadOfItsOwn(SimulatedStore.Visible visible, Operation winner) {
    Operation write = simulation.ledger().write(visible.version());
    return write != null
        && simulation.ledger().staysOnItsMember(write)
        && (winner == null || visible.version().isAfter(winner.version()));
  }

  private void checkReplica(SimulatedMember member, Place place, Operation winner) {
    SimulatedStore.Recorded record = member.store().record(place);
    if (record == null || !record.version().equals(winner.version())) {
      throw violated("%s has %s of %s, not %s", member, record, place, winner);
    }
    boolean valueExpected =
        winner.value() != null
            && winner.value().bytes().length < SMALL_BYTES
            && winner.deadlineMillis() == Change.ETERNAL
            && !simulation.ledger().wasEvicted(winner.version());
    if (valueExpected && member.store().read(place) == null) {
      throw violated("%s does not see %s of %s", member, winner, place);
    }
  }
}
