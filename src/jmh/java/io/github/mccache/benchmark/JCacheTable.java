package io.github.mccache.benchmark;

import javax.cache.Cache;
import javax.cache.CacheManager;

/** A cache of JSR-107 under test, which is closed together with its manager. */
record JCacheTable(Cache<String, String> cache, CacheManager manager) implements Table {

  @Override
  public String get(String key) {
    return cache.get(key);
  }

  @Override
  public void put(String key, String value) {
    cache.put(key, value);
  }

  @Override
  public void close() {
    manager.close();
  }
}
