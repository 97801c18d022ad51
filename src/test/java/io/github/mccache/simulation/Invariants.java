package io.github.mccache.simulation;

import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.replication.Application;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.Effects;
import io.github.mccache.replication.Instruction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All of them, but for those that {@code -Dignore=…} names: a campaign may go on although one is
 * known to fail.
 */
final class Invariants implements Invariant {

  private static final List<String> IGNORED = List.of(System.getProperty("ignore", "").split(","));

  private final ConvergesWithin3Seconds convergence;
  private final Invariant[] all;

  Invariants(Simulation simulation) {
    convergence = new ConvergesWithin3Seconds(simulation);
    all =
        List.of(
                convergence,
                new NoResurrection(simulation),
                new VersionsOnlyGoUp(simulation),
                new ReadYourWrites(simulation),
                new NoInventedValue(simulation),
                new NothingBelowAClear(),
                new LifeIsNotProlonged(simulation),
                new BoundedMemory(simulation),
                new PacketNumbersNeverRepeat(),
                new QuietIsHeartbeatsOnly(simulation),
                new CachedLoadsAreFresh(),
                new AcknowledgedWritesAreSeen(simulation),
                new SuspicionChangesNoData(),
                new OnlyCopiesBecomeOthers(simulation),
                new EveryNakEnds(simulation),
                new StalenessBoundHolds(simulation),
                new ModesAreKept(simulation),
                new CompleteTimeHolds(simulation),
                new AllMembersAreLive(simulation),
                new ClosedLeavesNothingStale(simulation),
                new OnlyAppliedIsAcknowledged())
            .stream()
            .filter(invariant -> !IGNORED.contains(invariant.getClass().getSimpleName()))
            .toArray(Invariant[]::new);
  }

  ConvergesWithin3Seconds convergence() {
    return convergence;
  }

  @Override
  public void onOperation(SimulatedMember member, Operation operation) {
    for (Invariant invariant : all) {
      invariant.onOperation(member, operation);
    }
  }

  @Override
  public void onTouched(SimulatedMember member, Place place, @Nullable Visible visible) {
    for (Invariant invariant : all) {
      invariant.onTouched(member, place, visible);
    }
  }

  @Override
  public void onSent(Datagram datagram) {
    for (Invariant invariant : all) {
      invariant.onSent(datagram);
    }
  }

  @Override
  public void onReceived(SimulatedMember member, NodeId from, Message message) {
    for (Invariant invariant : all) {
      invariant.onReceived(member, from, message);
    }
  }

  @Override
  public void onApplied(SimulatedMember member, Application change, ApplyOutcome outcome) {
    for (Invariant invariant : all) {
      invariant.onApplied(member, change, outcome);
    }
  }

  @Override
  public void onEffects(SimulatedMember member, Effects effects) {
    for (Invariant invariant : all) {
      invariant.onEffects(member, effects);
    }
  }

  @Override
  public void onAcknowledged(SimulatedMember member, Operation operation) {
    for (Invariant invariant : all) {
      invariant.onAcknowledged(member, operation);
    }
  }

  @Override
  public void onStartedAnew(SimulatedMember member, NodeId former, Instruction.StartAnew cause) {
    for (Invariant invariant : all) {
      invariant.onStartedAnew(member, former, cause);
    }
  }

  @Override
  public void onClosed(SimulatedMember member) {
    for (Invariant invariant : all) {
      invariant.onClosed(member);
    }
  }

  @Override
  public void afterClose() {
    for (Invariant invariant : all) {
      invariant.afterClose();
    }
  }

  @Override
  public void atSample() {
    for (Invariant invariant : all) {
      invariant.atSample();
    }
  }

  @Override
  public void atEndOfFaults() {
    for (Invariant invariant : all) {
      invariant.atEndOfFaults();
    }
  }

  @Override
  public void atCalm() {
    for (Invariant invariant : all) {
      invariant.atCalm();
    }
  }

  @Override
  public void atBeginOfQuiet() {
    for (Invariant invariant : all) {
      invariant.atBeginOfQuiet();
    }
  }

  @Override
  public void atEndOfQuiet() {
    for (Invariant invariant : all) {
      invariant.atEndOfQuiet();
    }
  }
}
