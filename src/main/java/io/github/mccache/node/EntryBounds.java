package io.github.mccache.node;

import io.github.mccache.codec.DecodingException;
import io.github.mccache.codec.EncodingException;
import io.github.mccache.store.Bound;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongBiFunction;

/**
 * The bounds of a {@link CoherentStore}: by entries, by bytes, by the application's weigher.
 * Thread-safe.
 */
final class EntryBounds<K, V> {

  /** Bytes that an entry counts on top of its key and value: record, map node, links. */
  static final int OVERHEAD_BYTES = 128;

  private final StoreOptions<K, V> options;
  private final KeyForm<K> keys;
  private final ValueForm<V> form;
  private final StoreCounters counters;

  EntryBounds(
      StoreOptions<K, V> options, KeyForm<K> keys, ValueForm<V> form, StoreCounters counters) {
    this.options = options;
    this.keys = keys;
    this.form = form;
    this.counters = counters;
  }

  List<Bound<Object, VersionedEntry>> all() {
    List<Bound<Object, VersionedEntry>> bounds = new ArrayList<>();
    options.maximumEntries().ifPresent(maximum -> bounds.add(new Bound<>(maximum, (k, r) -> 1)));
    options.maximumBytes().ifPresent(maximum -> bounds.add(new Bound<>(maximum, this::bytesOf)));
    if (options.sharing() != StoreOptions.Sharing.LOCAL) {
      bounds.add(new Bound<>(0, this::namelessWeight));
    }
    var weigher = options.weigher();
    if (weigher != null) {
      options
          .maximumWeight()
          .ifPresent(maximum -> bounds.add(new Bound<>(maximum, (k, r) -> weigh(weigher, k, r))));
    }
    return bounds;
  }

  /**
   * A key above the limit is not sent, so that peers would keep serving their own entry of it: such
   * an entry is evicted at once.
   */
  private long namelessWeight(Object key, VersionedEntry record) {
    long bytes;
    try {
      bytes = keys.sizeOf(key);
    } catch (EncodingException e) {
      return 0; // it stays on this member; the attempt to send it logs that
    }
    if (bytes <= options.maximumKeyBytes()) {
      return 0;
    }
    counters.oversizedKey(bytes, options.maximumKeyBytes());
    return 1;
  }

  /** A failing weigher must not prevent the application of a change: its entry counts as 1. */
  private long weigh(ToLongBiFunction<K, V> weigher, Object key, VersionedEntry record) {
    try {
      long weight = weigher.applyAsLong(callerKey(key), form.open(record));
      if (weight >= 0) {
        return weight;
      }
      counters.unweighable("it returned " + weight);
    } catch (DecodingException e) {
      // The first read fails in the same way, and makes the entry a miss.
    } catch (Throwable e) {
      counters.unweighable("it threw " + e.getClass().getName());
    }
    return 1;
  }

  @SuppressWarnings("unchecked") // the copy is of the same class
  private K callerKey(Object key) {
    return (K) options.codecs().callerKey(keys.open(key), options.byValue());
  }

  private long bytesOf(Object key, VersionedEntry record) {
    return keys.sizeOf(key) + form.sizeOf(record) + OVERHEAD_BYTES;
  }
}
