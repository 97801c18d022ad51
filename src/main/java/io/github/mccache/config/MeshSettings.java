package io.github.mccache.config;

import java.util.List;

/**
 * Who speaks in a cluster over unicast. Immutable.
 *
 * @param peers {@code host:port} or {@code dns:name:port}
 * @param port the port to listen on, 1 to 65535
 */
public record MeshSettings(List<String> peers, int port) {

  /** Takes a copy of the list. */
  public MeshSettings {
    peers = List.copyOf(peers);
  }
}
