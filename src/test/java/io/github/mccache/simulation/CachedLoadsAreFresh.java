package io.github.mccache.simulation;

import io.github.mccache.replication.ApplyRule;

/**
 * A load is not cached if a change of its key arrived while it ran (S11). A clear that arrives late
 * does not count if it was done before the load began, whatever the clocks show.
 */
final class CachedLoadsAreFresh implements Invariant {

  @Override
  public void onOperation(SimulatedMember member, Operation operation) {
    if (operation.kind() != Operation.Kind.LOAD || operation.place() == null) {
      return;
    }
    Knowledge knowledge = member.knowledge();
    long clearMillis = knowledge.cleared(operation.cache()).millis();
    boolean clearedBefore = operation.version().millis() > clearMillis + ApplyRule.MAX_AHEAD_MILLIS;
    long toldAtStep =
        clearedBefore
            ? knowledge.keyToldAtStep(operation.place())
            : knowledge.toldAtStep(operation.place());
    if (toldAtStep > operation.begunAtStep()) {
      throw violated(
          "%s cached %s, begun at step %d, changed at step %d",
          member, operation, operation.begunAtStep(), toldAtStep);
    }
  }
}
