package io.github.mccache.replication;

import io.github.mccache.protocol.NodeId;

/**
 * A transition that operators should see, reported once. Repeated events are counted in {@link
 * ReplicaCounts}. Immutable.
 */
public sealed interface Notice {

  /**
   * A member was received for the first time.
   *
   * @param nodeName its label, empty if its first message does not carry it
   */
  record MemberJoined(NodeId member, String nodeName) implements Notice {}

  /** A member that was suspect or dead was received again. */
  record MemberRecovered(NodeId member, String nodeName) implements Notice {}

  /** A member was not received for so long that it is suspect. */
  record MemberSuspected(NodeId member, String nodeName) implements Notice {}

  /** A member was not received for so long that it is considered dead. */
  record MemberDead(NodeId member, String nodeName) implements Notice {}

  /** A member is received but has acknowledged nothing for long. */
  record MemberAcknowledgesNothing(NodeId member, String nodeName) implements Notice {}

  /** A member that had acknowledged nothing for long does so now. */
  record MemberAcknowledges(NodeId member, String nodeName) implements Notice {}

  /** A member announced that it leaves. */
  record MemberLeft(NodeId member, String nodeName) implements Notice {}

  /**
   * There are more members than can be remembered, and none that could be forgotten. Reported again
   * only after a new member found room in between.
   */
  record MembersRefused(int limit) implements Notice {}

  /** Another member has this cache open in another mode. Reported once per cache and mode. */
  record CacheModeDiffers(NodeId from, long cache, String name, String ours, String theirs)
      implements Notice {}

  /** Values of this cache do not fit into a message and are sent as invalidations. */
  record ChangeTooLarge(long cache) implements Notice {}

  /** Keys of this cache do not fit into a message: their changes are not sent. */
  record KeyTooLarge(long cache) implements Notice {}

  /**
   * Another member rejected a change because this member's clock is ahead. At most once per second
   * and member.
   *
   * @param time the hybrid time that was rejected
   * @param receiverTime the hybrid time of the member that rejected it
   */
  record ClockAhead(NodeId from, long time, long receiverTime) implements Notice {}

  /**
   * This member has joined with the records of a donor.
   *
   * @param records their number
   */
  record Joined(long records) implements Notice {}

  /**
   * This member had missed more of a stream than single repairs can bring, and has caught up by a
   * state transfer.
   *
   * @param records the number of records that it received
   */
  record CaughtUp(long records) implements Notice {}

  /** No donor could give its records: caches begin empty. */
  record StaysCold() implements Notice {}

  /**
   * This member was away for so long that peers have discarded tombstones that it never received:
   * its old entries are discarded.
   */
  record HistoryForgotten() implements Notice {}

  /** This member receives none of the members that it knows. */
  record Isolated() implements Notice {}

  /** This member receives another member again. */
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
