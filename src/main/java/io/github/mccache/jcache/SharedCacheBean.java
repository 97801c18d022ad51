package io.github.mccache.jcache;

import io.github.mccache.api.SharedCacheMXBean;
import io.github.mccache.node.StoreCounters;
import java.util.function.LongSupplier;

/** A cache's figures beyond JSR-107. Thread-safe. */
final class SharedCacheBean implements SharedCacheMXBean {

  private final CacheParts<?, ?> parts;
  private final LongSupplier stalenessMillis;

  SharedCacheBean(CacheParts<?, ?> parts, LongSupplier stalenessMillis) {
    this.parts = parts;
    this.stalenessMillis = stalenessMillis;
  }

  @Override
  public String getMode() {
    return parts.cache().mode().settingName();
  }

  @Override
  public long getEntries() {
    return parts.store().size();
  }

  @Override
  public long getUndecodable() {
    return parts.store().counters().undecodableCount();
  }

  @Override
  public long getUnreadableKeys() {
    return parts.store().unreadableKeys();
  }

  @Override
  public long getUnencodable() {
    return parts.store().counters().unencodableCount();
  }

  @Override
  public long getOversizedValues() {
    return parts.store().counters().oversizedCount();
  }

  @Override
  public long getOversizedKeys() {
    return parts.store().counters().oversizedKeyCount();
  }

  @Override
  public long getConflicts() {
    return parts.store().counters().conflictCount();
  }

  @Override
  public long getMarksForgottenEarly() {
    StoreCounters counters = parts.store().counters();
    return counters.laggardForgottenCount() + counters.forgottenEarlyCount();
  }

  @Override
  public long getOverflows() {
    return parts.store().counters().overflowCount();
  }

  @Override
  public long getDroppedEvents() {
    return parts.dispatcher().droppedCount();
  }

  @Override
  public long getStalenessMillis() {
    return stalenessMillis.getAsLong();
  }

  @Override
  public String checksum() {
    return parts.cache().checksum().toString();
  }
}
