package io.github.mccache.node;

import io.github.mccache.codec.Encoded;
import io.github.mccache.codec.EncodingException;
import io.github.mccache.node.StoreOptions.Sharing;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;
import org.jspecify.annotations.Nullable;

/**
 * Makes the change that is sent of a record, by the mode of the cache. A value that cannot be sent
 * becomes an invalidation. Thread-safe.
 */
final class ChangeMaker<V> {

  private final long cache;
  private final StoreOptions<?, V> options;
  private final ValueForm<V> form;
  private final StoreCounters counters;

  ChangeMaker(long cache, StoreOptions<?, V> options, ValueForm<V> form, StoreCounters counters) {
    this.cache = cache;
    this.options = options;
    this.form = form;
    this.counters = counters;
  }

  /**
   * Returns the change that tells of an entry for the first time, null if it stays here; it counts
   * as sent from now on.
   */
  @Nullable Change news(Payload key, VersionedEntry record) {
    record.markSent();
    return of(key, record);
  }

  /** Returns the change that tells of an entry, null if it stays here. */
  @Nullable Change of(Payload key, VersionedEntry record) {
    Version version = record.version();
    if (record.staysHere() || options.sharing() == Sharing.INVALIDATE) {
      return invalidation(key, record.sharedVersion());
    }
    Encoded value;
    try {
      value = form.encode(record);
    } catch (EncodingException e) {
      counters.unencodableValue(e);
      return Change.invalidate(cache, version, key);
    }
    if (value.bytes().length > options.maximumValueBytes()) {
      counters.oversized(value.bytes().length, options.maximumValueBytes());
      return Change.invalidate(cache, version, key);
    }
    long ttl = record.sharedTtlMillis();
    return record.isFill()
        ? Change.fill(cache, version, key, payload(value), ttl)
        : Change.put(cache, version, key, payload(value), ttl);
  }

  /** Returns the change that tells of a tombstone or fence, null if it stays here. */
  @Nullable Change of(Payload key, Mark mark) {
    return mark.kind() == Mark.Kind.TOMBSTONE
        ? Change.remove(cache, mark.version(), key)
        : invalidation(key, mark.sharedVersion());
  }

  /** Returns the change that tells of a version alone, null if there is none to tell of. */
  @Nullable Change invalidation(Payload key, @Nullable Version version) {
    return version == null ? null : Change.invalidate(cache, version, key);
  }

  static Payload payload(Encoded encoded) {
    return new Payload(encoded.codec(), encoded.bytes());
  }
}
