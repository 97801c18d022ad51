package io.github.mccache.node;

import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Version;
import org.jspecify.annotations.Nullable;

/**
 * When a write is to expire, as a function of the version that it gets and of the entry that it
 * replaces.
 */
@FunctionalInterface
interface Deadline {

  /** As the entry before; for ever where there was none. */
  Deadline UNCHANGED =
      (version, before) -> before == null ? Change.ETERNAL : before.deadlineMillis();

  /** Returns milliseconds since the epoch, {@link Change#ETERNAL} for never. */
  long of(Version version, @Nullable VersionedEntry before);

  /** Returns the deadline a time to live after the version; {@link Change#ETERNAL} for never. */
  static Deadline after(long ttlMillis) {
    return (version, before) -> {
      long deadline = version.millis() + ttlMillis;
      return ttlMillis == Change.ETERNAL || deadline < 0 ? Change.ETERNAL : deadline;
    };
  }
}
