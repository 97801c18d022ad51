package io.github.mccache.simulation;

/** A load is not cached if the key was told something new while it was under way (S11). */
final class CachedLoadsAreFresh implements Invariant {

  @Override
  public void onOperation(SimulatedMember member, Operation operation) {
    if (operation.kind() != Operation.Kind.LOAD || operation.place() == null) {
      return;
    }
    long toldAtStep = member.knowledge().toldAtStep(operation.place());
    if (toldAtStep > operation.begunAtStep()) {
      throw violated(
          "%s cached %s, begun at step %d, told at step %d",
          member, operation, operation.begunAtStep(), toldAtStep);
    }
  }
}
