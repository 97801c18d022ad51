/**
 * Moves datagrams between members, best effort, and knows nothing of what is in them.
 *
 * <p><b>Doors.</b> {@link io.github.mccache.transport.Transport} and what {@code node} gives it, a
 * {@link io.github.mccache.transport.Receiver}; {@link
 * io.github.mccache.transport.MulticastTransport} for real members and {@link
 * io.github.mccache.transport.MemoryTransport} for tests and demonstrations in one process.
 *
 * <p><b>Threads.</b> A started multicast transport has one daemon thread that receives; it is gone
 * when {@code close} returns. Sending takes place on the caller's thread and never blocks: the
 * sending socket is non-blocking, and what it does not take is lost and counted.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>After {@code start} nothing throws. A datagram may be lost, doubled or overtaken; what
 *       arrives was sent by someone, not necessarily by a member.
 *   <li>A member's own datagrams do not come back to it.
 *   <li>Beyond the loopback interface nothing starts unless the caller said {@code insecure}. On
 *       loopback the time to live is 0, and datagrams whose source is not a loopback address are
 *       dropped.
 * </ul>
 *
 * <p><b>Choices that surprise.</b>
 *
 * <ul>
 *   <li>Two sockets: one on the shared port that receives the group, and one of the member's own
 *       that sends. Members of one host share the port, so an answer by unicast to it would reach
 *       any one of them; the sender's own port is where answers can come in.
 *   <li>The receiving socket is bound to the group's address, where the system can do that (all but
 *       Windows), so that unicast to the port does not reach it.
 *   <li>Linux delivers to a socket bound to a group what <em>any</em> socket of the host joined, on
 *       any interface, unless {@code IP_MULTICAST_ALL} is off. The JDK turns it off for IPv4 and,
 *       as seen on JDK 17, not for IPv6: hence the check of the source on loopback.
 *   <li>{@link java.net.NetworkInterface#supportsMulticast} says no for loopback on Linux, where
 *       IPv4 multicast works nevertheless. It is not asked. IPv6 multicast on loopback needs a
 *       route that Linux does not have of itself; {@code start} finds out and says so.
 *   <li>{@code SO_REUSEADDR} alone lets members share the port: on the BSDs and macOS, where {@code
 *       SO_REUSEPORT} is needed as well, the JDK sets it along; on Linux it would shut out members
 *       of other users.
 * </ul>
 */
@NullMarked
package io.github.mccache.transport;

import org.jspecify.annotations.NullMarked;
