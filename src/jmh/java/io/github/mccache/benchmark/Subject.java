package io.github.mccache.benchmark;

import com.github.benmanes.caffeine.jcache.configuration.CaffeineConfiguration;
import com.github.benmanes.caffeine.jcache.spi.CaffeineCachingProvider;
import io.github.mccache.McCachingProvider;
import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.Mode;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import javax.cache.CacheManager;
import javax.cache.Caching;

/**
 * What is compared: three kinds of map, each cache with a bound of {@value #MAXIMUM_ENTRIES}
 * entries, without expiry, listeners and statistics.
 */
public enum Subject {
  /** The map of the JDK: no bound, no order of use, no copies. What a cache can at best be. */
  CONCURRENT_HASH_MAP {
    @Override
    Table open() {
      ConcurrentHashMap<String, String> map = new ConcurrentHashMap<>();
      return new Table() {
        @Override
        public String get(String key) {
          return map.get(key);
        }

        @Override
        public void put(String key, String value) {
          map.put(key, value);
        }
      };
    }
  },

  CAFFEINE_BY_REFERENCE {
    @Override
    Table open() {
      return caffeine(false);
    }
  },

  CAFFEINE_BY_VALUE {
    @Override
    Table open() {
      return caffeine(true);
    }
  },

  MCCACHE_BY_REFERENCE {
    @Override
    Table open() {
      return mcCache(false);
    }
  },

  MCCACHE_BY_VALUE {
    @Override
    Table open() {
      return mcCache(true);
    }
  };

  static final long MAXIMUM_ENTRIES = 10_000;

  private static final String NAME = "benchmark";

  /** Makes an empty one. */
  abstract Table open();

  private static Table caffeine(boolean byValue) {
    CaffeineConfiguration<String, String> configuration = new CaffeineConfiguration<>();
    configuration.setTypes(String.class, String.class);
    configuration.setStoreByValue(byValue);
    configuration.setMaximumSize(OptionalLong.of(MAXIMUM_ENTRIES));
    CacheManager manager = manager(CaffeineCachingProvider.class);
    return new JCacheTable(manager.createCache(NAME, configuration), manager);
  }

  private static Table mcCache(boolean byValue) {
    McCacheConfiguration<String, String> configuration = new McCacheConfiguration<>();
    configuration.setTypes(String.class, String.class);
    configuration.setStoreByValue(byValue);
    configuration.setMode(Mode.LOCAL).setMaximumEntries(MAXIMUM_ENTRIES);
    CacheManager manager = manager(McCachingProvider.class);
    return new JCacheTable(manager.createCache(NAME, configuration), manager);
  }

  private static CacheManager manager(Class<?> provider) {
    return Caching.getCachingProvider(provider.getName()).getCacheManager();
  }
}
