package io.github.mccache.replication;

import io.github.mccache.protocol.Message.Fragment;
import io.github.mccache.protocol.Message.MissingFragments;
import io.github.mccache.protocol.Message.Nak;
import io.github.mccache.protocol.Message.Range;
import io.github.mccache.protocol.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts messages together that arrive in pieces, and requests the pieces that are missing. Nothing
 * is reserved by what a piece claims: memory grows with what has arrived, what keeps a piece
 * included, up to a maximum for all and a number per sender. What makes no progress is given up and
 * counted, as is, at the maximum for all, the one whose last piece arrived longest ago; what was in
 * it is then missing like any other message. Confined to the thread of {@link Replica}.
 */
final class Reassembler {

  static final int MAX_PER_SENDER = 8;
  static final int MAX_ASSEMBLIES = 64;

  /**
   * No piece but the last is shorter: a bound on the number of pieces by the length of the whole.
   */
  static final int SHORTEST_PART = 128;

  /** What an object, its place and its number take beside the bytes of a piece. */
  static final int BYTES_PER_PART = 80;

  private static final long FIRST_ASK_NANOS = 20_000_000;
  private static final int MAX_ROUNDS = 8;
  private static final int REMEMBERED = 512;

  private record Name(NodeId from, long assembly) {}

  private static final class Assembly {
    private final int count;
    private final int totalBytes;
    private final long sequence;
    private final TreeMap<Integer, byte[]> parts = new TreeMap<>();
    private long bytes;
    private int round;
    private long dueNanos;

    Assembly(Fragment first) {
      this.count = first.count();
      this.totalBytes = first.totalBytes();
      this.sequence = first.sequence();
    }

    boolean matches(Fragment piece) {
      return piece.count() == count && piece.totalBytes() == totalBytes;
    }

    /** Returns whether the piece was not there. */
    boolean add(Fragment piece) {
      if (parts.putIfAbsent(piece.index(), piece.part()) != null) {
        return false;
      }
      bytes += piece.part().length + BYTES_PER_PART;
      return true;
    }

    byte[] whole() {
      byte[] whole = new byte[totalBytes];
      int at = 0;
      for (byte[] part : parts.values()) {
        System.arraycopy(part, 0, whole, at, part.length);
        at += part.length;
      }
      return whole;
    }

    List<Range> missing() {
      List<Range> missing = new ArrayList<>();
      int from = 0;
      for (int here : parts.keySet()) {
        if (from < here && missing.size() < Nak.MAX_RANGES) {
          missing.add(new Range(from, (long) here - 1));
        }
        from = here + 1;
      }
      if (from < count && missing.size() < Nak.MAX_RANGES) {
        missing.add(new Range(from, (long) count - 1));
      }
      return missing;
    }
  }

  private final int maximumBodyBytes;
  private final long maximumBytes;

  /** The one whose last piece arrived longest ago is the first. */
  private final Map<Name, Assembly> assemblies = new LinkedHashMap<>();

  private final Map<Name, Boolean> finished = new LinkedHashMap<>();
  private long bytesKept;
  private long refused;
  private long givenUp;
  private long postponed;

  /**
   * Makes one that holds nothing.
   *
   * @param maximumBodyBytes how long a message may be
   */
  Reassembler(int maximumBodyBytes) {
    this.maximumBodyBytes = maximumBodyBytes;
    this.maximumBytes = 2L * maximumBodyBytes + (32L << 20);
  }

  /** A piece arrived; returns the message if it was the last one, else null. */
  byte @Nullable [] onFragment(NodeId from, Fragment piece, long nowNanos) {
    boolean shortParts = Fragment.partLength(piece.count(), piece.totalBytes()) < SHORTEST_PART;
    if (piece.totalBytes() > maximumBodyBytes || shortParts) {
      refused++;
      return null;
    }
    Name name = new Name(from, piece.assembly());
    if (finished.containsKey(name)) {
      return null;
    }
    Assembly assembly = assemblies.get(name);
    if (assembly == null) {
      if (!makeRoom(from)) {
        postponed++;
        return null;
      }
      assembly = new Assembly(piece);
      assemblies.put(name, assembly);
    } else if (!assembly.matches(piece)) {
      refused++;
      return null;
    }
    if (assembly.add(piece)) {
      bytesKept += piece.part().length + BYTES_PER_PART;
      assemblies.remove(name); // to the end of the order
      assemblies.put(name, assembly);
      assembly.round = 0;
      assembly.dueNanos = nowNanos + FIRST_ASK_NANOS;
    }
    if (assembly.parts.size() == assembly.count) {
      finish(name, assembly);
      return assembly.whole();
    }
    while (bytesKept > maximumBytes) {
      giveUpEldest();
    }
    return null;
  }

  /** Returns whether a data message of this number is arriving in pieces. */
  boolean isUnderWay(NodeId from, long sequence) {
    for (Map.Entry<Name, Assembly> entry : assemblies.entrySet()) {
      if (entry.getValue().sequence == sequence && entry.getKey().from.equals(from)) {
        return true;
      }
    }
    return false;
  }

  /** Data of these numbers is of no use any more: no piece of it is requested. */
  void onVoid(NodeId from, Range numbers) {
    assemblies
        .entrySet()
        .removeIf(
            entry -> {
              Assembly assembly = entry.getValue();
              boolean isVoid =
                  assembly.sequence > 0
                      && assembly.sequence >= numbers.first()
                      && assembly.sequence <= numbers.last()
                      && entry.getKey().from.equals(from);
              bytesKept -= isVoid ? assembly.bytes : 0;
              return isVoid;
            });
  }

  /** Asks for pieces that are missing, and gives up what makes no progress. */
  void onTick(long nowNanos, EffectsCollector effects) {
    Iterator<Map.Entry<Name, Assembly>> all = assemblies.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Name, Assembly> entry = all.next();
      Assembly assembly = entry.getValue();
      if (nowNanos - assembly.dueNanos < 0) {
        continue;
      }
      if (assembly.round >= MAX_ROUNDS) {
        givenUp++;
        bytesKept -= assembly.bytes;
        all.remove();
        continue;
      }
      assembly.dueNanos = nowNanos + (FIRST_ASK_NANOS << Math.min(5, assembly.round));
      int round = Math.min(7, assembly.round++);
      MissingFragments missing = new MissingFragments(entry.getKey().assembly, assembly.missing());
      long origin = entry.getKey().from.origin();
      effects.send(new Nak(origin, origin, List.of(), round, List.of(missing)), origin);
    }
  }

  /** Returns when {@link #onTick} is wanted; {@link Long#MAX_VALUE} from now if it is not. */
  long nanosUntilDue(long nowNanos) {
    long soonest = Long.MAX_VALUE;
    for (Assembly assembly : assemblies.values()) {
      soonest = Math.min(soonest, assembly.dueNanos - nowNanos);
    }
    return soonest;
  }

  long bytes() {
    return bytesKept;
  }

  int assemblies() {
    return assemblies.size();
  }

  /** Returns how many pieces were refused for what they claim. */
  long refused() {
    return refused;
  }

  /** Returns how many pieces of further messages found no room. */
  long postponed() {
    return postponed;
  }

  /** Returns how many messages were given up. */
  long givenUp() {
    return givenUp;
  }

  /**
   * Returns whether another message of this sender may begin. What has begun is not given up for
   * it: with more messages under way than places, each would end the others and none would become
   * whole. A sender that has fewer places than another one takes one of that, the eldest.
   */
  private boolean makeRoom(NodeId from) {
    Map<NodeId, Integer> counts = new HashMap<>();
    NodeId most = from;
    for (Name name : assemblies.keySet()) {
      int count = counts.merge(name.from, 1, Integer::sum);
      most = count > counts.getOrDefault(most, 0) ? name.from : most;
    }
    int ofSender = counts.getOrDefault(from, 0);
    if (ofSender >= MAX_PER_SENDER) {
      return false;
    }
    if (assemblies.size() < MAX_ASSEMBLIES) {
      return true;
    }
    int ofMost = counts.getOrDefault(most, 0);
    if (ofMost > 1 && ofSender + 1 >= ofMost) {
      return false;
    }
    for (Name name : assemblies.keySet()) {
      if (ofMost <= 1 || name.from.equals(most)) {
        giveUp(name);
        return true;
      }
    }
    return false;
  }

  private void giveUpEldest() {
    giveUp(assemblies.keySet().iterator().next());
  }

  private void giveUp(Name name) {
    Assembly assembly = assemblies.remove(name);
    if (assembly != null) {
      bytesKept -= assembly.bytes;
      givenUp++;
    }
  }

  private void finish(Name name, Assembly assembly) {
    assemblies.remove(name);
    bytesKept -= assembly.bytes;
    finished.put(name, Boolean.TRUE);
    if (finished.size() > REMEMBERED) {
      finished.remove(finished.keySet().iterator().next());
    }
  }
}
