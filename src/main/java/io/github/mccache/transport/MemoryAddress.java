package io.github.mccache.transport;

import java.net.SocketAddress;

/**
 * Where one {@link MemoryTransport} can be answered. Each is equal to itself only: a transport that
 * comes back under the same name is another one. Immutable.
 */
final class MemoryAddress extends SocketAddress {

  private static final long serialVersionUID = 1L;

  private final String nodeName;

  MemoryAddress(String nodeName) {
    this.nodeName = nodeName;
  }

  @Override
  public String toString() {
    return "memory:" + nodeName;
  }
}
