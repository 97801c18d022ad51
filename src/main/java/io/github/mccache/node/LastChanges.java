package io.github.mccache.node;

import io.github.mccache.protocol.Change;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What becomes of changes for which a member that closes has no time. */
final class LastChanges {

  private LastChanges() {}

  /**
   * Returns what the others must know of a change at least: that nothing older of its key is to be
   * trusted. Null for a value that was loaded: it replaced nothing that they hold.
   */
  static @Nullable Change withoutValue(@Nullable Change change) {
    if (change == null || change.kind() == Change.Kind.FILL) {
      return null;
    }
    return change.kind() == Change.Kind.PUT
        ? Change.invalidate(change.cache(), change.version(), Objects.requireNonNull(change.key()))
        : change;
  }
}
