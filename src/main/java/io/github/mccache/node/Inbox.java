package io.github.mccache.node;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;

/**
 * Copies of received datagrams that wait for the event loop, bounded in number and in bytes.
 * Sources take turns, so that a flood from one source delays and displaces its own datagrams first:
 * when the inbox is full, a datagram replaces the newest one of the source that has most, or is
 * dropped if that is its own source. A source loses its newest datagrams, so that its stream has
 * one gap and not many. Any thread offers; one thread takes, many at a time, so that the lock is
 * rarely contended.
 *
 * <p>An attacker can use any number of source addresses; therefore sources share {@value #QUEUES}
 * queues by hash. The order within a source is kept.
 *
 * @see <a href="https://doi.org/10.1109/INFCOM.1990.91316">McKenney, "Stochastic fairness
 *     queueing", 1990</a>
 */
final class Inbox {

  private static final int QUEUES = 64;

  /**
   * A datagram and where it came from.
   *
   * @param bytes a copy that belongs to the inbox
   * @param source where its sender can be answered
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Datagram(byte[] bytes, SocketAddress source) {}

  private final int maximumDatagrams;
  private final long maximumBytes;
  // All below: guarded by this.
  private final Queue[] queues = new Queue[QUEUES];
  private final ArrayDeque<Queue> turns = new ArrayDeque<>(QUEUES); // those that are not empty
  private int datagrams;
  private long bytes;
  private int highestPerMille;

  private static final class Queue {
    private final ArrayDeque<Datagram> waiting = new ArrayDeque<>();
    private long bytes;
  }

  Inbox(int maximumDatagrams, long maximumBytes) {
    this.maximumDatagrams = maximumDatagrams;
    this.maximumBytes = maximumBytes;
    Arrays.setAll(queues, unused -> new Queue());
  }

  /** Adds a copy of the datagram; returns how many datagrams, it or others, were dropped. */
  synchronized int offer(ByteBuffer datagram, SocketAddress source) {
    int size = datagram.remaining();
    Queue queue = queues[queueOf(source)];
    int displaced = 0;
    while (datagrams >= maximumDatagrams || bytes + size > maximumBytes) {
      highestPerMille = 1_000;
      Queue fullest = fullest(queue, datagrams >= maximumDatagrams);
      if (fullest == queue || size > maximumBytes) {
        return displaced + 1;
      }
      drop(fullest, fullest.waiting.removeLast());
      displaced++;
      if (fullest.waiting.isEmpty()) {
        turns.remove(fullest);
      }
    }
    byte[] copy = new byte[size];
    datagram.get(copy);
    if (queue.waiting.isEmpty()) {
      turns.add(queue);
    }
    queue.waiting.add(new Datagram(copy, source));
    queue.bytes += size;
    datagrams++;
    bytes += size;
    return displaced;
  }

  /** Moves the oldest datagrams of each source in turn, at most {@code maximum}, to a list. */
  synchronized void take(int maximum, List<Datagram> taken) {
    highestPerMille = Math.max(highestPerMille, fill());
    for (int i = 0; i < maximum && !turns.isEmpty(); i++) {
      Queue next = turns.remove();
      Datagram oldest = next.waiting.remove();
      drop(next, oldest);
      taken.add(oldest);
      if (!next.waiting.isEmpty()) {
        turns.add(next);
      }
    }
  }

  synchronized boolean isEmpty() {
    return datagrams == 0;
  }

  /** Returns how full this is, in thousandths. */
  synchronized int perMille() {
    return fill();
  }

  /** Returns how full this was at the fullest since the last call, in thousandths. */
  synchronized int takeHighestPerMille() {
    int highest = Math.max(highestPerMille, fill());
    highestPerMille = 0;
    return highest;
  }

  private int fill() {
    long byNumber = datagrams * 1_000L / maximumDatagrams;
    return (int) Math.max(byNumber, bytes * 1_000 / maximumBytes);
  }

  private void drop(Queue from, Datagram datagram) {
    from.bytes -= datagram.bytes().length;
    bytes -= datagram.bytes().length;
    datagrams--;
  }

  private Queue fullest(Queue atLeast, boolean byNumber) {
    Queue fullest = atLeast;
    for (Queue queue : turns) {
      boolean fuller =
          byNumber ? queue.waiting.size() > fullest.waiting.size() : queue.bytes > fullest.bytes;
      fullest = fuller ? queue : fullest;
    }
    return fullest;
  }

  /** By host, because a host can use many ports; on this host, members differ in the port alone. */
  private static int queueOf(SocketAddress source) {
    InetAddress host = source instanceof InetSocketAddress ip ? ip.getAddress() : null;
    int hash = host == null || host.isLoopbackAddress() ? source.hashCode() : host.hashCode();
    return (hash ^ hash >>> 8 ^ hash >>> 16 ^ hash >>> 24) & (QUEUES - 1);
  }
}
