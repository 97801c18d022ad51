package io.github.mccache.node;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.HybridTime;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.Records;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** The open caches of a member as the protocol reads them. */
final class CacheRecords implements Records {

  private final CacheRegistry caches;
  private final MemberClock clock;

  CacheRecords(CacheRegistry caches, MemberClock clock) {
    this.caches = caches;
    this.clock = clock;
  }

  @Override
  public @Nullable Change current(long cache, Payload key) {
    ClusteredCache found = caches.find(cache);
    return found == null ? null : found.current(key);
  }

  @Override
  public @Nullable Version version(long cache, Payload key) {
    ClusteredCache found = caches.find(cache);
    return found == null ? null : found.version(key);
  }

  @Override
  public boolean lacks(long cache, Payload key, Version version) {
    ClusteredCache found = caches.find(cache);
    return found != null && found.lacks(key, version);
  }

  @Override
  public Iterator<@Nullable Change> scan(LongPredicate ofCaches, Wanted wanted) {
    return new Chain(open(ofCaches).iterator(), wanted);
  }

  @Override
  public Iterator<Change> scanVersions(long cache) {
    ClusteredCache found = caches.find(cache);
    return found == null ? Collections.emptyIterator() : found.entryVersions();
  }

  @Override
  public Version collected() {
    Version highest = Version.NONE;
    for (ClusteredCache cache : caches.open()) {
      highest = higher(highest, cache.collected());
    }
    return highest;
  }

  @Override
  public Version lost() {
    Version highest = Version.NONE;
    for (ClusteredCache cache : caches.open()) {
      highest = higher(highest, cache.lost());
    }
    return highest;
  }

  @Override
  public Version floor(LongPredicate wanted) {
    Version highest = Version.NONE;
    for (ClusteredCache cache : open(wanted)) {
      highest = higher(highest, cache.floor());
    }
    return highest;
  }

  @Override
  public long time() {
    return Math.max(clock.last(), HybridTime.ofMillis(clock.millis()));
  }

  @Override
  public long clockMillis() {
    return clock.millis();
  }

  private List<ClusteredCache> open(LongPredicate wanted) {
    return caches.open().stream().filter(cache -> wanted.test(cache.id())).toList();
  }

  private static Version higher(Version one, Version other) {
    return one.isAfter(other) ? one : other;
  }

  /** The records of one cache after the other, each begun when it is reached. */
  private static final class Chain implements Iterator<@Nullable Change> {

    private final Iterator<ClusteredCache> caches;
    private final Wanted wanted;
    private Iterator<@Nullable Change> records = Collections.emptyIterator();

    Chain(Iterator<ClusteredCache> caches, Wanted wanted) {
      this.caches = caches;
      this.wanted = wanted;
    }

    @Override
    public boolean hasNext() {
      while (!records.hasNext() && caches.hasNext()) {
        records = caches.next().records(wanted);
      }
      return records.hasNext();
    }

    @Override
    public @Nullable Change next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return records.next();
    }
  }
}
