package io.github.mccache.replication;

import io.github.mccache.protocol.NodeId;

/**
 * A member as this one sees it, for operators. Immutable.
 *
 * @param id its incarnation
 * @param nodeName its label, empty while unknown
 * @param state its assumed state
 * @param acknowledges whether it acknowledges this member's messages, or may yet; if it does not,
 *     nothing waits for it
 * @param lastHeardNanos when it was last received, on the clock that is given to {@link Replica}
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

  /** The assumed state of a member. Data safety does not depend on it. */
  public enum State {
    /** Received lately. */
    ALIVE,
    /** Not received for a while: it may be gone. */
    SUSPECT,
    /** Not received for long: considered gone until it is received. */
    DEAD,
    /** It announced that it leaves: this incarnation does not come back. */
    LEFT
  }
}
