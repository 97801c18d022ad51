package io.github.mccache.replication;

import io.github.mccache.protocol.NodeId;

/**
 * What people should hear: a transition, told once. What repeats is in {@link ReplicaCounts}.
 * Immutable.
 */
public sealed interface Notice {

  /**
   * A member was heard for the first time.
   *
   * @param nodeName its label, empty when its first message did not carry it
   */
  record MemberJoined(NodeId member, String nodeName) implements Notice {}

  /** A member that was suspect or dead was heard again. */
  record MemberRecovered(NodeId member, String nodeName) implements Notice {}

  /** A member has been silent for so long that it may be gone. */
  record MemberSuspected(NodeId member, String nodeName) implements Notice {}

  /** A member has been silent for so long that it is taken for gone. */
  record MemberDead(NodeId member, String nodeName) implements Notice {}

  /** A member is heard, but has acknowledged nothing for long. */
  record MemberAcknowledgesNothing(NodeId member, String nodeName) implements Notice {}

  /** A member that had acknowledged nothing for long does so now. */
  record MemberAcknowledges(NodeId member, String nodeName) implements Notice {}

  /** A member said that it leaves. */
  record MemberLeft(NodeId member, String nodeName) implements Notice {}

  /**
   * There are more members than can be remembered, and none that could be forgotten. Told again
   * only after a new member found room in between.
   */
  record MembersRefused(int limit) implements Notice {}

  /** Another member has a cache of this name open in another mode. Told once per cache and mode. */
  record CacheModeDiffers(NodeId from, long cache, String name, String ours, String theirs)
      implements Notice {}

  /** Values of this cache do not fit into a message and go out as invalidations. */
  record ChangeTooLarge(long cache) implements Notice {}

  /** Keys of this cache do not fit into a message: others do not hear of their changes. */
  record KeyTooLarge(long cache) implements Notice {}

  /**
   * Another member says that this one's clock is ahead. At most once per second and member.
   *
   * @param time the hybrid time that was refused
   * @param receiverTime the hybrid time of the member that refused it
   */
  record ClockAhead(NodeId from, long time, long receiverTime) implements Notice {}

  /**
   * This member has what others had when it started.
   *
   * @param records how many records that were
   */
  record Joined(long records) implements Notice {}

  /**
   * This member had missed more of a stream than is repaired piece by piece, and has now what
   * others have.
   *
   * @param records how many records were missing
   */
  record CaughtUp(long records) implements Notice {}

  /** No member could give its records: caches begin empty. */
  record StaysCold() implements Notice {}

  /**
   * This member was away for so long that others have forgotten what was removed in the meantime:
   * its old entries are dropped.
   */
  record HistoryForgotten() implements Notice {}

  /** This member hears none of the members that it knows. */
  record Isolated() implements Notice {}

  /** This member hears another one again. */
  record Reconnected() implements Notice {}

  /**
   * This member's clock was moved to agree with the others'.
   *
   * @param millis how far: forward if positive
   */
  record ClockMoved(long millis) implements Notice {}

  /** A member runs another version of the application: only invalidations are exchanged with it. */
  record OtherApplication(NodeId member, String nodeName) implements Notice {}
}
