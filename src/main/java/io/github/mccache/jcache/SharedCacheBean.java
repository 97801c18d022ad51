package io.github.mccache.jcache;

import io.github.mccache.api.SharedCacheMXBean;
import io.github.mccache.node.StoreCounters;

/** A cache's figures beyond JSR-107. Thread-safe. */
final class SharedCacheBean implements SharedCacheMXBean {

  private final JCache<?, ?> cache;

  SharedCacheBean(JCache<?, ?> cache) {
    this.cache = cache;
  }

  @Override
  public String getMode() {
    return cache.mode().settingName();
  }

  @Override
  public long getEntries() {
    return cache.parts().store().size();
  }

  @Override
  public long getUndecodable() {
    return cache.parts().store().counters().undecodableCount();
  }

  @Override
  public long getUnreadableKeys() {
    return cache.parts().store().unreadableKeys();
  }

  @Override
  public long getUnencodable() {
    return cache.parts().store().counters().unencodableCount();
  }

  @Override
  public long getOversizedValues() {
    return cache.parts().store().counters().oversizedCount();
  }

  @Override
  public long getOversizedKeys() {
    return cache.parts().store().counters().oversizedKeyCount();
  }

  @Override
  public long getConflicts() {
    return cache.parts().store().counters().conflictCount();
  }

  @Override
  public long getMarksForgottenEarly() {
    StoreCounters counters = cache.parts().store().counters();
    return counters.laggardForgottenCount() + counters.forgottenEarlyCount();
  }

  @Override
  public long getOverflows() {
    return cache.parts().store().counters().overflowCount();
  }

  @Override
  public long getDroppedEvents() {
    return cache.parts().dispatcher().droppedCount();
  }

  @Override
  public long getStalenessMillis() {
    return cache.build().stalenessMillis();
  }

  @Override
  public String checksum() {
    return cache.checksum().toString();
  }
}
