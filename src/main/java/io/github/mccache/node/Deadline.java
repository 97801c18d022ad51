package io.github.mccache.node;

import io.github.mccache.protocol.Change;
import org.jspecify.annotations.Nullable;

/** When an entry is to expire, as a function of when its life begins and of the entry before it. */
@FunctionalInterface
interface Deadline {

  /** As the entry before; for ever where there was none. */
  Deadline UNCHANGED =
      (bornMillis, before) -> before == null ? Change.ETERNAL : before.deadlineMillis();

  /**
   * Returns milliseconds since the epoch, {@link Change#ETERNAL} for never.
   *
   * @param bornMillis the time of the version of a write; the time at which a load is stored
   */
  long of(long bornMillis, @Nullable VersionedEntry before);

  /** Returns the deadline a time to live after the birth; {@link Change#ETERNAL} for never. */
  static Deadline after(long ttlMillis) {
    return (bornMillis, before) -> {
      long deadline = bornMillis + ttlMillis;
      return ttlMillis == Change.ETERNAL || deadline < 0 ? Change.ETERNAL : deadline;
    };
  }
}
