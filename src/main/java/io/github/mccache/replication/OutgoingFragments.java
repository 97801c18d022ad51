package io.github.mccache.replication;

import io.github.mccache.protocol.Message.Fragment;
import io.github.mccache.protocol.Message.MissingFragments;
import io.github.mccache.protocol.Message.Range;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages that travel in pieces: those that are being sent, and those that have been, while
 * somebody may ask for a piece again. At most {@value #MAXIMUM_BYTES} bytes are kept, but always
 * the youngest; who asks for a piece of another one gets no answer, and in the end asks for what
 * was in it. Confined to the thread of {@link Replica}.
 */
final class OutgoingFragments {

  static final long MAXIMUM_BYTES = 64L << 20;

  private static final long KEPT_NANOS = 5_000_000_000L;
  private static final int MAX_AGAIN = 4_096;

  private static final class Body {
    private final long assembly;
    private final byte[] bytes;
    private final int count;
    private final long sequence;
    private final @Nullable Long to;
    private int next;
    private long lastNanos;

    Body(long assembly, byte[] bytes, int count, long sequence, @Nullable Long to) {
      this.assembly = assembly;
      this.bytes = bytes;
      this.count = count;
      this.sequence = sequence;
      this.to = to;
    }

    Fragment fragment(int index) {
      int length = Fragment.partLength(count, bytes.length);
      int from = Math.min(bytes.length, index * length);
      int end = Math.min(bytes.length, from + length);
      return new Fragment(
          assembly, index, count, bytes.length, sequence, Arrays.copyOfRange(bytes, from, end));
    }
  }

  private record Again(Body body, int index, long to) {}

  private final int partBytes;
  private final Map<Long, Body> bodies = new LinkedHashMap<>();
  private final Deque<Body> unsent = new ArrayDeque<>();
  private final Deque<Again> again = new ArrayDeque<>();
  private long lastAssembly;
  private long bytesKept;
  private long dropped;

  /**
   * Makes an empty queue.
   *
   * @param partBytes how long a piece may be
   */
  OutgoingFragments(int partBytes) {
    this.partBytes = partBytes;
  }

  /**
   * Takes a message over.
   *
   * @param sequence the number of the data in it, 0 if it is none
   * @param to the origin of the member that it is for, null for all
   */
  void add(byte[] bytes, long sequence, @Nullable Long to) {
    int count = Math.max(2, (bytes.length + partBytes - 1) / partBytes);
    Body body = new Body(++lastAssembly, bytes, count, sequence, to);
    bodies.put(body.assembly, body);
    unsent.add(body);
    bytesKept += bytes.length;
    Iterator<Body> eldest = bodies.values().iterator();
    while (bytesKept > MAXIMUM_BYTES && bodies.size() > 1) {
      Body old = eldest.next();
      bytesKept -= old.bytes.length;
      eldest.remove();
      unsent.remove(old);
      dropped++;
    }
  }

  /** Drops what was to be sent, and what somebody might ask for. */
  void restart() {
    bodies.clear();
    unsent.clear();
    again.clear();
    bytesKept = 0;
  }

  /**
   * Drops the messages that are not sent in full, and returns the sequences of the data in them.
   */
  List<Long> giveUp() {
    List<Long> sequences = new ArrayList<>();
    for (Body body : unsent) {
      bodies.remove(body.assembly);
      bytesKept -= body.bytes.length;
      if (body.sequence > 0) {
        sequences.add(body.sequence);
      }
    }
    unsent.clear();
    again.clear();
    return sequences;
  }

  /** Returns how many messages were dropped because of the bound. */
  long dropped() {
    return dropped;
  }

  /** Pieces have not arrived at a member. */
  void onMissing(MissingFragments missing, long from) {
    Body body = bodies.get(missing.assembly());
    if (body == null) {
      return;
    }
    for (Range range : missing.missing()) {
      long last = Math.min(range.last(), (long) body.next - 1);
      for (long index = range.first(); index <= last && again.size() < MAX_AGAIN; index++) {
        again.add(new Again(body, (int) index, from));
      }
    }
  }

  /** Returns whether a data message of this number is on its way, or has just been sent. */
  boolean isUnderWay(long sequence, long nowNanos) {
    for (Body body : bodies.values()) {
      if (body.sequence == sequence
          && (body.next < body.count || nowNanos - body.lastNanos < KEPT_NANOS)) {
        return true;
      }
    }
    return false;
  }

  boolean hasPending() {
    return !unsent.isEmpty() || !again.isEmpty();
  }

  /** Returns how many bytes are kept. */
  long bytes() {
    return bytesKept;
  }

  /** Sends pieces as far as the rate allows, and forgets what nobody asks for any more. */
  void onTick(Pacer pacer, int overheadBytes, long nowNanos, EffectsCollector effects) {
    while (!again.isEmpty() && pacer.mayRepair()) {
      Again piece = again.remove();
      piece.body.lastNanos = nowNanos;
      effects.send(piece.body.fragment(piece.index), piece.to);
      pacer.chargeRepair(partBytes + overheadBytes);
    }
    while (!unsent.isEmpty() && pacer.mayData()) {
      Body body = unsent.element();
      effects.send(new Outgoing(body.fragment(body.next), body.to));
      pacer.chargeData(partBytes + overheadBytes);
      body.next++;
      body.lastNanos = nowNanos;
      if (body.next == body.count) {
        unsent.remove();
      }
    }
    bodies
        .values()
        .removeIf(
            body -> {
              boolean old = body.next == body.count && nowNanos - body.lastNanos > KEPT_NANOS;
              bytesKept -= old ? body.bytes.length : 0;
              return old;
            });
  }
}
