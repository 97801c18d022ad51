package io.github.mccache.simulation;

import io.github.mccache.protocol.Version;
import org.jspecify.annotations.Nullable;

/**
 * Three seconds after the end of all faults, each member that holds a key holds the highest version
 * that any survivor received (S1). A miss is legal; but where nothing excuses it, every member
 * holds the value in mode replicate. Three kinds of writes do not count: those that only crashed
 * members had, those that are gone because the members that had them distrusted everything as old,
 * and those of a copy that ended before it noticed that it was one, because their receivers cannot
 * know which members lack them. The fence that a member sets for a version ahead of its clock is no
 * write.
 */
final class ConvergesWithin3Seconds implements Invariant {

  /** A value about to expire may be gone on one member and not on another. */
  private static final long EXPIRY_MARGIN_MILLIS = 1_000;

  private final Simulation simulation;

  ConvergesWithin3Seconds(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void atCalm() {
    String difference = difference();
    if (difference != null) {
      throw violated("%s", difference);
    }
  }

  @Override
  public void atEndOfQuiet() {
    atCalm();
  }

  /** Returns what differs, null if nothing does. */
  @Nullable String difference() {
    Version[] floors = floors();
    for (Place place : simulation.places().all()) {
      Version winner = winner(place);
      Operation write = simulation.ledger().write(winner, place);
      boolean wanted =
          write != null
              && isWantedEverywhere(write, floors[place.cache()])
              && !isGivenUp(place, winner);
      for (SimulatedMember member : simulation.running()) {
        Visible visible = member.caches().read(place);
        boolean agrees =
            visible == null
                ? !wanted
                    || isAboutToExpire(write, member)
                    || member.isCold()
                    || member.hasLost(place.cache(), winner)
                    || !member.replica().isJoined()
                : visible.version().isAfter(floors[place.cache()])
                    && (visible.version().equals(winner)
                        || isLoadOfItsOwn(visible, winner)
                        || (visible.version().isAfter(winner) && isOrphan(visible.version())));
        if (!agrees) {
          return String.format(
              "%s has %s of %s; the last is %s (%s), the clear %s",
              member,
              visible == null ? "nothing" : text(visible.version()),
              place,
              text(winner),
              write,
              text(floors[place.cache()]));
        }
      }
    }
    return null;
  }

  private String text(Version version) {
    return Transcript.text(simulation, version);
  }

  private Version[] floors() {
    Version[] floors = new Version[simulation.places().caches()];
    for (int cache = 0; cache < floors.length; cache++) {
      floors[cache] = Version.NONE;
      for (SimulatedMember member : simulation.running()) {
        Version cleared = member.knowledge().cleared(cache);
        floors[cache] = cleared.isAfter(floors[cache]) ? cleared : floors[cache];
      }
    }
    return floors;
  }

  private Version winner(Place place) {
    Version winner = Version.NONE;
    for (SimulatedMember member : simulation.running()) {
      Version last = member.knowledge().shared(place);
      boolean counts = !isOrphan(last) && !simulation.isFence(last);
      winner = counts && last.isAfter(winner) ? last : winner;
    }
    return winner;
  }

  /** Whether it was written by one of two copies that ended without knowing of the other. */
  private boolean isOrphan(Version version) {
    return simulation.wasCopied(version.origin())
        && simulation.ledger().writes(version).stream()
            .map(Operation::member)
            .anyMatch(
                writer ->
                    writer.id().origin() == version.origin()
                        && !simulation.running().contains(writer));
  }

  private boolean isWantedEverywhere(Operation write, Version floor) {
    return simulation.scenario().isTidy()
        && write.place() != null
        && write.place().mode() == Mode.REPLICATE
        && write.value() != null
        && write.version().isAfter(floor)
        && !simulation.wasExpiredByHand(write.version())
        && !simulation.wasWrittenAtClose(write.version());
  }

  /** Whether no member has the value, and one that had it has distrusted what is as old. */
  private boolean isGivenUp(Place place, Version winner) {
    boolean wasDropped = false;
    for (SimulatedMember member : simulation.running()) {
      Visible visible = member.caches().read(place);
      if (visible != null && visible.version().equals(winner)) {
        return false;
      }
      wasDropped |= member.isCold() && member.knowledge().shared(place).equals(winner);
    }
    return wasDropped;
  }

  private static boolean isAboutToExpire(Operation write, SimulatedMember member) {
    return write.deadlineMillis() < member.nowMillis() + EXPIRY_MARGIN_MILLIS;
  }

  private boolean isLoadOfItsOwn(Visible visible, Version winner) {
    Operation write = simulation.ledger().write(visible.version());
    return write != null && write.staysOnItsMember() && visible.version().isAfter(winner);
  }
}
