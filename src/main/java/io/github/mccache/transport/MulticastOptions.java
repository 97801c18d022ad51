package io.github.mccache.transport;

import java.net.InetAddress;

/**
 * What a {@link MulticastTransport} needs to know. Immutable.
 *
 * @param nodeName the label of the member, for the names of threads
 * @param interfaceSetting see {@link InterfaceSelector#select}
 * @param insecure whether frames may leave this machine although nothing protects them
 * @param group the multicast group, an IPv4 or IPv6 address
 * @param port the UDP port that the members share, 1 to 65535
 * @param hops how many routers a datagram may pass plus one, 0 to 255; not used on loopback, where
 *     it is 0
 */
public record MulticastOptions(
    String nodeName, String interfaceSetting, boolean insecure, String group, int port, int hops) {

  public MulticastOptions {
    if (!AddressLiteral.parse(group).map(InetAddress::isMulticastAddress).orElse(false)) {
      throw new IllegalArgumentException(
          "mccache.cluster.multicast.group = "
              + group
              + " is not a multicast address; accepted: 224.0.0.0 to 239.255.255.255, or an IPv6"
              + " address that begins with ff");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "mccache.cluster.multicast.port = " + port + " is not in 1 to 65535");
    }
    if (hops < 0 || hops > 255) {
      throw new IllegalArgumentException(
          "mccache.cluster.multicast.hops = " + hops + " is not in 0 to 255");
    }
  }

  InetAddress groupAddress() {
    return AddressLiteral.parse(group).orElseThrow();
  }
}
