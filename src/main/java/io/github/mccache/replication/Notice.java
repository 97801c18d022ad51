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

  /** A member said that it leaves. */
  record MemberLeft(NodeId member, String nodeName) implements Notice {}

  /**
   * There are more members than can be remembered, and none that could be forgotten. Told again
   * only after a new member found room in between.
   */
  record MembersRefused(int limit) implements Notice {}

  /**
   * A part of a member's stream is missing and not merely late.
   *
   * @param first the first missing sequence number
   * @param last the last one
   */
  record GapSeen(NodeId from, long first, long last) implements Notice {}

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
}
