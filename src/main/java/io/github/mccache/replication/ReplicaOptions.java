package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import java.time.Duration;
import java.util.function.ToIntFunction;

/**
 * The figures by which a {@link Replica} works. Immutable.
 *
 * @param dataBudgetBytes how many bytes of changes, or of clear floors, one message may carry
 * @param sizeOf how many bytes a change takes in a message
 * @param heartbeatInterval the longest pause between two signs of life
 * @param suspectAfter after which silence a member is suspect
 * @param deadAfter after which silence a member is taken for dead
 * @param forgottenAfter after which silence a dead member, or one that left, is forgotten
 * @param aloneAfter how long after its start a member that has heard nobody believes that it is
 *     alone
 * @param gapGrace how long a message may be late before it counts as missing
 * @param maxMembers how many members are remembered at most
 */
public record ReplicaOptions(
    int dataBudgetBytes,
    ToIntFunction<Change> sizeOf,
    Duration heartbeatInterval,
    Duration suspectAfter,
    Duration deadAfter,
    Duration forgottenAfter,
    Duration aloneAfter,
    Duration gapGrace,
    int maxMembers) {

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
    if (aloneAfter.isNegative() || gapGrace.isNegative()) {
      throw new IllegalArgumentException(
          "alone after " + aloneAfter + " and gap grace " + gapGrace + " must not be negative");
    }
  }

  /** Returns the protocol's starting values. */
  public static ReplicaOptions of(int dataBudgetBytes, ToIntFunction<Change> sizeOf) {
    return new ReplicaOptions(
        dataBudgetBytes,
        sizeOf,
        Duration.ofMillis(500),
        Duration.ofSeconds(3),
        Duration.ofSeconds(10),
        Duration.ofMinutes(15),
        Duration.ofSeconds(2),
        Duration.ofMillis(250),
        1_024);
  }
}
