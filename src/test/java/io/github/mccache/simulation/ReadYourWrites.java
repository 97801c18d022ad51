package io.github.mccache.simulation;

import io.github.mccache.protocol.Change;

/**
 * Right after an operation the member that did it sees it (S4); what it sees later is {@link
 * VersionsOnlyGoUp}'s.
 */
final class ReadYourWrites implements Invariant {

  @Override
  public void onOperation(SimulatedMember member, Operation operation) {
    if (operation.place() == null) {
      return;
    }
    SimulatedStore.Visible visible = member.store().read(operation.place());
    switch (operation.kind()) {
      case PUT -> {
        boolean seen = visible != null && visible.value().equals(operation.value());
        if (!seen && operation.ttlMillis() == Change.ETERNAL && !isReplaced(member, operation)) {
          throw violated("%s put %s and sees %s", member, operation, visible);
        }
      }
      case REMOVE, EVICT -> {
        if (visible != null) {
          throw violated("%s did %s and sees %s", member, operation, visible);
        }
      }
      default -> {}
    }
  }

  /** A change of another member may have waited for the operation to end. */
  private static boolean isReplaced(SimulatedMember member, Operation operation) {
    SimulatedStore.Recorded record = member.store().record(operation.place());
    return record != null && record.version().isAfter(operation.version());
  }
}
