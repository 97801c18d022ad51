package io.github.mccache.node;

import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.replication.ReplicaCounts;
import io.github.mccache.transport.TransportStatistics;
import io.github.mccache.wire.Refusal;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The counters of a {@link Node} since its start. Immutable; the figures are read one after the
 * other and may be a few events apart.
 *
 * @param datagramsSent datagrams given to the transport
 * @param datagramsToOne those among them that were for one member only
 * @param bytesSent their payload
 * @param datagramsReceived datagrams taken from the transport, including those rejected or dropped
 * @param bytesReceived their payload
 * @param refused datagrams that were rejected, by reason; every reason is present
 * @param inboxDrops datagrams dropped because the inbox was full
 * @param answersWithheld datagrams dropped because their address was not confirmed
 * @param bodiesSkipped parts of datagrams that this version does not know
 * @param changesSent changes that were sent
 * @param changesReceived changes of peers that were received, including those of unknown caches
 * @param applied the outcomes of their application; every outcome is present
 * @param unknownCaches changes to caches that are not open here
 * @param cacheFailures exceptions thrown by caches
 * @param internalFailures unexpected exceptions
 * @param replica the counters of the protocol, as of the last timer
 * @param transport the counters of the transport
 */
public record NodeStatistics(
    long datagramsSent,
    long datagramsToOne,
    long bytesSent,
    long datagramsReceived,
    long bytesReceived,
    Map<Refusal, Long> refused,
    long inboxDrops,
    long answersWithheld,
    long bodiesSkipped,
    long changesSent,
    long changesReceived,
    Map<ApplyOutcome, Long> applied,
    long unknownCaches,
    long cacheFailures,
    long internalFailures,
    ReplicaCounts replica,
    TransportStatistics transport) {

  public NodeStatistics {
    refused = Collections.unmodifiableMap(refused);
    applied = Collections.unmodifiableMap(applied);
  }

  /** Returns {@link #refused} by the names of the reasons. */
  public Map<String, Long> refusedByName() {
    return byName(refused);
  }

  /** Returns {@link #applied} by the names of the outcomes. */
  public Map<String, Long> appliedByName() {
    return byName(applied);
  }

  /**
   * Returns {@link #replica} by the names of its counters, and the datagrams to one member beside.
   */
  public Map<String, Long> protocolByName() {
    Map<String, Long> named = new TreeMap<>(replica.byName());
    named.put("datagramsToOne", datagramsToOne);
    return named;
  }

  private static Map<String, Long> byName(Map<? extends Enum<?>, Long> counts) {
    Map<String, Long> named = new TreeMap<>();
    counts.forEach((key, count) -> named.put(key.name(), count));
    return named;
  }
}
