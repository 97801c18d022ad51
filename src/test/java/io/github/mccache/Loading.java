package io.github.mccache;

import io.github.mccache.api.McCacheConfiguration;
import java.util.HashMap;
import java.util.Map;
import javax.cache.integration.CacheLoader;

/** A cache whose values are "loaded" and the key. */
final class Loading implements CacheLoader<String, String> {

  static McCacheConfiguration<String, String> throughLoader(
      McCacheConfiguration<String, String> configuration) {
    configuration.setReadThrough(true);
    configuration.setCacheLoaderFactory(Loading::new);
    return configuration;
  }

  @Override
  public String load(String key) {
    return "loaded " + key;
  }

  @Override
  public Map<String, String> loadAll(Iterable<? extends String> keys) {
    Map<String, String> loaded = new HashMap<>();
    keys.forEach(key -> loaded.put(key, load(key)));
    return loaded;
  }
}
