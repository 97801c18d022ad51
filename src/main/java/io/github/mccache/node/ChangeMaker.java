package io.github.mccache.node;

import io.github.mccache.codec.Encoded;
import io.github.mccache.codec.EncodingException;
import io.github.mccache.node.StoreOptions.Sharing;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Payload;
import io.github.mccache.protocol.Version;

/**
 * Makes of what is known of a key the change that other members are told, by the mode of the cache.
 * What cannot be told in full is told as an invalidation. Thread-safe.
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

  /** Returns the change that tells of an entry, which counts as sent from now on. */
  Change of(Payload key, VersionedEntry record) {
    record.markSent();
    Version version = record.version();
    boolean staysHere = record.isFill() && options.sharing() != Sharing.REPLICATE;
    if (options.sharing() == Sharing.INVALIDATE || staysHere) {
      return Change.invalidate(cache, version, key);
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
    long deadline = record.deadlineMillis();
    long ttl =
        deadline == Change.ETERNAL ? Change.ETERNAL : Math.max(0, deadline - version.millis());
    return record.isFill()
        ? Change.fill(cache, version, key, payload(value), ttl)
        : Change.put(cache, version, key, payload(value), ttl);
  }

  /** Returns the change that tells of a tombstone or fence. */
  Change of(Payload key, Mark mark) {
    return mark.kind() == Mark.Kind.TOMBSTONE
        ? Change.remove(cache, mark.version(), key)
        : Change.invalidate(cache, mark.version(), key);
  }

  static Payload payload(Encoded encoded) {
    return new Payload(encoded.codec(), encoded.bytes());
  }
}
