package io.github.mccache.wire;

import io.github.mccache.protocol.Message;
import io.github.mccache.protocol.NodeId;
import java.util.List;

/** What became of a received datagram. Immutable. */
public sealed interface Opened {

  /**
   * It was read.
   *
   * @param from the sender's incarnation
   * @param packetNumber the number of the datagram, 1 or more
   * @param sameApplication whether its sender runs the same version of the application
   * @param messages its messages, in its sender's order; may be empty
   * @param skippedBodies how many bodies it has that this version does not speak
   * @param challenge a number that is to be returned to the source of the datagram, 0 if none
   * @param response a number that was sent to its source, as it claims; 0 if none
   */
  record Frame(
      NodeId from,
      long packetNumber,
      boolean sameApplication,
      List<Message> messages,
      int skippedBodies,
      long challenge,
      long response)
      implements Opened {
    public Frame {
      messages = List.copyOf(messages);
    }
  }

  /**
   * It was refused: to be counted, and not answered.
   *
   * @param reason the first reason that was found
   */
  record Refused(Refusal reason) implements Opened {}
}
