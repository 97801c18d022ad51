package io.github.mccache.simulation;

import io.github.mccache.protocol.Version;
import io.github.mccache.replication.Member;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The staleness that a member reports is at least the age of the oldest change that it did not
 * receive, of a member that it knows and that did not leave, if it serves something older in its
 * place (S16). A load is no change. Where clocks are wrong, ages cannot be compared.
 */
final class StalenessBoundHolds implements Invariant {

  private final Simulation simulation;
  private final Map<SimulatedMember, Integer> looked = new HashMap<>();

  StalenessBoundHolds(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void atSample() {
    if (simulation.scenario().has(Ingredient.CLOCK_OFFSET)
        || simulation.scenario().has(Ingredient.DRIFT)
        || simulation.scenario().has(Ingredient.COPIES)) { // origins are ambiguous
      return;
    }
    for (SimulatedMember member : simulation.running()) {
      if (member.isActive() && member.replica().isJoined()) {
        check(member);
      }
    }
  }

  private void check(SimulatedMember member) {
    List<Operation> all = simulation.ledger().all();
    int next = looked.getOrDefault(member, 0);
    Set<Long> origins = null;
    while (next < all.size()) {
      Operation operation = all.get(next);
      if (!isTold(member, operation)) {
        origins = origins == null ? origins(member) : origins;
        if (origins.contains(operation.member().id().origin())) {
          break;
        }
      }
      next++;
    }
    looked.put(member, next);
    if (next < all.size()) {
      long age = (simulation.nowNanos() - all.get(next).atNanos()) / Scenario.MILLISECOND;
      if (member.replica().staleMillis() < age) {
        throw violated(
            "%s reports to be %d ms stale, and did not receive %s, which is %d ms old",
            member, member.replica().staleMillis(), all.get(next), age);
      }
    }
  }

  private static Set<Long> origins(SimulatedMember member) {
    Set<Long> origins = new HashSet<>();
    for (Member peer : member.replica().members()) {
      if (peer.state() != Member.State.LEFT) {
        origins.add(peer.id().origin());
      }
    }
    return origins;
  }

  private boolean isTold(SimulatedMember member, Operation operation) {
    if (operation.member() == member || operation.kind() == Operation.Kind.LOAD) {
      return true;
    }
    if (!operation.version().isAfter(member.knowledge().cleared(operation.cache()))) {
      return true;
    }
    if (operation.place() != null) {
      return isFresh(member, operation.place(), operation.version());
    }
    for (int key = 0; key < simulation.places().keys(operation.cache()); key++) {
      if (!isFresh(member, simulation.places().at(operation.cache(), key), operation.version())) {
        return false;
      }
    }
    return true;
  }

  /** Whether what a member serves, if anything, is not older than a version. */
  private static boolean isFresh(SimulatedMember member, Place place, Version version) {
    if (!version.isAfter(member.knowledge().told(place))) {
      return true;
    }
    Visible visible = member.caches().read(place);
    return visible == null || !version.isAfter(visible.version());
  }
}
