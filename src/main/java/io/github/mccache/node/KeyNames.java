package io.github.mccache.node;

import io.github.mccache.protocol.Payload;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a cache by their encoded form, because the event loop must not decode them: each key
 * whose record was received from another member or sent to one. A key without a record may stay for
 * a while. Thread-safe.
 */
final class KeyNames<K> {

  /** So many names without a record are not worth a search. */
  private static final int SPARE = 10_000;

  /** Compared by identity: a name that was put again stays. */
  private static final class Name<K> {

    private final K key;

    Name(K key) {
      this.key = key;
    }
  }

  private final ConcurrentHashMap<Payload, Name<K>> names = new ConcurrentHashMap<>();
  private final AtomicBoolean tidying = new AtomicBoolean();
  private final LongSupplier records;
  private final Predicate<K> hasRecord;

  /**
   * Makes an empty set of names.
   *
   * @param records returns how many records there are
   * @param hasRecord returns whether there is one of a key
   */
  KeyNames(LongSupplier records, Predicate<K> hasRecord) {
    this.records = records;
    this.hasRecord = hasRecord;
  }

  @Nullable K get(Payload encoded) {
    Name<K> name = names.get(encoded);
    return name == null ? null : name.key;
  }

  /** Adds a key; its record is there by now. */
  void put(Payload encoded, K key) {
    names.put(encoded, new Name<>(key));
  }

  int size() {
    return names.size();
  }

  /** Returns whether there are many more names than records. */
  boolean isUntidy() {
    return names.size() > 2 * records.getAsLong() + SPARE;
  }

  /** Removes the names of keys without a record. */
  void tidy() {
    if (!isUntidy() || !tidying.compareAndSet(false, true)) {
      return;
    }
    try {
      names.forEach(
          (encoded, name) -> {
            if (!hasRecord.test(name.key)) {
              names.remove(encoded, name);
            }
          });
    } finally {
      tidying.set(false);
    }
  }
}
