package io.github.mccache.replication;

import io.github.mccache.protocol.Message.Fragment;
import io.github.mccache.protocol.Message.MissingFragments;
import io.github.mccache.protocol.Message.Range;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Messages that travel in pieces: those that are being sent, and those that have been, while a peer
 * may request a piece again. At most {@value #MAXIMUM_BYTES} bytes are kept, but always the
 * youngest; a peer that requests a piece of another one gets no answer, and in the end requests the
 * repair of its sequence. Which messages are of no use any more is the worry of {@link
 * RepairAnswers}. Confined to the thread of {@link Replica}.
 *
 * <p>Pieces and data that fits into datagrams take turns while both wait: each byte of data earns
 * the pieces a byte, and data goes again when they have used it (deficit round-robin, M. Shreedhar
 * and G. Varghese, 1996).
 */
final class OutgoingFragments {

  static final long MAXIMUM_BYTES = 64L << 20;

  private static final long KEPT_NANOS = 5_000_000_000L;

  /** So long after the last piece was sent, a member may not have received it. */
  private static final long UNDER_WAY_NANOS = 20_000_000;

  /** How many requests for pieces of one message by one member wait at a time. */
  static final int MAX_REQUESTS = 4_096;

  /**
   * Own changes in pieces wait as long as this for their turn; more of them stay where they are.
   */
  private static final long LONGEST_QUEUE_MILLIS = 250;

  private static final long MOST_CREDIT_BYTES = 256 << 10;

  private static final class Body {
    private final long assembly;
    private final byte[] bytes;
    private final int count;
    private final long sequence;
    private final @Nullable Long to;

    /** Which pieces each member requested last, and has not been sent since. */
    private final Map<Long, BitSet> requested = new LinkedHashMap<>();

    private int next;
    private long lastNanos;

    Body(long assembly, byte[] bytes, int count, long sequence, @Nullable Long to) {
      this.assembly = assembly;
      this.bytes = bytes;
      this.count = count;
      this.sequence = sequence;
      this.to = to;
    }

    /** Returns how many bytes of own changes have yet to be sent for the first time. */
    long ownBytesUnsent() {
      long sent = (long) next * Fragment.partLength(count, bytes.length);
      return sequence == 0 ? 0 : Math.max(0, bytes.length - sent);
    }

    Fragment fragment(int index) {
      int length = Fragment.partLength(count, bytes.length);
      int from = Math.min(bytes.length, index * length);
      int end = Math.min(bytes.length, from + length);
      return new Fragment(
          assembly, index, count, bytes.length, sequence, Arrays.copyOfRange(bytes, from, end));
    }
  }

  private final int partBytes;
  private final Map<Long, Body> bodies = new LinkedHashMap<>();
  private final Deque<Body> unsent = new ArrayDeque<>();

  /**
   * Those of which a member has requested pieces again, one after the other: a receiver has room
   * for a few messages at a time, and would give up one for each piece of another.
   */
  private final Set<Body> again = new LinkedHashSet<>();

  private int requests;
  private long lastAssembly;
  private long bytesKept;
  private long ownBytesUnsent;
  private long creditBytes;
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
    ownBytesUnsent += body.ownBytesUnsent();
    Iterator<Body> eldest = bodies.values().iterator();
    while (bytesKept > MAXIMUM_BYTES && bodies.size() > 1) {
      Body old = eldest.next();
      bytesKept -= old.bytes.length;
      eldest.remove();
      forgetRequests(old);
      if (unsent.remove(old)) {
        ownBytesUnsent -= old.ownBytesUnsent();
      }
      dropped++;
    }
  }

  /** Data of so many bytes was sent whole: the pieces that wait may send as much. */
  void onData(int bytes) {
    if (!unsent.isEmpty()) {
      creditBytes = Math.min(creditBytes + bytes, MOST_CREDIT_BYTES);
    }
  }

  /**
   * Returns whether it is the turn of data, and there is room for some that is long.
   *
   * @param rate at which pieces go, in bytes per second
   */
  boolean mayData(long rate) {
    boolean room = ownBytesUnsent <= rate / 1_000 * LONGEST_QUEUE_MILLIS;
    return room && (creditBytes <= 0 || unsent.isEmpty());
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
    List.copyOf(again).forEach(this::forgetRequests);
    ownBytesUnsent = 0;
    creditBytes = 0;
    return sequences;
  }

  /** Returns how many messages were dropped because of the bound. */
  long dropped() {
    return dropped;
  }

  /**
   * Pieces have not arrived at a member. While an earlier request of it waits, this one only takes
   * out what has arrived since: no piece waits twice, and every request comes to its end, so that
   * the next message has its turn.
   */
  void onMissing(MissingFragments missing, long from) {
    Body body = bodies.get(missing.assembly());
    if (body == null) {
      return;
    }
    BitSet pieces = new BitSet();
    for (Range range : missing.missing()) {
      long end = Math.min(range.last(), (long) body.next - 1) + 1;
      if (range.first() < end) {
        pieces.set((int) range.first(), (int) end);
      }
    }
    BitSet waiting = body.requested.get(from);
    if (waiting != null) {
      waiting.and(pieces);
      removeFulfilled(body);
    } else {
      request(body, from, pieces);
    }
  }

  /**
   * A data message has not arrived at a member, which has no piece of it; returns whether it is on
   * its way, or will be sent again.
   */
  boolean onMissing(long sequence, long from, long nowNanos) {
    Body body = find(sequence);
    if (body == null) {
      return false;
    }
    boolean mayHaveArrived = nowNanos - body.lastNanos > UNDER_WAY_NANOS;
    if (body.next == body.count && mayHaveArrived && !body.requested.containsKey(from)) {
      request(body, from, wholeOf(body));
    }
    return true;
  }

  private static BitSet wholeOf(Body body) {
    BitSet all = new BitSet();
    all.set(0, body.count);
    return all;
  }

  private @Nullable Body find(long sequence) {
    for (Body body : bodies.values()) {
      if (body.sequence == sequence) {
        return body;
      }
    }
    return null;
  }

  /** Returns the number of the data in a message, 0 if it is none or no longer kept. */
  long sequenceOf(long assembly) {
    Body body = bodies.get(assembly);
    return body == null ? 0 : body.sequence;
  }

  private void request(Body body, long from, BitSet pieces) {
    if (!pieces.isEmpty() && requests < MAX_REQUESTS) {
      requests++;
      body.requested.put(from, pieces);
      again.add(body);
    }
  }

  private void removeFulfilled(Body body) {
    int before = body.requested.size();
    body.requested.values().removeIf(BitSet::isEmpty);
    requests -= before - body.requested.size();
    if (body.requested.isEmpty()) {
      again.remove(body);
    }
  }

  private void forgetRequests(Body body) {
    requests -= body.requested.size();
    body.requested.clear();
    again.remove(body);
  }

  boolean hasPending() {
    return !unsent.isEmpty() || !again.isEmpty();
  }

  /** Returns how many bytes are kept. */
  long bytes() {
    return bytesKept;
  }

  /**
   * Sends pieces as far as the rate allows, and forgets those of which no peer has requested any
   * for long.
   *
   * @param dataWaits whether data wants its turn as well
   */
  void onTick(
      Pacer pacer, int overheadBytes, boolean dataWaits, long nowNanos, EffectsCollector effects) {
    while (!again.isEmpty() && pacer.mayRepair()) {
      Body body = again.iterator().next();
      sendAgain(body, effects);
      body.lastNanos = nowNanos;
      pacer.chargeRepair(partBytes + overheadBytes);
    }
    while (!unsent.isEmpty() && pacer.mayData() && !(dataWaits && mayData(pacer.rate()))) {
      Body body = unsent.element();
      long before = body.ownBytesUnsent();
      effects.send(new Outgoing(body.fragment(body.next), body.to));
      pacer.chargeData(partBytes + overheadBytes);
      creditBytes = Math.max(0, creditBytes - partBytes - overheadBytes);
      body.next++;
      body.lastNanos = nowNanos;
      ownBytesUnsent -= before - body.ownBytesUnsent();
      if (body.next == body.count) {
        unsent.remove();
      }
    }
    bodies
        .values()
        .removeIf(
            body -> {
              boolean old = body.next == body.count && nowNanos - body.lastNanos > KEPT_NANOS;
              if (old) {
                bytesKept -= body.bytes.length;
                forgetRequests(body);
              }
              return old;
            });
  }

  /** Sends one piece, to all if as many members lack it as {@link RepairAnswers#FOR_ALL}. */
  private void sendAgain(Body body, EffectsCollector effects) {
    Map.Entry<Long, BitSet> first = body.requested.entrySet().iterator().next();
    int index = first.getValue().nextSetBit(0);
    long lacking = body.requested.values().stream().filter(each -> each.get(index)).count();
    boolean toAll = body.to == null && lacking >= RepairAnswers.FOR_ALL;
    effects.send(new Outgoing(body.fragment(index), toAll ? null : first.getKey()));
    if (toAll) {
      body.requested.values().forEach(each -> each.clear(index));
    } else {
      first.getValue().clear(index);
    }
    removeFulfilled(body);
  }
}
