package io.github.mccache.replication;

import io.github.mccache.protocol.NodeId;

/**
 * A member as this one sees it, for people. Immutable.
 *
 * @param id its incarnation
 * @param nodeName its label, empty when not heard yet
 * @param state what is believed of it
 * @param acknowledges whether it acknowledges what this member sends, or may yet; if it does not,
 *     nothing waits for it
 * @param lastHeardNanos when it was last heard, on the clock that is given to {@link Replica}
 * @param lastSequence the highest sequence number known of its stream
 * @param missing how many messages of its stream were found missing, also if they came later
 */
public record Member(
    NodeId id,
    String nodeName,
    State state,
    boolean acknowledges,
    long lastHeardNanos,
    long lastSequence,
    long missing) {

  /** What is believed of a member. Nothing that data safety depends on. */
  public enum State {
    /** Heard lately. */
    ALIVE,
    /** Silent, and may be gone. */
    SUSPECT,
    /** Silent for long: taken for gone until it is heard. */
    DEAD,
    /** Said that it leaves: this incarnation does not come back. */
    LEFT
  }
}
