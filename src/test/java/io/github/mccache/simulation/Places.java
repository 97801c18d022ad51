package io.github.mccache.simulation;

import io.github.mccache.protocol.CacheId;
import io.github.mccache.protocol.Payload;
import java.util.ArrayList;
import java.util.List;

/** Every key of every cache. Caches and keys are numbers here, and have names for the product. */
final class Places {

  private final int keys;
  private final int burstKeys;
  private final List<Mode> modes;
  private final long[] cacheIds;
  private final List<Place> all = new ArrayList<>();

  /**
   * Makes the places.
   *
   * @param keys how many keys each cache has
   * @param burstKeys how many keys the first cache has besides
   */
  Places(List<Mode> modes, int keys, int burstKeys) {
    this.keys = keys;
    this.burstKeys = burstKeys;
    this.modes = modes;
    this.cacheIds = new long[modes.size()];
    for (int cache = 0; cache < modes.size(); cache++) {
      cacheIds[cache] = CacheId.of(cacheName(cache));
      for (int key = 0; key < keys; key++) {
        all.add(new Place(all.size(), cache, modes.get(cache), "k" + key));
      }
    }
    for (int key = keys; key < keys + burstKeys; key++) {
      all.add(new Place(all.size(), 0, modes.get(0), "k" + key));
    }
  }

  List<Place> all() {
    return all;
  }

  /** Returns those that are written one at a time. */
  List<Place> usual() {
    return all.subList(0, all.size() - burstKeys);
  }

  /** Returns those of the first cache that are written in bursts of thousands alone. */
  List<Place> ofBursts() {
    return all.subList(all.size() - burstKeys, all.size());
  }

  int caches() {
    return modes.size();
  }

  /** Returns how many keys a cache has. */
  int keys(int cache) {
    return cache == 0 ? keys + burstKeys : keys;
  }

  Mode mode(int cache) {
    return modes.get(cache);
  }

  static String cacheName(int cache) {
    return "cache" + cache;
  }

  long cacheId(int cache) {
    return cacheIds[cache];
  }

  Place at(int cache, int key) {
    return all.get(key < keys ? cache * keys + key : modes.size() * keys + key - keys);
  }

  /** Returns the place of a key by its name. */
  Place at(int cache, String key) {
    return at(cache, Integer.parseInt(key.substring(1)));
  }

  /** Returns the number of a cache. */
  int cache(long cacheId) {
    for (int cache = 0; cache < cacheIds.length; cache++) {
      if (cacheIds[cache] == cacheId) {
        return cache;
      }
    }
    throw new IllegalArgumentException("no cache has the number " + cacheId);
  }

  Place of(long cacheId, Payload key) {
    byte[] bytes = key.bytes();
    int number = 0;
    for (int i = 1; i < bytes.length; i++) {
      number = number * 10 + bytes[i] - '0';
    }
    return at(cache(cacheId), number);
  }
}
