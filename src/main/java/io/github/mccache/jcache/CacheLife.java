package io.github.mccache.jcache;

import io.github.mccache.api.McCacheConfiguration;
import io.github.mccache.api.Mode;
import io.github.mccache.api.WarmUp;
import io.github.mccache.config.CacheSettings;
import io.github.mccache.node.MemberFailedException;
import io.github.mccache.node.Node;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * The life of a cache: its manager opens it, it is switched, and it closes once. To close is to
 * withdraw from the network and the management server, to leave the manager, to release what the
 * application made, and to leave the cluster, in this order. Thread-safe.
 */
final class CacheLife<K, V> {

  private final Owner owner;
  private final McCacheConfiguration<K, V> configuration;
  private final CacheSettings settings;
  private final @Nullable Node node;
  private final CacheParts<K, V> parts;
  private final Lifecycle lifecycle;
  private final Closeables closeables;
  private final List<Object> made;
  private final JmxRegistration statisticsBean;
  private final JmxRegistration managementBean;
  private final JmxRegistration sharedCacheBean;
  private final AtomicBoolean leftCluster = new AtomicBoolean();
  private boolean managementEnabled;
  private boolean withdrawn;

  /**
   * What a life needs of the manager.
   *
   * @param uri of the manager
   * @param origin of the versions of this cache
   * @param removeCache makes the manager forget the cache
   * @param leaveCluster ends the part of the cache in the manager's member, if it has one
   */
  record Owner(URI uri, long origin, Runnable removeCache, Runnable leaveCluster) {}

  /**
   * Begins the life of a cache that is not open yet.
   *
   * @param node the member that shares the cache, null if it is local
   * @param made objects of the application, closed with the cache
   */
  CacheLife(
      Owner owner,
      McCacheConfiguration<K, V> configuration,
      CacheSettings settings,
      @Nullable Node node,
      CacheParts<K, V> parts,
      Lifecycle lifecycle,
      Closeables closeables,
      List<Object> made) {
    this.owner = owner;
    this.configuration = configuration;
    this.settings = settings;
    this.node = node;
    this.parts = parts;
    this.lifecycle = lifecycle;
    this.closeables = closeables;
    this.made = made;
    this.statisticsBean = registration("CacheStatistics");
    this.managementBean = registration("CacheConfiguration");
    this.sharedCacheBean = new JmxRegistration(BeanNames.ofCache(owner.uri(), name(), origin()));
  }

  private JmxRegistration registration(String type) {
    return new JmxRegistration(BeanNames.ofSpecification(type, owner.uri(), name()));
  }

  // ---- open ----

  /**
   * Shows a cache that its manager knows by now to the network and the management server; does
   * nothing if it has been closed in the meantime.
   */
  synchronized void open() {
    if (withdrawn) {
      return;
    }
    if (node != null) {
      node.attach(parts.store(), warmUp());
    }
    sharedCacheBean.register(new SharedCacheBean(parts, this::stalenessMillis));
    setStatisticsEnabled(configuration.isStatisticsEnabled() || settings.statistics());
    setManagementEnabled(configuration.isManagementEnabled() || settings.management());
  }

  /** Returns whether the cache loads its entries first; only REPLICATE holds all of them. */
  private boolean warmUp() {
    return settings.warmUp() == WarmUp.EAGER && settings.mode() == Mode.REPLICATE;
  }

  // ---- close ----

  /**
   * Closes the cache, once however often it is called.
   *
   * @param caller the method that closes it, for the exceptions of later operations
   */
  void close(String caller) {
    if (lifecycle.close(caller)) {
      withdraw();
      owner.removeCache().run();
      release();
      leaveCluster();
    }
  }

  /** Undoes a cache that could not be opened; no operation has used it. */
  void abandon() {
    try {
      withdraw();
      release();
    } finally {
      leaveCluster();
    }
  }

  /**
   * Takes the cache off the network, the timer and the management server, so that another one may
   * have its name.
   */
  private synchronized void withdraw() {
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

  private void release() {
    release(closeables, made, parts.dispatcher());
  }

  /** Waits for calls into the application to end, and closes what it made for a cache. */
  static void release(Closeables closeables, List<Object> made, EventDispatcher<?, ?> dispatcher) {
    closeables.endCalls();
    closeables.close(made.toArray());
    dispatcher
        .registrations()
        .forEach(registration -> closeables.close(registration.listener(), registration.filter()));
  }

  private void leaveCluster() {
    if (node != null && leftCluster.compareAndSet(false, true)) {
      owner.leaveCluster().run();
    }
  }

  // ---- switches and queries ----

  void setStatisticsEnabled(boolean enabled) {
    parts.statistics().setEnabled(enabled);
    if (enabled) {
      statisticsBean.register(parts.statistics());
    } else {
      statisticsBean.unregister();
    }
  }

  synchronized void setManagementEnabled(boolean enabled) {
    managementEnabled = enabled;
    if (enabled) {
      managementBean.register(new CacheManagementBean(configuration, parts.statistics()));
    } else {
      managementBean.unregister();
    }
  }

  /** Returns a copy of the configuration as switches and listener registrations have changed it. */
  synchronized McCacheConfiguration<K, V> configurationNow() {
    McCacheConfiguration<K, V> copy = new McCacheConfiguration<>(configuration);
    copy.setStatisticsEnabled(parts.statistics().isEnabled());
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

  /**
   * Waits for coherence with the other members, see {@link
   * io.github.mccache.api.McCache#awaitCoherent}.
   */
  boolean awaitCoherent(Duration timeout) throws InterruptedException {
    try {
      return node == null || node.awaitCoherent(timeout);
    } catch (MemberFailedException e) {
      throw Failures.translated(e);
    }
  }

  /** Returns how old the entries of this member may be, 0 for a local cache. */
  private long stalenessMillis() {
    return node == null ? 0 : node.staleMillis();
  }

  Mode mode() {
    return node == null ? Mode.LOCAL : settings.mode();
  }

  long origin() {
    return owner.origin();
  }

  String name() {
    return parts.store().name();
  }

  CacheParts<K, V> parts() {
    return parts;
  }

  Lifecycle lifecycle() {
    return lifecycle;
  }

  Closeables closeables() {
    return closeables;
  }
}
