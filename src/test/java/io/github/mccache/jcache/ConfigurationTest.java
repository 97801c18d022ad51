package io.github.mccache.jcache;

import static io.github.mccache.jcache.CacheFixture.synchronous;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.Mode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.cache.configuration.CompleteConfiguration;
import javax.cache.configuration.Configuration;
import javax.cache.configuration.Factory;
import javax.cache.configuration.MutableCacheEntryListenerConfiguration;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.event.CacheEntryEvent;
import javax.cache.event.CacheEntryEventFilter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A cache is as it was configured when it was created, whatever becomes of the configuration. */
class ConfigurationTest {

  private final CacheFixture fixture = new CacheFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void configuration_changedAfterCreateCache_hasNoEffect() {
    EventLog events = new EventLog();
    McCacheConfiguration<Object, Object> configuration = CacheFixture.byValue();
    configuration.setMaximumEntries(3);
    JCache<Object, Object> cache = fixture.cache(configuration);

    configuration.setStoreByValue(false).setStatisticsEnabled(false);
    configuration.setReadThrough(true).setWriteThrough(true);
    configuration.setCacheLoaderFactory(() -> (Operations.Loader) key -> "loaded");
    configuration.setExpiryPolicyFactory(Expiry.of(javax.cache.expiry.Duration.ZERO, null, null));
    configuration.addCacheEntryListenerConfiguration(synchronous(events));
    configuration.setTypes(Object.class, Object.class);
    configuration.setMaximumEntries(1).setMode(Mode.INVALIDATE);

    List<String> value = new java.util.ArrayList<>(List.of("v"));
    cache.put("k", value);
    cache.put("l", value);
    assertThat(cache.get("k")).isEqualTo(value).isNotSameAs(value);
    assertThat(cache.get("absent")).isNull();
    assertThat(events.events()).isEmpty();
    assertThat(cache.parts().statistics().getCachePuts()).isEqualTo(2);
    McCacheConfiguration<?, ?> now = cache.getConfiguration(McCacheConfiguration.class);
    assertThat(now.isStoreByValue()).isTrue();
    assertThat(now.isReadThrough()).isFalse();
    assertThat(now.maximumEntries()).isEqualTo(3);
  }

  @Test
  void configuration_gotFromTheCacheAndChanged_hasNoEffect() {
    JCache<Object, Object> cache = fixture.cache(CacheFixture.byValue());

    McCacheConfiguration<Object, Object> got = configurationOf(cache);
    got.setStoreByValue(false).setStatisticsEnabled(false);

    assertThat(configurationOf(cache).isStoreByValue()).isTrue();
    assertThat(configurationOf(cache).isStatisticsEnabled()).isTrue();
  }

  @SuppressWarnings("unchecked")
  private static McCacheConfiguration<Object, Object> configurationOf(
      JCache<Object, Object> cache) {
    return cache.getConfiguration(McCacheConfiguration.class);
  }

  @Test
  void listenerConfiguration_changedAfterwards_hasNoEffect() {
    List<String> threads = new CopyOnWriteArrayList<>();
    var listener =
        synchronous(
            new EventLog() {
              @Override
              void heard(CacheEntryEvent<?, ?> event) {
                threads.add(Thread.currentThread().getName());
              }
            });
    JCache<Object, Object> cache = fixture.cache(CacheFixture.byValue());
    cache.registerCacheEntryListener(listener);

    listener.setSynchronous(false);
    cache.put("k", "v");

    assertThat(threads).containsExactly(Thread.currentThread().getName());
    cache.deregisterCacheEntryListener(listener);
    cache.put("l", "v");
    assertThat(threads).hasSize(1);
  }

  @Test
  void getConfiguration_afterSwitches_tellsWhatHoldsNow() {
    JCache<Object, Object> cache = fixture.cache(CacheFixture.byValue());
    var listener = synchronous(new EventLog());
    fixture.manager().enableStatistics(cache.getName(), false);
    fixture.manager().enableManagement(cache.getName(), true);
    cache.registerCacheEntryListener(listener);

    CompleteConfiguration<Object, Object> now = configurationOf(cache);

    assertThat(now.isStatisticsEnabled()).isFalse();
    assertThat(now.isManagementEnabled()).isTrue();
    assertThat(now.getCacheEntryListenerConfigurations()).containsExactly(listener);
  }

  /** The least that JSR-107 lets a configuration be. */
  private static final class Minimal implements Configuration<String, Integer> {
    private static final long serialVersionUID = 1L;

    @Override
    public Class<String> getKeyType() {
      return String.class;
    }

    @Override
    public Class<Integer> getValueType() {
      return Integer.class;
    }

    @Override
    public boolean isStoreByValue() {
      return false;
    }
  }

  @Test
  void createCache_incompleteConfiguration_takesTheDefaultsForTheRest() {
    var cache = fixture.manager().createCache("minimal", new Minimal());

    cache.put("k", 1);

    assertThat(cache.get("k")).isEqualTo(1);
    CompleteConfiguration<?, ?> now = cache.getConfiguration(CompleteConfiguration.class);
    assertThat(now.getKeyType()).isEqualTo(String.class);
    assertThat(now.isStoreByValue()).isFalse();
    assertThat(now).isInstanceOf(MutableConfiguration.class);
  }

  @Test
  void createCache_incompleteConfiguration_warnsOnceThatItsBoundsAreNotTaken() {
    fixture.manager().createCache("foreign-configuration", new Minimal());
    fixture.cache("own-configuration", CacheFixture.byValue());

    assertThat(TestLog.linesWith("foreign-configuration"))
        .singleElement()
        .asString()
        .contains("WARN", Minimal.class.getName(), "CompleteConfiguration", "bound");
    assertThat(TestLog.linesWith("own-configuration")).isEmpty();
  }

  @TestFactory
  Stream<DynamicTest> factory_isNullOrMakesNull_isRefusedInWords() {
    Map<String, MutableConfiguration<Object, Object>> mistaken = new LinkedHashMap<>();
    mistaken.put(
        "expiry policy made null", CacheFixture.byValue().setExpiryPolicyFactory(() -> null));
    mistaken.put(
        "cache loader made null", CacheFixture.byValue().setCacheLoaderFactory(() -> null));
    mistaken.put(
        "cache writer made null",
        CacheFixture.byValue().setWriteThrough(true).setCacheWriterFactory(() -> null));
    mistaken.put("listener is null", withListener(null, null));
    mistaken.put("listener made null", withListener(() -> null, null));
    mistaken.put("listener filter made null", withListener(EventLog::new, () -> null));
    return mistaken.entrySet().stream()
        .map(
            mistake ->
                DynamicTest.dynamicTest(
                    mistake.getKey(),
                    () ->
                        assertThatThrownBy(() -> fixture.cache("mistaken", mistake.getValue()))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("\"mistaken\"")
                            .hasMessageContaining(mistake.getKey().replaceAll(" (is|made) .*", ""))
                            .hasMessageContaining(
                                mistake.getKey().replaceAll(".* (is|made)", ""))));
  }

  private static MutableConfiguration<Object, Object> withListener(
      Factory<EventLog> listener, Factory<CacheEntryEventFilter<Object, Object>> filter) {
    return CacheFixture.byValue()
        .addCacheEntryListenerConfiguration(
            new MutableCacheEntryListenerConfiguration<>(listener, filter, false, true));
  }

  @Test
  void createCache_primitiveTypes_meanTheTypesOfTheirObjects() {
    JCache<Long, Boolean> cache =
        fixture.cache(
            "primitive",
            new MutableConfiguration<Long, Boolean>().setTypes(long.class, boolean.class));

    cache.put(1L, true);

    assertThat(cache.get(1L)).isTrue();
    assertThat(fixture.manager().getCache("primitive", Long.class, Boolean.class)).isSameAs(cache);
    assertThat(fixture.manager().getCache("primitive", long.class, boolean.class)).isSameAs(cache);
    assertThat(cache.getConfiguration(Configuration.class).getKeyType()).isEqualTo(Long.class);
  }
}
