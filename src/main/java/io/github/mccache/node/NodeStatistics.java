package io.github.mccache.node;

import io.github.mccache.replication.ReplicaCounts;
import io.github.mccache.transport.TransportStatistics;
import io.github.mccache.wire.Refusal;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a {@link Node} has counted since its start. Immutable; the figures are read one after the
 * other and may be a few events apart.
 *
 * @param datagramsSent datagrams given to the transport
 * @param datagramsToOne those among them that were for one member only
 * @param bytesSent their payload
 * @param datagramsReceived datagrams taken from the transport, also those refused or dropped
 * @param bytesReceived their payload
 * @param refused datagrams that were not read, by reason; every reason is there
 * @param inboxDrops datagrams dropped because the inbox was full
 * @param answersWithheld datagrams dropped because their address had not answered
 * @param bodiesSkipped parts of datagrams that this version does not speak
 * @param changesSent changes that went out
 * @param changesReceived changes of others that were given to a cache, or had none to be given to
 * @param applied what the caches did with them; every outcome is there
 * @param unknownCaches changes to caches that are not open here
 * @param cacheFailures exceptions thrown by caches
 * @param internalFailures exceptions that should not have been
 * @param replica what the protocol counts, as of the last timer
 * @param transport what the transport counts
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
   * Returns {@link #replica} by the names of what is counted there, and the datagrams to one member
   * beside.
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
