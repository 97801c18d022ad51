package io.github.mccache.simulation;

/** What a member keeps is bounded by the number of keys and members, not by traffic (S8). */
final class BoundedMemory implements Invariant {

  private final Simulation simulation;

  BoundedMemory(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public void afterEvent(SimulatedMember member) {
    int places = simulation.places().size();
    check(member, "records", member.store().records(), places);
    check(member, "dirty keys", member.store().dirtyKeys(), places);
    check(member, "members", member.replica().members().size(), simulation.members().size() - 1);
  }

  @Override
  public void atRest() {
    for (SimulatedMember member : simulation.running()) {
      check(member, "dirty keys at rest", member.store().dirtyKeys(), 0);
    }
  }

  private void check(SimulatedMember member, String what, int size, int limit) {
    if (size > limit) {
      throw violated("%s keeps %d %s, more than %d", member, size, what, limit);
    }
  }
}
