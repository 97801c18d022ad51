package io.github.mccache.config;

import java.net.InetAddress;

/**
 * Where a cluster over multicast meets. Immutable.
 *
 * @param group an IPv4 or IPv6 multicast address
 * @param port 1 to 65535
 * @param hops how many routers a datagram may pass plus one, 0 to 255; 0 stays on this machine
 */
public record MulticastSettings(InetAddress group, int port, int hops) {}
