package io.github.mccache.simulation;

import io.github.mccache.protocol.CacheId;
import io.github.mccache.protocol.Payload;
import java.util.ArrayList;
import java.util.List;

/** Every key of every cache. Caches and keys are numbers here, and have names for the product. */
final class Places {

  private final int keys;
  private final List<Mode> modes;
  private final long[] cacheIds;
  private final List<Place> all = new ArrayList<>();

  Places(List<Mode> modes, int keys) {
    this.keys = keys;
    this.modes = modes;
    this.cacheIds = new long[modes.size()];
    for (int cache = 0; cache < modes.size(); cache++) {
      cacheIds[cache] = CacheId.of(cacheName(cache));
      for (int key = 0; key < keys; key++) {
        all.add(new Place(all.size(), cache, modes.get(cache), "k" + key));
      }
    }
  }

  List<Place> all() {
    return all;
  }

  int caches() {
    return modes.size();
  }

  int keys() {
    return keys;
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
    return all.get(cache * keys + key);
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
