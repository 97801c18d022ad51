package io.github.mccache.transport;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A group of members in one process, for tests and demonstrations. Thread-safe.
 *
 * <p>A <em>synchronous</em> network calls the receivers on the sender's thread, so that several
 * senders may call one receiver at the same time; a <em>stepped</em> one keeps what is sent, at
 * most {@value #CAPACITY} deliveries, until {@link #deliverNext} or {@link #deliverAll} is called,
 * and loses what is more.
 */
public final class MemoryNetwork {

  private static final int CAPACITY = 65_536;

  private record Delivery(
      MemoryTransport to, ByteBuffer datagram, MemoryAddress source, boolean unicast) {

    void deliver() {
      to.deliver(datagram, source, unicast);
    }
  }

  private final String name;
  private final boolean stepped;
  private final List<MemoryTransport> members = new CopyOnWriteArrayList<>();
  private final Queue<Delivery> waiting = new ArrayDeque<>(); // guarded by itself

  private MemoryNetwork(String name, boolean stepped) {
    this.name = name;
    this.stepped = stepped;
  }

  /** Returns a network that delivers at once. */
  public static MemoryNetwork synchronous(String name) {
    return new MemoryNetwork(name, false);
  }

  /** Returns a network that delivers in explicit steps. */
  public static MemoryNetwork stepped(String name) {
    return new MemoryNetwork(name, true);
  }

  /** Returns the transport of one more member. */
  public MemoryTransport transport(String nodeName) {
    return new MemoryTransport(this, nodeName);
  }

  /** Delivers the oldest waiting datagram and returns whether there was one. */
  public boolean deliverNext() {
    Delivery delivery;
    synchronized (waiting) {
      delivery = waiting.poll();
    }
    if (delivery == null) {
      return false;
    }
    delivery.deliver();
    return true;
  }

  /** Delivers what is waiting now, not what is sent meanwhile, and returns how much it was. */
  public int deliverAll() {
    int count;
    synchronized (waiting) {
      count = waiting.size();
    }
    for (int i = 0; i < count; i++) {
      deliverNext();
    }
    return count;
  }

  String name() {
    return name;
  }

  void join(MemoryTransport member) {
    members.add(member);
  }

  void leave(MemoryTransport member) {
    members.remove(member);
  }

  /** Sends to all others and returns how many deliveries were lost. */
  int send(MemoryTransport from, ByteBuffer datagram) {
    ByteBuffer copy = copyOf(datagram);
    int lost = 0;
    for (MemoryTransport member : members) {
      if (member != from && !deliver(new Delivery(member, copy, from.address(), false))) {
        lost++;
      }
    }
    return lost;
  }

  /** Sends to one other, if it is still there, and returns how many deliveries were lost. */
  int send(MemoryTransport from, ByteBuffer datagram, MemoryAddress to) {
    ByteBuffer copy = copyOf(datagram);
    for (MemoryTransport member : members) {
      if (member != from && member.address() == to) {
        return deliver(new Delivery(member, copy, from.address(), true)) ? 0 : 1;
      }
    }
    return 0; // as a real network, it does not report that there is no receiver
  }

  private static ByteBuffer copyOf(ByteBuffer datagram) {
    return ByteBuffer.allocate(datagram.remaining()).put(datagram).flip();
  }

  private boolean deliver(Delivery delivery) {
    if (!stepped) {
      delivery.deliver();
      return true;
    }
    synchronized (waiting) {
      return waiting.size() < CAPACITY && waiting.add(delivery);
    }
  }
}
