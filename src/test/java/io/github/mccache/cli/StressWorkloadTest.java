package io.github.mccache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mccache.McCachingProvider;
import io.github.mccache.api.McCache;
import io.github.mccache.api.McCacheConfiguration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StressWorkloadTest {

  private static final int MANY = 20_000;
  private static final int KEYS = 100;

  private final McCachingProvider provider = new McCachingProvider();
  private final McCache<String, String> cache = cache();

  @SuppressWarnings("unchecked")
  private McCache<String, String> cache() {
    Properties alone = new Properties();
    alone.setProperty("mccache.cluster.enabled", "false");
    return provider
        .getCacheManager(null, null, alone)
        .createCache(
            "stress",
            new McCacheConfiguration<String, String>().setTypes(String.class, String.class))
        .unwrap(McCache.class);
  }

  @AfterEach
  void close() {
    provider.close();
  }

  private StressWorkload worked(long seed) {
    cache.clear();
    StressWorkload workload = new StressWorkload(cache, KEYS, Aperture.NONE, seed, "writer");
    for (int i = 0; i < MANY; i++) {
      workload.operate();
    }
    return workload;
  }

  /** Alone, four of five keys are present: 20 % insert what 5 % delete. */
  @Test
  void operate_many_keepsTheMix() {
    StressWorkload workload = worked(1);

    assertThat(workload.operations()).isEqualTo(MANY);
    assertThat(workload.lookups() / (double) MANY).isBetween(0.54, 0.56);
    assertThat(workload.updated() / (double) MANY).isBetween(0.14, 0.18);
    assertThat(workload.deleted() / (double) MANY).isBetween(0.03, 0.05);
    assertThat(workload.inserted() - workload.deleted()).isEqualTo(cache.size());
    assertThat(cache.size()).isBetween(60L, (long) KEYS);
  }

  @Test
  void operate_sameSeed_doesTheSame() {
    worked(1);
    Map<String, String> first = content();
    worked(1);

    assertThat(content()).isEqualTo(first);
    worked(2);
    assertThat(content()).isNotEqualTo(first);
  }

  private Map<String, String> content() {
    Map<String, String> content = new HashMap<>();
    cache.forEach(entry -> content.put(entry.getKey(), entry.getValue()));
    return content;
  }
}
