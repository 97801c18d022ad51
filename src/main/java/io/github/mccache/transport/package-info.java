/**
 * Moves datagrams between members, best effort, and knows nothing of what is in them.
 *
 * <p><b>Doors.</b> {@link io.github.mccache.transport.Transport} and what {@code node} gives it, a
 * {@link io.github.mccache.transport.Receiver}; {@link
 * io.github.mccache.transport.MulticastTransport} for real members and {@link
 * io.github.mccache.transport.MemoryTransport} for tests and demonstrations in one process.
 *
 * <p><b>Threads.</b> A started multicast transport has one daemon thread that receives from both
 * sockets, by turns and in batches; it is gone when {@code close} returns. So a receiver is called
 * by one thread only. Sending takes place on the caller's thread and never blocks: the sockets are
 * non-blocking, and what they do not take is lost and counted.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>After {@code start} nothing throws. A datagram may be lost, doubled or overtaken; what
 *       arrives was sent by someone, not necessarily by a member.
 *   <li>A member's own datagrams do not come back to it.
 *   <li>Beyond the loopback interface nothing starts unless the caller set {@code insecure}. On
 *       loopback the time to live is 0, and datagrams whose source is not a loopback address are
 *       dropped; nothing is sent to another address.
 *   <li>Every sender can be answered: the source of a datagram is the address where its sender
 *       receives unicast.
 * </ul>
 *
 * <p><b>Choices that surprise.</b>
 *
 * <ul>
 *   <li>Two sockets: one on the shared port that receives the group, and one on a port of the
 *       member's own that sends everything and receives unicast. Members of one host share the
 *       first port, so an answer by unicast to it would reach any one of them. The port of the
 *       second is chosen by the system and announced nowhere: it is the source of all that the
 *       member sends, as its peers and whatever translates addresses on the way see it.
 *   <li>Unicast is only ever an answer, and what is answered is not proven to be a member. Who
 *       forges a source can have some other host sent to; it is for the layers above to answer only
 *       what they could open, and briefly.
 *   <li>When one socket fails twice in a row, both are opened anew, and the member answers under
 *       another port. An ICMP error about a peer is no such failure; Linux reports none to an
 *       unconnected socket.
 *   <li>An error of a unicast is counted and not logged: the protocol detects that a peer is gone,
 *       and logs it once.
 *   <li>The receiving socket is bound to the group's address, where the system can do that (all but
 *       Windows), so that unicast to the port does not reach it.
 *   <li>Linux delivers to a socket bound to a group what <em>any</em> socket of the host joined, on
 *       any interface, unless {@code IP_MULTICAST_ALL} is off. The JDK turns it off for IPv4 and,
 *       as seen on JDK 17, not for IPv6: hence the check of the source on loopback.
 *   <li>{@link java.net.NetworkInterface#supportsMulticast} is false for loopback on Linux, where
 *       IPv4 multicast works nevertheless. It is not used. IPv6 multicast on loopback needs a route
 *       that Linux does not have of itself; {@code start} detects and reports that.
 *   <li>{@code SO_REUSEADDR} alone lets members share the port: on the BSDs and macOS, where {@code
 *       SO_REUSEPORT} is needed as well, the JDK sets it along; on Linux it would shut out members
 *       of other users.
 * </ul>
 */
@NullMarked
package io.github.mccache.transport;

import org.jspecify.annotations.NullMarked;
