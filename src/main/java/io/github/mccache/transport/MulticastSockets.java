package io.github.mccache.transport;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.Locale;

/**
 * Opens the sockets of a {@link MulticastTransport}, each with every option set. Immutable. Not
 * final, so that a test can get hold of the sockets and break them.
 */
class MulticastSockets {

  /** What is asked for; the protocol works with the 212 KB that Linux grants by default. */
  static final int REQUESTED_BUFFER = 4 << 20;

  private static final boolean WINDOWS =
      System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");

  private final InterfaceChoice choice;
  private final InetAddress group;
  private final int port;
  private final int timeToLive;

  MulticastSockets(InterfaceChoice choice, MulticastOptions options) {
    this.choice = choice;
    this.group = options.groupAddress();
    this.port = options.port();
    this.timeToLive = choice.loopback() ? 0 : options.hops();
  }

  final int timeToLive() {
    return timeToLive;
  }

  /** Returns where the group is; the scope of an IPv6 group is the chosen interface. */
  final InetSocketAddress destination() throws IOException {
    InetAddress scoped =
        group instanceof Inet6Address
            ? Inet6Address.getByAddress(null, group.getAddress(), networkInterface())
            : group;
    return new InetSocketAddress(scoped, port);
  }

  /** Opens both sockets and what waits for them; nothing stays open when that fails. */
  final OpenSockets open() throws IOException {
    DatagramChannel shared = openShared();
    try {
      DatagramChannel own = openOwn();
      try {
        return new OpenSockets(shared, own, destination());
      } catch (IOException | RuntimeException e) {
        own.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      shared.close();
      throw e;
    }
  }

  /** Opens a non-blocking socket on the shared port that has joined the group. */
  DatagramChannel openShared() throws IOException {
    DatagramChannel channel = DatagramChannel.open(family());
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.setOption(StandardSocketOptions.SO_RCVBUF, REQUESTED_BUFFER);
      channel.bind(WINDOWS ? new InetSocketAddress(port) : destination());
      channel.join(group, networkInterface());
      channel.configureBlocking(false);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Opens a non-blocking socket on a port of the member's own, which sends and gets answers. */
  DatagramChannel openOwn() throws IOException {
    DatagramChannel channel = DatagramChannel.open(family());
    try {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, REQUESTED_BUFFER);
      channel.setOption(StandardSocketOptions.SO_SNDBUF, REQUESTED_BUFFER);
      prepareSender(channel);
      channel.configureBlocking(false);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Throws when the system has no way to the group, and sends nothing. */
  final void verifyRoute() throws IOException {
    try (DatagramChannel channel = DatagramChannel.open(family())) {
      prepareSender(channel);
      channel.connect(destination());
    }
  }

  private void prepareSender(DatagramChannel channel) throws IOException {
    channel.bind(new InetSocketAddress(choice.address(), 0));
    channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, networkInterface());
    channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, timeToLive);
    channel.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
  }

  private ProtocolFamily family() {
    return group instanceof Inet6Address
        ? StandardProtocolFamily.INET6
        : StandardProtocolFamily.INET;
  }

  private NetworkInterface networkInterface() throws IOException {
    NetworkInterface network = NetworkInterface.getByName(choice.interfaceName());
    if (network == null) {
      throw new IOException("the interface " + choice.interfaceName() + " is gone");
    }
    return network;
  }
}
