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

  private record Delivery(MemoryTransport to, ByteBuffer datagram) {}

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

  /** Returns a network that delivers when told. */
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
    delivery.to.deliver(delivery.datagram);
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

  /** Returns how many deliveries were lost. */
  int send(MemoryTransport from, ByteBuffer datagram) {
    ByteBuffer copy = ByteBuffer.allocate(datagram.remaining()).put(datagram).flip();
    int lost = 0;
    for (MemoryTransport member : members) {
      if (member == from) {
        continue;
      }
      if (!stepped) {
        member.deliver(copy);
      } else if (!enqueue(new Delivery(member, copy))) {
        lost++;
      }
    }
    return lost;
  }

  private boolean enqueue(Delivery delivery) {
    synchronized (waiting) {
      return waiting.size() < CAPACITY && waiting.add(delivery);
    }
  }
}
