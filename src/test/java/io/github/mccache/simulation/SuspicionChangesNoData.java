package io.github.mccache.simulation;

import io.github.mccache.replication.Effects;
import io.github.mccache.replication.Instruction;
import io.github.mccache.replication.Notice;

/** That a member is taken for suspect or dead, rightly or not, changes no entry (S13). */
final class SuspicionChangesNoData implements Invariant {

  @Override
  public void onEffects(SimulatedMember member, Effects effects) {
    for (Notice notice : effects.notices()) {
      if (notice instanceof Notice.MemberSuspected || notice instanceof Notice.MemberDead) {
        boolean changes =
            effects.apply().stream().anyMatch(application -> application.change().key() != null)
                || effects.instructions().stream()
                    .anyMatch(instruction -> !(instruction instanceof Instruction.ShiftClock));
        if (changes) {
          throw violated("%s: %s, and %s", member, notice, effects);
        }
      }
    }
  }
}
