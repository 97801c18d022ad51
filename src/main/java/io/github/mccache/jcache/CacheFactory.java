package io.github.mccache.jcache;

import io.github.mccache.api.McCache;
import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.Mode;
import io.github.mccache.api.OnIsolated;
import io.github.mccache.codec.Codecs;
import io.github.mccache.config.CacheSettings;
import io.github.mccache.config.Settings;
import io.github.mccache.node.CoherentStore;
import io.github.mccache.node.MemberClock;
import io.github.mccache.node.Node;
import io.github.mccache.node.Stability;
import io.github.mccache.node.StoreOptions;
import io.github.mccache.node.StoreOptions.Sharing;
import io.github.mccache.node.Uplink;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.ToLongBiFunction;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.configuration.CompleteConfiguration;
import javax.cache.configuration.Configuration;
import javax.cache.configuration.Factory;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one cache from the configuration of the application and the settings. Not reused. */
final class CacheFactory<K, V> {

  private static final Logger LOG = LoggerFactory.getLogger(CacheFactory.class);

  /** A longer key is not shared, because each message about it would take dozens of datagrams. */
  private static final int MAXIMUM_KEY_BYTES = 64 << 10;

  private final Owner owner;
  private final String name;
  private final McCacheConfiguration<K, V> configuration;
  private final CacheSettings settings;
  private final @Nullable Node node;
  private final Lifecycle lifecycle;
  private final Closeables closeables;
  private final List<Object> made = new ArrayList<>();

  /**
   * What the caches of a manager share.
   *
   * @param origin of the versions of local caches
   * @param removeCache makes the manager forget a cache
   */
  record Owner(
      CacheManager manager,
      long origin,
      Settings settings,
      MemberClock clock,
      Workers workers,
      Membership membership,
      Consumer<Cache<?, ?>> removeCache) {}

  private CacheFactory(
      Owner owner,
      String name,
      McCacheConfiguration<K, V> configuration,
      CacheSettings settings,
      @Nullable Node node) {
    this.owner = owner;
    this.name = name;
    this.configuration = configuration;
    this.settings = settings;
    this.node = node;
    this.lifecycle = new Lifecycle("Cache \"" + name + "\"");
    this.closeables = new Closeables(name, lifecycle);
  }

  /**
   * Makes a cache that is not open yet, and starts the member of the manager if it is the first
   * clustered one. If that fails, what was made or begun for the cache is closed.
   */
  static <K, V> JCache<K, V> create(Owner owner, String name, Configuration<K, V> configuration) {
    McCacheConfiguration<K, V> completed = completed(name, configuration);
    CacheSettings settings = owner.settings().cache(name).with(completed);
    boolean shared = owner.settings().cluster().enabled() && settings.mode() != Mode.LOCAL;
    Node node = shared ? owner.membership().join() : null;
    try {
      CacheFactory<K, V> factory = new CacheFactory<>(owner, name, completed, settings, node);
      return new JCache<>(owner.manager(), factory::life);
    } catch (Throwable e) {
      if (node != null) {
        owner.membership().leave();
      }
      throw e;
    }
  }

  /** Returns a copy of any configuration, complete or not (JSR-107, section 5.2). */
  @SuppressWarnings("unchecked") // its type arguments are those of the parameter
  private static <K, V> McCacheConfiguration<K, V> completed(
      String cacheName, Configuration<K, V> configuration) {
    McCacheConfiguration<K, V> completed;
    if (configuration instanceof CompleteConfiguration<?, ?> complete) {
      completed = new McCacheConfiguration<>((CompleteConfiguration<K, V>) complete);
    } else {
      LOG.warn(
          "Cache {}: its configuration, a {}, is not a CompleteConfiguration of JSR-107; only its"
              + " types and store-by-value are used, and any bound, time to live, loader, writer or"
              + " listener is ignored. Pass a MutableConfiguration or a McCacheConfiguration",
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

  /** Makes the parts; objects of the application are closed if one of them cannot be made. */
  private CacheLife<K, V> life(McCache<K, V> cache) {
    EventDispatcher<K, V> dispatcher = new EventDispatcher<>(name, owner.workers(), closeables);
    try {
      return new CacheLife<>(
          new CacheLife.Owner(
              owner.manager().getURI(),
              origin(),
              () -> owner.removeCache().accept(cache),
              owner.membership()::leave),
          configuration,
          settings,
          node,
          parts(cache, dispatcher),
          lifecycle,
          closeables,
          made);
    } catch (Throwable e) {
      CacheLife.release(closeables, made, dispatcher);
      throw e;
    }
  }

  private CacheParts<K, V> parts(McCache<K, V> cache, EventDispatcher<K, V> dispatcher) {
    CacheStatistics statistics = new CacheStatistics();
    Evictions<K, V> evictions =
        new Evictions<>(
            name, settings.maximumEntriesByDefault(), settings.maximumEntries(), statistics);
    StoreEvents<K, V> events = new StoreEvents<>(evictions, settings.callbackWindow());
    CoherentStore<K, V> store = store(events);
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
                store::nowMillis, owner.workers(), events::expireInBackground, store::holds),
            settings.fillAfterMiss() && !configuration.isWriteThrough()
                ? new RecentMisses<>(store)
                : null,
            owner.settings().cluster().appVersion().isEmpty(),
            statistics,
            evictions,
            new Acknowledgements(name, settings, node),
            owner.workers());
    events.bind(parts);
    return parts;
  }

  private CoherentStore<K, V> store(StoreEvents<K, V> events) {
    Codecs codecs =
        new Codecs(
            owner.manager().getClassLoader(),
            configuration.codecs(),
            owner.settings().serializationAllow(),
            List.of(configuration.getKeyType(), configuration.getValueType()));
    return new CoherentStore<>(
        options(codecs),
        owner.clock(),
        origin(),
        events,
        node == null ? Uplink.NONE : node.uplink(),
        node == null ? Stability.NONE : node.stability());
  }

  private long origin() {
    return node == null ? owner.origin() : node.origin();
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

  private static Sharing sharing(Mode mode) {
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

  /** Returns a new object of the application, which is closed with the cache. */
  private <T> T make(String what, @Nullable Factory<T> factory) {
    T product = Factories.make(name, what, factory);
    made.add(product);
    return product;
  }
}
