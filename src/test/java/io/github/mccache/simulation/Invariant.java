package io.github.mccache.simulation;

import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import io.github.mccache.replication.Effects;
import org.jspecify.annotations.Nullable;

/**
 * Something that must hold; made anew for every simulation. Each method throws when it does not.
 */
interface Invariant {

  /** The application did something on a member, whose knowledge does not contain it yet. */
  default void onOperation(SimulatedMember member, Operation operation) {}

  /** Something happened to a key of a member, in the event that now ends. */
  default void onTouched(SimulatedMember member, Place place, @Nullable Visible visible) {}

  /** A datagram was sent. */
  default void onSent(Datagram datagram) {}

  /** A member is about to read a message. */
  default void onReceived(SimulatedMember member, NodeId from, Message message) {}

  /** A member is about to do what its replica wants. */
  default void onEffects(SimulatedMember member, Effects effects) {}

  /** A member was told that all others have applied what it wrote. */
  default void onAcknowledged(SimulatedMember member, Operation operation) {}

  /** A member has set its clock back. */
  default void onRebased(SimulatedMember member) {}

  /** A member has ended that had the time to say so. */
  default void onClosed(SimulatedMember member) {}

  /** Everybody should know by now that a member has closed. */
  default void afterClose() {}

  /** Some time has passed. */
  default void atSample() {}

  /** All faults have ended, and so has all that the application does. */
  default void atEndOfFaults() {}

  /** Everybody should agree now. */
  default void atCalm() {}

  /** From now on nothing but signs of life should be sent. */
  default void atBeginOfQuiet() {}

  /** The next cycle is about to begin. */
  default void atEndOfQuiet() {}

  /** Makes the failure of this invariant. */
  default InvariantViolated violated(String format, Object... arguments) {
    return new InvariantViolated(getClass().getSimpleName(), String.format(format, arguments));
  }
}
