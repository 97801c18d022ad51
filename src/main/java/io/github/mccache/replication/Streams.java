package io.github.mccache.replication;

import io.github.mccache.protocol.Message.Applied;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The streams of all origins that this member has heard, or heard of: also of those that are gone,
 * for others may have more of their last words. At most {@value #MAX_STREAMS}; then no more are
 * taken on, and changes of further origins are applied without being tracked. Of origins that are
 * known from the heartbeats of others alone there are at most {@value #MAX_HEARSAY}: one heartbeat
 * may invent thousands, and a member that is heard must find room. Those of members that were
 * forgotten retire: they are told to nobody, and at most {@value #MAX_RETIRED} of them are kept, so
 * that it shows when such a member, and what it had been told, comes back; or when another member,
 * which has not forgotten it, has more of its stream. Confined to the thread of {@link Replica}.
 */
final class Streams {

  static final int MAX_STREAMS = 2_048;
  static final int MAX_RETIRED = 512;
  static final int MAX_HEARSAY = 512;

  private final Map<Long, Stream> byOrigin = new LinkedHashMap<>();
  private final Map<Long, Stream> retired = new LinkedHashMap<>();
  private final Set<Long> hearsay = new HashSet<>();
  private final BitSet slots = new BitSet();
  private int lastTold;

  /** Returns the stream of an origin, also a retired one; null if there is none. */
  @Nullable Stream find(long origin) {
    Stream stream = byOrigin.get(origin);
    return stream == null ? retired.get(origin) : stream;
  }

  /**
   * As {@link #open}, of an origin that appears in another member's vector: one that is not known
   * here, or whose stream has retired.
   */
  @Nullable Stream openByHearsay(long origin) {
    Stream known = byOrigin.get(origin);
    if (known != null) {
      return known;
    }
    if (hearsay.size() >= MAX_HEARSAY) {
      return null;
    }
    Stream stream = open(origin);
    if (stream != null) {
      hearsay.add(origin);
    }
    return stream;
  }

  /** Returns the stream of an origin, a new one if it was not known; null when there is no room. */
  @Nullable Stream open(long origin) {
    hearsay.remove(origin);
    Stream known = byOrigin.get(origin);
    if (known != null) {
      return known;
    }
    Stream back = retired.remove(origin);
    if (back != null) {
      byOrigin.put(origin, back);
      return back;
    }
    if (byOrigin.size() >= MAX_STREAMS) {
      return null;
    }
    int slot = slots.nextClearBit(0);
    slots.set(slot);
    Stream stream = new Stream(origin, slot);
    byOrigin.put(origin, stream);
    return stream;
  }

  /**
   * The member of this stream was forgotten; returns the slot that is free by that, -1 if none is.
   */
  int retire(long origin) {
    hearsay.remove(origin);
    Stream stream = byOrigin.remove(origin);
    if (stream == null) {
      return -1;
    }
    retired.put(origin, stream);
    if (retired.size() <= MAX_RETIRED) {
      return -1;
    }
    Stream eldest = retired.remove(retired.keySet().iterator().next());
    slots.clear(eldest.slot());
    return eldest.slot();
  }

  /** Returns all streams but the retired ones. */
  Collection<Stream> all() {
    return byOrigin.values();
  }

  /** Returns how many streams are kept. */
  int size() {
    return byOrigin.size() + retired.size();
  }

  /** Returns the applied vector of this member. */
  List<Applied> vector() {
    return byOrigin.values().stream().map(Streams::applied).toList();
  }

  /** Returns how far this member has got in every stream of which others may conclude from that. */
  List<Applied> told() {
    return told(byOrigin.values());
  }

  private static List<Applied> told(Collection<Stream> streams) {
    return streams.stream().filter(Stream::isTellable).map(Streams::applied).toList();
  }

  /** Returns up to which time each stream is complete, the retired ones among them. */
  Map<Long, Long> completeTimes() {
    Map<Long, Long> times = new HashMap<>();
    retired.values().forEach(stream -> times.put(stream.origin(), stream.completeTime()));
    byOrigin.values().forEach(stream -> times.put(stream.origin(), stream.completeTime()));
    return times;
  }

  /** Returns a part of what is told for a heartbeat, going on where the last call ended. */
  List<Applied> next(int limit) {
    if (byOrigin.size() <= limit) {
      return told();
    }
    List<Stream> all = new ArrayList<>(byOrigin.values());
    List<Stream> part = new ArrayList<>(limit);
    for (int i = 0; i < limit; i++) {
      lastTold = (lastTold + 1) % all.size();
      part.add(all.get(lastTold));
    }
    return told(part);
  }

  /** Returns how far this member has got in a stream. */
  static Applied applied(Stream stream) {
    return new Applied(
        stream.origin(), stream.applied(), stream.completeTime(), stream.highestArrived());
  }
}
