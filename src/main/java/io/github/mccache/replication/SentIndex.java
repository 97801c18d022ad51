package io.github.mccache.replication;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * For each key that was sent, the last sequence that carried it; and for each sequence, the keys
 * for which it is still the last: their current state is the repair of that sequence. No messages
 * are kept, so the size is bounded by the number of distinct keys. At {@link #maximumKeys} the
 * lowest sequence is discarded; a peer that requests it, or a lower one, is sent to a state
 * transfer. Confined to the thread of {@link Replica}.
 */
final class SentIndex {

  /**
   * A key, or a whole cache, and the version at which it was sent.
   *
   * @param key null for a whole cache
   */
  record Sent(long cache, @Nullable Payload key, Version version) {}

  private record Place(long cache, @Nullable Payload key) {}

  private static final class Last {
    private final long sequence;
    private final Version version;

    Last(long sequence, Version version) {
      this.sequence = sequence;
      this.version = version;
    }
  }

  private static final class Frame {
    private final List<Place> places;
    private int stillLast;

    Frame(List<Place> places) {
      this.places = places;
      this.stillLast = places.size();
    }
  }

  private final int maximumKeys;
  private final Map<Place, Last> lasts = new HashMap<>();
  private final LinkedHashMap<Long, Frame> frames = new LinkedHashMap<>();
  private final Watermark forgottenUpTo = new Watermark();
  private long lastSequence;
  private long overflows;

  SentIndex(int maximumKeys) {
    this.maximumKeys = maximumKeys;
  }

  /** These changes were sent under this number, higher than all before. */
  void onSent(long sequence, List<Change> changes) {
    lastSequence = sequence;
    List<Place> places = new ArrayList<>(changes.size());
    Frame frame = new Frame(places);
    for (Change change : changes) {
      Place place = new Place(change.cache(), change.key());
      Last before = lasts.put(place, new Last(sequence, change.version()));
      if (before != null && before.sequence == sequence) {
        continue;
      }
      if (before != null) {
        release(before.sequence);
      }
      places.add(place);
    }
    frame.stillLast = places.size();
    if (!places.isEmpty()) {
      frames.put(sequence, frame);
    }
    while (lasts.size() > maximumKeys) {
      overflows++;
      long lowest = frames.keySet().iterator().next();
      forgetUpTo(lowest);
    }
  }

  /** Discards all sequences up to this one: a request for them is answered by a state transfer. */
  void forgetUpTo(long sequence) {
    Iterator<Map.Entry<Long, Frame>> all = frames.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Long, Frame> entry = all.next();
      if (entry.getKey() > sequence) {
        break;
      }
      for (Place place : entry.getValue().places) {
        Last last = lasts.get(place);
        if (last != null && last.sequence == entry.getKey()) {
          lasts.remove(place);
        }
      }
      all.remove();
    }
    forgottenUpTo.raiseTo(sequence);
  }

  /** Returns whether this sequence was discarded. */
  boolean isForgotten(long sequence) {
    return sequence <= forgottenUpTo.get();
  }

  /** Returns the keys for which this number is the last; none if it is void. */
  List<Sent> stillLast(long sequence) {
    Frame frame = frames.get(sequence);
    if (frame == null) {
      return List.of();
    }
    List<Sent> keys = new ArrayList<>(frame.stillLast);
    for (Place place : frame.places) {
      Last last = lasts.get(place);
      if (last != null && last.sequence == sequence) {
        keys.add(new Sent(place.cache, place.key, last.version));
      }
    }
    return keys;
  }

  /** Returns the caches of which something was last sent under a number above this one. */
  Set<Long> cachesAbove(long sequence) {
    Set<Long> caches = new LinkedHashSet<>();
    frames.forEach(
        (number, frame) -> {
          if (number > sequence) {
            frame.places.forEach(place -> caches.add(place.cache));
          }
        });
    return caches;
  }

  /** Returns the highest number that was given to {@link #onSent}. */
  long lastSequence() {
    return lastSequence;
  }

  int keys() {
    return lasts.size();
  }

  int frames() {
    return frames.size();
  }

  /** Returns how many sequences were discarded because there were too many keys. */
  long overflows() {
    return overflows;
  }

  private void release(long sequence) {
    Frame frame = frames.get(sequence);
    if (frame != null && --frame.stillLast == 0) {
      frames.remove(sequence);
    }
  }
}
