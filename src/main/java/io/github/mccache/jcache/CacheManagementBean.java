package io.github.mccache.jcache;

import javax.cache.configuration.CompleteConfiguration;
import javax.cache.management.CacheMXBean;

/** The configuration of a cache as a management bean (JSR-107, section 12.2). Immutable. */
final class CacheManagementBean implements CacheMXBean {

  private final CompleteConfiguration<?, ?> configuration;
  private final CacheStatistics statistics;

  CacheManagementBean(CompleteConfiguration<?, ?> configuration, CacheStatistics statistics) {
    this.configuration = configuration;
    this.statistics = statistics;
  }

  @Override
  public String getKeyType() {
    return configuration.getKeyType().getName();
  }

  @Override
  public String getValueType() {
    return configuration.getValueType().getName();
  }

  @Override
  public boolean isReadThrough() {
    return configuration.isReadThrough();
  }

  @Override
  public boolean isWriteThrough() {
    return configuration.isWriteThrough();
  }

  @Override
  public boolean isStoreByValue() {
    return configuration.isStoreByValue();
  }

  @Override
  public boolean isStatisticsEnabled() {
    return statistics.isEnabled();
  }

  /** Returns true, because the bean is registered only while management is enabled. */
  @Override
  public boolean isManagementEnabled() {
    return true;
  }
}
