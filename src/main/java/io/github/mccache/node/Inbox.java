package io.github.mccache.node;

import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Copies of datagrams that wait for the event loop, bounded in number and in bytes. When full, what
 * comes is refused and what waits stays: the sender's stream then has one gap and not many. Any
 * thread offers; one polls.
 */
final class Inbox {

  private final int maximumDatagrams;
  private final long maximumBytes;
  private final Queue<byte[]> datagrams = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  Inbox(int maximumDatagrams, long maximumBytes) {
    this.maximumDatagrams = maximumDatagrams;
    this.maximumBytes = maximumBytes;
  }

  /** Adds a copy of the datagram and returns whether there was room. */
  boolean offer(ByteBuffer datagram) {
    int size = datagram.remaining();
    if (!reserve(size)) {
      return false;
    }
    byte[] copy = new byte[size];
    datagram.get(copy);
    datagrams.add(copy);
    return true;
  }

  private boolean reserve(int size) {
    if (count.incrementAndGet() > maximumDatagrams) {
      count.decrementAndGet();
      return false;
    }
    if (bytes.addAndGet(size) > maximumBytes) {
      bytes.addAndGet(-size);
      count.decrementAndGet();
      return false;
    }
    return true;
  }

  /** Takes the oldest datagram, null when there is none. */
  byte @Nullable [] poll() {
    byte[] datagram = datagrams.poll();
    if (datagram != null) {
      bytes.addAndGet(-datagram.length);
      count.decrementAndGet();
    }
    return datagram;
  }

  boolean isEmpty() {
    return datagrams.isEmpty();
  }
}
