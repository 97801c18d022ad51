package io.github.mccache.simulation;

import io.github.mccache.protocol.NodeId;

/** One process under one of its names: copies share a name, and who renews itself has several. */
record Speaker(SimulatedMember member, NodeId incarnation) {

  static Speaker of(Datagram datagram) {
    return new Speaker(datagram.from(), datagram.opened().from());
  }
}
