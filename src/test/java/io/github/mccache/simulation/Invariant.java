package io.github.mccache.simulation;

import io.github.mccache.protocol.Message;

/**
 * Something that must hold; made anew for every simulation. Each method throws when it does not.
 */
interface Invariant {

  /** The application did something on a member, whose knowledge does not contain it yet. */
  default void onOperation(SimulatedMember member, Operation operation) {}

  /** A member sent a message. */
  default void onSent(SimulatedMember member, Message message) {}

  /** An event happened to a member. */
  default void afterEvent(SimulatedMember member) {}

  /** The application is quiet, and everything that was sent has arrived. */
  default void atRest() {}

  /** Makes the failure of this invariant. */
  default InvariantViolated violated(String format, Object... arguments) {
    return new InvariantViolated(getClass().getSimpleName(), String.format(format, arguments));
  }
}
