package io.github.mccache.simulation;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Version;
import java.util.HashMap;
import java.util.Map;

/**
 * What one member was told, by its application or by others, whatever its store made of it: the
 * measure of what it may serve.
 */
final class Knowledge {

  private record Heard(Version version, long step) {
    static final Heard NOTHING = new Heard(Version.NONE, -1);
  }

  private final Map<Place, Heard> keys = new HashMap<>();
  private final Map<Long, Heard> clears = new HashMap<>();

  void hear(Operation operation, long step) {
    if (operation.place() == null) {
      hear(clears, operation.cache(), operation.version(), step);
    } else if (operation.kind() == Operation.Kind.LOAD) {
      // no news from elsewhere: of two loads at once the later begun may replace the other
      hear(keys, operation.place(), operation.version(), toldAtStep(operation.place()));
    } else if (operation.kind() != Operation.Kind.EVICT) {
      hear(keys, operation.place(), operation.version(), step);
    }
  }

  void hear(Change change, long step) {
    if (change.key() == null) {
      hear(clears, change.cache(), change.version(), step);
    } else if (change.version().isAfter(cleared(change.cache()))) {
      hear(keys, Place.of(change.cache(), change.key()), change.version(), step);
    }
  }

  /** Returns the highest version of the key that was told. */
  Version told(Place place) {
    return keys.getOrDefault(place, Heard.NOTHING).version;
  }

  /** Returns the highest clear of the cache that was told. */
  Version cleared(long cache) {
    return clears.getOrDefault(cache, Heard.NOTHING).version;
  }

  /** Returns the last step at which the key was told something new; -1 before. */
  long toldAtStep(Place place) {
    return Math.max(
        keys.getOrDefault(place, Heard.NOTHING).step,
        clears.getOrDefault(place.cache(), Heard.NOTHING).step);
  }

  private static <K> void hear(Map<K, Heard> heard, K about, Version version, long step) {
    if (version.isAfter(heard.getOrDefault(about, Heard.NOTHING).version)) {
      heard.put(about, new Heard(version, step));
    }
  }
}
