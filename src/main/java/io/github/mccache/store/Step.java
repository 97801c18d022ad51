package io.github.mccache.store;

import org.jspecify.annotations.Nullable;

/** What a caller does with one key while no other thread can change it. */
@FunctionalInterface
public interface Step<K, V, R extends @Nullable Object> {

  /** Reads and changes the entry through the slot, which is of no use after the return. */
  R apply(Slot<K, V> slot);
}
