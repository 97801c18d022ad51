package io.github.mccache.simulation;

import io.github.mccache.replication.Effects;
import io.github.mccache.replication.Instruction;
import io.github.mccache.replication.Notice;
import io.github.mccache.replication.Replica;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * That a member is taken for suspect or dead, rightly or not, changes no entry (S13). A member that
 * is joining gives up what its donor has not sent, and trusts nothing older.
 */
final class SuspicionChangesNoData implements Invariant {

  private final Set<Replica> joined = Collections.newSetFromMap(new IdentityHashMap<>());

  @Override
  public void onEffects(SimulatedMember member, Effects effects) {
    boolean wasJoined = joined.contains(member.replica());
    for (Notice notice : effects.notices()) {
      if (notice instanceof Notice.MemberSuspected || notice instanceof Notice.MemberDead) {
        boolean changes =
            effects.apply().stream().anyMatch(application -> application.change().key() != null)
                || effects.instructions().stream()
                    .anyMatch(instruction -> changesData(instruction, wasJoined));
        if (changes) {
          throw violated("%s: %s, and %s", member, notice, effects);
        }
      }
    }
    if (member.replica().isJoined()) {
      joined.add(member.replica());
    }
  }

  private static boolean changesData(Instruction instruction, boolean wasJoined) {
    boolean givesUpJoining = !wasJoined && instruction instanceof Instruction.TrustAbove;
    // A start anew of the same moment has a cause of its own, see OnlyCopiesBecomeOthers.
    boolean harmless =
        instruction instanceof Instruction.ShiftClock
            || instruction instanceof Instruction.Relay
            || instruction instanceof Instruction.StartAnew;
    return !harmless && !givesUpJoining;
  }
}
