package io.github.mccache.jcache;

import io.github.mccache.McCachingProvider;
import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.config.Settings;
import io.github.mccache.node.MemberClock;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.cache.configuration.MutableCacheEntryListenerConfiguration;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.event.CacheEntryEventFilter;
import javax.cache.event.CacheEntryListener;

/** A manager without a cluster, whose clock moves only when it is told to. */
final class CacheFixture implements AutoCloseable {

  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final Settings UNCLUSTERED = settings(new Properties());

  private final AtomicLong nanos = new AtomicLong();
  private final MemberClock clock = new MemberClock(InstantSource.fixed(START), nanos::get);
  private final McCacheManager manager;

  CacheFixture() {
    this(UNCLUSTERED, URI.create("urn:mccache:test-" + NUMBER.incrementAndGet()));
  }

  /** Makes a manager that is asked for by a URI. */
  CacheFixture(URI uri) {
    this(UNCLUSTERED, uri);
  }

  /** Makes a manager with settings of its own. */
  CacheFixture(Properties properties) {
    this(settings(properties), URI.create("urn:mccache:test-" + NUMBER.incrementAndGet()));
  }

  private CacheFixture(Settings settings, URI uri) {
    manager =
        new McCacheManager(
            new McCacheManager.Origin(
                new McCachingProvider(),
                uri,
                CacheFixture.class.getClassLoader(),
                new Properties(),
                0x5eedL),
            settings,
            clock,
            () -> {
              throw new AssertionError("no cluster here");
            },
            closed -> {});
  }

  private static Settings settings(Properties properties) {
    properties.setProperty("mccache.cluster.enabled", "false");
    return Settings.load(Settings.defaultUri(), CacheFixture.class.getClassLoader(), properties);
  }

  McCacheManager manager() {
    return manager;
  }

  /** Creates a cache under a name that is free. */
  <K, V> JCache<K, V> cache(MutableConfiguration<K, V> configuration) {
    return cache("cache-" + NUMBER.incrementAndGet(), configuration);
  }

  @SuppressWarnings("unchecked")
  <K, V> JCache<K, V> cache(String name, MutableConfiguration<K, V> configuration) {
    return (JCache<K, V>) manager.createCache(name, configuration);
  }

  /** A configuration of any keys and values, by reference, with statistics. */
  static McCacheConfiguration<Object, Object> byReference() {
    McCacheConfiguration<Object, Object> configuration = new McCacheConfiguration<>();
    configuration.setStoreByValue(false).setStatisticsEnabled(true);
    return configuration;
  }

  /** As {@link #byReference}, by value. */
  static McCacheConfiguration<Object, Object> byValue() {
    McCacheConfiguration<Object, Object> configuration = byReference();
    configuration.setStoreByValue(true);
    return configuration;
  }

  static <K, V> MutableCacheEntryListenerConfiguration<K, V> synchronous(
      CacheEntryListener<? super K, ? super V> listener) {
    return listener(listener, null, true);
  }

  static <K, V> MutableCacheEntryListenerConfiguration<K, V> asynchronous(
      CacheEntryListener<? super K, ? super V> listener) {
    return listener(listener, null, false);
  }

  static <K, V> MutableCacheEntryListenerConfiguration<K, V> listener(
      CacheEntryListener<? super K, ? super V> listener,
      CacheEntryEventFilter<? super K, ? super V> filter,
      boolean synchronous) {
    return new MutableCacheEntryListenerConfiguration<>(
        () -> listener, filter == null ? null : () -> filter, true, synchronous);
  }

  void advance(Duration duration) {
    nanos.addAndGet(duration.toNanos());
  }

  Instant now() {
    return Instant.ofEpochMilli(clock.millis());
  }

  /** Does what the timer would do at this moment of the clock: expires what nobody reads. */
  static void runTimer(JCache<?, ?> cache) {
    cache.parts().expiryQueue().runDue();
  }

  /** Waits until everything has been told that waited for asynchronous listeners. */
  static void awaitAsynchronousListeners(JCache<?, ?> cache) {
    CountDownLatch told = new CountDownLatch(1);
    cache.parts().dispatcher().enqueue(told::countDown);
    Race.await(told);
  }

  /** Returns the value that is held, null if there is none; counts nothing, is no access. */
  static <K, V> V held(JCache<K, V> cache, K key) {
    var store = cache.parts().store();
    K own = store.ownKey(key);
    var record = store.peek(own, store.nowMillis());
    return record == null ? null : store.value(own, record);
  }

  @Override
  public void close() {
    manager.close();
  }
}
