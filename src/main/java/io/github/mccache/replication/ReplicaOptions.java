package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import java.time.Duration;
import java.util.function.ToIntFunction;

/**
 * The options of a {@link Replica}. Immutable.
 *
 * @param dataBudgetBytes how many bytes of changes, or of clear floors, one message may carry
 * @param sizeOf how many bytes a change takes in a message
 * @param bodies turns messages that are too long for a datagram into bytes and back
 * @param frameCapacity how many bytes, by {@link BodyCodec#sizeOf}, a message may have that travels
 *     in one datagram
 * @param fragmentBytes how many bytes of a longer one travel in each
 * @param maximumBodyBytes how many bytes a message may have at all; a longer change is sent as an
 *     invalidation
 * @param scrubInterval how often members compare a few of their keys
 * @param heartbeatInterval the longest pause between two heartbeats
 * @param suspectAfter after which silence a member is suspect
 * @param deadAfter after which silence a member is considered dead
 * @param forgottenAfter after which silence a dead member, or one that left, is forgotten
 * @param aloneAfter how long after its start a member that has received no other one considers
 *     itself alone
 * @param maxMembers how many members are remembered at most
 * @param maximumKeysSent for how many keys, at most, the last sequence that carried them is kept
 * @param initialRate how many bytes per second are sent at most, before the receivers' reports
 *     raise or lower it
 */
public record ReplicaOptions(
    int dataBudgetBytes,
    ToIntFunction<Change> sizeOf,
    BodyCodec bodies,
    int frameCapacity,
    int fragmentBytes,
    int maximumBodyBytes,
    Duration scrubInterval,
    Duration heartbeatInterval,
    Duration suspectAfter,
    Duration deadAfter,
    Duration forgottenAfter,
    Duration aloneAfter,
    int maxMembers,
    int maximumKeysSent,
    long initialRate) {

  public ReplicaOptions {
    if (dataBudgetBytes < 1) {
      throw new IllegalArgumentException("data budget " + dataBudgetBytes + " is not 1 or more");
    }
    if (maxMembers < 1) {
      throw new IllegalArgumentException("maximum of members " + maxMembers + " is not 1 or more");
    }
    if (heartbeatInterval.isNegative() || heartbeatInterval.isZero()) {
      throw new IllegalArgumentException(
          "heartbeat interval " + heartbeatInterval + " is not positive");
    }
    if (heartbeatInterval.compareTo(suspectAfter) >= 0
        || suspectAfter.compareTo(deadAfter) >= 0
        || deadAfter.compareTo(forgottenAfter) >= 0) {
      throw new IllegalArgumentException(
          "heartbeat interval "
              + heartbeatInterval
              + ", suspect after "
              + suspectAfter
              + ", dead after "
              + deadAfter
              + " and forgotten after "
              + forgottenAfter
              + " must grow in this order");
    }
    if (aloneAfter.isNegative()) {
      throw new IllegalArgumentException("alone after " + aloneAfter + " must not be negative");
    }
    if (frameCapacity < 1 || fragmentBytes < Reassembler.SHORTEST_PART) {
      throw new IllegalArgumentException(
          "frame capacity "
              + frameCapacity
              + " is not 1 or more, or fragment bytes "
              + fragmentBytes
              + " are not "
              + Reassembler.SHORTEST_PART
              + " or more");
    }
    if (initialRate < 1_000) {
      throw new IllegalArgumentException("initial rate " + initialRate + " is below 1,000 bytes/s");
    }
    if (scrubInterval.isNegative() || scrubInterval.isZero()) {
      throw new IllegalArgumentException("scrub interval " + scrubInterval + " is not positive");
    }
  }

  /** Returns the protocol's starting values. */
  public static ReplicaOptions of(
      int dataBudgetBytes,
      ToIntFunction<Change> sizeOf,
      BodyCodec bodies,
      int frameCapacity,
      int fragmentBytes) {
    return new ReplicaOptions(
        dataBudgetBytes,
        sizeOf,
        bodies,
        frameCapacity,
        fragmentBytes,
        (16 << 20) + (128 << 10),
        Duration.ofSeconds(2),
        Duration.ofMillis(500),
        Duration.ofSeconds(3),
        Duration.ofSeconds(10),
        Duration.ofMinutes(15),
        Duration.ofSeconds(2),
        1_024,
        200_000,
        Pacer.INITIAL_RATE);
  }

  /** Returns these options with another bound on the length of a message. */
  public ReplicaOptions withMaximumBodyBytes(int bytes) {
    return new ReplicaOptions(
        dataBudgetBytes,
        sizeOf,
        bodies,
        frameCapacity,
        fragmentBytes,
        bytes,
        scrubInterval,
        heartbeatInterval,
        suspectAfter,
        deadAfter,
        forgottenAfter,
        aloneAfter,
        maxMembers,
        maximumKeysSent,
        initialRate);
  }

  /** Returns these options with another pause between two comparisons. */
  public ReplicaOptions withScrubInterval(Duration interval) {
    return new ReplicaOptions(
        dataBudgetBytes,
        sizeOf,
        bodies,
        frameCapacity,
        fragmentBytes,
        maximumBodyBytes,
        interval,
        heartbeatInterval,
        suspectAfter,
        deadAfter,
        forgottenAfter,
        aloneAfter,
        maxMembers,
        maximumKeysSent,
        initialRate);
  }

  /** Returns these options with another rate to begin with. */
  public ReplicaOptions withInitialRate(long bytesPerSecond) {
    return new ReplicaOptions(
        dataBudgetBytes,
        sizeOf,
        bodies,
        frameCapacity,
        fragmentBytes,
        maximumBodyBytes,
        scrubInterval,
        heartbeatInterval,
        suspectAfter,
        deadAfter,
        forgottenAfter,
        aloneAfter,
        maxMembers,
        maximumKeysSent,
        bytesPerSecond);
  }
}
