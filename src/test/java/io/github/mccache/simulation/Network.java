package io.github.mccache.simulation;

import java.util.SplittableRandom;

/** Delivers datagrams to members, or loses them. */
final class Network {

  private final Simulation simulation;
  private final SplittableRandom random;
  private final Link[][] links;

  Network(Simulation simulation, SplittableRandom random, int slots) {
    this.simulation = simulation;
    this.random = random;
    this.links = new Link[slots][slots];
    for (int from = 0; from < slots; from++) {
      for (int to = 0; to < slots; to++) {
        links[from][to] = new Link();
      }
    }
  }

  int slots() {
    return links.length;
  }

  Link link(int from, int to) {
    return links[from][to];
  }

  /** Ends all faults. */
  void heal() {
    for (Link[] from : links) {
      for (Link link : from) {
        link.heal();
      }
    }
  }

  void sendToAll(Datagram datagram) {
    simulation.onSent(datagram, null);
    for (SimulatedMember to : simulation.running()) {
      if (to != datagram.from()) {
        carry(datagram, to, true);
      }
    }
  }

  void sendToOne(Datagram datagram, SimulatedMember to) {
    simulation.onSent(datagram, to);
    if (to.isRunning()) {
      carry(datagram, to, false);
    }
  }

  private void carry(Datagram datagram, SimulatedMember to, boolean multicast) {
    Link link = links[datagram.from().slot()][to.slot()];
    if (link.loses(multicast, random) || link.drops(datagram)) {
      simulation.trace(datagram, to, Trace.Fate.LOST);
      return;
    }
    if (link.corrupts(random)) {
      corrupt(datagram, to);
      return;
    }
    deliver(datagram, to, link);
    if (link.duplicates(random)) {
      deliver(datagram, to, link);
    }
  }

  private void deliver(Datagram datagram, SimulatedMember to, Link link) {
    simulation.schedule(link.delayNanos(random), new Delivery(datagram, to));
  }

  /**
   * A datagram with flipped bits must not cause an exception. A member that no other knows reads
   * it, because plain datagrams have no seal, and in a real network the checksum of UDP keeps them
   * from the members.
   */
  private void corrupt(Datagram datagram, SimulatedMember to) {
    byte[] bytes = datagram.bytes().clone();
    for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    simulation.trace(datagram, to, Trace.Fate.CORRUPTED);
    simulation.victim().read(bytes);
  }

  private final class Delivery extends Event {

    private final Datagram datagram;
    private final SimulatedMember to;

    Delivery(Datagram datagram, SimulatedMember to) {
      this.datagram = datagram;
      this.to = to;
    }

    @Override
    void happen() {
      if (to.isRunning()) {
        simulation.trace(datagram, to, Trace.Fate.ARRIVED);
        to.deliver(datagram);
        to.showTouched();
      }
    }

    @Override
    int digest() {
      return (to.slot() * 31 + datagram.from().slot()) * 31
          + (int) datagram.opened().packetNumber();
    }
  }
}
