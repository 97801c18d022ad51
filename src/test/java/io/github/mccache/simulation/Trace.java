package io.github.mccache.simulation;

import io.github.mccache.replication.Application;
import io.github.mccache.replication.ApplyOutcome;
import org.jspecify.annotations.Nullable;

/** Receives every event of a simulation, in order. */
interface Trace {

  /** What became of a datagram. */
  enum Fate {
    SENT("sends"),
    LOST("lost"),
    CORRUPTED("corrupt"),
    ARRIVED("arrives");

    private final String word;

    Fate(String word) {
      this.word = word;
    }

    @Override
    public String toString() {
      return word;
    }
  }

  /** The simulation itself did something. */
  void event(Simulation simulation, String what);

  /**
   * A member did something.
   *
   * @param what an {@link Operation}, an instruction, a list of notices or a text
   */
  void event(Simulation simulation, SimulatedMember member, Object what);

  /** A cache of a member has decided about a change of another member. */
  void applied(
      Simulation simulation, SimulatedMember member, Application application, ApplyOutcome outcome);

  /**
   * A datagram was sent, or met its fate on one link.
   *
   * @param to null for all members
   */
  void datagram(Simulation simulation, Datagram datagram, @Nullable SimulatedMember to, Fate fate);
}
