package io.github.mccache.node;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;

/**
 * Copies of datagrams that wait for the event loop, bounded in number and in bytes. When full, what
 * comes is refused and what waits stays: the sender's stream then has one gap and not many. Any
 * thread offers; one takes, many at a time, so that the lock is hardly ever contended.
 */
final class Inbox {

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
  private final ArrayDeque<Datagram> waiting = new ArrayDeque<>();
  private long bytes;
  private int highestPerMille;

  Inbox(int maximumDatagrams, long maximumBytes) {
    this.maximumDatagrams = maximumDatagrams;
    this.maximumBytes = maximumBytes;
  }

  /** Adds a copy of the datagram and returns whether there was room. */
  synchronized boolean offer(ByteBuffer datagram, SocketAddress source) {
    int size = datagram.remaining();
    if (waiting.size() >= maximumDatagrams || bytes + size > maximumBytes) {
      highestPerMille = 1_000;
      return false;
    }
    byte[] copy = new byte[size];
    datagram.get(copy);
    waiting.add(new Datagram(copy, source));
    bytes += size;
    return true;
  }

  /** Moves the oldest datagrams, at most {@code maximum}, to the end of a list. */
  synchronized void take(int maximum, List<Datagram> taken) {
    highestPerMille = Math.max(highestPerMille, fill());
    for (int i = 0; i < maximum && !waiting.isEmpty(); i++) {
      Datagram oldest = waiting.remove();
      bytes -= oldest.bytes().length;
      taken.add(oldest);
    }
  }

  synchronized boolean isEmpty() {
    return waiting.isEmpty();
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
    long byNumber = waiting.size() * 1_000L / maximumDatagrams;
    return (int) Math.max(byNumber, bytes * 1_000 / maximumBytes);
  }
}
