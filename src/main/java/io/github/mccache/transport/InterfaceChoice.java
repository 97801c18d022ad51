package io.github.mccache.transport;

import java.net.InetAddress;

/**
 * The network interface on which a member speaks. Immutable.
 *
 * @param interfaceName the system's name of the interface
 * @param address the address of the interface that datagrams come from
 * @param loopback whether the interface stays within this machine
 * @param reason why this one, for logs and diagnosis
 */
public record InterfaceChoice(
    String interfaceName, InetAddress address, boolean loopback, String reason) {

  /** Returns name and address: {@code lo (127.0.0.1)}. */
  @Override
  public String toString() {
    return interfaceName + " (" + address.getHostAddress() + ")";
  }
}
