package io.github.mccache.simulation;

import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.replication.Application;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.Effects;
import io.github.mccache.replication.Instruction;
import org.jspecify.annotations.Nullable;

/** A condition that must hold, made anew for every simulation. A method throws when it does not. */
interface Invariant {

  /** The application did something on a member, whose knowledge does not contain it yet. */
  default void onOperation(SimulatedMember member, Operation operation) {}

  /** Something happened to a key of a member, in the event that now ends. */
  default void onTouched(SimulatedMember member, Place place, @Nullable Visible visible) {}

  /** A datagram was sent. */
  default void onSent(Datagram datagram) {}

  /** A member is about to read a message. */
  default void onReceived(SimulatedMember member, NodeId from, Message message) {}

  /** A member has given a change to a cache. */
  default void onApplied(SimulatedMember member, Application change, ApplyOutcome outcome) {}

  /** A member is about to do what its replica wants. */
  default void onEffects(SimulatedMember member, Effects effects) {}

  /** A write of a member was acknowledged by all others. */
  default void onAcknowledged(SimulatedMember member, Operation operation) {}

  /** A member has started anew. */
  default void onStartedAnew(SimulatedMember member, NodeId former, Instruction.StartAnew cause) {}

  /** A member has closed. */
  default void onClosed(SimulatedMember member) {}

  /** By now every member should know that another one has closed. */
  default void afterClose() {}

  /** Some time has passed. */
  default void atSample() {}

  /** All faults have ended, and so has all that the application does. */
  default void atEndOfFaults() {}

  /** All members should agree now. */
  default void atCalm() {}

  /** From now on only heartbeats and comparisons should be sent. */
  default void atBeginOfQuiet() {}

  /** The next cycle is about to begin. */
  default void atEndOfQuiet() {}

  /** Makes the failure of this invariant. */
  default InvariantViolated violated(String format, Object... arguments) {
    return new InvariantViolated(getClass().getSimpleName(), String.format(format, arguments));
  }
}
