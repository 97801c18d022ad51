package io.github.mccache.simulation;

import io.github.mccache.replication.ApplyRule;

/**
 * A load is not cached if the key was told something new while it was under way (S11); a clear that
 * is heard late, and was done before the load began whatever the clocks say, is nothing new to it.
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
          "%s cached %s, begun at step %d, told at step %d",
          member, operation, operation.begunAtStep(), toldAtStep);
    }
  }
}
