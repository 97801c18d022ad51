package io.github.mccache.node;

import io.github.mccache.transport.Transport;
import io.github.mccache.wire.Refusal;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this member receives no other member at all: normal for the first member of a cluster,
 * otherwise the sign of a network that drops multicast, which nothing else would show. Each line is
 * logged once. Confined to the thread of the event loop.
 */
final class Solitude {

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  /** How long a member receives no other member before that counts. */
  static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** When its own multicast datagrams must have come back; several have been sent by then. */
  static final long LOOP_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final NodeOptions options;
  private final Transport transport;
  private final NodeCounters counters;
  private final long startNanos;
  private long lookNanos;
  private long receivedNanos;
  private boolean everReceived;
  private boolean silenceLogged;
  private boolean loopLogged;
  private boolean othersLogged;
  private boolean isolated;

  Solitude(NodeOptions options, Transport transport, NodeCounters counters, long nowNanos) {
    this.options = options;
    this.transport = transport;
    this.counters = counters;
    this.startNanos = nowNanos;
    this.lookNanos = nowNanos;
    this.receivedNanos = nowNanos;
  }

  /**
   * Returns whether other members are expected ({@code mccache.cluster.expected-members}) and none
   * has been received for {@link #PATIENCE_NANOS}.
   */
  boolean isIsolated() {
    return isolated;
  }

  /**
   * Time has passed.
   *
   * @param receivesMembers whether another member is alive
   * @return whether {@link #isIsolated} has changed
   */
  boolean onTick(BooleanSupplier receivesMembers, long nowNanos) {
    if (nowNanos - lookNanos < 0) {
      return false;
    }
    lookNanos = nowNanos + LOOK_NANOS;
    boolean before = isolated;
    if (receivesMembers.getAsBoolean()) {
      everReceived = true;
      receivedNanos = nowNanos;
      isolated = false;
    } else if (nowNanos - receivedNanos >= PATIENCE_NANOS) {
      isolated = options.expectedMembers() > 1;
      logSilence();
    }
    if (nowNanos - startNanos >= LOOP_NANOS) {
      checkLoop();
    }
    if (isolated != before) {
      logIsolation();
    }
    return isolated != before;
  }

  private void checkLoop() {
    if (!loopLogged && transport.reachesOthers() && transport.loopedBack() == 0) {
      loopLogged = true;
      LOG.warn(
          "{}: none of its own multicast datagrams has come back on {}: the interface or a firewall"
              + " of this machine drops multicast. No other member is reached. Permit it or choose"
              + " another interface with mccache.cluster.interface",
          options.nodeName(),
          transport.description());
    }
  }

  private void logSilence() {
    if (!silenceLogged && !everReceived && transport.reachesOthers()) {
      silenceLogged = true;
      LOG.warn(
          "{}: has received no other member in its first {} s on {}. If it is not the only one, the"
              + " network drops multicast (a switch, IGMP snooping, a container network, a"
              + " firewall), or the others have another group or port. With"
              + " mccache.cluster.expected-members = 2 or more it counts as isolated then",
          options.nodeName(),
          TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS),
          transport.description());
    }
    long others = counters.refused().getOrDefault(Refusal.OTHER_CLUSTER, 0L);
    if (!othersLogged && others > 0) {
      othersLogged = true;
      LOG.info(
          "{}: receives no other member, but {} datagrams of clusters with other names than {};"
              + " they are counted as OTHER_CLUSTER",
          options.nodeName(),
          others,
          options.clusterName());
    }
  }

  private void logIsolation() {
    if (isolated) {
      LOG.warn(
          "{}: receives none of the {} members that are expected. Caches serve what they have, or"
              + " miss where on-isolated = miss",
          options.nodeName(),
          options.expectedMembers());
    } else {
      LOG.info("{}: receives another member of those that are expected", options.nodeName());
    }
  }
}
