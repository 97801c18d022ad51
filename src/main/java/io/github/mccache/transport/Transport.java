package io.github.mccache.transport;

import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * Moves datagrams to and from the other members of a group, best effort: it may lose, duplicate and
 * reorder them. Thread-safe. It is started once and closed once.
 */
public interface Transport extends AutoCloseable {

  /**
   * Opens sockets and begins to receive.
   *
   * @param receiver gets every datagram from others, on a thread of the transport
   * @throws TransportException when the transport cannot work as configured; nothing stays open
   * @throws IllegalStateException when started before, or closed
   */
  void start(Receiver receiver);

  /**
   * Sends the remaining bytes to every other member. May be called from any thread, never blocks
   * and never throws after {@link #start}: a datagram that cannot be sent is lost and counted, also
   * one that comes after {@link #close}.
   *
   * @param datagram at most as large as the path to the members carries; consumed in part or whole
   */
  void send(ByteBuffer datagram);

  /**
   * Sends the remaining bytes to one member, under the rules of {@link #send(ByteBuffer)}.
   *
   * @param to where a datagram of that member came from, as given to the {@link Receiver}; what no
   *     member can be at (another kind of address, an unresolved one, port 0, a group, on loopback
   *     anything beyond) is sent nothing, and counted
   */
  void send(ByteBuffer datagram, SocketAddress to);

  /** Returns where it sends to, for logs: {@code 239.192.77.67:47474 on lo (127.0.0.1), TTL 0}. */
  String description();

  /** Returns whether it reaches members on other machines, as far as it is configured. */
  default boolean reachesOthers() {
    return false;
  }

  /**
   * Returns how many of this member's own datagrams to all have come back to it: a system returns
   * them where multicast works. 0 where there is no multicast.
   */
  default long loopedBack() {
    return 0;
  }

  /** Returns what has been counted since the start. */
  TransportStatistics statistics();

  /**
   * Stops receiving and lets go of every thread and socket, within a quarter of a second. The
   * receiver is not called any more afterwards, unless this is called by the receiver itself.
   * Idempotent.
   */
  @Override
  void close();
}
