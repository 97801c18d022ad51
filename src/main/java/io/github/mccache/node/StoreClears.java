package io.github.mccache.node;

import io.github.mccache.node.StoreObserver.RemoteChange;
import io.github.mccache.protocol.Change;
import io.github.mccache.protocol.Version;
import io.github.mccache.replication.ApplyOutcome;
import io.github.mccache.store.Slot;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link CoherentStore} is cleared: by its owner, by another member, or because it has more
 * to tell than it can remember. A clear raises the clear floor, and from then on nothing at or
 * below it is seen; what it hides is swept out afterwards. Thread-safe, waits for no key.
 */
final class StoreClears<K, V> {

  private static final Version END_OF_TIME = new Version(Long.MAX_VALUE, -1);

  private final StoreState<K, V> state;
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicBoolean overflowing = new AtomicBoolean();
  private final AtomicReference<@Nullable Change> toSend = new AtomicReference<>();

  StoreClears(StoreState<K, V> state) {
    this.state = state;
  }

  /**
   * Clears here and on the other members, as of the moment at which this begins.
   *
   * @param removal called with the version of that moment; if it throws, nothing is cleared
   */
  void clear(Change.Kind kind, Consumer<ChangeVersion> removal) {
    underWay.incrementAndGet(); // before the version is stamped: see isOvertakenByClear
    long token = state.uplink.enter();
    try {
      Version version = state.stamp();
      removal.accept(ChangeVersion.of(version));
      state.clearFloor.raise(version);
      if (state.shared) {
        Change change = new Change(state.id, kind, version, null, null, Change.ETERNAL);
        toSend.accumulateAndGet(change, StoreClears::newer);
      }
    } finally {
      underWay.decrementAndGet();
      state.uplink.exit(token);
      state.wakeIfShared();
    }
    dropMarks();
    sweep(null, false);
  }

  private static Change newer(@Nullable Change a, @Nullable Change b) {
    if (a == null || b == null) {
      return Objects.requireNonNull(a == null ? b : a);
    }
    return a.version().isAfter(b.version()) ? a : b;
  }

  /**
   * Clears because more keys went that others have yet to be told of than can be remembered: one
   * change says it all.
   */
  void overflow() {
    if (!overflowing.compareAndSet(false, true)) {
      return;
    }
    try {
      state.counters.overflow(state.marks.size());
      clear(Change.Kind.CLEAR, begun -> {});
      state.dirty.retainIf(state::isUnsent);
    } finally {
      overflowing.set(false);
    }
  }

  /**
   * Returns whether an entry that a step has read was cleared before the step wrote; to be asked
   * when the write has its version, which may be above the clear's. While a clear is stamped and
   * has yet to take effect, the answer is yes.
   */
  boolean isOvertakenByClear(VersionedEntry read) {
    return underWay.get() > 0 || !state.isAboveClear(read);
  }

  /** Takes the clear that is to be sent, null if there is none. */
  @Nullable Change takeToSend() {
    return toSend.getAndSet(null);
  }

  /** Hides every entry, also those that are written from now on, and removes them. */
  void withdraw() {
    state.clearFloor.raise(END_OF_TIME);
    state.loads.breakAllLoads();
    sweep(null, false);
  }

  /** Applies the clear of another member, or one of this member's own that is heard again. */
  ApplyOutcome apply(Change change, boolean ahead) {
    Version version = ahead ? state.stamp() : change.version();
    if (!state.clearFloor.raise(version)) {
      return ApplyOutcome.DROPPED;
    }
    boolean own = version.origin() == state.origin(); // after the cache was opened again: no news
    if (!own) {
      state.loads.breakAllLoads(version.time());
    }
    if (!ahead) {
      dropMarks();
    }
    sweep(change.kind() == Change.Kind.REMOVE_ALL ? change : null, ahead);
    return ahead ? ApplyOutcome.AHEAD_OF_CLOCK : ApplyOutcome.APPLIED;
  }

  /** The floor refuses all that these marks do, here and on whoever hears of the clear. */
  private void dropMarks() {
    Version floor = state.clearFloor.get();
    state.marks.removeIf(mark -> !mark.version().isAfter(floor));
    state.encoded.removeIf(version -> !version.isAfter(floor));
  }

  /**
   * Removes what the floor has made invisible; never waits for a key.
   *
   * @param alone whether this floor is here only, so that others must hear of unsent writes
   */
  private void sweep(@Nullable Change removeAll, boolean alone) {
    for (Iterator<Map.Entry<Object, VersionedEntry>> all = state.entries.iterator();
        all.hasNext(); ) {
      Map.Entry<Object, VersionedEntry> entry = all.next();
      if (!state.isAboveClear(entry.getValue())) {
        state.entries.computeWhenFree(entry.getKey(), slot -> drop(slot, removeAll, alone));
      }
    }
  }

  private void drop(Slot<Object, VersionedEntry> slot, @Nullable Change removeAll, boolean alone) {
    VersionedEntry record = slot.get();
    if (record == null || state.isAboveClear(record)) {
      return;
    }
    if (alone && !record.isSent()) {
      state.leave(slot, Mark.inPlaceOf(record, state.nowMillis()));
    } else {
      slot.remove();
    }
    if (removeAll != null && !record.isExpired(state.nowMillis())) {
      state.observer.onRemoteChange(
          state.keys.open(slot.key()),
          record,
          null,
          RemoteChange.REMOVED,
          ChangeVersion.of(removeAll.version()));
    }
  }

  /**
   * The member starts anew, and has withdrawn all entries. A clear of its own that not every member
   * is known to have applied is made once more, at the present time.
   *
   * @param appliedUpTo every member has applied what was written under the former origin up to this
   *     hybrid time
   */
  void startAnew(long former, long appliedUpTo) {
    Version floor = state.clearFloor.get();
    Change pending = toSend.getAndSet(null);
    state.clearFloor.set(Version.NONE);
    if (pending != null) {
      clear(pending.kind(), begun -> {});
    } else if (floor.origin() == former && floor.time() > appliedUpTo) {
      clear(Change.Kind.CLEAR, begun -> {});
    }
  }
}
