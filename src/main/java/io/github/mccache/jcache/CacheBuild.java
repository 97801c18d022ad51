package io.github.mccache.jcache;

import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.Mode;
import io.github.mccache.api.OnIsolated;
import io.github.mccache.api.WarmUp;
import io.github.mccache.codec.Codecs;
import io.github.mccache.config.CacheSettings;
import io.github.mccache.node.CoherentStore;
import io.github.mccache.node.MemberFailedException;
import io.github.mccache.node.Node;
import io.github.mccache.node.Stability;
import io.github.mccache.node.StoreOptions;
import io.github.mccache.node.StoreOptions.Sharing;
import io.github.mccache.node.Uplink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToLongBiFunction;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.configuration.CompleteConfiguration;
import javax.cache.configuration.Configuration;
import javax.cache.configuration.Factory;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a cache together from what the application configured and what the settings say, and takes
 * it apart again. One per cache.
 */
final class CacheBuild<K, V> {

  private static final Logger LOG = LoggerFactory.getLogger(CacheBuild.class);

  /** A longer key cannot be named to other members: it would fill dozens of datagrams. */
  private static final int MAXIMUM_KEY_BYTES = 64 << 10;

  private final McCacheManager manager;
  private final String name;
  private final McCacheConfiguration<K, V> configuration;
  private final CacheSettings settings;
  private final @Nullable Node node;
  private final CacheStatistics statistics = new CacheStatistics();
  private final Acknowledgements acknowledgements;
  private final Evictions<K, V> evictions;
  private final Lifecycle lifecycle;
  private final Closeables closeables;
  private final StoreEvents<K, V> events;
  private final JmxRegistration statisticsBean;
  private final JmxRegistration managementBean;
  private final JmxRegistration sharedCacheBean;
  private final List<Object> made = new ArrayList<>();
  private final AtomicBoolean leftCluster = new AtomicBoolean();
  private boolean managementEnabled;
  private boolean withdrawn;

  /**
   * Prepares a cache.
   *
   * @param node the member that shares it, null if it is to stay local
   */
  CacheBuild(
      McCacheManager manager,
      String name,
      McCacheConfiguration<K, V> configuration,
      CacheSettings settings,
      @Nullable Node node) {
    this.manager = manager;
    this.name = name;
    this.configuration = configuration;
    this.settings = settings;
    this.node = node;
    this.evictions =
        new Evictions<>(
            name, settings.maximumEntriesByDefault(), settings.maximumEntries(), statistics);
    this.acknowledgements = new Acknowledgements(name, settings, node);
    this.lifecycle = new Lifecycle("Cache \"" + name + "\"");
    this.closeables = new Closeables(name, lifecycle);
    this.events = new StoreEvents<>(evictions, settings.callbackWindow());
    this.statisticsBean = registration("CacheStatistics");
    this.managementBean = registration("CacheConfiguration");
    this.sharedCacheBean = new JmxRegistration(BeanNames.ofCache(manager.getURI(), name, origin()));
  }

  private JmxRegistration registration(String type) {
    return new JmxRegistration(BeanNames.ofSpecification(type, manager.getURI(), name));
  }

  /** Returns a copy of any configuration, complete or not (JSR-107, section 5.2). */
  @SuppressWarnings("unchecked") // a configuration of K and V is all that it can be
  static <K, V> McCacheConfiguration<K, V> completed(
      String cacheName, Configuration<K, V> configuration) {
    McCacheConfiguration<K, V> completed;
    if (configuration instanceof CompleteConfiguration<?, ?> complete) {
      completed = new McCacheConfiguration<>((CompleteConfiguration<K, V>) complete);
    } else {
      LOG.warn(
          "Cache {}: its configuration, a {}, is no CompleteConfiguration of JSR-107: only its"
              + " types and storing by value are taken, and no bound, time to live, loader, writer"
              + " or listener that it may have. Give a MutableConfiguration or a"
              + " McCacheConfiguration",
          cacheName,
          configuration.getClass().getName());
      completed = new McCacheConfiguration<>();
      completed.setStoreByValue(configuration.isStoreByValue());
    }
    completed.setTypes(
        DeclaredTypes.boxed(configuration.getKeyType()),
        DeclaredTypes.boxed(configuration.getValueType()));
    return completed;
  }

  // ---- putting together ----

  /** Makes the parts; what the application made for them is closed if one cannot be made. */
  CacheParts<K, V> parts(JCache<K, V> cache) {
    EventDispatcher<K, V> dispatcher = new EventDispatcher<>(name, manager.workers(), closeables);
    try {
      return parts(cache, dispatcher);
    } catch (Throwable e) {
      release(dispatcher);
      throw e;
    }
  }

  private CacheParts<K, V> parts(JCache<K, V> cache, EventDispatcher<K, V> dispatcher) {
    Codecs codecs =
        new Codecs(
            manager.getClassLoader(),
            configuration.codecs(),
            manager.settings().serializationAllow(),
            List.of(configuration.getKeyType(), configuration.getValueType()));
    CoherentStore<K, V> store =
        new CoherentStore<>(
            options(codecs),
            manager.clock(),
            origin(),
            events,
            node == null ? Uplink.NONE : node.uplink(),
            node == null ? Stability.NONE : node.stability());
    configuration.getCacheEntryListenerConfigurations().forEach(dispatcher::register);
    CacheParts<K, V> parts =
        new CacheParts<>(
            cache,
            new DeclaredTypes<>(configuration.getKeyType(), configuration.getValueType()),
            store,
            expiry(),
            new ReadThrough<>(store, loader(), configuration.isReadThrough(), closeables),
            new WriteThrough<>(store, configuration.isWriteThrough() ? writer() : null, closeables),
            dispatcher,
            new ExpiryQueue<>(
                store::nowMillis, manager.workers(), events::expireInBackground, store::holds),
            settings.fillAfterMiss() && !configuration.isWriteThrough()
                ? new RecentMisses<>(store)
                : null,
            manager.settings().cluster().appVersion().isEmpty());
    events.bind(parts);
    return parts;
  }

  private StoreOptions<K, V> options(Codecs codecs) {
    var weigher = configuration.weigher();
    var maximumWeight = configuration.maximumWeight();
    return new StoreOptions<>(
        name,
        node == null ? Sharing.LOCAL : sharing(settings.mode()),
        configuration.getKeyType(),
        configuration.getValueType(),
        configuration.isStoreByValue(),
        settings.maximumEntries() == Long.MAX_VALUE
            ? OptionalLong.empty()
            : OptionalLong.of(settings.maximumEntries()),
        settings.maximumBytes(),
        maximumWeight == null ? OptionalLong.empty() : OptionalLong.of(maximumWeight),
        weigher == null ? null : (ToLongBiFunction<K, V>) weigher::weigh,
        MAXIMUM_KEY_BYTES,
        settings.maxValueBytes(),
        settings.onIsolated() == OnIsolated.MISS,
        codecs);
  }

  static Sharing sharing(Mode mode) {
    return switch (mode) {
      case LOCAL -> Sharing.LOCAL;
      case INVALIDATE -> Sharing.INVALIDATE;
      case UPDATE -> Sharing.UPDATE;
      case REPLICATE -> Sharing.REPLICATE;
    };
  }

  private ExpiryDeadlines expiry() {
    return settings
        .timeToLive()
        .map(ExpiryDeadlines::afterWrite)
        .orElseGet(
            () ->
                new ExpiryDeadlines(make("expiry policy", configuration.getExpiryPolicyFactory())));
  }

  private @Nullable CacheLoader<K, V> loader() {
    Factory<CacheLoader<K, V>> factory = configuration.getCacheLoaderFactory();
    return factory == null ? null : make("cache loader", factory);
  }

  private @Nullable CacheWriter<? super K, ? super V> writer() {
    Factory<CacheWriter<? super K, ? super V>> factory = configuration.getCacheWriterFactory();
    return factory == null ? null : make("cache writer", factory);
  }

  /** Has the application make something, which is closed with the cache. */
  private <T> T make(String what, @Nullable Factory<T> factory) {
    T product = Factories.make(name, what, factory);
    made.add(product);
    return product;
  }

  /**
   * Lets the network and the management server see a cache that its manager knows by now; does
   * nothing if it has been closed in the meantime.
   */
  synchronized void open(JCache<K, V> cache) {
    if (withdrawn) {
      return;
    }
    if (node != null) {
      node.attach(cache.parts().store(), warmUp());
    }
    sharedCacheBean.register(new SharedCacheBean(cache));
    setStatisticsEnabled(configuration.isStatisticsEnabled() || settings.statistics());
    setManagementEnabled(configuration.isManagementEnabled() || settings.management());
  }

  /** In the other modes a member takes only what it holds: there is nothing to begin with. */
  private boolean warmUp() {
    return settings.warmUp() == WarmUp.EAGER && settings.mode() == Mode.REPLICATE;
  }

  // ---- taking apart ----

  /** Ends all that the cache has begun, see {@link #withdraw} and {@link #release}. */
  void tearDown(CacheParts<K, V> parts) {
    withdraw(parts);
    release(parts);
  }

  /**
   * Takes the cache off the network, the timer and the management server, so that another one may
   * have its name.
   */
  synchronized void withdraw(CacheParts<K, V> parts) {
    withdrawn = true;
    if (node != null) {
      node.detach(parts.store());
    }
    parts.expiryQueue().close();
    parts.dispatcher().close();
    statisticsBean.close();
    managementBean.close();
    sharedCacheBean.close();
  }

  /** Closes what the application gave to the cache. */
  void release(CacheParts<K, V> parts) {
    release(parts.dispatcher());
  }

  private void release(EventDispatcher<K, V> dispatcher) {
    closeables.endCalls();
    closeables.close(made.toArray());
    dispatcher
        .registrations()
        .forEach(registration -> closeables.close(registration.listener(), registration.filter()));
  }

  /** Gives up the cache's part in its manager's member, once however often it is called. */
  void leaveCluster() {
    if (node != null && leftCluster.compareAndSet(false, true)) {
      manager.leaveCluster();
    }
  }

  // ---- what can be asked and switched ----

  void setStatisticsEnabled(boolean enabled) {
    statistics.setEnabled(enabled);
    if (enabled) {
      statisticsBean.register(statistics);
    } else {
      statisticsBean.unregister();
    }
  }

  synchronized void setManagementEnabled(boolean enabled) {
    managementEnabled = enabled;
    if (enabled) {
      managementBean.register(new CacheManagementBean(configuration, statistics));
    } else {
      managementBean.unregister();
    }
  }

  /** Returns a copy of the configuration with what has been switched and registered since. */
  synchronized McCacheConfiguration<K, V> configurationNow(CacheParts<K, V> parts) {
    McCacheConfiguration<K, V> copy = new McCacheConfiguration<>(configuration);
    copy.setStatisticsEnabled(statistics.isEnabled());
    copy.setManagementEnabled(managementEnabled);
    for (CacheEntryListenerConfiguration<K, V> old :
        configuration.getCacheEntryListenerConfigurations()) {
      copy.removeCacheEntryListenerConfiguration(old);
    }
    parts
        .dispatcher()
        .registrations()
        .forEach(r -> copy.addCacheEntryListenerConfiguration(r.configuration()));
    return copy;
  }

  long origin() {
    return node == null ? manager.origin() : node.origin();
  }

  Acknowledgements acknowledgements() {
    return acknowledgements;
  }

  /** Waits for the other members, see {@link io.github.mccache.api.McCache#awaitCoherent}. */
  boolean awaitCoherent(Duration timeout) throws InterruptedException {
    try {
      return node == null || node.awaitCoherent(timeout);
    } catch (MemberFailedException e) {
      throw Failures.translated(e);
    }
  }

  /** Returns how old what this member holds may be, 0 if it is nobody else's. */
  long stalenessMillis() {
    return node == null ? 0 : node.staleMillis();
  }

  boolean isShared() {
    return node != null;
  }

  McCacheManager manager() {
    return manager;
  }

  String name() {
    return name;
  }

  CacheSettings settings() {
    return settings;
  }

  CacheStatistics statistics() {
    return statistics;
  }

  Evictions<K, V> evictions() {
    return evictions;
  }

  Lifecycle lifecycle() {
    return lifecycle;
  }

  Closeables closeables() {
    return closeables;
  }

  Workers workers() {
    return manager.workers();
  }
}
