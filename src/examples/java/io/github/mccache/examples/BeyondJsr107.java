package io.github.mccache.examples;

import io.github.mccache.api.McCache;
import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.Mode;
import java.time.Duration;
import javax.cache.CacheManager;
import javax.cache.Caching;

/**
 * What {@link McCache} adds to a cache: its own bounds and mode, deadlines of single entries,
 * sight.
 */
public final class BeyondJsr107 {

  private BeyondJsr107() {}

  /** Opens a cache, uses what JSR-107 does not have, and closes it. */
  public static void main(String[] arguments) {
    McCacheConfiguration<String, String> configuration =
        new McCacheConfiguration<String, String>()
            .setMode(Mode.INVALIDATE)
            .setMaximumEntries(50_000);
    configuration.setTypes(String.class, String.class);

    try (CacheManager manager = Caching.getCachingProvider().getCacheManager()) {
      @SuppressWarnings("unchecked")
      McCache<String, String> sessions =
          manager.createCache("sessions", configuration).unwrap(McCache.class);
      sessions.addEvictionListener((key, value) -> System.out.println("evicted " + key));

      sessions.put("alice", "token", Duration.ofMinutes(30)); // a deadline of its own
      sessions.getAsync("alice").thenAccept(System.out::println).join();
      sessions.metadata("alice").ifPresent(System.out::println); // version, created, expires …
      System.out.println(sessions.size() + " entries, checksum " + sessions.checksum());
    }
  }
}
